"""From what people type to a query tree. Any text is a query; nothing that can be typed is an error.

| typed                                   | asks for                                                                      |
|-----------------------------------------|-------------------------------------------------------------------------------|
| ``truck motel``                         | both words                                                                    |
| ``"white van"``                         | the words side by side                                                        |
| ``-drill``, ``NOT drill``               | not this                                                                      |
| ``truck OR van``, ``truck | van``       | either; OR binds tighter than a space: ``girl truck OR van`` needs the girl   |
| ``(truck stop) OR motel``               | groups                                                                        |
| ``traffick*``                           | words that begin so                                                           |
| ``"girl truck"~5``                      | each word within five words of the one before, in either order                |
| ``Gonzales~``                           | the word however it is spelled                                                |
| ``county:webb``, ``desk:"victim services"`` | a field of ``triage.domain.query.Field``; ``urgency:P0,P1`` is either     |
| ``received:7d``, ``since:``, ``until:`` | days, see ``triage.search.query_dates``                                              |
| ``8JXK417``, ``956-555-0147``, ``@name``| the word, and plates, phones or handles that hold it                          |
| ``tip_...``, ``case_...``               | that tip or case                                                              |

Unknown field names and dates that are none are read as words; stray brackets are left out. Only the first ``MAX_LENGTH`` code points
and ``MAX_TERMS`` terms count, and brackets deeper than ``MAX_NESTING`` are left out. A text without a letter, digit or emoji asks for
everything.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from itertools import pairwise

from triage.domain.query import MAX_WITHIN, And, Everything, Field, FieldIs, Fuzzy, Near, Node, Not, Or, Phrase, Prefix, Word
from triage.search.query_dates import received

MAX_LENGTH = 4_000
MAX_TERMS = 64
MAX_NESTING = 10
MAX_NEAR = 8
"""Words of which one can be asked to be near the next."""

_TOKEN = re.compile(
    r"""
      (?P<phone>(?:\+?1[ .-]?)?(?:\(\d{3}\)\ ?|\d{3}[ .-]?)\d{3}[ .-]?\d{4}(?![\w*]))
    | (?P<open>\()
    | (?P<close>\))
    | (?P<either>\|+|OR(?![^\s()]))
    | (?P<negate>-+(?=[^\s)-])|NOT(?![^\s()]))
    | (?P<field>[A-Za-z]+):(?:"(?P<quoted>[^"]*)"?|(?P<value>[^\s()"|]+))
    | "(?P<phrase>[^"]*)"(?:~(?P<within>\d{1,2})(?![\w*]))?
    | "(?P<unended>[^"]*)
    | (?P<word>[^\s()"|]+)
    """,
    re.VERBOSE,
)
_QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))
_EDGES = ".,;:!?'’…"
_ID = re.compile(r"(tip|case)_([0-9a-z]{26})", re.IGNORECASE)
_DATE_NAMES = frozenset({"received", "since", "until"})
_NAMES = frozenset(Field)


class _Group:
    """A bracket that is being read: its terms so far, each with its alternatives, and what the next term has to obey."""

    def __init__(self, negated: bool = False) -> None:
        self.negated = negated
        self.negate_next = False
        self._either = False
        self._terms: list[list[Node]] = []

    def take_negation(self) -> bool:
        """Whether the coming term is negated; asked once a term."""
        negated, self.negate_next = self.negate_next, False
        return negated

    def either(self) -> None:
        """The coming term is an alternative to the last one."""
        self._either = bool(self._terms)

    def add(self, node: Node, negated: bool) -> None:
        """The next term."""
        node = Not(node) if negated else node
        if self._either:
            self._terms[-1].append(node)
        else:
            self._terms.append([node])
        self._either = False

    def node(self) -> Node | None:
        """What was read, or None if nothing was."""
        terms = [_one_of(alternatives) for alternatives in self._terms]
        return And(tuple(terms)) if len(terms) > 1 else terms[0] if terms else None


def parse(text: str, today: date) -> Node:
    """The tree that ``text`` asks for. ``today`` (UTC) is the day that ``received:today`` means. Raises nothing for any text."""
    groups, ignored, terms = [_Group()], 0, 0
    text = text[:MAX_LENGTH].translate(_QUOTES)
    position = 0
    while terms < MAX_TERMS and (token := _TOKEN.search(text, position)):
        position, group = token.end(), groups[-1]
        match token.lastgroup:
            case "open" if len(groups) > MAX_NESTING:
                ignored += 1
            case "open":
                groups.append(_Group(group.take_negation()))
            case "close" if ignored:
                ignored -= 1
            case "close":
                _close(groups)
            case "either":
                group.either()
            case "negate":
                group.negate_next = True
            case _:
                if (node := _term(token, today)) is not None:
                    group.add(node, group.take_negation())
                    terms += 1
    while len(groups) > 1:
        _close(groups)
    return groups[0].node() or Everything()


def _close(groups: list[_Group]) -> None:
    """End the innermost bracket; a closing bracket without an opening one means nothing."""
    if len(groups) > 1:
        group = groups.pop()
        if (node := group.node()) is not None:
            groups[-1].add(node, group.negated)


def _term(token: re.Match[str], today: date) -> Node | None:
    if token["phone"]:
        return Or((Word(token["phone"]), FieldIs(Field.PHONE, _compact(token["phone"]))))
    if token["within"] is not None:
        return _near(token["phrase"], int(token["within"]))
    if token["phrase"] is not None or token["unended"] is not None:
        return _phrase(token["phrase"] or token["unended"] or "")
    if token["field"]:
        return _field(token["field"].lower(), token["quoted"], token["value"], today) or _phrase(token[0].replace('"', " "))
    return _bare(token["word"])


def _field(name: str, quoted: str | None, value: str | None, today: date) -> Node | None:
    """What ``name:value`` asks, or None if the name is no field or the value is none for it."""
    if name in _DATE_NAMES:
        return received(name, (quoted or value or "").strip(), today)
    if name not in _NAMES:
        return None
    values = [quoted] if quoted is not None else (value or "").split(",")[:MAX_TERMS]
    asked: list[Node] = [FieldIs(Field(name), each.strip()) for each in values if _has_content(each)]
    return _one_of(asked) if asked else None


def _bare(text: str) -> Node | None:
    text = text.strip(_EDGES)
    if not _has_content(text):
        return None
    if named := _ID.fullmatch(text):
        return FieldIs(Field(named[1].lower()), f"{named[1].lower()}_{named[2].upper()}")
    if text.endswith("~") and (spelled := text.rstrip("~")) and _has_content(spelled):
        return Fuzzy(spelled)
    begins = text.rstrip("*")
    if begins != text and sum(map(str.isalnum, begins)) > 1:
        return Prefix(begins)
    fields = _fields_that_may_hold(begins)
    return _one_of([Word(begins), *(FieldIs(field, _compact(begins)) for field in fields)])


def _fields_that_may_hold(text: str) -> list[Field]:
    """Where else to look for something that reads like part of a plate or phone (four or more signs, a digit among them) or a handle."""
    sign = _compact(text)
    if text.startswith("@") and sign:
        return [Field.HANDLE]
    if len(sign) < 4 or not (sign.isascii() and any(map(str.isdigit, sign))):
        return []
    plate = [Field.PLATE] if len(sign) <= 8 else []
    return [*plate, Field.PHONE] if sign.isdigit() else plate


def _phrase(text: str) -> Node | None:
    words = tuple(word.strip(_EDGES) for word in text.split() if _has_content(word))
    return Phrase(words) if len(words) > 1 else Word(words[0]) if words else None


def _near(text: str, within: int) -> Node | None:
    words = [word for each in text.split() if _has_content(word := each.strip(_EDGES))][:MAX_NEAR]
    if len(words) < 2:
        return _phrase(text)
    pairs = tuple(Near(one, other, min(max(within, 1), MAX_WITHIN)) for one, other in pairwise(words))
    return And(pairs) if len(pairs) > 1 else pairs[0]


def _one_of(nodes: list[Node]) -> Node:
    return Or(tuple(nodes)) if len(nodes) > 1 else nodes[0]


def _has_content(text: str) -> bool:
    """Whether there is something to look for: letters, digits and emoji, which traffickers use as words."""
    return any(sign.isalnum() or unicodedata.category(sign) == "So" for sign in text)


def _compact(text: str) -> str:
    return "".join(filter(str.isalnum, text))
