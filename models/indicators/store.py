"""Keeps a trained reader of indicators on disk: ``indicators.json`` and ``indicators.npz`` beside the classifier's files, no pickle."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse

from models.artifact import ArtifactError, compress, expand, text_layer
from models.indicators.judge import Judge
from models.indicators.learned import IndicatorWeights
from models.indicators.vectors import Floats
from models.normalise import Normaliser

FORMAT = 2

_WEIGHTS, _MANIFEST = "indicators.npz", "indicators.json"


def save(folder: Path, weights: IndicatorWeights, normaliser: Normaliser) -> None:
    """Write the model into ``folder``, beside the classifier's files."""
    folder.mkdir(parents=True, exist_ok=True)
    codes, scale = compress(weights.matrix.toarray())
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        codes=codes,
        scale=scale,
        intercept=weights.intercept,
        idf=weights.idf,
        terms=np.frombuffer("\n".join(weights.terms).encode(), np.uint8),
        given=weights.judge.given,
        base=weights.judge.base,
        judge=weights.judge.weights,
        leaning=weights.judge.leaning,
    )
    manifest = {
        "format": FORMAT,
        "id": weights.id,
        "weights_sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
        "text_layer": text_layer(normaliser),
        "indicators": list(weights.indicators),
        "cutoff": weights.cutoff,
    }
    (folder / _WEIGHTS).write_bytes(buffer.getvalue())
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf8")


def load(folder: Traversable | None, normaliser: Normaliser, indicators: Sequence[str]) -> IndicatorWeights:
    """Read the model in ``folder``, or the packaged one. Raises ``ArtifactError`` if it is missing, changed or does not fit."""
    home = files("models").joinpath("artifact") if folder is None else folder
    try:
        manifest = json.loads(home.joinpath(_MANIFEST).read_text("utf8"))
        content = home.joinpath(_WEIGHTS).read_bytes()
    except (OSError, ValueError) as error:
        raise ArtifactError(f"no readable indicator model in {home}: {type(error).__name__}. Train one with `tipstream train`.") from error
    if manifest.get("format") != FORMAT:
        raise ArtifactError(
            f"{_MANIFEST} in {home} is not of format {FORMAT}, which this version reads. Train again with `tipstream train`."
        )
    if hashlib.sha256(content).hexdigest() != manifest["weights_sha256"]:
        raise ArtifactError(f"{_WEIGHTS} in {home} is not the file that its manifest names. Restore both files from one training run.")
    if tuple(manifest["indicators"]) != tuple(indicators) or manifest["text_layer"] != text_layer(normaliser):
        raise ArtifactError(
            f"the indicator model in {home} was trained with another taxonomy or text layer. Train again with `tipstream train`."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        codes = arrays["codes"]
        places = np.nonzero(codes)  # one weight in thirty is not zero: all of them expanded would take 90 MB
        weights = expand(codes[places], arrays["scale"][places[1]])
        return IndicatorWeights(
            id=manifest["id"],
            indicators=tuple(indicators),
            terms=tuple(arrays["terms"].tobytes().decode().split("\n")),
            idf=arrays["idf"],
            matrix=scipy.sparse.csr_array((weights, places), shape=codes.shape),
            intercept=arrays["intercept"],
            judge=Judge(arrays["given"], arrays["base"], arrays["judge"], _leaning(arrays, arrays["given"].shape)),
            cutoff=float(manifest["cutoff"]),
        )


def _leaning(arrays: Mapping[str, npt.NDArray[np.float32]], shape: tuple[int, ...]) -> Floats:
    """The leaning of a judge, shape (categories, indicators); none where the model was trained before there was one."""
    return arrays["leaning"] if "leaning" in arrays else np.zeros(shape, np.float32)
