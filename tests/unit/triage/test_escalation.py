"""While a tip waits: who is told, once a step and once a time of waiting; when it moves by itself, and when never."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from infra.storage.database import Database
from tests.builders import CountedIds
from tests.world import World, a_viewer
from triage.domain.access import Role, User
from triage.domain.alert import Alert, AlertKind
from triage.domain.assessment import Urgency
from triage.domain.case import ActKind, EntryState
from triage.domain.duty import DutyPlan, Way
from triage.domain.errors import NotFound, Unavailable
from triage.domain.events import EventType
from triage.escalation.escalating import Escalating
from triage.escalation.messages import TRIES, Couriers
from triage.policy_files.escalation import FILE, load_escalation
from triage.ports import Messenger, Notifier
from triage.undoing import undo

ANA, BO = a_viewer("trafficking"), a_viewer("trafficking", user="usr_bo")
PEOPLE = (
    User("usr_ana", "ana", "Ana", Role.ANALYST, frozenset({"trafficking"}), "", email="ana@desk.test", pager="ana-pager"),
    User("usr_bo", "bo", "Bo", Role.ANALYST, frozenset({"trafficking"}), "", email="bo@desk.test"),
    User("usr_sue", "Sue", "Sue", Role.SUPERVISOR, frozenset({"trafficking"}), "", email="sue@desk.test"),
    User("usr_gone", "gone", "Gone", Role.ANALYST, frozenset({"trafficking"}), "", active=False, email="gone@desk.test"),
    User("usr_cy", "cy", "Cy", Role.ANALYST, frozenset({"cargo"}), "", email="cy@desk.test"),
    User("usr_ida", "ida", "Ida", Role.ANALYST, frozenset({"intake"}), ""),
    User("usr_adm", "adm", "Adm", Role.ADMIN, frozenset({"trafficking"}), "", email="adm@desk.test"),
)
PLAN = """
rotas:
  - desk: trafficking
    zone: America/Chicago
    week:
      - {days: [sat, sun], from: "00:00", to: "00:00", people: [BO]}
chains:
  - levels: [P0]
    steps:
      - {after: at once, tell: [on_call], by: [browser]}
      - {after: 2 minutes, tell: [supervisors, "person:ana"], by: [browser, email, pager, webhook]}
      - {after: 5 minutes, tell: [desk, "desk:cargo", "desk:intake"], by: [browser]}
  - levels: [P1]
    desks: [trafficking, care, oversight, intake, cargo, victim-services]
    steps:
      - {after: 10 minutes, tell: [desk], by: [browser]}
      - {after: 30 minutes, reroute: intake}
"""


class Kept(Messenger, Notifier):
    """Keeps what it was given; ``fails`` says to whom it cannot send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, tuple[str, ...], str]] = []
        self.fails: set[str] = set()

    def send(self, to: str, subject: str, lines: Sequence[str], address: str) -> None:
        if to in self.fails:
            raise Unavailable("the mail server did not take a message")
        self.sent.append((to, subject, tuple(lines), address))

    def alert(self, desk: str, urgency: str, tip_id: str, address: str) -> None:
        self.send("webhook", f"{urgency} {desk}", (tip_id,), address)

    @property
    def to(self) -> list[str]:
        return [to for to, *_ in self.sent]


class Desk(World):
    """A world with people, a plan and what tells it."""

    def __init__(self, database: Database, plan: str = PLAN) -> None:
        super().__init__(database)
        with self.storage.writing() as work:
            for user in PEOPLE:
                work.users.put(user)
        self.kept = Kept()
        self.plan = load_escalation({FILE: plan}, self.policy.desks)
        self.escalating = self.again()

    def again(self, after: int = 0) -> Escalating:
        """Another process of the same, or the same after a restart; one that works beside it numbers its ids from ``after`` on."""
        ways, ids = {Way.EMAIL: self.kept, Way.PAGER: self.kept}, CountedIds(after) if after else self.ids
        couriers = Couriers(self.storage, self.policy, self.clock, ids, ways, self.kept, "https://tips.test")
        return Escalating(self.storage, self.policy, self.plan, self.clock, ids, couriers)

    def wait(self, **by: float) -> dict[str, int]:
        self.clock.forward(**by)
        return dict(self.escalating.once())

    def alerted(self) -> dict[str, list[Alert]]:
        """By person the alerts that stand."""
        with self.storage.reading() as work:
            return {user.name: found for user in PEOPLE if (found := work.alerts.of_user(user.id, 1000))}

    def steps(self, tip: str) -> list[dict[str, str]]:
        return [dict(row.detail) for row in self.audit(f"tip:{tip}") if row.action == "tip.escalate"]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_whoever_is_on_call_is_told_at_once_and_more_people_the_longer_it_waits(desk: Desk) -> None:
    tip = desk.arrive(urgency=Urgency.P0)
    assert desk.wait(seconds=1) == {"told": 1}
    ((name, (alert,)),) = desk.alerted().items()
    assert (name, alert.kind, alert.tip_id, alert.about) == ("bo", AlertKind.WAITING, tip, "P0 trafficking")
    assert desk.wait(seconds=1) == {}
    assert desk.wait(minutes=2) == {"told": 1, "sent": 4}
    assert set(desk.alerted()) == {"bo", "ana", "Sue"}
    assert sorted(desk.kept.to) == ["ana-pager", "ana@desk.test", "sue@desk.test", "webhook"]
    desk.wait(minutes=3)
    assert set(desk.alerted()) == {"bo", "ana", "Sue", "ida"}, "not Cy, who may not read it"
    assert all(len(alerts) == 1 for alerts in desk.alerted().values()), "the newest alert about a tip stands for the earlier ones"
    assert [(step["step"], step["told"], step["level"]) for step in desk.steps(tip)] == [
        ("1", "1", "P0"),
        ("2", "2", "P0"),
        ("3", "4", "P0"),
    ]
    assert desk.wait(hours=9) == {}


def test_messages_say_where_to_look_and_nothing_of_what_was_reported(desk: Desk) -> None:
    tip = desk.arrive(urgency=Urgency.P0, narrative="He has a knife at the Bluebird motel", vin="1M8GDM9AXKP042788")
    desk.wait(minutes=2)
    for _, subject, lines, address in desk.kept.sent:
        said = " ".join([subject, *lines, address])
        assert tip in said
        assert "knife" not in said
        assert "1M8" not in said
    assert ("ana@desk.test", "P0 waits at Human trafficking task force") in [sent[:2] for sent in desk.kept.sent]


@pytest.mark.parametrize("ends", ["claim", "accept", "decline"])
def test_a_tip_that_somebody_takes_up_alerts_nobody_any_more(desk: Desk, ends: str) -> None:
    tip = desk.arrive(urgency=Urgency.P0)
    desk.wait(minutes=2)
    assert desk.alerted()
    more = {"reason": "no_indicator", "note": "seen"} if ends == "decline" else {}
    getattr(desk.casework, ends)(ANA, tip, desk.version(tip), **more)
    if ends == "decline":  # against a mark of a threat to life a second person decides, and so it goes on waiting
        assert desk.wait(seconds=1) == {"told": 1}
        desk.casework.decline(BO, tip, desk.version(tip), "no_indicator", "seen too")
    assert desk.alerted() == {}
    assert desk.wait(hours=1) == {}


def test_a_release_begins_anew_and_so_do_an_undo_and_a_higher_level(desk: Desk) -> None:
    tip = desk.arrive(urgency=Urgency.P0)
    desk.wait(minutes=10)
    desk.casework.claim(ANA, tip, desk.version(tip))
    desk.clock.forward(hours=1)
    desk.casework.release(ANA, tip, desk.version(tip))
    assert desk.wait(seconds=1) == {"told": 1}
    act = desk.casework.accept(ANA, tip, desk.version(tip))
    undo(desk.storage, desk.clock, desk.ids, ANA, act.id)
    assert desk.wait(seconds=1) == {"told": 1}
    assert [step["step"] for step in desk.steps(tip)] == ["1", "2", "3", "1", "1"]
    low = desk.arrive(urgency=Urgency.P2)
    assert desk.wait(hours=2) == {"told": 2, "sent": 4}, "only the first tip"
    desk.casework.set_urgency(ANA, low, desk.version(low), Urgency.P0)
    assert desk.wait(seconds=1) == {"told": 1}


def test_every_step_is_taken_once_whatever_restarts_and_whoever_else_works(desk: Desk) -> None:
    tip = desk.arrive(urgency=Urgency.P0)
    for _ in range(4):
        desk.clock.forward(minutes=1)
        for process in (desk.escalating, desk.again()):
            process.once()
    assert [step["step"] for step in desk.steps(tip)] == ["1", "2"]
    assert len(desk.kept.sent) == 4
    desk.clock.forward(hours=1)
    desk.again().once()
    assert [step["step"] for step in desk.steps(tip)] == ["1", "2", "3"]


def test_two_processes_at_once_double_no_step(desk: Desk) -> None:
    tips = [desk.arrive(urgency=Urgency.P0) for _ in range(12)]
    desk.clock.forward(minutes=2)
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(desk.again(after).once) for after in (10_000, 20_000)]
    assert sum((one.result() for one in done), Counter[str]())["told"] == 24
    assert {tuple(step["step"] for step in desk.steps(tip)) for tip in tips} == {("1", "2")}
    assert all(len(alerts) == 12 for alerts in desk.alerted().values())


def test_a_person_who_cannot_be_reached_keeps_nobody_else_from_being_told(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    tip = desk.arrive(urgency=Urgency.P0)
    desk.kept.fails = {"sue@desk.test"}
    with caplog.at_level(logging.WARNING):
        assert desk.wait(minutes=2) == {"told": 2, "sent": 3, "failed": 1}
    assert "sue@" not in caplog.text + str([vars(record) for record in caplog.records])
    assert desk.wait(seconds=5) == {}, "not before its time"
    desk.kept.fails = set()
    assert desk.wait(seconds=6) == {"sent": 1}
    assert "sue@desk.test" in desk.kept.to
    assert desk.wait(seconds=60) == {}
    assert desk.wait(minutes=2)["told"] == 1
    assert [row.action for row in desk.audit(f"tip:{tip}")].count("tip.escalate_unsent") == 0


def test_a_message_that_nobody_takes_is_given_up_and_written_down(desk: Desk) -> None:
    tip = desk.arrive(urgency=Urgency.P0)
    desk.kept.fails = {"sue@desk.test"}
    failed = sum(desk.wait(minutes=11).get("failed", 0) for _ in range(20))
    assert failed == TRIES
    (row,) = [row for row in desk.audit(f"tip:{tip}") if row.action == "tip.escalate_unsent"]
    assert row.detail == {"way": "email", "user": "usr_sue", "tries": str(TRIES)}


def test_nothing_is_delivered_after_somebody_has_claimed_it(desk: Desk) -> None:
    tip = desk.arrive(urgency=Urgency.P0)
    desk.kept.fails = {"sue@desk.test"}
    desk.wait(minutes=2)
    desk.casework.claim(ANA, tip, desk.version(tip))
    desk.kept.fails, before = set(), len(desk.kept.sent)
    assert desk.wait(minutes=30) == {}
    assert len(desk.kept.sent) == before


def test_where_nobody_is_on_call_everybody_at_the_desk_is(desk: Desk) -> None:
    desk.clock.forward(days=1)  # to a Monday, for which the rota has nobody
    desk.arrive(urgency=Urgency.P0)
    desk.wait(seconds=1)
    assert set(desk.alerted()) == {"ana", "bo", "Sue"}


def test_of_a_restricted_case_only_those_are_told_whom_it_names(desk: Desk) -> None:
    tip = desk.arrive(urgency=Urgency.P0)
    with desk.storage.writing() as work:
        case = desk.case(tip)
        work.cases.update(replace(case, restricted_to=("usr_sue", "usr_gone"), version=case.version + 1))
    desk.wait(minutes=6)
    assert set(desk.alerted()) == {"Sue"}
    assert set(desk.kept.to) == {"sue@desk.test", "webhook"}


def test_whoever_may_read_it_no_more_is_told_no_more(desk: Desk) -> None:
    tip = desk.arrive(urgency=Urgency.P0)
    desk.kept.fails = {"sue@desk.test", "ana@desk.test"}
    desk.wait(minutes=2)
    assert set(desk.alerted()) == {"bo", "ana", "Sue"}
    case = desk.case(tip)
    with desk.storage.writing() as work:
        work.cases.update(replace(case, restricted_to=("usr_sue",), version=case.version + 1))
    desk.kept.fails, desk.kept.sent = set(), []
    desk.wait(seconds=10)
    assert set(desk.alerted()) == {"Sue"}
    assert set(desk.kept.to) <= {"sue@desk.test", "webhook"}


def test_a_campaign_calls_nobody_again_but_its_threats_to_life_do(desk: Desk) -> None:
    tips = [desk.arrive(urgency=level) for level in (Urgency.P1, Urgency.P0)]
    with desk.storage.writing() as work:
        for tip in tips:
            work.queue.put(replace(desk.entry(tip), campaign="tip_0"))
    desk.wait(minutes=15)
    assert {alert.about for alerts in desk.alerted().values() for alert in alerts} == {"P0 trafficking"}


def test_what_was_put_off_escalates_when_it_is_back(desk: Desk) -> None:
    tip = desk.arrive(urgency=Urgency.P1)
    desk.casework.snooze(ANA, tip, desk.version(tip), 2, "until the source answers")
    assert desk.wait(minutes=119) == {}
    assert desk.wait(minutes=2) == {}
    assert desk.wait(minutes=9) == {"told": 1}


def test_a_tip_that_nobody_takes_up_goes_to_another_desk_as_a_transfer(desk: Desk) -> None:
    tip = desk.arrive(urgency=Urgency.P1)
    desk.wait(minutes=10)
    assert set(desk.alerted()) == {"ana", "bo", "Sue"}
    assert desk.wait(minutes=20) == {"moved": 1}
    case, entry = desk.case(tip), desk.entry(tip)
    assert (case.desk, entry.desk, entry.state, entry.entered_at) == ("intake", "intake", EntryState.WAITING, desk.clock.now())
    assert entry.due_at == desk.clock.now() + timedelta(minutes=30)
    assert "trafficking" in case.also, "the desk that leaves it reads along"
    assert desk.alerted() == {}, "who was told of its waiting there is told no more"
    with desk.storage.reading() as work:
        (act,) = work.acts.of_tip(tip)
        (notice,) = [notice for notice in work.notices.of_desk("trafficking", 10) if notice.tip_id == tip]
    assert (act.kind, act.by, act.target, act.before) == (ActKind.TRANSFER, "system:clocks", "intake", "trafficking")
    assert "went to intake" in notice.reason
    (row,) = [row for row in desk.audit(f"tip:{tip}") if row.action == "tip.transfer"]
    assert (row.actor, row.purpose) == ("system:clocks", "escalation")
    keys = [(event.type, event.key) for event in desk.events(*EventType) if event.trace == tip]
    for found in ((EventType.QUEUE_ENTERED, "intake"), (EventType.ALERT_RAISED, "intake"), (EventType.NOTICE_SENT, "trafficking")):
        assert found in keys
    assert desk.wait(minutes=10) == {"told": 1}, "and there the chain begins anew"
    assert set(desk.alerted()) == {"ida"}
    assert desk.wait(hours=9) == {"stayed": 1}, "it does not go round"
    with pytest.raises(NotFound):
        undo(desk.storage, desk.clock, desk.ids, ANA, act.id)


def claimed_sibling(desk: Desk) -> str:
    tips = [desk.arrive(urgency=Urgency.P1, vin="1M8GDM9AXKP042788") for _ in range(2)]
    desk.casework.claim(ANA, tips[0], desk.version(tips[0]))
    return tips[1]


def restricted(desk: Desk) -> str:
    tip = desk.arrive(urgency=Urgency.P1)
    case = desk.case(tip)
    with desk.storage.writing() as work:
        work.cases.update(replace(case, restricted_to=("usr_ana",), version=case.version + 1))
    return tip


def active(desk: Desk) -> str:
    first = desk.arrive(urgency=Urgency.P2, vin="1M8GDM9AXKP042788")
    desk.casework.accept(ANA, first, desk.version(first))
    return desk.arrive(urgency=Urgency.P1, vin="1M8GDM9AXKP042788")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda desk: desk.arrive("mental_health_crisis", urgency=Urgency.P1), "apart"),
        (lambda desk: desk.arrive(urgency=Urgency.P1, flags=["public_official_implicated"]), "apart"),
        (claimed_sibling, "in_hand"),
        (active, "in_hand"),
        (restricted, "restricted"),
        (lambda desk: desk.arrive("property_crime_suspicious", urgency=Urgency.P1, flags=["test"]), ""),
    ],
)
def test_nothing_leaves_care_oversight_or_the_hands_of_somebody_by_itself(desk: Desk, make: Callable[[Desk], str], why: str) -> None:
    tip = make(desk)
    before = desk.entry(tip).desk
    done = desk.wait(hours=1)
    if not why:
        assert (done["moved"], desk.entry(tip).desk) == (1, "intake")
        return
    assert desk.entry(tip).desk == before
    assert desk.steps(tip)[-1]["stayed"] == why
    assert desk.wait(hours=1).get("stayed") is None, "it is asked once"


def test_a_hold_never_moves_to_enforcement(database: Database) -> None:
    chain = "chains:\n  - levels: [P1]\n    steps:\n      - {after: 5 minutes, reroute: violent}\n"
    desk = Desk(database, chain)
    tip = desk.arrive("commercial_sex_only", urgency=Urgency.P1)
    assert desk.entry(tip).desk == "intake"
    assert desk.wait(minutes=5) == {"stayed": 1}
    assert desk.steps(tip)[0]["stayed"] == "not_a_case"


def test_a_move_by_itself_is_no_look_of_a_person(desk: Desk) -> None:
    tip = desk.arrive(urgency=Urgency.P1)
    desk.wait(hours=1)
    start, end = desk.clock.now() - timedelta(days=1), desk.clock.now() + timedelta(days=1)
    with desk.storage.reading() as work:
        assert [act.by for act in work.acts.of_tip(tip)] == ["system:clocks"]
        assert [fact.looked_at for fact in work.facts.between({"intake"}, start, end, 10)] == [None]


def test_what_was_told_is_taken_back_however_the_tip_came_to_wait_no_more(desk: Desk) -> None:
    tip = desk.arrive(urgency=Urgency.P0)
    desk.wait(minutes=2)
    with desk.storage.writing() as work:
        work.queue.put(replace(desk.entry(tip), state=EntryState.DONE))
    desk.wait(seconds=1)
    assert desk.alerted() == {}
    with desk.storage.reading() as work:
        assert work.escalations.newest(10) == []


def test_without_a_plan_nothing_happens(desk: Desk) -> None:
    desk.plan = DutyPlan()
    desk.arrive(urgency=Urgency.P0)
    desk.clock.forward(hours=1)
    assert dict(desk.again().once()) == {}


def test_many_waiting_tips_are_all_looked_at(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.escalation.escalating.PAGE", 2)
    for _ in range(5):
        desk.arrive(urgency=Urgency.P0)
    assert desk.wait(seconds=1) == {"told": 5}
