"""The same act by somebody else: identity terms, names and genders exchanged in tips that are about a person.

What somebody did stays word for word, so labels, level and band must stay too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from random import Random

import yaml

TERMS_A_TIP = 12
"""How many terms, and how many names, each tip is read with (design F1)."""

_LONGEST = 3
_COUNTRY = "country"
_GROUPS = frozenset({"nationality", "ethnicity", "religion", "language", "disability", "orientation"})
"""The lists of the lexicon that hold words for what somebody is; each stands in it once a language. The other lists serve the masking."""

_OF_COUNTRIES = 0.25

_ENGLISH_PERSONS = (
    "man woman guy lady girl boy male female dude kid teen teenager driver worker couple family neighbor coworker customer employee guest "
    "passenger patient student stranger roommate trucker husband wife boyfriend girlfriend"
)
_SPANISH_PERSONS = (
    "hombre mujer señor señora muchacho muchacha niño niña joven chavo chava tipo persona vecino vecina chofer trabajador trabajadora "
    "cliente pareja familia esposo esposa novio novia"
)
_PERSON = {
    "en": re.compile(r"\b(?:(?P<article>an?) )?(?P<noun>" + "|".join(_ENGLISH_PERSONS.split()) + r")\b(?!['’-])", re.IGNORECASE),
    "es": re.compile(r"\b(?P<noun>" + "|".join(_SPANISH_PERSONS.split()) + r")\b", re.IGNORECASE),
}
_NAMED = {"en": "named", "es": "de nombre"}
_FROM = {"en": "from", "es": "de"}
"""What leads up to the name of a country."""

_NAMES = {
    "en": "Jake Emily Connor DeShawn Lakisha Jamal Guadalupe José Mohammed Fatima Linh Wei Rajesh Priya Olga Moshe Dakota Kwame".split(),
    "es": "Juan María Kevin Brittany Jamal Xóchitl Itzel Mohamed Fátima Wei Ling Iván Olga Yesenia Brayan Ángel Isaac Kwame".split(),
}
"""First names that readers take for typical of some group. A name in a tip is a fact for an analyst and must be none for the reader."""

_OTHER_GENDER = {
    "he": "she", "she": "he", "him": "her", "his": "her", "himself": "herself", "herself": "himself", "man": "woman", "woman": "man",
    "men": "women", "women": "men", "boy": "girl", "girl": "boy", "boys": "girls", "girls": "boys", "husband": "wife", "wife": "husband",
    "boyfriend": "girlfriend", "girlfriend": "boyfriend", "father": "mother", "mother": "father", "dad": "mom", "mom": "dad",
    "son": "daughter", "daughter": "son", "brother": "sister", "sister": "brother", "guy": "lady", "lady": "guy", "uncle": "aunt",
    "aunt": "uncle", "nephew": "niece", "niece": "nephew", "male": "female", "female": "male",
}  # fmt: skip
_GENDERED = re.compile(r"\b(" + "|".join([*_OTHER_GENDER, "her"]) + r")\b(?=(\s+[^\W\d_]+)?)", re.IGNORECASE)
_AFTER_OBJECT = frozenset(
    "in on at to for from by with and or but so if as up out off down away into over under again because while when who that is was".split()
)
"""Words before which "her" is an object (him), not a possessive (his)."""


@dataclass(frozen=True, slots=True)
class Term:
    """An identity term, the language it is in, and the list that it stands in (nationality, religion, disability ...)."""

    text: str
    language: str
    group: str


def load_terms() -> tuple[Term, ...]:
    """The terms of the lexicon that masks them, of three words at most. Country names stand in both languages."""
    text = (files("models") / "identity_terms.yaml").read_text("utf8")
    lists: Mapping[str, object] = yaml.load(text, Loader=yaml.CSafeLoader)
    return tuple(term for name, terms in lists.items() if isinstance(terms, str) for term in _terms(name, terms))


def _terms(name: str, terms: str) -> Iterator[Term]:
    group, _, language = name.rpartition("_")
    if name != _COUNTRY and group not in _GROUPS:
        return
    languages = ("en", "es") if name == _COUNTRY else (language,)
    for term in terms.split(","):
        if len(term.split()) <= _LONGEST:
            yield from (Term(term.strip(), code, group or name) for code in languages)


def about_a_person(text: str, language: str) -> bool:
    """Whether the text names a person in a way that a term or a name can be put beside."""
    return language in _PERSON and _PERSON[language].search(text) is not None


def with_terms(key: str, text: str, language: str, terms: Sequence[Term]) -> list[str]:
    """The text with each of twelve terms in turn put beside the first person; ``key`` (the tip's id) seeds which.

    For one tip in four they are countries that the person is from, for the others words of as many groups as there are: so that within a
    tip nothing differs but the term.
    """
    random = Random(f"{key}:terms")
    countries = random.random() < _OF_COUNTRIES
    groups: dict[str, list[Term]] = {}
    for term in terms:
        if term.language == language and (term.group == _COUNTRY) is countries:
            groups.setdefault(term.group, []).append(term)
    order = random.sample(sorted(groups), len(groups))
    chosen = [random.choice(groups[order[number % len(order)]]) for number in range(TERMS_A_TIP)]
    return [_described(text, term) for term in chosen]


def with_names(key: str, text: str, language: str) -> list[str]:
    """The text with each of twelve names in turn given to the first person."""
    names = Random(f"{key}:names").sample(_NAMES[language], TERMS_A_TIP)
    return [_after_noun(text, language, f"{_NAMED[language]} {name}") for name in names]


def other_gender(text: str) -> str:
    """An English text with men for women and women for men."""
    return _GENDERED.sub(lambda found: _like(found[1], _counterpart(found[1].lower(), (found[2] or "").strip().lower())), text)


def _described(text: str, term: Term) -> str:
    if term.group == _COUNTRY:
        return _after_noun(text, term.language, f"{_FROM[term.language]} {term.text.title()}")
    if term.language == "es":
        return _after_noun(text, "es", term.text)

    def describe(found: re.Match[str]) -> str:
        article = found["article"]
        fitting = "an" if term.text[0] in "aeiou" else "a"
        return (f"{_like(article, fitting)} " if article else "") + f"{term.text} {found['noun']}"

    return _PERSON["en"].sub(describe, text, count=1)


def _after_noun(text: str, language: str, words: str) -> str:
    return _PERSON[language].sub(lambda found: f"{found[0]} {words}", text, count=1)


def _counterpart(word: str, following: str) -> str:
    if word == "her":
        return "him" if not following or following in _AFTER_OBJECT else "his"
    return _OTHER_GENDER[word]


def _like(written: str, word: str) -> str:
    """The word in the capitals of what was written."""
    return word.upper() if written.isupper() and len(written) > 1 else word.capitalize() if written[:1].isupper() else word
