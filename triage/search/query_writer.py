"""From the fields of a form to the one line that people could have typed themselves, in the language of ``triage.search.query_parser``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from triage.domain.query import MAX_WITHIN, Field

_SPLITTERS = re.compile(r'[\s()"|“”„«»]+')
_PLAIN = re.compile(r"[^\W_][\w.'’/&#+@-]*", re.UNICODE)
_OPERATORS = frozenset({"OR", "NOT"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a form asks for. Every text is words with spaces between; ``fields`` are values by field, of which a case has one.

    ``place`` is a county or a word of the text. ``since`` and ``until`` are days as ``triage.search.query_dates`` reads them.
    """

    every: str = ""
    phrase: str = ""
    some: str = ""
    none: str = ""
    near: str = ""
    within: int = 5
    spelled: str = ""
    begins: str = ""
    place: str = ""
    since: str = ""
    until: str = ""
    fields: Mapping[Field, Sequence[str]] = field(default_factory=dict)


def written(wanted: Wanted) -> str:
    """The line that asks for it; empty if nothing is wanted. No field of the form can end or change what another one says."""
    some = [_typed(word) for word in _words(wanted.some)]
    parts = [
        *(f"{word}~" for word in map(_bare, _words(wanted.spelled)) if word),
        *(f"{word}*" for word in map(_bare, _words(wanted.begins)) if word),
        *map(_typed, _words(wanted.every)),
        _quoted(wanted.phrase),
        f"({' OR '.join(some)})" if some else "",
        _near(wanted.near, wanted.within),
        _place(wanted.place),
        _days(wanted.since, wanted.until),
        *(_one_of(name, values) for name, values in wanted.fields.items()),
        *(f"-{_typed(word)}" for word in _words(wanted.none)),
    ]
    return " ".join(filter(None, parts))


def _words(text: str) -> list[str]:
    return [word for word in _SPLITTERS.split(text) if any(map(str.isalnum, word))]


def _typed(word: str) -> str:
    """The word so that it is read as a word; one that could be read as something else stands in quotation marks."""
    return word if _PLAIN.fullmatch(word) and word not in _OPERATORS else f'"{word}"'


def _bare(word: str) -> str:
    """A word that a sign is put behind, which quotation marks would hide."""
    bare = word.strip("".join(sign for sign in word if not sign.isalnum())).replace(":", " ").replace("*", " ").replace("~", " ").split()
    return bare[0] if bare and bare[0] not in _OPERATORS else ""


def _quoted(text: str) -> str:
    words = " ".join(_words(text))
    return f'"{words}"' if words else ""


def _near(text: str, within: int) -> str:
    return f"{_quoted(text)}~{min(max(within, 1), MAX_WITHIN)}" if len(_words(text)) > 1 else _quoted(text)


def _place(text: str) -> str:
    quoted = _quoted(text)
    return f"({Field.COUNTY}:{quoted} OR {quoted})" if quoted else ""


def _days(since: str, until: str) -> str:
    first, last = ("".join(re.findall(r"[\w/-]", day)) for day in (since, until))
    return f"received:{first}..{last}" if first and last else f"since:{first}" if first else f"until:{last}" if last else ""


def _one_of(name: Field, values: Sequence[str]) -> str:
    asked = [f"{name}:{_quoted(value)}" for value in values if _quoted(value)]
    return f"({' OR '.join(asked)})" if len(asked) > 1 else "".join(asked)
