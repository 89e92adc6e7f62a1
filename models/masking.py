"""Hides who somebody is from the model, so that it can only learn from what somebody did.

The lexicon is ``identity_terms.yaml``. Every term becomes the one token ``IDENTITY``, runs of it collapse, and the words that only lead up
to one ("from", "speaks", "with an accent") go with it. Two texts that differ only in such terms become the same text, so their scores are
the same by construction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from itertools import zip_longest

import yaml

from models.entities.gazetteer import rows

IDENTITY = "idterm"
"""The token that stands for any identity term."""

NAME = "nameterm"
"""The token that stands for a first name, which tells of origin and gender and nothing of what happened."""

_FUZZY_FROM, _FUZZY_TO = 6, 24
"""Letters of a word that may be a misspelt term; longer ones are no words, and trying them would take long."""
_LEADS = frozenset(
    "the a an from in on at has with speaks speaking spoke speak talks talking talk understands understand uses using wears wearing wore"
    " heavy thick strong slight born half part full fully quarter mixed pure fluent fluently broken little limited poor bad perfect"
    " north south east west northern southern eastern western central native non"
    " el los un unos de del en con habla hablaba hablan hablando hablo origen usa medio media mitad puro solo poco rasgos"
    " aspecto apariencia raza".split()
)
"""Words that go with a term they stand before: whether one says "from Peru" or "a Peruvian" is no difference."""
_TRAILS = frozenset(
    "accent accents descent origin origins looking background heritage ancestry extraction nationality national nationals citizen citizens"
    " appearance speaker speakers speaking born blooded apariencia acento origen nacionalidad ascendencia descendencia".split()
)
_SPEAK = frozenset("speaks speaking spoke speak talks talking talk understands understand habla hablaba hablan hablo sabe entiende".split())
_HARDLY = frozenset("not no does do did can could barely hardly only mostly even any very well casi bien solo".split())
"""What goes with a term beside a word for speaking: whether one does not speak Spanish or not English is no difference."""
_BE = frozenset(
    "is are was were be being am looks looked seems seemed appears appeared sounds sounded es son era eran soy eres parece parecia".split()
)
_SUBJECTS = frozenset("he she they who we i you it grownup el ella ellos ellas yo".split())
_BE_WITH_SUBJECT = frozenset("im hes shes theyre youre".split())
_ORIGINS = frozenset("from speaks speaking speak spoke in to de en desde habla hablan hablaba".split())
_PARTLY = frozenset("half part quarter mixed medio media mitad acento".split())
_COUNTED = frozenset("the these those some few many several 2 3 4 5 6 7 8 9 10 los las unos unas estos esos muchos varios".split())
_BETWEEN = frozenset(
    "young younger old older elderly teen teenage little middle aged tall short skinny heavyset heavy thin big small adult and or y o"
    " joven mayor alto alta bajo baja delgado delgada".split()
)
"""What may stand between a term and the word for a person: "a black teenage girl"."""
_SPECIAL = ("beside_person", "after_origin", "person_nouns", "not_a_misspelling", "other_senses")


class Masker:
    """Replaces identity terms in a list of lower-case, accent-free words."""

    def __init__(self, lexicon: Mapping[str, Sequence[str]], fold: Mapping[str, str]) -> None:
        """``lexicon`` maps each list's name to its terms; names ending in ``_es`` inflect as Spanish, all others as English.

        ``fold`` gives the one token that stands for a word whatever its gender (``husband`` and ``wife`` to ``spouse``) or its colour.
        """
        self._fold = dict(fold)
        self._origins = frozenset(lexicon.get("after_origin", ()))
        self._guarded = frozenset(lexicon["beside_person"]) | self._origins
        self._persons = frozenset(form for noun in lexicon["person_nouns"] for form in (noun, f"{noun}s"))  # "the man's", "the mans"
        forms = {name: _forms(name, terms) for name, terms in lexicon.items() if name not in _SPECIAL}
        phrases = {tuple(form.split()) for group in forms.values() for form in group}
        self._words = frozenset(phrase[0] for phrase in phrases if len(phrase) == 1) - self._guarded
        senses = {tuple(sense.split()) for sense in lexicon.get("other_senses", ())}
        self._phrases = _by_first_word([*(phrase for phrase in phrases if len(phrase) > 1), *senses])
        self._senses = frozenset(senses)
        self._singles = self._words | self._guarded
        self._seconds = {first: frozenset(phrase[1] for phrase in group) for first, group in self._phrases.items()}
        english = {form for name, group in forms.items() if not name.endswith("_es") for form in group}
        terms = {word for word in self._words & english if len(word) >= _FUZZY_FROM}
        self._near = _neighbours(terms)
        self._parts = frozenset(part for word in terms for part in (word[:4], word[:3] + word[-1], word[:2] + word[-2:]))
        self._not_near = frozenset(lexicon["not_a_misspelling"]) | self._persons | self._guarded

    def mask(self, words: Sequence[str]) -> list[str]:
        """Return the words with every identity term, and what leads up to it, as one ``IDENTITY``, and without gender."""
        return self.trace(words)[0]

    def trace(self, words: Sequence[str]) -> tuple[list[str], list[int]]:
        """The masked words, and for each the number of the first word that it stands for; it stands for all up to the next one's."""
        masked: list[str] = []
        firsts: list[int] = []
        at = 0
        for suspect in self._suspects(words):
            length = self._match(words, suspect) if suspect >= at else 0
            if not length:
                continue
            masked += self._genderless(words[at : max(suspect, suspect - length)])
            firsts += range(at, max(suspect, suspect - length))
            at = suspect + abs(length)
            if length < 0:
                continue
            while at < len(words) and words[at] in _TRAILS and not self._phrase(words, at):
                at += 1
            led = _leading(masked)
            if led:
                suspect = firsts[-led]
                del masked[-led:], firsts[-led:]
            masked.append(IDENTITY)
            firsts.append(suspect)
        return [*masked, *self._genderless(words[at:])], [*firsts, *range(at, len(words))]

    def _suspects(self, words: Sequence[str]) -> list[int]:
        """Where a term may stand: a listed word, the first two of a listed phrase, or a word that is in part like a longer term."""
        singles, seconds, near = self._singles, self._seconds, self._parts
        return [
            at
            for at, (word, after) in enumerate(zip_longest(words, words[1:]))
            if word in singles
            or (word in seconds and after in seconds[word])
            or (len(word) >= _FUZZY_FROM and (word[:4] in near or word[:3] + word[-1] in near or word[:2] + word[-2:] in near))
        ]

    def _genderless(self, words: Sequence[str]) -> list[str]:
        return list(map(self._fold.get, words, words))

    def is_identity(self, word: str) -> bool:
        """Whether the single word is a term, exactly or with one letter wrong."""
        return word in self._words or self._misspelt(word)

    def _match(self, words: Sequence[str], at: int) -> int:
        """How many words from ``at`` on are one term; 0 if none, less than 0 for so many words that are known to mean something else."""
        if phrase := self._phrase(words, at):
            return -len(phrase) if phrase in self._senses else len(phrase)
        word = words[at]
        if word in self._guarded:
            return self._beside_person(words, at)
        return word in self._words or self._misspelt(word)

    def _phrase(self, words: Sequence[str], at: int) -> tuple[str, ...]:
        """The longest listed phrase that begins here; empty if none does."""
        for phrase in self._phrases.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                return phrase
        return ()

    def _beside_person(self, words: Sequence[str], at: int) -> bool:
        """Whether a word with another everyday sense is said of a person here."""
        word, before = words[at], words[at - 1] if at else ""
        for following in words[at + 1 : at + 4]:
            if following in self._persons or following in _TRAILS:
                return True
            if following not in _BETWEEN and following not in self._guarded and not self.is_identity(following):
                break
        if before in _PARTLY or (word in self._origins and before in _ORIGINS):
            return True
        if before in self._persons:
            return word.endswith(("o", "a", "os", "as"))  # Spanish puts the adjective after the noun
        if before in _COUNTED:
            return word.endswith("s")
        earlier = words[at - 2] if at > 1 else ""
        return before in _BE_WITH_SUBJECT or (before in _BE and (earlier in _SUBJECTS or earlier in self._persons))

    def _misspelt(self, word: str) -> bool:
        """One letter wrong, missing, doubled or swapped, the first two right; never for a word listed as something else.

        English terms only: Spanish endings would make neighbours of too many ordinary words.
        """
        if not _FUZZY_FROM <= len(word) <= _FUZZY_TO or word in self._not_near or not word.isalpha():
            return False
        keys = deletions(word, 2)
        return not self._near.keys().isdisjoint(keys) and any(one_edit(term, word) for key in keys for term in self._near.get(key, ()))


def load_masker(plain: Mapping[str, str] | None = None, spelling: Mapping[str, str] | None = None) -> Masker:
    """Read the lexicon that ships with the package. Takes some 100 ms; call it once.

    ``plain`` adds words to fold; ``spelling`` is how the words of texts are rewritten before they are masked, and so those of the terms.
    """
    text = files("models").joinpath("identity_terms.yaml").read_text("utf8")
    raw = dict(yaml.load(text, Loader=yaml.CSafeLoader))
    fold = {word: token for token, words in raw.pop("fold").items() for word in _terms(words)}
    listed, words = ({row["term"] for row in rows(name)} for name in ("first_names", "ordinary_words"))
    names = (listed - words | set(_terms(raw.pop("more_names")))) - set(_terms(raw.pop("not_names")))
    for masculine in _terms(raw.pop("masculine_es")):
        fold |= {feminine: form for form, feminine in _feminine(masculine)}
    spelt = spelling or {}
    lexicon = {name: [" ".join(spelt.get(word, word) for word in term.split()) for term in _terms(terms)] for name, terms in raw.items()}
    return Masker(lexicon, {**dict.fromkeys(names, NAME), **(plain or {}), **fold})


def deletions(word: str, start: int = 0) -> list[str]:
    """The word and every word that lacks one of its letters from ``start`` on: two words one edit apart share one of these."""
    return [word, *(word[:at] + word[at + 1 :] for at in range(start, len(word)))]


def one_edit(a: str, b: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours turns ``a`` into ``b`` (or none is needed)."""
    if a == b or abs(len(a) - len(b)) > 1:
        return a == b
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    swapped = len(a) == len(b) and rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:]
    return swapped or rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:]


def _leading(words: Sequence[str]) -> int:
    """How many of the last words only lead up to the identity term that comes next."""
    count = 0
    spoken = False
    for at in range(len(words) - 1, -1, -1):
        word = words[at]
        before_it = at > 0 and words[at - 1] in _SPEAK
        if word != IDENTITY and word not in _LEADS and word not in _SPEAK and not (word in _HARDLY and (spoken or before_it)):
            break
        spoken = spoken or word in _SPEAK
        count += 1
    return count


def _terms(text: str) -> list[str]:
    return [term.strip().replace("'", "") for term in text.split(",")]


def _forms(name: str, terms: Iterable[str]) -> set[str]:
    """All forms of a list's terms; each also with the -s of possession, which has lost its apostrophe."""
    inflect = _spanish_forms if name.endswith("_es") else _english_forms
    forms = {form for term in terms for form in inflect(term)}
    return forms | {f"{form}s" for form in forms}


def _english_forms(term: str) -> set[str]:
    last = term.rpartition(" ")[2]
    forms = {term}
    if last.endswith(("man", "men")) and len(last) > 5:
        forms.add(term[:-2] + "en")
    if last.endswith("y") and len(last) > 3:
        forms.add(term[:-1] + "ies")
    elif last.endswith(("ese", "ish", "x", "ch")):
        forms.add(term + "es")
    return forms


def _spanish_forms(term: str) -> set[str]:
    """Gender and number of the last word: -o, -or, -es (frances), -an (aleman), -on, -ol; others take -s or -es."""
    if term.endswith("o"):
        return {term, term[:-1] + "a", term + "s", term[:-1] + "as"}
    if term.endswith(("es", "an", "on", "or", "ol", "in")):
        return {term, term + "a", term + "es", term + "as"}
    return {term, *(term + ending for ending in (("s",) if term[-1] in "ae" else ("s", "es")))}


def _feminine(masculine: str) -> list[tuple[str, str]]:
    """(masculine, feminine) of a Spanish word in singular and plural."""
    stem = masculine.removesuffix("o")
    plural = f"{masculine}s" if masculine.endswith(("o", "e")) else f"{masculine}es"
    return [(masculine, f"{stem.removesuffix('e')}a"), (plural, f"{stem.removesuffix('e')}as")]


def _by_first_word(phrases: Iterable[tuple[str, ...]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Phrases by their first word, longest first."""
    grouped: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        grouped.setdefault(phrase[0], []).append(phrase)
    return {first: tuple(sorted(group, key=len, reverse=True)) for first, group in grouped.items()}


def _neighbours(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each word under itself and under its deletions after the first two letters."""
    index: dict[str, list[str]] = {}
    for word in words:
        for key in set(deletions(word, 2)):
            index.setdefault(key, []).append(word)
    return {key: tuple(group) for key, group in index.items()}
