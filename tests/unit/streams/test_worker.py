"""A line of the pipeline: in order, at least once, bounded tries, dead letters, and a stop when there are too many."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event as Signal

import pytest

from infra.storage.database import Database
from infra.storage.dead_letters import SqlDeadLetters
from infra.storage.event_log import SqlEventLog
from infra.storage.unit_of_work import SqlStorage
from streams.worker import Limits, Line, LineStopped, replay
from tests.builders import NOON, CountedIds, StillClock
from tests.recorder import Recorder
from triage.domain.errors import Unavailable
from triage.domain.events import Event, EventType

LIMITS = Limits(batch=4, tries=3, dead_letters=2, poll_seconds=0, backoff_seconds=0)


class Setting:
    def __init__(self, database: Database) -> None:
        self.storage = SqlStorage(database)
        self.log = SqlEventLog(database)
        self.letters = SqlDeadLetters(database)
        self.handler = Recorder()
        self.stop = Signal()
        self.ids = CountedIds()
        self.line = Line(self.log, self.letters, self.handler, LIMITS, StillClock(), self.ids, self.stop)

    def append(self, *keys: str, type: EventType = EventType.TIP_RECEIVED) -> None:
        with self.storage.writing() as uow:
            uow.events.append([Event(self.ids.new("evt"), type, key, NOON, "trace", {"tip": key}) for key in keys])


@pytest.fixture
def setting(database: Database) -> Setting:
    return Setting(database)


def test_events_are_handled_in_order_and_once(setting: Setting) -> None:
    setting.append("a", "b", "c", "d", "e")
    while setting.line.run_once():
        pass
    assert setting.handler.handled == ["a", "b", "c", "d", "e"]


def test_other_types_are_passed_over(setting: Setting) -> None:
    setting.append("a", type=EventType.CASE_CHANGED)
    assert setting.line.run_once() == 0
    assert setting.handler.calls == 0


def test_a_store_that_is_away_moves_nothing(setting: Setting) -> None:
    setting.append("a", "b")
    setting.handler.fails["b"] = [Unavailable("away")]
    with pytest.raises(Unavailable):
        setting.line.run_once()
    assert setting.log.position("recorder") == 0
    assert setting.letters.count_open("recorder") == 0
    setting.line.run_once()
    assert setting.handler.handled == ["a", "b"]


def test_a_passing_fault_is_tried_again(setting: Setting) -> None:
    setting.append("a", "b")
    setting.handler.fails["b"] = [ValueError(), ValueError()]
    setting.line.run_once()
    assert setting.handler.handled == ["a", "b"]
    assert setting.letters.count_open("recorder") == 0


def test_a_poisoned_event_is_set_aside_and_the_others_go_on(setting: Setting) -> None:
    setting.append("a", "bad", "c")
    setting.handler.fails["bad"] = [ValueError("she hides in room 212") for _ in range(9)]
    setting.line.run_once()
    assert setting.handler.handled == ["a", "c"]
    (letter,) = setting.letters.open()
    assert (letter.logged.event.key, letter.error, letter.tries) == ("bad", "ValueError", 3)
    assert setting.line.run_once() == 0


def test_too_many_dead_letters_stop_the_line(setting: Setting) -> None:
    setting.append("bad1", "bad2", "c", "d", "e")
    setting.handler.fails.update({name: [ValueError() for _ in range(9)] for name in ("bad1", "bad2")})
    setting.line.run_once()
    with pytest.raises(LineStopped, match=r"recorder.*2 open dead letters"):
        setting.line.run_once()
    assert setting.handler.handled == ["c", "d"]


def test_replay_handles_what_was_set_aside(setting: Setting) -> None:
    setting.append("bad1", "bad2")
    setting.handler.fails.update({"bad1": [ValueError() for _ in range(4)], "bad2": [ValueError() for _ in range(20)]})
    setting.line.run_once()
    waits: list[float] = []
    assert replay(setting.letters, [setting.handler], StillClock(), 3, waits.append) == (1, 1)
    assert setting.handler.handled == ["bad1"]
    assert [letter.logged.event.key for letter in setting.letters.open()] == ["bad2"]


def test_what_is_given_up_is_closed_unhandled(setting: Setting) -> None:
    setting.append("bad1", "bad2")
    setting.handler.fails.update({name: [ValueError() for _ in range(20)] for name in ("bad1", "bad2")})
    setting.line.run_once()
    lost = setting.letters.open()[0].logged.event.id
    assert replay(setting.letters, [setting.handler], StillClock(), 1, lambda _: None, {lost}) == (1, 1)
    assert setting.handler.handled == []
    assert [letter.logged.event.key for letter in setting.letters.open()] == ["bad2"]


def test_a_line_told_to_stop_finishes_its_batch_and_ends(setting: Setting) -> None:
    setting.append("a", "b")

    class Stopping(Recorder):
        def handle(self, events: Sequence[Event]) -> None:
            setting.stop.set()
            super().handle(events)

    handler = Stopping()
    Line(setting.log, setting.letters, handler, LIMITS, StillClock(), setting.ids, setting.stop).run()
    assert handler.handled == ["a", "b"]
    assert setting.log.position("recorder") == 2
