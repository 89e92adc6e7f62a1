"""The copy of a text that leaves the store does not tell who wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import an_entity
from triage.domain.assessment import Entity
from triage.redaction import redact

TEXT = "I'm Ana, call me at 956-555-0147 or ana@example.org. His phone is 956-555-0199."


def entity(type: str, raw: str, role: str = "reporter", text: str = TEXT) -> Entity:
    return an_entity(type, raw, start=text.index(raw), role=role)


def test_contact_details_of_the_reporter_become_tokens() -> None:
    entities = [entity("email", "ana@example.org"), entity("phone", "956-555-0147"), entity("person", "Ana")]
    assert redact(TEXT, entities) == "I'm [name], call me at [phone] or [email]. His phone is 956-555-0199."


@pytest.mark.parametrize("role", ["suspect", "victim", "witness", "business", "unknown"])
def test_details_of_others_stay(role: str) -> None:
    assert redact(TEXT, [entity("phone", "956-555-0199", role)]) == TEXT


@pytest.mark.parametrize(("type", "token"), [("handle", "[handle]"), ("address", "[address]"), ("plate", "Ana")])
def test_only_ways_to_reach_the_reporter_are_replaced(type: str, token: str) -> None:
    assert redact("Ana", [entity(type, "Ana", text="Ana")]) == token


def test_overlapping_details_become_one_token() -> None:
    text = "write ana@example.org today"
    email, handle, tail = (
        entity(type, raw, text=text) for type, raw in (("email", "ana@example.org"), ("handle", "ana"), ("handle", "org today"))
    )
    assert redact(text, [handle, email]) == "write [email] today"
    assert redact(text, [email, tail]) == "write [email]"


def test_offsets_are_code_points() -> None:
    text = "🍒🍒 niña: 956-555-0147"
    assert redact(text, [entity("phone", "956-555-0147", text=text)]) == "🍒🍒 niña: [phone]"


@given(st.text("abc \n", min_size=1), st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=6))
def test_nothing_of_a_span_is_left_and_all_else_is(text: str, spans: list[tuple[int, int]]) -> None:
    entities = [Entity("phone", start, start + length, "", "", role="reporter") for start, length in spans if start + length <= len(text)]
    hidden = {at for each in entities for at in range(each.start, each.end)}
    kept = "".join(sign for at, sign in enumerate(text) if at not in hidden)
    assert redact(text, entities).replace("[phone]", "") == kept
