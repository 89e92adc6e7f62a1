"""Loads the second reader where there is one. Everything else of this package needs the extra ``deep``; this module does not."""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec

from models.classifier import Answers, Classifier

MANIFEST = "second.json"
"""The file that tells of a second reader, beside those of the first."""

EPOCHS = 9
"""How many epochs a second reader is trained over, unless told otherwise."""


def load_blended(folder: Traversable | None, first: Classifier) -> Answers | None:
    """Both readers together; None if ``folder`` (the packaged model for None) has no second or onnxruntime is not installed.

    Raises ``ArtifactError`` if there is one that cannot be used.
    """
    home = files("models").joinpath("artifact") if folder is None else folder
    if not home.joinpath(MANIFEST).is_file() or find_spec("onnxruntime") is None:
        return None
    answers = import_module("models.deep.blended").load(folder, first)
    if not isinstance(answers, Answers):
        raise TypeError("models.deep.blended.load must give Answers")
    return answers
