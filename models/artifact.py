"""Keeps a trained model on disk: ``manifest.json`` and ``weights.npz``, no pickle.

The manifest names the hash of the weights, of the corpus and of a probe of the text layer. A model whose files were changed, or that was
trained with another text layer or taxonomy than the one installed, is refused: its scores would be silently wrong.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.classifier import Cutoffs, Weights
from models.features import BLOCKS, MOST, WEIGHTS, Floats, Vocabulary
from models.heads import head_names
from models.joint import SIGNS, JointWeights, alone
from models.levels import FACTS, LevelWeights
from models.normalise import Normaliser
from triage.domain.errors import TipstreamError

FORMAT = 3
_MANIFEST, _WEIGHTS = "manifest.json", "weights.npz"
_PROBE = (
    "She's 15, says the Honduran guy in rm 214 holds her ID. Plate ABC-1234, call 402-555-0143 rn!!!",
    "Tengo 16 años y no me dejan salir, le debo $4,200 al señor mexicano. Salida 212 por la I-80",
    "Black F-150 at mm 143, a blind kid with a thick accent, teh truker is asleeeeep, he is in a wheelchair, su marido es sordo",
)


class ArtifactError(TipstreamError):
    """A trained model cannot be used. The message says what does not fit and what to do."""


def save(folder: Path, weights: Weights, normaliser: Normaliser, provenance: Mapping[str, object]) -> None:
    """Write the model into ``folder`` (made if need be). ``provenance`` (corpus hash, versions, held-out figures)
    goes into the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    codes, scale = compress(weights.matrix)
    buffer = io.BytesIO()
    arrays: dict[str, Any] = {
        "codes": codes,
        "scale": scale,
        "intercept": weights.intercept,
        "slope": weights.slope,
        "offset": weights.offset,
        "idf": weights.vocabulary.idf,
        "levels_matrix": weights.levels.matrix,
        "levels_bias": weights.levels.bias,
        **{f"terms_{name}": _pack(terms) for name, terms in zip(BLOCKS, weights.vocabulary.terms, strict=True)},
    }
    np.savez_compressed(buffer, **arrays)
    content = buffer.getvalue()
    manifest = {
        "format": FORMAT,
        "id": weights.id,
        "weights_sha256": hashlib.sha256(content).hexdigest(),
        "text_layer": text_layer(normaliser),
        "heads": list(weights.heads),
        "cutoffs": {head: [cut.answer, cut.possible, cut.likely] for head, cut in weights.cutoffs.items()},
        "facts": list(FACTS),
        "immediate": weights.levels.immediate,
        "joint": joint_to_json(weights.joint),
        **provenance,
    }
    (folder / _WEIGHTS).write_bytes(content)
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf8")


def load(folder: Traversable | None, normaliser: Normaliser, categories: Sequence[str]) -> Weights:
    """Read the model in ``folder``, or the packaged one. Raises ``ArtifactError`` if it is missing, changed or does not fit."""
    home = files("models").joinpath("artifact") if folder is None else folder
    manifest, content = _read(home)
    _check(manifest, content, home, normaliser, categories)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        terms = tuple(_unpack(arrays[f"terms_{name}"]) for name in BLOCKS)
        return Weights(
            id=str(manifest["id"]),
            vocabulary=Vocabulary(terms, arrays["idf"]),
            heads=tuple(manifest["heads"]),
            matrix=expand(arrays["codes"], arrays["scale"]),
            intercept=arrays["intercept"],
            slope=arrays["slope"],
            offset=arrays["offset"],
            cutoffs={head: Cutoffs(*cut) for head, cut in manifest["cutoffs"].items()},
            levels=LevelWeights(arrays["levels_matrix"], arrays["levels_bias"], float(manifest["immediate"])),
            joint=joint_from_json(manifest.get("joint"), len(categories)),
        )


def joint_to_json(joint: JointWeights) -> dict[str, object]:
    """How a manifest holds the model of categories together."""
    return {
        "signs": list(SIGNS),
        "coefficients": [round(float(value), 5) for value in joint.coefficients],
        "intercept": [round(float(value), 5) for value in joint.intercept],
        "rivals": [list(pair) for pair in joint.rivals],
    }


def joint_from_json(raw: Mapping[str, Any] | None, categories: int) -> JointWeights:
    """The model that a manifest holds; in one without it each category stands alone. Raises ``ArtifactError`` if it weighs other signs."""
    if raw is None:
        return alone(categories)
    if tuple(raw["signs"]) != SIGNS:
        raise ArtifactError(
            f"the model weighs {', '.join(raw['signs'])}, this version {', '.join(SIGNS)}. Train again with `tipstream train`."
        )
    coefficients, intercept = (np.array(raw[name], np.float32) for name in ("coefficients", "intercept"))
    return JointWeights(coefficients, intercept, tuple((int(one), int(other)) for one, other in raw["rivals"]))


def compress(matrix: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Eight bits a weight: the square root of its share of the head's largest, so that small weights keep fine steps."""
    scale = np.maximum(np.abs(matrix).max(axis=0, initial=0), 1e-12).astype(np.float32)
    return np.round(np.sign(matrix) * np.sqrt(np.abs(matrix) / scale) * 127).astype(np.int8), scale


def expand(codes: npt.NDArray[np.int8], scale: Floats) -> Floats:
    """The weights that ``compress`` kept."""
    share = codes.astype(np.float32) / 127
    return np.asarray(share * np.abs(share) * scale, np.float32)


def text_layer(normaliser: Normaliser) -> str:
    """A fingerprint of what masking and normalising do to three fixed texts, and of how features are made."""
    return hashlib.sha256("\n".join((*map(normaliser, _PROBE), repr((BLOCKS, WEIGHTS, MOST)))).encode()).hexdigest()[:16]


def _read(home: Traversable) -> tuple[dict[str, Any], bytes]:
    try:
        manifest = json.loads(home.joinpath(_MANIFEST).read_text("utf8"))
        content = home.joinpath(_WEIGHTS).read_bytes()
    except (OSError, ValueError) as error:
        raise ArtifactError(f"no readable model in {home}: {type(error).__name__}. Train one with `tipstream train`.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ArtifactError(
            f"the manifest in {home} is not of format {FORMAT}, which this version reads. Train again with `tipstream train`."
        )
    return manifest, content


def _check(manifest: Mapping[str, Any], content: bytes, home: Traversable, normaliser: Normaliser, categories: Sequence[str]) -> None:
    if hashlib.sha256(content).hexdigest() != manifest.get("weights_sha256"):
        raise ArtifactError(f"{_WEIGHTS} in {home} is not the file that its manifest names. Restore both files from one training run.")
    if tuple(manifest.get("heads", ())) != head_names(categories) or tuple(manifest.get("facts", ())) != FACTS:
        raise ArtifactError(
            f"the model in {home} answers for other categories, flags or facts than this version has. Train again with `tipstream train`."
        )
    if manifest.get("text_layer") != text_layer(normaliser):
        raise ArtifactError(
            f"the model in {home} was trained with another masking or normalising of text. Train again with `tipstream train`."
        )


def _pack(terms: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(terms).encode(), np.uint8)


def _unpack(packed: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    text = packed.tobytes().decode()
    return tuple(text.split("\n")) if text else ()
