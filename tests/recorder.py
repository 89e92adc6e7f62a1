"""A handler for tests of whatever feeds handlers."""

from __future__ import annotations

from collections.abc import Sequence

from streams.handler import Handler
from triage.domain.events import Event, EventType


class Recorder(Handler):
    """Keeps what it was given; fails on what it is told to."""

    name = "recorder"
    types = (EventType.TIP_RECEIVED,)

    def __init__(self) -> None:
        self.handled: list[str] = []
        self.fails: dict[str, list[Exception]] = {}
        self.calls = 0

    def handle(self, events: Sequence[Event]) -> None:
        self.calls += 1
        for event in events:
            if self.fails.get(event.key):
                raise self.fails[event.key].pop()
        self.handled += [event.key for event in events]
