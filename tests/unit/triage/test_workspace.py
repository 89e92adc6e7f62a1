"""The work on a case: whose it is, what is planned, tasks, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.builders import example_files, taxonomy
from tests.world import World, a_viewer
from triage.correspondence import Correspondence
from triage.domain.access import Role, User
from triage.domain.alert import AlertKind
from triage.domain.assessment import Band
from triage.domain.case import CaseStatus
from triage.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from triage.domain.events import EventType
from triage.domain.links import Merge
from triage.domain.sender import OutcomeCode, Useful
from triage.domain.work import CaseActKind, CaseFile, Task, TaskState, Truth
from triage.policy_files.case_templates import load_case_templates
from triage.workspace.case_list import CaseLists, Which
from triage.workspace.closing import Closing, Ending, needs_second
from triage.workspace.filing import Filing, Plan
from triage.workspace.tasks import Tasking

ANA, BO = a_viewer("trafficking"), a_viewer("trafficking", user="usr_bo")
OUTSIDE, ALONG = a_viewer("cargo", user="usr_cy"), a_viewer("victim-services", user="usr_vic")
TEMPLATES = load_case_templates(example_files(), taxonomy().categories)
FOUND = Ending(Truth.CONFIRMED, "The person is safe.", Useful.YES, OutcomeCode.HELPED)


class Work:
    """The acts on one world, with two colleagues at the trafficking desk."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.filing = Filing(world.storage, TEMPLATES, world.clock, world.ids)
        self.tasking = Tasking(world.storage, world.clock, world.ids)
        self.closing = Closing(world.storage, TEMPLATES, world.clock, world.ids)
        self.lists = CaseLists(world.storage, world.clock, world.ids)
        with world.storage.writing() as work:
            for name, desk in (("ana", "trafficking"), ("bo", "trafficking"), ("cy", "cargo")):
                work.users.put(User(f"usr_{name}", name, name.capitalize(), Role.ANALYST, frozenset({desk}), ""))

    def accepted(self, **given: object) -> str:
        """The id of a case with one tip that Ana has accepted."""
        tip = self.world.arrive(**given)  # type: ignore[arg-type]
        self.world.casework.accept(ANA, tip, 1)
        return self.world.case(tip).id

    def version(self, case: str) -> int:
        with self.world.storage.reading() as work:
            found = work.cases.get(case)
        assert found is not None
        return found.version

    def file(self, case: str) -> CaseFile | None:
        with self.world.storage.reading() as work:
            return work.files.get(case)

    def tasks(self, case: str) -> list[Task]:
        with self.world.storage.reading() as work:
            return work.tasks.of(case)

    def status(self, case: str) -> CaseStatus:
        with self.world.storage.reading() as work:
            found = work.cases.get(case)
        assert found is not None
        return found.status


@pytest.fixture
def work(world: World) -> Work:
    return Work(world)


def test_a_case_is_given_to_somebody_of_its_desk(work: Work) -> None:
    case = work.accepted()
    act = work.filing.assign(ANA, case, 2, "usr_bo", "you know the place")
    assert (act.kind, act.target, act.before) == (CaseActKind.ASSIGN, "usr_bo", "usr_ana")
    assert [row.action for row in work.world.audit(f"case:{case}")] == ["case.assign"]
    assert "you know" not in str(work.world.audit(f"case:{case}"))
    with work.world.storage.reading() as unit:
        [alert] = unit.alerts.of_user("usr_bo", 10)
    assert (alert.kind, alert.case_id, alert.about) == (AlertKind.GIVEN, case, "case")
    with pytest.raises(InvalidInput, match="works at the desk"):
        work.filing.assign(ANA, case, 3, "usr_cy")
    work.filing.assign(ANA, case, 3, "")
    with pytest.raises(StaleVersion):
        work.filing.assign(BO, case, 3, "usr_bo")


def test_a_restricted_case_is_given_only_to_those_who_may_know_of_it(work: Work) -> None:
    case = work.accepted()
    with work.world.storage.writing() as unit:
        kept = unit.cases.get(case)
        assert kept is not None
        unit.cases.update(replace(kept, restricted_to=("usr_ana",), version=kept.version + 1))
    with pytest.raises(InvalidInput):
        work.filing.assign(ANA, case, 3, "usr_bo")
    with pytest.raises(NotFound):
        work.filing.note(BO, case, "I was here")
    assert [row.case.id for row in work.lists.page(BO, Which.DESK).rows] == []
    assert [row.case.id for row in work.lists.page(ANA, Which.DESK).rows] == [case]


ACTS: tuple[Callable[[Work, object, str], object], ...] = (
    lambda w, v, case: w.filing.assign(v, case, 2, "usr_bo"),
    lambda w, v, case: w.filing.follow(v, case, 2, "trafficking"),
    lambda w, v, case: w.filing.plan(v, case, 2, Plan("what", "next")),
    lambda w, v, case: w.filing.note(v, case, "seen"),
    lambda w, v, case: w.tasking.add(v, case, "call"),
    lambda w, v, case: w.closing.close(v, case, 2, FOUND),
    lambda w, v, case: w.closing.go_on(v, case, 2, "more"),
    lambda w, v, case: w.closing.reopen(v, case, 2, "more"),
)


@pytest.mark.parametrize("act", ACTS)
def test_only_the_owning_desk_acts_and_others_do_not_know_of_it(work: Work, act: Callable[[Work, object, str], object]) -> None:
    tip = work.world.arrive("sex_trafficking", flags=["victim_or_survivor_report"])
    work.world.casework.accept(ANA, tip, 1)
    case = work.world.case(tip)
    with work.world.storage.writing() as unit:
        unit.cases.update(replace(case, also=("victim-services",), version=3))
    before = work.world.events()
    with pytest.raises(NotFound):
        act(work, OUTSIDE, case.id)
    with pytest.raises(NotAllowed):
        act(work, ALONG, case.id)
    assert work.world.events() == before


def test_a_plan_holds_what_the_template_asks(work: Work) -> None:
    case = work.accepted()
    work.filing.follow(ANA, case, 2, "trafficking")
    assert [task.required for task in work.tasks(case)] == [True, True, False]
    with pytest.raises(InvalidInput) as raised:
        work.filing.plan(ANA, case, 3, Plan("", "Call", "2026-11-05", {"minor": "perhaps", "last-seen": "Monday"}))
    assert [error.path for error in raised.value.errors] == ["field-minor", "field-last-seen"]
    with pytest.raises(InvalidInput, match="year-month-day"):
        work.filing.plan(ANA, case, 3, Plan("", "Call", "5 November"))
    work.filing.plan(ANA, case, 3, Plan("A van", "Call", "2026-11-05", {"minor": "no", "unknown": "x"}))
    file = work.file(case)
    assert file is not None
    assert (file.summary, file.next_step, file.fields["minor"], "unknown" in file.fields) == ("A van", "Call", "no", False)
    assert file.next_at is not None
    assert file.next_at.date().isoformat() == "2026-11-05"


def test_a_template_is_offered_by_category_and_adds_its_tasks_once(work: Work) -> None:
    case = work.accepted()
    with pytest.raises(InvalidInput, match="offered"):
        work.filing.follow(ANA, case, 2, "cargo")
    work.tasking.add(ANA, case, "Offer victim services")
    work.filing.follow(ANA, case, 2, "trafficking")
    assert [task.title for task in work.tasks(case)].count("Offer victim services") == 1


def test_tasks_are_given_and_end_once(work: Work) -> None:
    case = work.accepted()
    task = work.tasking.add(ANA, case, "Call the driver", "usr_bo", "2026-11-03", required=True).target
    assert [(t.id, c.id) for t, c in work.lists.tasks(BO)] == [(task, case)]
    with pytest.raises(InvalidInput, match="asks for it"):
        work.tasking.end(BO, case, task, TaskState.DROPPED)
    work.tasking.give(ANA, case, task, "usr_ana")
    work.tasking.end(BO, case, task, TaskState.DROPPED, "the driver called us")
    with pytest.raises(Conflict, match="has ended"):
        work.tasking.end(ANA, case, task, TaskState.DONE)
    assert work.lists.tasks(BO) == work.lists.tasks(ANA) == []
    other = work.accepted()
    with pytest.raises(NotFound):
        work.tasking.end(ANA, other, task, TaskState.DONE)


def test_everything_that_keeps_a_case_open_is_named_at_once(work: Work) -> None:
    tip = work.world.arrive()
    case = work.world.case(tip).id
    work.filing.follow(ANA, case, 1, "trafficking")
    with pytest.raises(InvalidInput) as raised:
        work.closing.close(ANA, case, 2, FOUND)
    paths = [error.path.partition(":")[0] for error in raised.value.errors]
    assert paths == ["tip", "field", "field", "task", "task"]
    assert work.status(case) is CaseStatus.NEW


def test_tasks_of_a_merged_case_belong_to_the_one_that_is_left(work: Work) -> None:
    case, other = work.accepted(), work.accepted()
    task = work.tasking.add(ANA, other, "Call", required=True).target
    with work.world.storage.writing() as unit:
        before = unit.cases.get(other)
        assert before is not None
        unit.merges.put(Merge("mrg_1", case, other, before.tips, before, (), "usr_ana", work.world.clock.now()))
    with pytest.raises(InvalidInput, match="finish this task"):
        work.closing.close(ANA, case, 2, FOUND)
    work.tasking.end(ANA, case, task, TaskState.DONE)
    assert work.closing.close(ANA, case, 2, FOUND).kind is CaseActKind.CLOSE


def test_closing_tells_the_senders_and_keeps_what_was_told_before(work: Work) -> None:
    vin = "1M8GDM9AXKP042788"
    first, second = work.world.arrive(vin=vin), work.world.arrive(vin=vin)
    case = work.world.case(first).id
    work.world.casework.accept(ANA, first, work.version(case))
    work.world.casework.accept(ANA, second, work.version(case))
    world = work.world
    Correspondence(world.storage, world.policy, world.vault, world.clock, world.ids).release(ANA, first, Useful.NO, None)
    act = work.closing.close(ANA, case, work.version(case), FOUND)
    assert (act.kind, act.target) == (CaseActKind.CLOSE, "confirmed")
    with world.storage.reading() as unit:
        outcomes, kept = unit.outcomes.get_many([first, second]), unit.cases.get(case)
    assert kept is not None
    assert (kept.status, kept.outcome) == (CaseStatus.CLOSED, "closed:confirmed")
    assert (outcomes[first].useful, outcomes[second].useful, outcomes[second].code) == (Useful.NO, Useful.YES, OutcomeCode.HELPED)
    steps = [(event.payload["tip"], event.payload["step"]) for event in world.events(EventType.TIP_PROGRESSED)]
    assert steps[-3:] == [(first, "closed"), (second, "closed"), (second, "outcome")]
    file = work.file(case)
    assert file is not None
    assert file.truth is Truth.CONFIRMED


@pytest.mark.parametrize(
    ("life_threat", "band", "truth", "two"),
    [
        (True, Band.POSSIBLE, Truth.CONFIRMED, True),
        (False, Band.LIKELY, Truth.UNFOUNDED, True),
        (False, Band.LIKELY, Truth.NOT_CONFIRMED, True),
        (False, Band.LIKELY, Truth.PARTLY, False),
        (False, Band.POSSIBLE, Truth.UNFOUNDED, False),
    ],
)
def test_two_people_close_against_the_reading_or_a_threat(work: Work, life_threat: bool, band: Band, truth: Truth, two: bool) -> None:
    case = work.world.case(work.world.arrive(band=band))
    assert needs_second(replace(case, life_threat=life_threat), truth) is two


def test_the_second_person_agrees_or_goes_on(work: Work) -> None:
    case, no = work.accepted(band=Band.LIKELY), replace(FOUND, truth=Truth.UNFOUNDED)
    assert work.closing.close(ANA, case, 2, no).kind is CaseActKind.PROPOSE_CLOSE
    assert work.status(case) is CaseStatus.ACTIVE
    with pytest.raises(Conflict, match="Somebody else must agree"):
        work.closing.close(ANA, case, 3, no)
    work.closing.go_on(BO, case, 3, "ask the driver first")
    assert work.closing.close(BO, case, 4, no).kind is CaseActKind.PROPOSE_CLOSE
    done = work.closing.close(ANA, case, 5, no)
    assert (done.kind, done.before) == (CaseActKind.CLOSE, "usr_bo")
    assert work.status(case) is CaseStatus.CLOSED


def test_a_proposal_lapses_when_the_case_changes(work: Work) -> None:
    case, no = work.accepted(band=Band.LIKELY), replace(FOUND, truth=Truth.UNFOUNDED)
    work.closing.close(ANA, case, 2, no)
    work.filing.note(BO, case, "I think so, too")
    work.filing.plan(BO, case, 3, Plan("", "Ask the driver"))
    assert work.closing.close(BO, case, 4, no).kind is CaseActKind.PROPOSE_CLOSE
    assert work.closing.close(ANA, case, 5, no).kind is CaseActKind.CLOSE


def test_a_closed_case_takes_no_work_until_it_is_reopened(work: Work) -> None:
    case = work.accepted()
    work.closing.close(ANA, case, 2, FOUND)
    for act in ACTS[:3]:
        with pytest.raises((Conflict, StaleVersion)):
            act(work, ANA, case)
    with pytest.raises(Conflict, match="closed"):
        work.tasking.add(ANA, case, "call")
    assert [row.case.id for row in work.lists.page(BO, Which.CLOSED).rows] == [case]
    work.closing.reopen(BO, case, 3, "the driver called")
    file = work.file(case)
    assert (work.status(case), file and file.truth) == (CaseStatus.ACTIVE, Truth.NOT_KNOWN)


def test_a_declined_case_is_not_reopened_past_its_tip(work: Work) -> None:
    tip = work.world.arrive()
    work.world.casework.decline(ANA, tip, 1, "unfounded")
    with pytest.raises(Conflict, match="Claim one of them"):
        work.closing.reopen(ANA, work.world.case(tip).id, 2, "look again")


@pytest.mark.parametrize("ending", [replace(FOUND, note=" "), replace(FOUND, truth=Truth.NOT_KNOWN)])
def test_closing_says_what_was_found_and_why(work: Work, ending: Ending) -> None:
    case = work.accepted()
    with pytest.raises(InvalidInput):
        work.closing.close(ANA, case, 2, ending)


def test_lists_page_without_gaps_past_what_is_restricted(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.workspace.case_list.PAGE", 2)
    cases = [work.accepted() for _ in range(6)]
    with work.world.storage.writing() as unit:
        for case in (cases[4], cases[3], cases[1]):
            kept = unit.cases.get(case)
            assert kept is not None
            unit.cases.update(replace(kept, restricted_to=("usr_ana",), version=kept.version + 1))
    first = work.lists.page(BO, Which.DESK)
    second = work.lists.page(BO, Which.DESK, first.after)
    assert [row.case.id for row in (*first.rows, *second.rows)] == [cases[5], cases[2], cases[0]]
    assert (bool(first.after), second.after) == (True, "")
    assert [row.case.id for row in work.lists.page(ANA, Which.MINE).rows] == sorted(cases)
    assert work.lists.page(OUTSIDE, Which.DESK).rows == ()
