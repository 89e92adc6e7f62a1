"""Both readers of categories together: their logits are added and calibrated anew, head by head. What the categories say of each other, and
the evidence, is then weighed as for the first reader: weights fitted to the blend itself, on four writers, did no better.

What the second reader says of the indicators goes to their judge (``models.indicators.judge.Joining``)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
from scipy.special import expit

from models.artifact import ArtifactError
from models.classifier import Answers, Classifier, Cutoffs
from models.deep.reader import SecondReader
from models.deep.reader import load as load_second
from models.features import Floats
from models.heads import INDICATOR
from models.indicators.judge import Joining
from models.levels import FACTS, LevelWeights
from models.odds import log_odds

BLEND = "blend.json"

_ARRAYS = ("first", "second", "offset")


@dataclass(frozen=True, slots=True)
class Blend:
    """How two logits become one probability: p = 1 / (1 + exp(-(first * a + second * b + offset))), for each of ``heads``.

    ``readers`` are the ids of the two that it was fitted with. ``joining`` is what the second counts in finding indicators; None for a
    blend that was fitted before it had a say there, or where nothing could be fitted.
    """

    readers: tuple[str, str]
    heads: tuple[str, ...]
    first: Floats
    second: Floats
    offset: Floats
    cutoffs: Mapping[str, Cutoffs]
    levels: LevelWeights
    joining: Joining | None = None


class BlendedClassifier(Answers):
    """The first reader's probabilities joined with the second's. One object, one thread."""

    def __init__(self, first: Answers, second: SecondReader, blend: Blend) -> None:
        super().__init__(f"{first.id}+{second.id}", blend.heads, blend.cutoffs, blend.levels, first.joint)
        self._first = first
        self._second = second
        self.blend = blend
        self.joining = blend.joining
        self._columns = [second.heads.index(head) for head in blend.heads]
        self._told = {head.partition(":")[2]: at for at, head in enumerate(second.heads) if head.startswith(f"{INDICATOR}:")}

    def probabilities(self, normalised: Sequence[str]) -> Floats:
        return self.readings(normalised)[0]

    def readings(self, normalised: Sequence[str]) -> tuple[Floats, Sequence[Mapping[str, float]]]:
        blend, logits = self.blend, self._second.logits(normalised)
        total = blend.first * log_odds(self._first.probabilities(normalised)) + blend.second * logits[:, self._columns]
        told = logits[:, list(self._told.values())].tolist()
        return np.asarray(expit(total + blend.offset), np.float32), [dict(zip(self._told, row, strict=True)) for row in told]


def save(folder: Path, blend: Blend) -> None:
    """Write the blend beside the files of its two readers."""
    manifest = {
        "readers": list(blend.readers),
        "heads": list(blend.heads),
        **{name: [round(float(value), 5) for value in getattr(blend, name)] for name in _ARRAYS},
        "cutoffs": {head: [cut.answer, cut.possible, cut.likely] for head, cut in blend.cutoffs.items()},
        "levels": {
            "facts": list(FACTS),
            "matrix": [[round(float(value), 5) for value in row] for row in blend.levels.matrix],
            "bias": [round(float(value), 5) for value in blend.levels.bias],
            "immediate": blend.levels.immediate,
        },
        "indicators": asdict(blend.joining) if blend.joining else None,
    }
    (folder / BLEND).write_text(json.dumps(manifest, indent=1) + "\n", "utf8")


def load(folder: Traversable | None, first: Classifier) -> BlendedClassifier:
    """The second reader in ``folder`` (the packaged one for None) beside ``first``.

    Raises ``ArtifactError`` if it is damaged or the blend was fitted with other readers than these.
    """
    home = files("models").joinpath("artifact") if folder is None else folder
    second = load_second(home)
    try:
        raw = json.loads(home.joinpath(BLEND).read_text("utf8"))
    except (OSError, ValueError) as error:
        raise ArtifactError(f"no readable {BLEND} in {home}: {type(error).__name__}. Fit one with `tipstream train --second`.") from error
    levels = raw["levels"]
    if raw["readers"] != [first.id, second.id] or levels["facts"] != list(FACTS):
        raise ArtifactError(
            f"{BLEND} in {home} was fitted with {' and '.join(raw['readers'])}, not with {first.id} and {second.id}."
            " Fit it anew with `tipstream train --second`."
        )
    cutoffs = {head: Cutoffs(*cut) for head, cut in raw["cutoffs"].items()}
    of_first, of_second, offset = (np.array(raw[name], np.float32) for name in _ARRAYS)
    matrix, bias = (np.array(levels[name], np.float32) for name in ("matrix", "bias"))
    fitted = LevelWeights(matrix, bias, float(levels["immediate"]))
    joining = Joining(**told) if (told := raw.get("indicators")) else None
    readers = first.id, second.id
    return BlendedClassifier(first, second, Blend(readers, tuple(raw["heads"]), of_first, of_second, offset, cutoffs, fitted, joining))
