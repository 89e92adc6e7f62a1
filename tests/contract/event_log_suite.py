"""What every event log must do. Subclass and say how to open one, and the storage that writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from streams.ports import EventLog, Logged
from tests.contract.samples import an_event
from tests.contract.tips_suite import Behind, undone
from triage.domain.errors import Unavailable
from triage.domain.events import Event, EventType

RECEIVED, CHANGED, ALERT = EventType.TIP_RECEIVED, EventType.CASE_CHANGED, EventType.ALERT_RAISED
Append = Callable[..., None]


def events(found: list[Logged]) -> list[Event]:
    """The events alone."""
    return [logged.event for logged in found]


class EventLogSuite:
    def open(self, folder: Path) -> AbstractContextManager[EventLog]:
        """Open the log that lives in ``folder``; called again, it is the same log."""
        raise NotImplementedError

    def behind(self, folder: Path) -> AbstractContextManager[Behind]:
        """Open the storage that writes the log in ``folder``."""
        raise NotImplementedError

    def crashed(self, folder: Path, to: Path) -> Path:
        """What the machine finds after a sudden stop, now, of the log in ``folder``: a folder to open."""
        raise NotImplementedError

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "store"

    @pytest.fixture
    def log(self, folder: Path) -> Iterator[EventLog]:
        with self.open(folder) as log:
            yield log

    @pytest.fixture
    def append(self, folder: Path) -> Iterator[Append]:
        with self.behind(folder) as behind:

            def append(*appended: Event, undo: bool = False) -> None:
                with undone(behind.storage) if undo else behind.storage.writing() as work:
                    work.events.append(appended)

            yield append

    def test_counts_what_waits(self, log: EventLog, append: Append) -> None:
        assert (log.backlog("worker", [RECEIVED]), log.oldest_waiting("worker", [RECEIVED])) == (0, None)
        append(an_event(1, type=CHANGED), an_event(2), an_event(3), an_event(4, type=ALERT))
        assert log.backlog("worker", [RECEIVED, CHANGED]) == 3
        assert log.oldest_waiting("worker", [RECEIVED]) == an_event(2).at
        log.commit("worker", log.end() - 1)
        assert (log.backlog("worker", [RECEIVED, CHANGED]), log.backlog("worker", [ALERT])) == (0, 1)

    def test_keeps_order(self, log: EventLog, append: Append) -> None:
        assert (log.end(), log.read("worker", [RECEIVED], 10)) == (0, [])
        append(an_event(3), an_event(2, type=CHANGED))
        append(an_event(9), undo=True)
        append(an_event(1))
        append(an_event(4, type=CHANGED))
        found = log.read("worker", [CHANGED, RECEIVED], 10)
        assert events(found) == [an_event(3), an_event(2, type=CHANGED), an_event(1), an_event(4, type=CHANGED)]
        positions = [logged.position for logged in found]
        assert positions == sorted(set(positions))
        assert (positions[0], positions[-1]) == (1, log.end())
        assert log.read("worker", [RECEIVED, CHANGED], 3) == found[:3]
        assert log.read("worker", tuple(EventType), 3) == found[:3]

    def test_shows_none_before_one_ahead(self, log: EventLog, append: Append, folder: Path) -> None:
        """Who began first ends last; a reader in between must not pass over what is still to come."""
        with self.behind(folder) as behind:
            seen: list[Event] = []

            def read_on() -> None:
                for logged in log.read("worker", [RECEIVED, CHANGED], 10):
                    seen.append(logged.event)
                    log.commit("worker", logged.position)

            with behind.storage.writing() as work:
                work.events.append([an_event(1)])
                overlap = True
                try:
                    append(an_event(2))
                except Unavailable:  # one writer at a time: then nothing can come out of order
                    overlap = False
                else:
                    read_on()
            if not overlap:
                append(an_event(2))
            read_on()
        assert seen == ([an_event(2), an_event(1)] if overlap else [an_event(1), an_event(2)])

    def test_redelivers(self, log: EventLog, append: Append) -> None:
        append(an_event(1), an_event(2))
        first = log.read("worker", [RECEIVED], 10)
        assert events(first) == [an_event(1), an_event(2)]
        assert log.read("worker", [RECEIVED], 10) == first
        log.commit("worker", first[0].position)
        assert log.read("worker", [RECEIVED], 10) == first[1:]

    def test_moves_forward_only(self, log: EventLog, append: Append) -> None:
        append(an_event(1), an_event(2))
        log.commit("worker", 2)
        with pytest.raises(ValueError, match="cannot go back to 1"):
            log.commit("worker", 1)
        log.commit("worker", 2)
        assert log.position("worker") == 2

    def test_keeps_readers_apart(self, log: EventLog, append: Append) -> None:
        append(an_event(1), an_event(2))
        log.commit("worker", 2)
        log.commit("indexer", 1)
        assert [log.position(reader) for reader in ("worker", "indexer", "relay")] == [2, 1, 0]
        assert events(log.read("indexer", [RECEIVED], 10)) == [an_event(2)]
        assert log.read("worker", [RECEIVED], 10) == []

    def test_reads_only_what_is_asked(self, log: EventLog, append: Append) -> None:
        append(an_event(1), an_event(2, type=CHANGED), an_event(3, type=ALERT), an_event(4))
        assert events(log.read("worker", [RECEIVED], 2)) == [an_event(1), an_event(4)]
        assert events(log.read("worker", [ALERT, RECEIVED, ALERT], 10)) == [an_event(1), an_event(3, type=ALERT), an_event(4)]
        assert log.read("worker", [], 10) == []
        with pytest.raises(ValueError, match="at least one"):
            log.read("worker", [RECEIVED], 0)

    def test_is_durable(self, log: EventLog, append: Append, folder: Path, tmp_path: Path) -> None:
        append(an_event(1), an_event(2))
        log.commit("worker", 1)
        with self.open(self.crashed(folder, tmp_path / "after")) as again:
            assert again.position("worker") == 1
            assert events(again.read("worker", [RECEIVED], 10)) == [an_event(2)]
