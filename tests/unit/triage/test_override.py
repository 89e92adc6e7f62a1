"""Referrals are closed to enforcement, and the one way by which a supervisor opens one: once, with a reason, before everybody's eyes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.search.tantivy_index import TantivyCaseIndex
from infra.storage.database import Database
from tests.builders import an_entity, taxonomy
from tests.world import World, a_viewer
from triage.care.override import Overrides
from triage.document_builder import case_document
from triage.domain.access import Role, User, Viewer
from triage.domain.alert import AlertKind
from triage.domain.assessment import Urgency
from triage.domain.care import Ground
from triage.domain.case import CaseKind
from triage.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from triage.domain.tip import Answer, Place
from triage.domain.work import CaseActKind
from triage.search.export import export
from triage.search.searching import search

NEED = "homelessness_basic_needs"
REASON = "A caller says that he stopped breathing."
TEXT = "Ask for Rosa at 308-555-0100. A man sleeps in the culvert at mile 272."
ENFORCEMENT = ("trafficking", "cargo", "violent", "threat", "child")
SUPERVISOR = a_viewer("violent", role=Role.SUPERVISOR, user="usr_sue")


class Doors(World):
    """A world with people at its desks and the door of overrides."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.overrides = Overrides(self.storage, self.policy, taxonomy(), self.clock, self.ids)
        people = {"cleo": ("care", True), "dora": ("care", True), "gone": ("care", False), "sue": ("violent", True)}
        people["vic"] = ("victim-services", True)
        with self.storage.writing() as work:
            for name, (desk, active) in people.items():
                role = Role.SUPERVISOR if name == "sue" else Role.ANALYST
                work.users.put(User(f"usr_{name}", name, name.capitalize(), role, frozenset({desk}), "", active))

    def referral(self) -> str:
        entity = an_entity("phone", "+13085550100", "308-555-0100", start=TEXT.index("308"), role="reporter")
        place = Place(road="I-80", county="Buffalo", state="NE")
        return self.arrive(NEED, narrative=TEXT, place=place, read={"entities": [entity]}, has_contact=True, language="en")

    def alerts(self, user: str) -> list[AlertKind]:
        with self.storage.reading() as work:
            return [alert.kind for alert in work.alerts.of_user(user, 10)]


@pytest.fixture
def doors(database: Database) -> Doors:
    return Doors(database)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[TantivyCaseIndex]:
    with TantivyCaseIndex(tmp_path / "index") as index:
        yield index


@pytest.mark.parametrize("desk", [*ENFORCEMENT, "intake", "oversight"])
@pytest.mark.parametrize("referred", [False, True])
def test_nothing_else_lets_other_desks_read_a_referral(doors: Doors, index: TantivyCaseIndex, desk: str, referred: bool) -> None:
    """Neither one that was routed to care, nor one that a police desk referred there itself."""
    vin = "1M8GDM9AXKP042788"
    tip = doors.arrive(*(("cargo_theft",) if referred else (NEED,)), narrative="A zebra sleeps in the culvert.", vin=vin)
    if referred:
        doors.casework.refer(a_viewer("cargo"), tip, doors.version(tip), "care")
    case = doors.case(tip)
    assert (case.kind, case.readers) == (CaseKind.REFERRAL, ("care",))
    for role in (Role.ANALYST, Role.SUPERVISOR):
        viewer = a_viewer(desk, role=role, user="usr_pol")
        for look in (
            lambda viewer=viewer: doors.reading.tip(viewer, tip),
            lambda viewer=viewer: doors.reading.case(viewer, case.id),
            lambda viewer=viewer: doors.reading.queue(viewer, "care"),
            lambda viewer=viewer: doors.reading.handover(viewer, "care"),
            lambda viewer=viewer: doors.overrides.of_tip(viewer, tip),
        ):
            with pytest.raises(NotFound):
                look()
        own = doors.reading.queue(viewer, desk)
        assert tip not in [row.entry.tip_id for row in (*own.lane, *own.rows, *own.put_off)]
        assert tip not in [notice.tip_id for notice in own.notices]
        beside = doors.arrive("cargo_theft" if desk == "cargo" else "sex_trafficking", vin=vin)
        owner = a_viewer(doors.case(beside).desk)
        seen = doors.reading.tip(owner, beside)
        assert tip not in [other.tip.id for other in seen.similar]
        with doors.storage.reading() as work:
            index.put([case_document(case, work.tips.get_many(case.tips), work.assessments.get_many(case.tips), {})])
            assert list(work.facts.between(viewer.scope, doors.clock.now().replace(year=2025), doors.clock.now(), 10)) == []
        results = search(doors.storage, index, viewer, doors.clock, doors.ids, "zebra", {}, 1)
        assert results.total == 0
        assert export(doors.storage, index, viewer, doors.clock, doors.ids, "A", "zebra", {}, "csv").rows == ()
    assert search(doors.storage, index, a_viewer("care"), doors.clock, doors.ids, "zebra", {}, 1).total == 1


def test_a_supervisor_sees_the_least_once_and_everybody_of_the_desk_knows(doors: Doors) -> None:
    tip = doors.referral()
    case = doors.case(tip)
    look = doors.overrides.open(SUPERVISOR, tip, Ground.DANGER_TO_LIFE, f"  {REASON} ")
    assert (look.tip_id, look.desk, look.needs, look.county, look.language) == (tip, "care", (NEED,), "Buffalo", "en")
    assert look.text is not None
    assert "culvert at mile 272" in look.text
    assert "[phone]" in look.text
    assert "555" not in repr(look)
    row = doors.audit(f"tip:{tip}")[-1]
    assert (row.actor, row.action, row.purpose) == ("user:usr_sue", "referral.override", REASON)
    assert dict(row.detail) == {"ground": "danger_to_life", "case": case.id, "desk": "care"}
    assert doors.audit(f"case:{case.id}")[-1].action == "referral.override"
    assert {user: doors.alerts(f"usr_{user}") for user in ("cleo", "dora", "gone", "vic", "sue")} == {
        "cleo": [AlertKind.OVERRIDE], "dora": [AlertKind.OVERRIDE], "gone": [], "vic": [], "sue": [],
    }  # fmt: skip
    opened = doors.overrides.of_tip(a_viewer("care"), tip)
    assert [(one.by, one.ground, one.reason, one.at) for one in opened] == [("Sue", "danger_to_life", REASON, doors.clock.now())]
    with doors.storage.reading() as work:
        [act] = work.case_acts.of(case.id)
    assert (act.kind, act.by, act.note, act.target) == (CaseActKind.OVERRIDE, "usr_sue", REASON, tip)


def test_it_gives_no_standing_right_and_changes_nothing(doors: Doors) -> None:
    tip = doors.referral()
    before = (doors.case(tip), doors.entry(tip), doors.events())
    doors.overrides.open(SUPERVISOR, doors.case(tip).id, Ground.MINOR_IN_DANGER, REASON)
    assert (doors.case(tip), doors.entry(tip), doors.events()) == before
    for look in (
        lambda: doors.reading.tip(SUPERVISOR, tip),
        lambda: doors.reading.case(SUPERVISOR, doors.case(tip).id),
        lambda: doors.overrides.of_tip(SUPERVISOR, tip),
    ):
        with pytest.raises(NotFound):
            look()
    doors.overrides.open(SUPERVISOR, tip, Ground.DANGER_TO_LIFE, REASON)  # a second look is a second override
    assert len(doors.overrides.of_tip(a_viewer("care"), tip)) == 2
    assert len(doors.alerts("usr_cleo")) == 2


def test_a_court_order_shows_neither_words_nor_place(doors: Doors) -> None:
    tip = doors.referral()
    with pytest.raises(InvalidInput, match="the court and the number"):
        doors.overrides.open(SUPERVISOR, tip, Ground.COURT_ORDER, REASON)
    look = doors.overrides.open(SUPERVISOR, tip, Ground.COURT_ORDER, REASON, "District Court 26-117")
    assert (look.text, look.place, look.county) == (None, None, "Buffalo")
    assert doors.audit(f"tip:{tip}")[-1].purpose == f"District Court 26-117: {REASON}"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("desk", [*ENFORCEMENT, "intake", "oversight", "victim-services", "care", ""])
def test_only_supervisors_of_enforcement_and_intake_may_ask(doors: Doors, role: Role, desk: str) -> None:
    tip = doors.referral()
    viewer = Viewer.of(User("usr_x", "x", "X", role, frozenset({desk} if desk else ()), ""), "")
    may = role is Role.SUPERVISOR and desk in (*ENFORCEMENT, "intake")
    assert doors.overrides.may_ask(viewer) == may
    if may:
        assert doors.overrides.open(viewer, tip, Ground.DANGER_TO_LIFE, REASON).tip_id == tip
        return
    with pytest.raises(NotAllowed, match="only supervisors"):
        doors.overrides.open(viewer, tip, Ground.DANGER_TO_LIFE, REASON)
    assert [row for row in doors.audit(f"tip:{tip}") if row.action == "referral.override"] == []
    assert doors.alerts("usr_cleo") == []


def test_it_opens_referrals_alone(doors: Doors) -> None:
    """Nothing of oversight's, nothing restricted, and nothing that may be read anyway; unknown and forbidden look the same."""
    own = doors.arrive("violent_crime_or_fugitive")
    elsewhere = doors.arrive("cargo_theft")
    apart = doors.arrive("sex_trafficking", flags=["public_official_implicated"])
    danger = doors.arrive("mental_health_crisis", urgency=Urgency.P0, life_threat=Answer.YES)
    for record in ("tip_none", "", own, elsewhere, apart, doors.case(apart).id):
        with pytest.raises(NotFound):
            doors.overrides.open(SUPERVISOR, record, Ground.DANGER_TO_LIFE, REASON)
    with pytest.raises(Conflict, match="may read this already"):
        doors.overrides.open(SUPERVISOR, danger, Ground.DANGER_TO_LIFE, REASON)
    tip = doors.referral()
    with doors.storage.writing() as work:
        case = work.cases.get(doors.case(tip).id)
        assert case is not None
        work.cases.update(replace(case, version=case.version + 1, restricted_to=("usr_cleo", "usr_dora")))
    with pytest.raises(NotFound):
        doors.overrides.open(SUPERVISOR, tip, Ground.DANGER_TO_LIFE, REASON)


@pytest.mark.parametrize(
    ("reason", "reference", "code"),
    [(" " * 30, "", "too_short"), ("x" * 19, "", "too_short"), ("x" * 2001, "", "too_long"), (REASON, "x" * 101, "too_long")],
)
def test_the_reason_is_written_out(doors: Doors, reason: str, reference: str, code: str) -> None:
    tip = doors.referral()
    with pytest.raises(InvalidInput) as refused:
        doors.overrides.open(SUPERVISOR, tip, Ground.DANGER_TO_LIFE, reason, reference)
    assert [error.code for error in refused.value.errors] == [code]
    assert doors.alerts("usr_cleo") == []
