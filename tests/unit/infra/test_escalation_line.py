"""The line that escalates: it goes on after a store was away, ends the process on what nobody foresaw, and always gives its lead back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Event as Signal
from typing import Any

import pytest

from infra.escalation_app import EscalationLine
from streams.ports import Leader
from triage.domain.errors import Unavailable


class Lead(Leader):
    """Leads until it is released."""

    released = False

    def leads(self) -> bool:
        return not self.released

    def release(self) -> None:
        self.released = True


class Work:
    """Stands for the work: each look does the next thing."""

    def __init__(self, *looks: Callable[[], Counter[str]]) -> None:
        self._looks = iter(looks)

    def once(self) -> Counter[str]:
        return next(self._looks)()


def raising(error: Exception) -> Callable[[], Counter[str]]:
    def look() -> Counter[str]:
        raise error

    return look


def line(stop: Signal, counted: list[tuple[str, int]], *looks: Callable[[], Counter[str]]) -> tuple[EscalationLine, Lead]:
    work: Any = Work(*looks)
    lead = Lead()
    return EscalationLine(work, lead, lambda what, count: counted.append((what, count)), stop, 0), lead


def test_a_store_that_is_away_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    stop, counted = Signal(), list[tuple[str, int]]()

    def last() -> Counter[str]:
        stop.set()
        return Counter(told=2, sent=3)

    works, lead = line(stop, counted, raising(Unavailable("the database cannot be reached")), last)
    works.run()
    assert counted == [("told", 2), ("sent", 3)]
    assert [record.message for record in caplog.records] == ["waiting for a store"]
    assert lead.released


def test_what_nobody_foresaw_ends_the_process(caplog: pytest.LogCaptureFixture) -> None:
    stop = Signal()
    works, lead = line(stop, [], raising(KeyError("tip")))
    works.run()
    assert stop.is_set()
    assert lead.released
    assert [record.message for record in caplog.records] == ["a line failed"]


def test_a_process_that_does_not_lead_does_nothing() -> None:
    works, lead = line(Signal(), [], raising(AssertionError("it worked")))
    lead.release()
    works.run_once()
