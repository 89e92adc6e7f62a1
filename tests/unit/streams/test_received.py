"""Records of a topic through a handler: handled, set aside with their place, or all of them again."""

from __future__ import annotations

import pytest

from streams.envelope import encode
from streams.received import PATIENCE_SECONDS, Desk, Received, dead_letter
from streams.worker import Limits
from tests.builders import NOON, StillClock
from tests.recorder import Recorder
from triage.domain.errors import Unavailable
from triage.domain.events import Event, EventType

LIMITS = Limits(tries=3, backoff_seconds=1, longest_backoff_seconds=8)


class Setting:
    def __init__(self) -> None:
        self.handler = Recorder()
        self.waits: list[float] = []
        self.desk = Desk(self.handler, LIMITS, StillClock(), self.waits.append)


@pytest.fixture
def setting() -> Setting:
    return Setting()


def a_record(key: str, offset: int, type: EventType = EventType.TIP_RECEIVED, **given: object) -> Received:
    value = encode(Event(f"evt_{key}", type, key, NOON, "trace", {"tip": key}), offset)
    fields = {"topic": "tips.received", "partition": 3, "offset": offset, "key": key.encode(), "value": value} | given
    return Received(**fields)  # type: ignore[arg-type]


def test_handles_a_batch_in_order(setting: Setting) -> None:
    assert setting.desk.work_off([a_record("a", 1), a_record("b", 2)]) == []
    assert (setting.handler.handled, setting.handler.calls) == (["a", "b"], 1)


def test_passes_over_other_types(setting: Setting) -> None:
    assert setting.desk.work_off([a_record("a", 1, EventType.CASE_CHANGED)]) == []
    assert setting.handler.calls == 0


def test_bytes_that_are_no_event_are_set_aside_as_they_came(setting: Setting) -> None:
    poison = a_record("p", 2, value=b"\x00junk", headers=(("trace", b"t1"),))
    letters = setting.desk.work_off([a_record("a", 1), poison, a_record("b", 3)])
    assert setting.handler.handled == ["a", "b"]
    assert [(letter.topic, letter.key, letter.value) for letter in letters] == [("dead-letters", b"p", b"\x00junk")]
    told = dict(letters[0].headers)
    assert (told["trace"], told["dead-source"], told["dead-line"]) == (b"t1", b"tips.received/3/2", b"recorder")
    assert (told["dead-error"], told["dead-tries"]) == (b"BadEnvelope", b"0")


def test_one_at_fault_is_found_and_the_others_go_through(setting: Setting) -> None:
    setting.handler.fails["b"] = [KeyError("secret words")] * 4  # once in the batch, three times alone
    letters = setting.desk.work_off([a_record("a", 1), a_record("b", 2), a_record("c", 3)])
    assert setting.handler.handled == ["a", "c"]
    assert [dict(letter.headers)["dead-error"] for letter in letters] == [b"KeyError"]
    assert b"secret" not in b"".join(value for letter in letters for _, value in letter.headers)


def test_a_store_that_comes_back_is_waited_for(setting: Setting) -> None:
    setting.handler.fails["a"] = [Unavailable("away")] * 3
    assert setting.desk.work_off([a_record("a", 1)]) == []
    assert setting.handler.handled == ["a"]
    assert setting.waits == [1, 2, 4]


def test_a_store_that_stays_away_gives_the_batch_back(setting: Setting) -> None:
    setting.handler.fails["a"] = [Unavailable("away")] * 100
    with pytest.raises(Unavailable):
        setting.desk.work_off([a_record("a", 1)])
    assert setting.handler.handled == []
    assert PATIENCE_SECONDS <= sum(setting.waits) < 2 * PATIENCE_SECONDS


def test_a_dead_letter_that_fails_again_keeps_where_it_first_stood() -> None:
    first = dead_letter(a_record("a", 5), "recorder", "KeyError", 3, NOON)
    again = Received("dead-letters", 0, 9, first.key, first.value, first.headers)
    second = dict(dead_letter(again, "recorder", "ValueError", 3, NOON).headers)
    assert (second["dead-source"], second["dead-error"]) == (b"tips.received/3/5", b"ValueError")
