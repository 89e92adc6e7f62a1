"""Lanes: what is urgent waits for no backlog, nothing behind starves, and no partner fills a lane for the others. In counts, not times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from threading import Event as Signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.storage.database import Database
from infra.storage.dead_letters import SqlDeadLetters
from infra.storage.event_log import SqlEventLog
from infra.storage.unit_of_work import SqlStorage
from streams.lanes import PATIENCE, FairLine, Lanes, in_turn
from streams.ports import Logged
from streams.worker import Limits, Line, LineStopped
from tests.builders import NOON, CountedIds, StillClock
from tests.recorder import Recorder
from triage.domain.errors import Unavailable
from triage.domain.events import RECEIVED, Event, EventType

URGENT, ORDINARY, BULK = RECEIVED
LIMITS = Limits(batch=4, tries=2, dead_letters=3, poll_seconds=0, backoff_seconds=0)


class Setting:
    """Three lanes that one recorder each works off; ``order`` is what all of them handled, in order."""

    def __init__(self, database: Database) -> None:
        self.storage, self.log, self.letters = SqlStorage(database), SqlEventLog(database), SqlDeadLetters(database)
        self.ids, self.stop = CountedIds(), Signal()
        self.order: list[str] = []
        self.handlers = [self._handler(type) for type in RECEIVED]
        self.lanes = self.restarted()

    def _handler(self, type: EventType) -> Recorder:
        handler = Recorder()
        handler.name, handler.types, handler.handled = type.value, (type,), self.order
        return handler

    def restarted(self) -> Lanes:
        kinds = (FairLine, Line, Line)
        lines = [
            kind(self.log, self.letters, handler, LIMITS, StillClock(), self.ids, self.stop)
            for kind, handler in zip(kinds, self.handlers, strict=True)
        ]
        return Lanes(lines, LIMITS, self.stop)

    def append(self, type: EventType, *keys: str, partner: str = "p") -> None:
        with self.storage.writing() as work:
            work.events.append([Event(self.ids.new("evt"), type, key, NOON, "t", {"tip": key, "partner": partner}) for key in keys])

    def work_off(self) -> None:
        while self.lanes.run_once():
            pass


@pytest.fixture
def setting(database: Database) -> Setting:
    return Setting(database)


def test_who_is_in_danger_waits_for_the_batch_in_hand_alone(setting: Setting) -> None:
    """Of 5,000 that wait, one batch is done before the tip that comes last."""
    setting.append(ORDINARY, *(f"o{n}" for n in range(2_500)))
    setting.append(BULK, *(f"b{n}" for n in range(2_500)))
    setting.lanes.run_once()
    setting.append(URGENT, "danger")
    setting.lanes.run_once()
    assert setting.order == ["o0", "o1", "o2", "o3", "danger"]


def test_lanes_are_worked_off_from_the_front(setting: Setting) -> None:
    setting.append(BULK, "b")
    setting.append(ORDINARY, "o")
    setting.append(URGENT, "u")
    setting.work_off()
    assert setting.order == ["u", "o", "b"]


def test_no_lane_starves(setting: Setting) -> None:
    batches = PATIENCE * 3
    setting.append(URGENT, *(f"u{n}" for n in range(batches * LIMITS.batch)))
    setting.append(ORDINARY, *(f"o{n}" for n in range(batches * LIMITS.batch)))
    setting.append(BULK, "b")
    for _ in range(PATIENCE + 2):
        setting.lanes.run_once()
    assert Counter(key[0] for key in setting.order) == {"u": PATIENCE * LIMITS.batch, "o": LIMITS.batch, "b": 1}
    setting.work_off()
    assert len(setting.order) == len(set(setting.order)) == 2 * batches * LIMITS.batch + 1


def test_each_partner_has_its_turn(setting: Setting) -> None:
    setting.append(URGENT, *(f"f{n}" for n in range(1_000)), partner="flooder")
    setting.append(URGENT, "a0", "a1", partner="a")
    setting.append(URGENT, "b0", partner="b")
    setting.lanes.run_once()
    assert setting.order == ["f0", "a0", "b0", "f1"]
    setting.lanes.run_once()
    assert setting.order[4:] == ["f2", "a1", "f3", "f4"]


def test_the_position_never_passes_what_is_not_done(setting: Setting) -> None:
    setting.append(URGENT, *(f"f{n}" for n in range(6)), partner="flooder")
    setting.append(URGENT, "a0", partner="a")
    setting.lanes.run_once()
    assert setting.order == ["f0", "a0", "f1", "f2"]
    assert setting.log.position(URGENT.value) == 3
    setting.lanes = setting.restarted()
    setting.work_off()
    assert setting.log.position(URGENT.value) == 7
    assert Counter(setting.order) == {"f0": 1, "f1": 1, "f2": 1, "f3": 1, "f4": 1, "f5": 1, "a0": 2}


def test_what_was_done_ahead_does_not_come_again(setting: Setting) -> None:
    setting.append(URGENT, *(f"f{n}" for n in range(20)), partner="flooder")
    setting.append(URGENT, "a0", "a1", partner="a")
    setting.work_off()
    assert len(setting.order) == len(set(setting.order)) == 22
    assert [key for key in setting.order if key[0] == "f"] == [f"f{n}" for n in range(20)]


def test_one_at_fault_is_set_aside_and_the_others_go_on(setting: Setting) -> None:
    setting.append(URGENT, "bad", "f1", partner="flooder")
    setting.append(URGENT, "a0", partner="a")
    setting.handlers[0].fails["bad"] = [ValueError() for _ in range(9)]
    setting.work_off()
    assert sorted(setting.order) == ["a0", "f1"]
    assert setting.letters.count_open(URGENT.value) == 1


def test_a_store_that_is_away_marks_nothing(setting: Setting) -> None:
    setting.append(URGENT, "a", "b")
    setting.handlers[0].fails["b"] = [Unavailable("away")]
    with pytest.raises(Unavailable):
        setting.lanes.run_once()
    assert setting.log.position(URGENT.value) == 0
    setting.work_off()
    assert setting.log.position(URGENT.value) == 2


def test_too_many_dead_letters_stop_the_lanes(setting: Setting) -> None:
    setting.append(URGENT, "x", "y", "z", "more", "still")
    for key in ("x", "y", "z"):
        setting.handlers[0].fails[key] = [ValueError() for _ in range(9)]
    setting.lanes.run_once()
    with pytest.raises(LineStopped):
        setting.lanes.run_once()


@given(st.lists(st.sampled_from("abc"), max_size=30))
def test_turns_keep_each_partners_order_and_lose_none(partners: Sequence[str]) -> None:
    event = Event("e", URGENT, "k", NOON, "t", {})
    waiting = [Logged(n, replace(event, payload={"partner": partner})) for n, partner in enumerate(partners, 1)]
    found = list(in_turn(waiting))
    assert sorted(logged.position for logged in found) == list(range(1, len(partners) + 1))
    for partner in set(partners):
        own = [logged.position for logged in found if logged.event.payload["partner"] == partner]
        assert own == sorted(own)
    for length in range(len(found)):
        counts = Counter(logged.event.payload["partner"] for logged in found[:length])
        left = Counter(partners) - counts
        assert all(counts[first] <= counts[other] + 1 for first in counts for other in left)
