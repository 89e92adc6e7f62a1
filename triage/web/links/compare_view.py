"""Two tips side by side: the same rows aligned, what is the same and what differs said in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from triage.domain.assessment import Assertion
from triage.domain.case import QueueEntry
from triage.links.answers import Compared
from triage.links.reasons import Read
from triage.plain import plain as folded
from triage.web.views import Words, county_name
from triage.web.wording import BANDS, CHANNELS, answers, entity_title, indicator_title, moment

MARKED_WORDS = 600
"""Of each text, whose differences are marked: comparing takes time with the square of their number."""

MOSTLY_SHARED = 0.5
SHORTEST_RUN = 3
"""Words in a row that two different texts share before they are marked."""


@dataclass(frozen=True, slots=True)
class Row:
    """One aligned row: what each tip says, as (words, whether the other says so too), and the two compared in words."""

    title: str
    one: tuple[tuple[str, bool], ...]
    two: tuple[tuple[str, bool], ...]
    state: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Both texts in pieces (words, whether marked). ``meaning`` says what the marks stand for."""

    one: tuple[tuple[str, bool], ...]
    two: tuple[tuple[str, bool], ...]
    meaning: str


def rows_of(compared: Compared, words: Words) -> list[Row]:
    """The rows that at least one of the two tips fills."""
    one, two = (_said(read, entry, words) for read, entry in zip((compared.one, compared.two), compared.entries, strict=True))
    rows = [_row(title, one.get(title, ()), two.get(title, ())) for title in dict.fromkeys((*one, *two))]
    return [row for row in rows if row.one or row.two]


def texts_of(one: str, two: str) -> Texts:
    """The two texts with their differences marked, or, where most of them differs, with what they share."""
    first, second = _words(one), _words(two)
    matcher = SequenceMatcher(None, [folded(word) for word in first], [folded(word) for word in second], autojunk=False)
    if matcher.ratio() >= MOSTLY_SHARED:
        shared, marks_shared, meaning = matcher.get_matching_blocks(), False, "Marked: only in this one."
    else:
        shared = [block for block in matcher.get_matching_blocks() if block.size >= SHORTEST_RUN]
        marks_shared, meaning = True, "Marked: the same words in both." if any(block.size for block in shared) else "The texts differ."
    in_one = {place for block in shared for place in range(block.a, block.a + block.size)}
    in_two = {place for block in shared for place in range(block.b, block.b + block.size)}
    return Texts(_pieces(one, first, in_one, marks_shared), _pieces(two, second, in_two, marks_shared), meaning)


def _said(read: Read, entry: QueueEntry, words: Words) -> dict[str, tuple[str, ...]]:
    """What a tip says, by the title of its row. Nothing that identifies its sender."""
    tip, reading, decision = read.tip, read.assessment, read.decision
    place = tip.place
    where = (place.name, place.address, place.road, place.exit, place.town)
    found = decision.jurisdiction if decision else None
    county = county_name(found.county, found.state) if found and (found.county or found.state) else ""
    said = {
        "Received": (moment(tip.received_at),),
        "When": tuple(answer for question, answer in answers(tip) if question == "When") + ((tip.when_text,) if tip.when_text else ()),
        "Where": tuple(part for part in (*where, county) if part),
        "Level": (f"{entry.urgency.value} {words.urgency(entry.urgency)}",),
        "Band": (BANDS[entry.band],),
        "Concerns": tuple(words.category(label) for label in reading.labels) if reading else (),
        "Indicators": _indicators(read),
        "Came from": (f"{words.partner(tip.partner)}, by {CHANNELS[tip.channel]}",),
    }
    for entity in reading.entities if reading else ():
        if entity.role != "reporter":
            title = entity_title(entity.type)
            said[title] = (*said.get(title, ()), entity.value or entity.raw)
    return {title: tuple(dict.fromkeys(values)) for title, values in said.items()}


def _indicators(read: Read) -> tuple[str, ...]:
    found = read.assessment.findings if read.assessment else ()
    return tuple(indicator_title(finding.indicator) for finding in found if finding.assertion is Assertion.PRESENT)


def _row(title: str, one: Iterable[str], two: Iterable[str]) -> Row:
    mine, theirs = tuple(one), tuple(two)
    both = {value.casefold() for value in mine} & {value.casefold() for value in theirs}
    if not mine or not theirs:
        state = "only one says"
    elif not both:
        state = "different"
    else:
        state = "the same" if len(both) == len(mine) == len(theirs) else "partly the same"
    return Row(
        title,
        tuple((value, value.casefold() in both) for value in mine),
        tuple((value, value.casefold() in both) for value in theirs),
        state,
    )


def _words(text: str) -> list[str]:
    return text.split()[:MARKED_WORDS]


def _pieces(text: str, words: Sequence[str], shared: set[int], marks_shared: bool) -> tuple[tuple[str, bool], ...]:
    """The text, cut where a mark begins or ends; what lies beyond ``words`` is not marked."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for number, word in enumerate(words):
        start = text.index(word, at)
        marked = (number in shared) is marks_shared
        before = text[at:start]
        if pieces and pieces[-1][1] == marked:
            pieces[-1] = (pieces[-1][0] + before + word, marked)
        else:
            pieces += [(before, False), (word, marked)] if before else [(word, marked)]
        at = start + len(word)
    return tuple(piece for piece in (*pieces, (text[at:], False)) if piece[0])
