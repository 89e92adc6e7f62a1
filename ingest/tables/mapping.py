"""From the cells of a row to the plain values of a submission, by a field map. Nothing is guessed here.

A cell that is empty says nothing. Line ends and control characters are repaired without a word; words are never changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ingest.domain.field_map import FieldMap
from ingest.ports.tables import Row
from triage.domain.errors import FieldError
from triage.domain.tip import Answer, Channel, PersonRole, SourceBasis, WhenBucket
from triage.plain import plain

_ANSWERS = tuple(map(str, Answer))
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "life_threat": _ANSWERS,
        "minor_possible": _ANSWERS,
        "when_bucket": tuple(map(str, WhenBucket)),
        "source_basis": tuple(map(str, SourceBasis)),
        "persons[0].role": tuple(map(str, PersonRole)),
        "persons[1].role": tuple(map(str, PersonRole)),
    }
)
"""Fields with a closed list, and the list."""

FLAGS = ("contact.leave_message", "consent.police", "consent.support")
"""Fields that are yes or no."""

NUMBERS = ("geo.lat", "geo.lon", "geo.accuracy_m")

PARAGRAPHS = ("narrative", "persons[0].description", "persons[1].description")
"""Fields of several lines: columns that are joined stand below each other."""

LINES = (
    "when_text", "place.name", "place.road", "place.exit", "place.address", "place.town", "place.county", "place.state",
    "vehicles[0].plate", "vehicles[0].state", "vehicles[0].description", "vehicles[0].company",
    "vehicles[1].plate", "vehicles[1].state", "vehicles[1].description", "vehicles[1].company",
    "partner.role", "partner.reference", "lang",
    "contact.name", "contact.phone", "contact.email", "contact.safe_times", "contact.language",
)  # fmt: skip
"""Fields of one line: columns that are joined stand beside each other, with commas."""

LISTS = ("identifiers",)
"""Fields that hold several values: a cell is divided at line breaks and semicolons."""

TARGETS = (*PARAGRAPHS[:1], *CHOICES, *LINES, *PARAGRAPHS[1:], *LISTS, *FLAGS, *NUMBERS)
"""Every path that a column or a constant can go to."""

_WORDS = {
    "yes": "yes", "y": "yes", "true": "yes", "1": "yes", "x": "yes", "si": "yes", "s": "yes", "verdadero": "yes",
    "no": "no", "n": "no", "false": "no", "0": "no", "falso": "no",
    "not sure": "not_sure", "unsure": "not_sure", "unknown": "not_sure", "maybe": "not_sure", "possible": "not_sure",
    "no se": "not_sure", "quizas": "not_sure", "desconocido": "not_sure",
}  # fmt: skip
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_STEP = re.compile(r"([a-z_]+)(?:\[(\d)\])?\.?")


def to_value(row: Row, field_map: FieldMap) -> tuple[dict[str, object], list[FieldError]]:
    """The values of a submission, for ``ingest.schema.from_value``, and what a cell's type alone says against it."""
    value: dict[str, object] = {}
    errors: list[FieldError] = []
    for path, columns in field_map.columns.items():
        found = [_CONTROL.sub("", cell.replace("\r\n", "\n").replace("\r", "\n")) for c in columns if (cell := row.cells.get(c))]
        if found:
            _put(value, path, _converted(path, found, field_map, errors))
    for path, constant in field_map.constants.items():
        group = path.partition(".")[0]
        described = "[" not in group or _holds(value, group)  # "the person is worrying" says nothing where no person is described
        if described and _get(value, path) is None:
            _put(value, path, _converted(path, [constant], field_map, errors))
    value["channel"] = Channel.BULK.value
    return _without_gaps(value), errors


def column_of(path: str, field_map: FieldMap | None) -> str:
    """The column, or columns, that an error is about; the path itself where no column goes there."""
    named = re.sub(r"^identifiers\[\d+\]$", "identifiers", path)
    return " + ".join(field_map.columns.get(named, ())) or named if field_map else named


def _converted(path: str, found: list[str], field_map: FieldMap, errors: list[FieldError]) -> object:
    text = ("\n" if path in PARAGRAPHS or path in LISTS else ", ").join(found)
    own = {plain(theirs): ours for theirs, ours in field_map.values.get(path, {}).items()}
    text = own.get(plain(text), text)
    if path in LISTS:
        return [part.strip() for part in re.split(r"[\n;]", text) if part.strip()]
    if path in CHOICES:
        word = _WORDS.get(plain(text), text)
        return word if word in CHOICES[path] else plain(text).replace(" ", "_")
    if path in FLAGS:
        known = {"yes": True, "no": False}
        if (word := _WORDS.get(plain(text), "")) not in known:
            errors.append(FieldError(path, "not_yes_or_no", "Write yes or no, or leave it empty."))
        return known.get(word)
    if path in NUMBERS:
        try:
            return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
        except ValueError:
            errors.append(FieldError(path, "not_a_number", "Write a number in degrees, such as 41.13."))
            return None
    return text


def _steps(path: str) -> Iterator[str | int]:
    for name, position in _STEP.findall(path):
        yield name
        if position:
            yield int(position)


def _put(value: dict[str, object], path: str, found: object) -> None:
    """Set a path; lists are mappings from position to item until ``_without_gaps``."""
    *way, last = _steps(path)
    here: dict[str | int, object] = value  # type: ignore[assignment]  # names and positions alike
    for step in way:
        here = here.setdefault(step, {})  # type: ignore[assignment]
    here[last] = found


def _get(value: Mapping[str, object], path: str) -> object:
    here: object = value
    for step in _steps(path):
        here = here.get(step) if isinstance(here, dict) else None
    return here


def _holds(value: Mapping[str, object], group: str) -> bool:
    return isinstance(_get(value, group), dict)


def _without_gaps(value: dict[str, object]) -> dict[str, object]:
    """The value with lists for persons and vehicles."""
    return {
        name: list(part.values()) if name in ("persons", "vehicles") and isinstance(part, dict) else part for name, part in value.items()
    }
