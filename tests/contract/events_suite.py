"""What every outgoing side of an event log must do. Subclass and say how to open a storage and the log that it writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from streams.ports import EventLog
from tests.contract.samples import an_event
from tests.contract.tips_suite import Behind, RecordsSuite, undone
from triage.domain.errors import AlreadyExists
from triage.domain.events import Event, EventType
from triage.ports import Storage


class EventsSuite(RecordsSuite):
    def behind(self, folder: Path) -> AbstractContextManager[Behind]:
        """Open the log that the storage in ``folder`` writes."""
        raise NotImplementedError

    @pytest.fixture
    def log(self, tmp_path: Path, storage: Storage) -> Iterator[EventLog]:
        with self.behind(tmp_path) as behind:
            yield behind.log

    def all(self, log: EventLog) -> list[Event]:
        return [logged.event for logged in log.read("nobody", list(EventType), 100)]

    def test_is_part_of_the_transaction(self, storage: Storage, log: EventLog) -> None:
        with undone(storage) as work:
            work.events.append([an_event(1)])
        with storage.writing() as work:
            work.events.append([an_event(2)])
            assert self.all(log) == []
        assert self.all(log) == [an_event(2)]

    def test_appends_in_this_order(self, storage: Storage, log: EventLog) -> None:
        with storage.writing() as work:
            work.events.append(iter([an_event(3), an_event(1, type=EventType.CASE_CHANGED, payload={})]))
            work.events.append([])
            work.events.append([an_event(2)])
        assert self.all(log) == [an_event(3), an_event(1, type=EventType.CASE_CHANGED, payload={}), an_event(2)]

    def test_skips_a_repeat(self, storage: Storage, log: EventLog) -> None:
        with storage.writing() as work:
            work.events.append([an_event(1), an_event(1)])
        with storage.writing() as work:
            work.events.append([an_event(2), an_event(1), an_event(3)])
        assert self.all(log) == [an_event(1), an_event(2), an_event(3)]

    @pytest.mark.parametrize(
        "events",
        [
            [an_event(2), replace(an_event(1), payload={"tip": "other"})],
            [an_event(2), replace(an_event(2), key="other"), an_event(2)],
        ],
        ids=["in the log", "in one append"],
    )
    def test_refuses_an_id_with_other_content(self, storage: Storage, log: EventLog, events: list[Event]) -> None:
        with storage.writing() as work:
            work.events.append([an_event(1)])
        with pytest.raises(AlreadyExists, match=events[1].id), storage.writing() as work:
            work.events.append(events)
        assert self.all(log) == [an_event(1)]
