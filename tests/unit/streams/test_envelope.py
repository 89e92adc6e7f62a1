"""The wire form of events: what goes in comes out; what is no event is refused without telling what it held."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.envelope import BadEnvelope, decode, encode
from tests.builders import NOON
from triage.domain.events import Event, EventType

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
EVENTS = st.builds(
    Event,
    id=st.text("abcXYZ019_", min_size=1, max_size=30),
    type=st.sampled_from(EventType),
    key=TEXT,
    at=st.integers(0, 4_000_000_000_000_000).map(lambda us: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=us)),
    trace=TEXT,
    payload=st.dictionaries(TEXT, TEXT, max_size=5),
    version=st.just(1),
)


@given(EVENTS, st.integers(0, 2**53))
def test_what_goes_in_comes_out(event: Event, position: int) -> None:
    assert decode(encode(event, position)) == (event, position)


def changed(**fields: Any) -> bytes:
    """A good envelope with these fields changed; None takes a field away."""
    good = json.loads(encode(Event("evt_1", EventType.TIP_RECEIVED, "tip_1", NOON, "t", {"tip": "tip_1"}), 7))
    return json.dumps({name: value for name, value in {**good, **fields}.items() if value is not None}).encode()


def test_fields_of_a_later_release_are_passed_over() -> None:
    event, _ = decode(changed(colour="blue", payload={"tip": "tip_1", "new": "kept"}))
    assert event.payload["new"] == "kept"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "tombstone"),
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "schema"),
        (changed(id=None), "schema"),
        (changed(type="tip.eaten"), r"\$\.type"),
        (changed(version=2), "upgrade the workers"),
        (changed(payload={"tip": 5}), "schema"),
    ],
)
def test_refuses_what_is_no_event(value: bytes | None, told: str) -> None:
    with pytest.raises(BadEnvelope, match=told):
        decode(value)


@given(st.binary(max_size=60))
def test_any_bytes_give_an_event_or_a_refusal(value: bytes) -> None:
    with pytest.raises(BadEnvelope):
        decode(value)


def test_a_refusal_does_not_tell_what_was_sent() -> None:
    with pytest.raises(BadEnvelope) as refusal:
        decode(changed(payload={"call me on 555 0101": 5}, type="call me on 555 0101"))
    assert "555" not in str(refusal.value)
