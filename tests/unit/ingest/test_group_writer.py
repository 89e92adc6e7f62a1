"""Group commit: what waits together is written together, each gets its own answer, nothing is lost on the way out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest

from ingest.ports import Acceptance, IntakeStore, Outcome, SealedAnswer, Verdict
from ingest.writer import GroupWriter
from tests.builders import NOON, StillClock, a_tip
from tests.intake import Intake
from triage.domain.audit import AuditRow
from triage.domain.errors import Conflict, Unavailable
from triage.domain.events import Event, EventType


def acceptance(number: int) -> Acceptance:
    tip = a_tip(number)
    return Acceptance(
        tip,
        None,
        f"receipt-{number}",
        AuditRow(f"aud_{number}", NOON, "public", "tip.received", f"tip:{tip.id}"),
        Event(f"evt_{number}", EventType.TIP_RECEIVED, tip.id, NOON, tip.id, {"tip": tip.id}),
        None,
    )


class Gated(IntakeStore):
    """The real store behind a gate: the first commit waits until the test opens it; the size of each group is noted."""

    def __init__(self, store: IntakeStore) -> None:
        self._store = store
        self.entered = threading.Event()
        self.gate = threading.Event()
        self.groups: list[int] = []
        self.failure: Exception | None = None

    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        self.groups.append(len(group))
        self.entered.set()
        assert self.gate.wait(10)
        if self.failure:
            raise self.failure
        return self._store.accept(group, now)

    def tip_of_receipt(self, receipt_hash: str) -> str | None:
        return self._store.tip_of_receipt(receipt_hash)

    def contact_of(self, tip_id: str) -> bytes | None:
        return self._store.contact_of(tip_id)

    def answer_of(self, key_hash: str, now: datetime) -> SealedAnswer | None:
        return self._store.answer_of(key_hash, now)

    def forget_answers(self, now: datetime) -> int:
        return self._store.forget_answers(now)


@pytest.fixture
def gated(intake: Intake) -> Gated:
    return Gated(intake.deps.store)


def test_what_queues_during_a_commit_is_committed_together(gated: Gated) -> None:
    async def run(writer: GroupWriter) -> list[Outcome]:
        first = asyncio.ensure_future(writer.write(acceptance(0)))
        await asyncio.to_thread(gated.entered.wait, 10)
        others = [asyncio.ensure_future(writer.write(acceptance(number))) for number in range(1, 21)]
        await asyncio.sleep(0)
        gated.gate.set()
        return await asyncio.gather(first, *others)

    with GroupWriter(gated, StillClock()) as writer:
        outcomes = asyncio.run(run(writer))
    assert [outcome.verdict for outcome in outcomes] == [Verdict.STORED] * 21
    assert gated.groups == [1, 20]
    assert all(gated.tip_of_receipt(f"receipt-{number}") for number in range(21))


def test_answers_only_after_the_commit(gated: Gated) -> None:
    async def run(writer: GroupWriter) -> bool:
        waiting = asyncio.ensure_future(writer.write(acceptance(1)))
        await asyncio.to_thread(gated.entered.wait, 10)
        early = waiting.done() or gated.tip_of_receipt("receipt-1") is not None
        gated.gate.set()
        await waiting
        return early

    with GroupWriter(gated, StillClock()) as writer:
        assert not asyncio.run(run(writer))


def test_threads_can_write_too(gated: Gated) -> None:
    gated.gate.set()
    with GroupWriter(gated, StillClock()) as writer, ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(writer.write_blocking, map(acceptance, range(40))))
    assert len(outcomes) == sum(gated.groups) == 40


def test_refuses_more_than_it_can_hold(gated: Gated) -> None:
    with ThreadPoolExecutor(3) as threads, GroupWriter(gated, StillClock(), capacity=1) as writer:
        first = threads.submit(writer.write_blocking, acceptance(1))
        assert gated.entered.wait(10)
        assert writer.ready
        second = asyncio.run(_start_and_leave(writer, acceptance(2)))
        assert not writer.ready
        with pytest.raises(Unavailable, match="more reports"):
            writer.write_blocking(acceptance(3))
        gated.gate.set()
        assert first.result(10).verdict is Verdict.STORED
    assert second.cancelled()
    assert gated.tip_of_receipt("receipt-2"), "a client that hung up does not take its tip along"


async def _start_and_leave(writer: GroupWriter, acceptance: Acceptance) -> asyncio.Future[Outcome]:
    """Send, and hang up before the answer."""
    waiting = asyncio.ensure_future(writer.write(acceptance))
    await asyncio.sleep(0)
    waiting.cancel()
    return waiting


def test_closing_finishes_what_waits_and_takes_nothing_more(gated: Gated) -> None:
    writer = GroupWriter(gated, StillClock())
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(writer.write_blocking, acceptance(1))
        assert gated.entered.wait(10)
        gated.gate.set()
        writer.close()
        assert waiting.result(10).verdict is Verdict.STORED
    assert not writer.ready
    with pytest.raises(Unavailable, match="shutting down"):
        writer.write_blocking(acceptance(2))


def test_a_store_out_of_reach_fails_the_group_and_the_writer_goes_on(gated: Gated) -> None:
    gated.gate.set()
    gated.failure = Unavailable("locked")
    with GroupWriter(gated, StillClock()) as writer:
        with pytest.raises(Unavailable, match="locked"):
            writer.write_blocking(acceptance(1))
        gated.failure = None
        assert writer.write_blocking(acceptance(1)).verdict is Verdict.STORED


def test_one_that_cannot_be_stored_fails_alone(gated: Gated) -> None:
    """Two tips with one receipt hash: the store refuses the group, and the writer finds out whose fault it was."""

    async def run(writer: GroupWriter) -> list[Outcome | BaseException]:
        first = asyncio.ensure_future(writer.write(acceptance(0)))
        await asyncio.to_thread(gated.entered.wait, 10)
        group = [acceptance(1), replace(acceptance(2), receipt_hash="receipt-0"), acceptance(3)]
        waiting = [asyncio.ensure_future(writer.write(each)) for each in group]
        await asyncio.sleep(0)
        gated.gate.set()
        return await asyncio.gather(first, *waiting, return_exceptions=True)

    with GroupWriter(gated, StillClock()) as writer:
        outcomes = asyncio.run(run(writer))
    assert [type(outcome) for outcome in outcomes[:2]] == [Outcome, Outcome]
    assert isinstance(outcomes[2], Conflict)
    assert isinstance(outcomes[3], Outcome)
