"""Tells a text that says only who somebody is and that they are there: identity is no report, whatever a model makes of it (design F2).

A closed list of everyday words decides, ``only_there.yaml``: a text is such a one if it names an identity or a look, is short, and holds no
other word. So a word that the list lacks, a name of a street or the one that tells of a crime, leaves the text to the models.
"""

from __future__ import annotations

from importlib.resources import files
from itertools import pairwise

import yaml

LONGEST = 40
"""More words than this are a story; it is for the models to read."""

_IDENTITY = "idterm"


class OnlyThere:
    """Reads masked and normalised texts. Keep one and use it for all."""

    def __init__(self) -> None:
        raw = yaml.load((files("models") / "only_there.yaml").read_text("utf8"), Loader=yaml.CSafeLoader)
        lists = {name: frozenset(str(words).split()) for name, words in raw.items()}
        self._looks = lists["looks"] | {_IDENTITY}
        self._denials, self._deniable = lists["denials"], lists["deniable"]
        verbs = frozenset(form for verb in lists["verbs_en"] for form in _forms(verb))
        self._numbered = lists["numbered"]
        self._everyday = self._looks | self._denials | self._deniable | verbs | self._numbered | lists["words_en"] | lists["words_es"]

    def __call__(self, normalised: str) -> bool:
        """Whether the text says no more than who is where. What somebody does not do counts as an act, but for a few words."""
        words = normalised.split()
        if len(words) > LONGEST or self._looks.isdisjoint(words):
            return False
        return all(self._is_everyday(word, after) for word, after in pairwise(["", *words]))

    def _is_everyday(self, before: str, word: str) -> bool:
        if before in self._denials:
            return word in self._deniable
        return word in self._everyday or (before in self._numbered and any(map(str.isdigit, word)))


def _forms(verb: str) -> tuple[str, str, str, str]:
    stem = verb.removesuffix("e")
    return verb, f"{verb}s", f"{stem}ed", f"{stem}ing"
