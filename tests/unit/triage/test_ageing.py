"""The ageing report: times from the sealed log alone, targets kept and missed, and a file that somebody outside can check."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from infra.storage.audit_chain import SqlAuditChain
from infra.storage.database import Database
from tests.builders import NOON
from tests.world import World, a_viewer
from triage.domain.access import Role
from triage.domain.assessment import Urgency
from triage.domain.audit import AuditRow
from triage.domain.errors import InvalidInput, NotFound
from triage.escalation.ageing import Ageing, AgeingReports, Verdict
from triage.escalation.ageing_file import HEAD, ageing_file, faults

ANA, SUE = a_viewer("trafficking"), a_viewer("trafficking", role=Role.SUPERVISOR, user="usr_sue")
START, END = NOON - timedelta(days=1), NOON + timedelta(days=30)


class Desk(World):
    """A world with its chain and its reports."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.chain = SqlAuditChain(database)
        self.reports = AgeingReports(self.storage, self.chain, self.policy, self.clock, self.ids)

    def receive(self, *labels: str, **given: object) -> str:
        """A tip with the row that says when it was received."""
        tip = self.arrive(*labels, **given)  # type: ignore[arg-type]
        with self.storage.writing() as work:
            work.audit.append([AuditRow(self.ids.new("aud"), self.clock.now(), "partner:prairie-haul", "tip.received", f"tip:{tip}")])
        return tip

    def report(self) -> Ageing:
        while self.chain.seal(100):
            pass
        return self.reports.report(SUE, "trafficking", START, END)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_every_time_of_a_tip_comes_from_its_row_in_the_chain(desk: Desk) -> None:
    tip = desk.receive(urgency=Urgency.P1)
    desk.clock.forward(minutes=5)
    desk.reading.tip(ANA, tip)
    desk.clock.forward(minutes=5)
    desk.casework.claim(ANA, tip, desk.version(tip))
    desk.clock.forward(minutes=5)
    desk.reading.tip(ANA, tip)
    act = desk.casework.accept(ANA, tip, desk.version(tip))
    (found,) = desk.report().tips
    assert (found.tip_id, found.level, found.desk, found.due) == (tip, Urgency.P1, "trafficking", NOON + timedelta(minutes=30))
    marks = found.marks
    steps = (marks.received, marks.routed, marks.read, marks.acted, marks.claimed, marks.decided)
    times = [mark and mark.at - NOON for mark in steps]
    assert times == [timedelta(minutes=number) for number in (0, 0, 5, 10, 10, 15)]
    assert (found.verdict, found.by) == (Verdict.KEPT, timedelta(minutes=20))
    assert marks.decided is not None
    (sealed,) = desk.chain.rows(marks.decided.position - 1, 1)
    assert (sealed.hash, sealed.row.detail["act"]) == (marks.decided.hash, act.id)


def test_a_target_is_missed_by_how_much_and_open_while_there_is_time(desk: Desk) -> None:
    late, never = desk.receive(urgency=Urgency.P1), desk.receive(urgency=Urgency.P1)
    waits = desk.receive(urgency=Urgency.P2)
    desk.clock.forward(minutes=45)
    desk.reading.tip(ANA, never)
    desk.casework.accept(ANA, late, desk.version(late))
    desk.clock.forward(minutes=15)
    found = {tip.tip_id: tip for tip in desk.report().tips}
    assert (found[late].verdict, found[late].by) == (Verdict.MISSED, timedelta(minutes=-15))
    assert (found[never].verdict, found[never].by) == (Verdict.MISSED, timedelta(minutes=-30)), "reading alone keeps no target"
    assert (found[waits].verdict, found[waits].by) == (Verdict.OPEN, timedelta(hours=23))


def test_a_decision_that_is_taken_up_again_ends_nothing(desk: Desk) -> None:
    tip = desk.receive()
    desk.casework.accept(ANA, tip, desk.version(tip))
    desk.casework.claim(ANA, tip, desk.version(tip))
    (found,) = desk.report().tips
    assert found.marks.decided is None
    desk.clock.forward(hours=1)
    desk.casework.decline(ANA, tip, desk.version(tip), "no_indicator", "seen")
    (found,) = desk.report().tips
    assert found.marks.decided is not None
    assert found.marks.decided.at == desk.clock.now()


def test_the_sums_are_medians_and_shares(desk: Desk) -> None:
    for minutes in (10, 20, 60):
        tip = desk.receive(urgency=Urgency.P1)
        began = desk.clock.now()
        desk.clock.forward(minutes=minutes)
        desk.casework.accept(ANA, tip, desk.version(tip))
        desk.clock.at = began
    desk.receive(urgency=Urgency.P2)
    desk.clock.forward(hours=2)
    everything, urgent, today = desk.report().sums
    assert (everything.level, everything.tips, everything.kept, everything.missed) == (None, 4, 2, 1)
    assert (urgent.level, urgent.tips, urgent.to_route, urgent.to_read, urgent.to_act) == (Urgency.P1, 3, 0, None, 20)
    assert (today.level, today.tips, today.kept, today.missed, today.to_act) == (Urgency.P2, 1, 0, 0, None)


def test_a_move_by_itself_is_no_act_of_a_person(desk: Desk) -> None:
    tip = desk.receive(urgency=Urgency.P1)
    with desk.storage.writing() as work:
        work.audit.append([AuditRow("aud_x", desk.clock.now(), "system:clocks", "tip.transfer", f"tip:{tip}")])
    (found,) = desk.report().tips
    assert found.marks.acted is None


@pytest.mark.parametrize(
    "viewer", [ANA, a_viewer("cargo", role=Role.SUPERVISOR), a_viewer("trafficking", role=Role.ADMIN), a_viewer(role=Role.SUPERVISOR)]
)
def test_only_supervisors_of_the_desk_see_its_report(desk: Desk, viewer: object) -> None:
    desk.receive()
    with pytest.raises(NotFound):
        desk.reports.report(viewer, "trafficking", START, END)  # type: ignore[arg-type]


def test_restricted_cases_and_other_desks_tips_are_not_in_it(desk: Desk) -> None:
    hidden, own = desk.receive(), desk.receive()
    desk.receive("cargo_theft")
    case = desk.case(hidden)
    with desk.storage.writing() as work:
        work.cases.update(replace(case, restricted_to=("usr_ana",), version=case.version + 1))
    assert [tip.tip_id for tip in desk.report().tips] == [own]
    with pytest.raises(InvalidInput):
        desk.reports.report(SUE, "trafficking", END, START)
    with pytest.raises(InvalidInput):
        desk.reports.report(SUE, "trafficking", START, START + timedelta(days=367))


def test_a_report_is_written_down(desk: Desk) -> None:
    desk.receive()
    desk.report()
    (row,) = desk.audit("desk:trafficking")
    assert (row.actor, row.action, row.detail["tips"]) == ("user:usr_sue", "ageing.read", "1")


def a_file(desk: Desk) -> tuple[bytes, str]:
    tip = desk.receive(urgency=Urgency.P1, narrative="a white van")
    desk.clock.forward(minutes=40)
    desk.reading.tip(ANA, tip)
    desk.casework.accept(ANA, tip, desk.version(tip))
    return ageing_file(desk.report()), tip


def test_the_file_holds_ids_and_times_and_stands_the_check(desk: Desk) -> None:
    content, tip = a_file(desk)
    (line,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert tuple(line) == HEAD
    assert (line["tip"], line["verdict"], line["by_seconds"]) == (tip, "missed", "-600")
    assert b"van" not in content
    assert list(faults(content, desk.chain)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda line: {"acted": line["received"]}, "acted is another time than row"),
        (lambda line: {"verdict": "kept"}, "the verdict does not follow"),
        (lambda line: {"by_seconds": "-60"}, "the verdict does not follow"),
        (lambda line: {"due": line["made"]}, "the verdict does not follow"),
        (lambda line: {"acted_hash": "0" * 64}, "which has another hash"),
        (lambda line: {"read_row": "999"}, "which the chain does not have"),
        (lambda line: {"tip": "tip_9"}, "which is about something else"),
        (lambda line: {"due": "soon"}, "no line of a report"),
    ],
)
def test_a_file_that_was_changed_does_not_stand_the_check(desk: Desk, change: object, fault: str) -> None:
    content, _ = a_file(desk)
    (line,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    changed = {**line, **change(line)}  # type: ignore[operator]
    text = io.StringIO()
    csv.DictWriter(text, HEAD).writeheader()
    csv.DictWriter(text, HEAD).writerow(changed)
    assert any(fault in found for found in faults(text.getvalue().encode(), desk.chain))


def test_another_file_is_no_report(desk: Desk) -> None:
    with pytest.raises(InvalidInput):
        list(faults(b"tip,level\n", desk.chain))
