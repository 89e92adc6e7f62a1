"""The second reader at run time: a small transformer run by onnxruntime (extra ``deep``)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from models.artifact import ArtifactError
from models.deep.optional import MANIFEST
from models.deep.text import Pieces
from models.features import Floats

NETWORK = "second.onnx"
FORMAT = 1

_TOGETHER = 8
_CALMING = ("category:not_actionable", "category:information_request")
"""One window of a long text must not speak for these: their lowest logit counts, for all other heads the highest."""


class SecondReader:
    """Reads normalised texts with the transformer. One object, one thread."""

    def __init__(self, network: bytes, pieces: Sequence[str], heads: Sequence[str]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.id = f"tipstream-second-{hashlib.sha256(network).hexdigest()[:12]}"
        self.heads = tuple(heads)
        self._pieces = Pieces(pieces)
        self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        self._calming = np.array([head in _CALMING for head in heads])

    def logits(self, normalised: Sequence[str]) -> Floats:
        """Logits of every head, shape (texts, heads). Texts of like length are read together."""
        windows, owners = self._pieces.windows(normalised)
        order = sorted(range(len(windows)), key=lambda at: len(windows[at]))
        read = np.empty((len(windows), len(self.heads)), np.float32)
        for start in range(0, len(order), _TOGETHER):
            batch = order[start : start + _TOGETHER]
            read[batch] = self._run([windows[at] for at in batch])
        starts = np.searchsorted(np.array(owners), np.arange(len(normalised)))
        highest, lowest = (reduce(read, starts, axis=0) for reduce in (np.maximum.reduceat, np.minimum.reduceat))
        return np.asarray(np.where(self._calming, lowest, highest), np.float32)

    def _run(self, windows: Sequence[Sequence[int]]) -> npt.NDArray[np.float32]:
        width = max(map(len, windows))
        pieces = np.zeros((len(windows), width), np.int64)
        mask = np.zeros((len(windows), width), np.int64)
        for row, window in enumerate(windows):
            pieces[row, : len(window)] = window
            mask[row, : len(window)] = 1
        return np.asarray(self._session.run(None, {"pieces": pieces, "mask": mask})[0], np.float32)


def save(folder: Path, network: bytes, pieces: Sequence[str], heads: Sequence[str], provenance: Mapping[str, object]) -> None:
    """Write a network with what it needs to be read into ``folder``. ``provenance`` (corpus hash, epochs) goes into the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(network).hexdigest()
    manifest = {"format": FORMAT, "network_sha256": digest, **provenance, "heads": list(heads), "pieces": list(pieces)}
    (folder / NETWORK).write_bytes(network)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf8")


def load(home: Traversable) -> SecondReader:
    """The second reader in the folder ``home``. Raises ``ArtifactError`` if it is missing or damaged."""
    try:
        manifest = json.loads(home.joinpath(MANIFEST).read_text("utf8"))
        network = home.joinpath(NETWORK).read_bytes()
    except (OSError, ValueError) as error:
        raise ArtifactError(
            f"no readable second reader in {home}: {type(error).__name__}. Train one with `tipstream train --deep`."
        ) from error
    if manifest.get("format") != FORMAT or hashlib.sha256(network).hexdigest() != manifest["network_sha256"]:
        raise ArtifactError(f"{NETWORK} in {home} is not the file that {MANIFEST} names. Restore both files from one training run.")
    return SecondReader(network, manifest["pieces"], manifest["heads"])
