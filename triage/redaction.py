"""The copy of a tip's text that may leave the store: what tells who the sender is, is replaced by tokens."""

from __future__ import annotations

from collections.abc import Iterable

from triage.domain.assessment import Entity

_TOKENS = {
    "phone": "[phone]", "email": "[email]", "handle": "[handle]", "url": "[link]", "person": "[name]", "address": "[address]",
}  # fmt: skip
_REPORTER = "reporter"


def redact(text: str, entities: Iterable[Entity]) -> str:
    """``text`` with every contact detail and name of the reporter replaced by a token such as ``[phone]``.

    ``entities`` are those of the assessment of this text, with offsets in code points. Spans that overlap become one token, that of
    the first. Details of anybody else stay: they are what the tip is about.
    """
    parts, position = [], 0
    for entity in sorted(filter(tells_of_reporter, entities), key=lambda each: (each.start, -each.end)):
        if entity.start >= position:
            parts += [text[position : entity.start], _TOKENS[entity.type]]
        position = max(position, entity.end)
    return "".join([*parts, text[position:]])


def tells_of_reporter(entity: Entity) -> bool:
    """Whether the entity is a way to know or reach the person who wrote the tip."""
    return entity.role == _REPORTER and entity.type in _TOKENS
