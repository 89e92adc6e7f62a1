"""Measures what the second reader adds, on the writers from whom it never learned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np

from models.deep.blend import HELD_OUT, fit_blend
from models.deep.blended import BlendedClassifier
from models.deep.indicators import indicator_readings
from models.deep.reader import SecondReader, load
from models.evaluate import fold_reader
from models.evaluation.intervals import estimates
from models.evaluation.measures import headline
from models.evaluation.reads import Read
from models.joint_training import read_rules
from models.labelled import LabelledTip, load_corpus
from models.normalise import load_normaliser
from models.ports import TipText
from models.train import Progress
from triage.taxonomy.taxonomy import Taxonomy, load_taxonomy

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HeldOutReads:
    """The tips of the held-out writers, read by the first reader alone and by both; in the same order."""

    first: list[Read]
    both: list[Read]


def measure(
    out: Path, source: Traversable, taxonomy: Taxonomy, progress: Progress, corpus: Traversable | None = None
) -> tuple[Figures, Figures]:
    """Measure the second reader in the folder ``source``: the figures of the first reader alone, and of both.

    Writes ``second_reader.json`` into ``out``. Raises ``ArtifactError`` if there is no second reader that can be used.
    """
    reads = read_held_out(load_corpus(corpus), load(source), progress)
    first, both = (
        {"headline": {name: asdict(estimate) for name, estimate in estimates(headline(part, taxonomy), part).items()}, "suites": {}}
        for part in (reads.first, reads.both)
    )
    out.mkdir(parents=True, exist_ok=True)
    (out / "second_reader.json").write_text(json.dumps({"first": first, "both": both}, indent=1) + "\n", "utf8")
    progress("done", 1.0)
    return first, both


def read_held_out(tips: Sequence[LabelledTip], second: SecondReader, progress: Progress) -> HeldOutReads:
    """Read the tips of ``HELD_OUT`` with a first reader that has not seen them either.

    The blend for each writer is fitted on the other three, so that no tip is read by what was fitted on it.
    """
    alone = fold_reader([tip for tip in tips if tip.group not in HELD_OUT], progress)
    held_out = [tip for tip in tips if tip.group in HELD_OUT]
    normaliser = load_normaliser()
    normalised = [normaliser(tip.text) for tip in held_out]
    first = alone.first
    taxonomy = load_taxonomy()
    probabilities, rules = first.probabilities(normalised), read_rules(held_out, taxonomy)
    logits = second.logits(normalised)
    indicators = indicator_readings(held_out, normalised, alone.learned, second.heads, logits, taxonomy)
    reads = HeldOutReads([], [])
    for writer in sorted(HELD_OUT):
        others = np.array([tip.group != writer for tip in held_out])
        blend = fit_blend(
            (first.id, second.id),
            first.heads,
            (probabilities[others], logits[others][:, [second.heads.index(head) for head in first.heads]]),
            [tip for tip in held_out if tip.group != writer],
            rules.of(others),
            first.joint,
            indicators.of(others),
        )
        both = alone.with_second(BlendedClassifier(first, second, blend))
        mine = [tip for tip in held_out if tip.group == writer]
        texts = [TipText(tip.id, tip.text) for tip in mine]
        reads.both.extend(zip(mine, both.assess(texts), strict=True))
        reads.first.extend(zip(mine, both.assess(texts, hurried=True), strict=True))
    return reads
