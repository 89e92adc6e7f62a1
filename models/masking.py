"""Hides who somebody is from the model, so that it can only learn from what somebody did.

The lexicon is ``identity_terms.yaml``. Every term becomes the one token ``IDENTITY``, runs of it collapse, and the words that only lead up
to one ("from", "speaks", "with an accent") go with it. Two texts that differ only in such terms become the same text, so their scores are
the same by construction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

import yaml

IDENTITY = "idterm"
"""The token that stands for any identity term."""

_FUZZY_FROM = 6
_LONGEST = 4
_LEADS = frozenset(
    "from speaks speaking spoke speak with a an in on has uses using wears wearing heavy thick strong born"
    " habla hablaba hablan de con en un una origen usa".split()
)
_TRAILS = frozenset(
    "accent accents descent origin looking background heritage ancestry nationality appearance apariencia acento origen".split()
)
_BE = frozenset("is are was were be im hes shes theyre youre es son era eran soy being".split())
_PRONOUNS = frozenset({"he", "she", "they", "who", "we", "i", "you", "el", "ella", "ellos", "ellas", "yo"})
_BE_WITH_PRONOUN = frozenset({"im", "hes", "shes", "theyre", "youre"})


class Masker:
    """Replaces identity terms in a list of lower-case, accent-free words."""

    def __init__(self, lexicon: Mapping[str, Sequence[str]], fold: Mapping[str, str]) -> None:
        """``lexicon`` maps each list's name to its terms; names ending in ``_es`` inflect as Spanish, all others as English.

        ``fold`` gives the one token that stands for a word whatever its gender (``husband`` and ``wife`` to ``spouse``).
        """
        self._fold = dict(fold)
        self._guarded = frozenset(lexicon["beside_person"])
        self._persons = frozenset(lexicon["person_nouns"])
        exact_only = frozenset(lexicon["not_a_misspelling"])
        phrases: set[tuple[str, ...]] = set()
        english: set[str] = set()
        for name, terms in lexicon.items():
            if name not in ("beside_person", "person_nouns", "not_a_misspelling"):
                inflect = _spanish_forms if name.endswith("_es") else _english_forms
                forms = {form.replace("'", "") for term in terms for form in inflect(term)}
                phrases.update(tuple(form.split()) for form in forms)
                english.update(forms if inflect is _english_forms else ())
        self._words = frozenset(phrase[0] for phrase in phrases if len(phrase) == 1) - self._guarded
        self._phrases = _by_first_word(phrase for phrase in phrases if len(phrase) > 1)
        self._near = _neighbours(word for word in self._words & english if len(word) >= _FUZZY_FROM)
        self._not_near = exact_only | self._persons | self._guarded

    def mask(self, words: Sequence[str]) -> list[str]:
        """Return the words with every identity term, and what leads up to it, as one ``IDENTITY``, and without gender."""
        masked: list[str] = []
        at = 0
        while at < len(words):
            length = self._match(words, at)
            if length == 0:
                masked.append(self._fold.get(words[at], words[at]))
                at += 1
                continue
            at += length
            while at < len(words) and words[at] in _TRAILS:
                at += 1
            while masked and (masked[-1] in _LEADS or masked[-1] == IDENTITY):
                masked.pop()
            masked.append(IDENTITY)
        return masked

    def is_identity(self, word: str) -> bool:
        """Whether the single word is a term, exactly or with one letter wrong."""
        return word in self._words or self._misspelt(word)

    def _match(self, words: Sequence[str], at: int) -> int:
        """How many words from ``at`` on are one term; 0 if none."""
        word = words[at]
        for phrase in self._phrases.get(word, ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                return len(phrase)
        if word in self._guarded:
            return 1 if self._beside_person(words, at) else 0
        return 1 if word in self._words or self._misspelt(word) else 0

    def _beside_person(self, words: Sequence[str], at: int) -> bool:
        following = words[at + 1 : at + 3]
        if any(word in self._persons for word in following[:1]):
            return True
        if len(following) == 2 and following[1] in self._persons and (following[0] in self._guarded or self.is_identity(following[0])):
            return True
        before = words[at - 1] if at else ""
        if before in self._persons and words[at].endswith(("o", "a", "os", "as")):
            return True  # Spanish puts the adjective after the noun
        return before in _BE_WITH_PRONOUN or (before in _BE and at >= 2 and (words[at - 2] in _PRONOUNS or words[at - 2] in self._persons))

    def _misspelt(self, word: str) -> bool:
        """One letter wrong, missing, doubled or swapped, the first two right; never for a word listed as something else.

        English terms only: Spanish endings would make neighbours of too many ordinary words.
        """
        if len(word) < _FUZZY_FROM or word in self._not_near or not word.isalpha():
            return False
        return any(
            term[:2] == word[:2] and _one_edit(term, word) for deleted in (word, *_deletions(word)) for term in self._near.get(deleted, ())
        )


def load_masker() -> Masker:
    """Read the lexicon that ships with the package. Takes some 50 ms; call it once."""
    text = files("models").joinpath("identity_terms.yaml").read_text("utf8")
    raw = dict(yaml.load(text, Loader=yaml.CSafeLoader))
    fold = {word.replace("'", ""): token for token, words in raw.pop("fold").items() for word in _terms(words)}
    return Masker({name: _terms(terms) for name, terms in raw.items()}, fold)


def _terms(text: str) -> list[str]:
    return [term.strip() for term in text.split(",")]


def _english_forms(term: str) -> set[str]:
    last = term.rpartition(" ")[2]
    forms = {term}
    if last.endswith(("man", "men")) and len(last) > 5:
        forms.add(term[:-2] + "en")
    if last.endswith("y") and len(last) > 3:
        forms.add(term[:-1] + "ies")
    elif last.endswith(("ese", "ish", "x", "ch")):
        forms.add(term + "es")
    if not last.endswith("s"):
        forms.add(term + "s")
    return forms


def _spanish_forms(term: str) -> set[str]:
    """Gender and number of the last word: -o, -or, -es (frances), -an (aleman), -on; others take -s or -es."""
    if " " in term:
        return {term}
    if term.endswith("o"):
        return {term, term[:-1] + "a", term + "s", term[:-1] + "as"}
    if term.endswith(("es", "an", "on", "or")):
        return {term, term + "a", term + "es", term + "as"}
    return {term, term + ("s" if term[-1] in "aei" else "es")}


def _by_first_word(phrases: Iterable[tuple[str, ...]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Phrases by their first word, longest first."""
    grouped: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        grouped.setdefault(phrase[0], []).append(phrase[: _LONGEST + 1])
    return {first: tuple(sorted(group, key=len, reverse=True)) for first, group in grouped.items()}


def _deletions(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def _neighbours(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each word under itself and under all its one-letter deletions: two words one edit apart always share a key."""
    index: dict[str, list[str]] = {}
    for word in words:
        for key in {word, *_deletions(word)}:
            index.setdefault(key, []).append(word)
    return {key: tuple(group) for key, group in index.items()}


def _one_edit(a: str, b: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours turns ``a`` into ``b``."""
    if a == b or abs(len(a) - len(b)) > 1:
        return a == b
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    swapped = len(a) == len(b) and rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:]
    return swapped or rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:]
