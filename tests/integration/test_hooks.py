"""Webhooks from the log to a real receiver over HTTPS: once written, at least once sent, and nobody held up by somebody else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event as Signal
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from infra.hook_caller import HttpsHookCaller
from ingest.api.own_tips import SANDBOX_WALK
from ingest.domain.webhook import Delivery, DeliveryState, Webhook
from ingest.hooks.hooks import Hooks, Owner
from ingest.ports import HookAnswer, HookCaller
from ingest.receive import Sender
from ingest.submission import PartnerIn, Submission
from streams.hook_feed import READER, HookFeed
from streams.hook_line import KEEP, HookLine
from streams.hook_sender import HookSender
from streams.ports import EventLog, Leader
from streams.worker import Limits
from tests.builders import a_tip, an_assessment, example_policy
from tests.intake import SCHOOL, TRUCKING, Intake, open_intake
from tests.receiver import Receiver, receiving
from tests.world import a_viewer
from triage.cases import Casework
from triage.decide import decide
from triage.domain.case import Message
from triage.domain.decision import PartnerFacts
from triage.domain.errors import Unavailable
from triage.domain.events import Event, EventType
from triage.domain.sender import Outcome, OutcomeCode, Progress, Useful
from triage.domain.undo import UNDO_FOR
from triage.undoing import undo

OWNER = Owner(TRUCKING, "partner:prairie-haul")
POLICY = example_policy()


class Leads(Leader):
    def leads(self) -> bool:
        return True

    def release(self) -> None:
        """It never does."""


class Bench:
    """An intake, a receiver, and the parts that tell it; ``line`` is as after a restart of the process."""

    def __init__(self, intake: Intake, receiver: Receiver, authority: Path, pool: ThreadPoolExecutor) -> None:
        self.intake, self.receiver, self.pool = intake, receiver, pool
        self.deps = intake.deps
        self.caller: HookCaller = HttpsHookCaller(True, str(authority), 5.0, lambda *_: ["127.0.0.1"])
        self.hooks = Hooks(self.deps.partner_side, self.deps.sealer, self.deps.clock, self.deps.ids, self.deps.random)
        intake.clock.at = datetime.now(UTC)
        self.stop = Signal()

    def line(self, events: EventLog | None = None, caller: HookCaller | None = None) -> HookLine:
        deps = self.deps
        sender = HookSender(deps.partner_side, deps.sealer, caller or self.caller, deps.clock, deps.ids, self.pool, lambda: 0.0, self.stop)
        feed = HookFeed(events or self.intake.events, deps.partner_side, deps.clock, deps.ids)
        return HookLine(feed, sender, deps.partner_side, Leads(), deps.clock, Limits(), self.stop)

    def settle(self, line: HookLine | None = None) -> None:
        """Do all that is due now."""
        line = line or self.line()
        while line.run_once():
            line._sender.settle()

    def tip(self, partner: str = "prairie-haul", sandbox: bool = False, text: str = "hush, a white van") -> str:
        sent = Submission(narrative=text, partner=PartnerIn(reference="R-7"))
        return self.deps.receiver.receive_blocking(sent, Sender(partner, f"partner:{partner}", sandbox)).id

    def happens(self, tip_id: str, step: Progress, **more: str) -> None:
        event = Event(
            self.deps.ids.new("evt"),
            EventType.TIP_PROGRESSED,
            tip_id,
            self.intake.clock.now(),
            tip_id,
            {"tip": tip_id, "step": step.value, **more},
        )
        with self.deps.storage.writing() as work:
            work.events.append([event])

    def told(self) -> list[tuple[str, Mapping[str, Any]]]:
        bodies = [json.loads(got.body) for got in self.receiver.got]
        return [(body["type"], body["data"]) for body in bodies]

    def deliveries(self, webhook: Webhook) -> list[Delivery]:
        with self.deps.partner_side.reading() as work:
            return work.webhooks.deliveries(webhook.id, 100)


@pytest.fixture
def bench(migrated: Path, tmp_path: Path) -> Iterator[Bench]:
    shutil.copyfile(migrated, tmp_path / "tipstream.db")
    with open_intake(tmp_path, POLICY) as intake, receiving(tmp_path) as (receiver, authority), ThreadPoolExecutor(8) as pool:
        yield Bench(intake, receiver, authority, pool)


def test_a_partner_is_told_each_step_of_its_tips_once(bench: Bench) -> None:
    webhook, secret = bench.hooks.add(OWNER, bench.receiver.url())
    tip = bench.tip()
    bench.settle()
    with bench.deps.storage.writing() as work:
        stored = work.tips.get(tip)
        assert stored is not None
        event = Event("evt_r", EventType.TIP_RECEIVED, tip, stored.received_at, tip, {"tip": tip})
        facts = PartnerFacts("prairie-haul", "trucking", "", "NE")
        decide(work, POLICY, bench.deps.clock, bench.deps.ids, event, stored, an_assessment(stored), facts)
        work.outcomes.put(Outcome(tip, Useful.YES, bench.intake.clock.now(), "usr_1", OutcomeCode.HELPED))
    for step in (Progress.ACKNOWLEDGED, Progress.ACKNOWLEDGED, Progress.OUTCOME):
        bench.happens(tip, step)
    for message in ("msg_a", "msg_taken_back", "msg_b"):
        bench.happens(tip, Progress.MESSAGE, message=message)
        if message != "msg_taken_back":
            with bench.deps.storage.writing() as work:
                work.messages.add(Message(message, tip, bench.intake.clock.now(), from_source=False, text="Which exit?", by="usr_1"))
    bench.intake.clock.forward(seconds=UNDO_FOR.total_seconds())
    bench.settle()
    head = {"id": tip, "status": "received", "reference": "R-7"}
    read = {**head, "status": "read"}  # a desk that has released an outcome has read the report
    assert bench.told() == [
        ("tip.received", head),
        ("tip.read", read),
        ("tip.routed", read),
        ("tip.acknowledged", read),
        ("tip.outcome", {**read, "useful": "yes", "outcome": "helped"}),
        ("tip.message", {**read, "message": "msg_a"}),
        ("tip.message", {**read, "message": "msg_b"}),
    ]
    for got in bench.receiver.got:
        Verifier(secret).verify(got.body, got.headers)
        assert b"hush" not in got.body
    assert {delivery.state for delivery in bench.deliveries(webhook)} == {DeliveryState.SENT}
    assert len(set(bench.receiver.ids)) == 7


def test_what_a_desk_does_is_told_once_it_can_no_more_be_taken_back(bench: Bench) -> None:
    bench.hooks.add(OWNER, bench.receiver.url(), [Progress.ACKNOWLEDGED])
    deps, clock, tip = bench.deps, bench.intake.clock, bench.tip()
    with deps.storage.writing() as work:
        stored = work.tips.get(tip)
        assert stored is not None
        event = Event("evt_r", EventType.TIP_RECEIVED, tip, stored.received_at, tip, {"tip": tip})
        decide(work, POLICY, clock, deps.ids, event, stored, an_assessment(stored), PartnerFacts("prairie-haul", "trucking", "", "NE"))
        case = work.cases.of_tip(tip)
        assert case is not None
    ana = a_viewer(*POLICY.desks)
    casework = Casework(deps.storage, POLICY, clock, deps.ids)
    taken_back = casework.claim(ana, tip, case.version)
    clock.forward(seconds=5)
    undo(deps.storage, clock, deps.ids, ana, taken_back.id)
    casework.claim(ana, tip, case.version + 2)
    clock.forward(seconds=UNDO_FOR.total_seconds() - 1)
    bench.settle()
    assert bench.told() == []
    clock.forward(seconds=1)
    bench.settle()
    bodies = [json.loads(got.body) for got in bench.receiver.got]
    assert [(body["type"], datetime.fromisoformat(body["timestamp"])) for body in bodies] == [("tip.acknowledged", clock.now() - UNDO_FOR)]


def test_nobody_is_told_about_others_or_about_what_was_before(bench: Bench) -> None:
    bench.tip()
    bench.intake.clock.forward(seconds=1)
    bench.hooks.add(OWNER, bench.receiver.url("a.example.org"), [Progress.RECEIVED])
    bench.hooks.add(Owner(SCHOOL, "partner:oak-school"), bench.receiver.url(), [Progress.CLOSED])
    tip = bench.tip("oak-school")
    bench.tip(sandbox=True)
    bench.happens(tip, Progress.CLOSED)
    bench.intake.clock.forward(seconds=UNDO_FOR.total_seconds())
    bench.settle()
    assert bench.told() == [("tip.closed", {"id": tip, "status": "received", "reference": "R-7"})]


def test_a_sandbox_tip_goes_through_its_steps_by_age(bench: Bench) -> None:
    bench.hooks.add(replace(OWNER, sandbox=True), bench.receiver.url())
    tip = bench.tip(sandbox=True)
    bench.tip()
    bench.settle()
    assert [type for type, _ in bench.told()] == ["tip.received"]
    bench.intake.clock.forward(minutes=1)
    bench.settle()
    walk = [(type.removeprefix("tip."), data["status"]) for type, data in bench.told()]
    assert walk == [(step.value, status.value) for _, status, steps in SANDBOX_WALK for step in steps]
    assert bench.told()[-1][1]["outcome"] == "added"
    assert {data["id"] for _, data in bench.told()} == {tip}


def test_what_is_not_taken_comes_again_later_under_the_same_id(bench: Bench) -> None:
    webhook, _ = bench.hooks.add(OWNER, bench.receiver.url(), [Progress.RECEIVED])
    bench.receiver.answer = lambda number: (503, 302, 204)[min(number, 2)]
    bench.tip()
    bench.settle()
    assert len(bench.receiver.got) == 1
    bench.intake.clock.forward(seconds=5)
    bench.settle()
    (waiting,) = bench.deliveries(webhook)
    assert (waiting.tries, waiting.status, waiting.due_at - bench.intake.clock.now()) == (2, 302, timedelta(minutes=5))
    bench.intake.clock.forward(minutes=5)
    bench.settle()
    assert len(set(bench.receiver.ids)) == 1
    assert len(bench.receiver.ids) == 3
    (sent,) = bench.deliveries(webhook)
    assert (sent.state, sent.tries, sent.status) == (DeliveryState.SENT, 3, 204)
    assert len({got.headers["webhook-timestamp"] for got in bench.receiver.got}) == 3


class DiesAfterTheCall(HookCaller):
    def __init__(self, caller: HookCaller) -> None:
        self._caller = caller

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        self._caller.post(url, headers, body)
        raise MemoryError


def test_a_stop_between_sending_and_writing_it_down_sends_again_and_loses_none(bench: Bench) -> None:
    webhook, _ = bench.hooks.add(OWNER, bench.receiver.url(), [Progress.RECEIVED])
    bench.tip()
    with pytest.raises(MemoryError):
        bench.settle(bench.line(caller=DiesAfterTheCall(bench.caller)))
    bench.settle()
    assert len(bench.receiver.ids) == 2
    assert len(set(bench.receiver.ids)) == 1
    assert [delivery.state for delivery in bench.deliveries(webhook)] == [DeliveryState.SENT]


def test_a_stop_between_writing_and_moving_on_writes_none_twice(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    webhook, _ = bench.hooks.add(OWNER, bench.receiver.url(), [Progress.RECEIVED])
    bench.settle()
    bench.tip()
    with monkeypatch.context() as patch:
        patch.setattr(HookFeed, "_move_to", _unavailable)
        with pytest.raises(Unavailable):
            bench.line().run_once()
    assert len(bench.deliveries(webhook)) == 1
    bench.settle()
    assert len(bench.deliveries(webhook)) == len(bench.receiver.ids) == 1
    assert bench.intake.events.backlog(READER, [EventType.TIP_RECEIVED]) == 0


def _unavailable(*_: object) -> None:
    raise Unavailable("the disk is full")


def test_a_receiver_that_does_not_answer_holds_up_no_other(bench: Bench) -> None:
    go_on = Signal()
    slow = bench.receiver.url(path="/slow")
    bench.receiver.before = lambda number: go_on.wait(30) if bench.receiver.got[number].path == "/slow" else None
    bench.hooks.add(OWNER, slow, [Progress.RECEIVED])
    quick, _ = bench.hooks.add(OWNER, bench.receiver.url(path="/quick"), [Progress.RECEIVED])
    for _ in range(3):
        bench.tip()
    line = bench.line()
    line.run_once()
    until(lambda: [delivery.state for delivery in bench.deliveries(quick)] == [DeliveryState.SENT] * 3)
    assert line.run_once() == 0
    assert [got.path for got in bench.receiver.got].count("/slow") == 1
    go_on.set()
    line._sender.settle()
    assert [got.path for got in bench.receiver.got].count("/slow") == 3


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds, at most ten seconds."""
    signal = Signal()
    assert any(holds() or signal.wait(0.02) for _ in range(500))


def test_who_is_gone_is_called_no_more_and_it_is_audited(bench: Bench) -> None:
    webhook, _ = bench.hooks.add(OWNER, bench.receiver.url(), [Progress.RECEIVED])
    bench.receiver.answer = lambda _: 410
    bench.tip()
    bench.tip()
    bench.settle()
    assert len(bench.receiver.got) == 1
    with bench.deps.partner_side.reading() as work:
        (*_, row) = work.audit.of_object(f"webhook:{webhook.id}", 10)
        assert (row.actor, row.action, row.detail["status"]) == ("system:clocks", "webhook.disabled", "410")
    bench.receiver.answer = lambda _: 204
    bench.hooks.change(OWNER, webhook.id, enabled=True)
    bench.settle()
    assert len(bench.receiver.got) == 2


def test_a_change_of_its_owner_while_it_is_called_is_kept(bench: Bench) -> None:
    webhook, _ = bench.hooks.add(OWNER, bench.receiver.url(), [Progress.RECEIVED])
    bench.receiver.answer = lambda _: 500
    bench.receiver.before = lambda _: bench.hooks.rotate(OWNER, webhook.id)
    bench.tip()
    bench.settle()
    now, _ = bench.hooks.get(OWNER, webhook.id)
    assert len(now.secrets) == 2
    assert now.failing_since == bench.intake.clock.now()


def test_one_that_is_deleted_while_it_is_called_stays_deleted(bench: Bench) -> None:
    webhook, _ = bench.hooks.add(OWNER, bench.receiver.url(), [Progress.RECEIVED])
    bench.receiver.before = lambda _: bench.hooks.remove(OWNER, webhook.id)
    bench.tip()
    bench.settle()
    assert bench.hooks.all(OWNER) == []


def test_without_webhooks_the_reader_moves_on_all_the_same(bench: Bench) -> None:
    bench.tip()
    bench.settle()
    assert bench.intake.events.position(READER) == bench.intake.events.end()


def test_what_ended_long_ago_is_forgotten(bench: Bench) -> None:
    webhook, _ = bench.hooks.add(OWNER, bench.receiver.url(), [Progress.RECEIVED])
    line = bench.line()
    bench.tip()
    bench.settle(line)
    bench.intake.clock.at += KEEP - timedelta(seconds=1)
    bench.settle(line)
    assert len(bench.deliveries(webhook)) == 1
    bench.intake.clock.forward(hours=2)
    bench.settle(line)
    assert bench.deliveries(webhook) == []


def test_an_event_of_a_newer_release_is_passed_over(bench: Bench) -> None:
    bench.hooks.add(OWNER, bench.receiver.url())
    event = Event("evt_x", EventType.TIP_PROGRESSED, "t", bench.intake.clock.now(), "t", {"tip": a_tip().id, "step": "sung about"})
    with bench.deps.storage.writing() as work:
        work.events.append([event])
    bench.settle()
    assert bench.receiver.got == []
