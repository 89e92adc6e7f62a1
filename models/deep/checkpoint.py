"""Where the training of a second reader goes on after it was stopped (extra ``deep-train``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from models.artifact import ArtifactError

FILE = "checkpoint.pt"

State = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``epochs`` are done; ``finished`` are the network's weights after the last of them, ``optimiser`` is that of its optimiser.

    ``origin`` names what the training learns from and how: its corpus, text layer, heads and number of epochs.
    """

    origin: Mapping[str, str]
    epochs: int
    finished: list[State]
    optimiser: dict[str, Any]

    def save(self, folder: Path) -> None:
        """Write it into ``folder`` in the place of the one before, whole or not at all: a run may be killed at any moment."""
        unfinished = folder / f"{FILE}.part"
        content = {"origin": dict(self.origin), "epochs": self.epochs, "finished": self.finished, "optimiser": self.optimiser}
        torch.save(content, unfinished)
        unfinished.replace(folder / FILE)


def load(folder: Path, origin: Mapping[str, str]) -> Checkpoint | None:
    """The checkpoint in ``folder``, None if there is none.

    Raises ``ArtifactError`` if its training had another origin: pieces and heads are numbered by the corpus, so its weights would be read
    as those of other words.
    """
    file = folder / FILE
    if not file.is_file():
        return None
    content = torch.load(file, weights_only=True)
    known = content.get("origin", {})
    other = [f"{name} {known.get(name, 'unknown')}, not {value}" for name, value in origin.items() if known.get(name) != value]
    if other:
        raise ArtifactError(
            f"the training in {file} cannot go on, because it has {'; '.join(other)}. Restore what it began with, or remove the file to"
            " begin anew."
        )
    return Checkpoint(origin, content["epochs"], content["finished"], content["optimiser"])


def remove(folder: Path) -> None:
    """Forget the checkpoint, so that the next training begins anew."""
    (folder / FILE).unlink(missing_ok=True)
