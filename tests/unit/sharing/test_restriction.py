"""Cases that only named people may know of: who restricts, what others see, and the way in when nobody is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.search.tantivy_index import TantivyCaseIndex
from streams.records import Records
from tests.sharing import ANA, BO, CAM, CHI, SAM, SUE, SharingWorld
from tests.world import VIN, a_viewer
from triage.document_builder import case_document
from triage.domain.access import Role, Viewer
from triage.domain.alert import AlertKind
from triage.domain.assessment import Urgency
from triage.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from triage.domain.events import EventType
from triage.domain.share import ShareMode, SharePart
from triage.domain.work import CaseActKind
from triage.search.export import export
from triage.search.searching import search
from triage.sharing.restriction import ASKED_FOR

WHY = "The report names somebody who works here"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[TantivyCaseIndex]:
    with TantivyCaseIndex(tmp_path / "index") as opened:
        yield opened


def restricted(world: SharingWorld, viewer: Viewer = SUE, *people: str, **tip: object) -> str:
    """A tip whose case is restricted to ``people`` and the viewer."""
    tip_id = world.arrive(**tip)  # type: ignore[arg-type]
    case = world.case(tip_id)
    world.restriction.restrict(viewer, case.id, case.version, people or ("usr_ana",), WHY)
    return tip_id


def not_found(act: Callable[[], object]) -> None:
    with pytest.raises(NotFound):
        act()


def problems(act: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        act()
    return {error.path: error.code for error in caught.value.errors}


def test_only_named_people_know_of_it(world: SharingWorld, index: TantivyCaseIndex) -> None:
    other = world.arrive(vin=VIN)
    world.casework.decline(ANA, other, world.version(other), "resolved")  # a closed case is joined by no tip
    tip = restricted(world, SUE, "usr_ana", vin=VIN, urgency=Urgency.P0)
    case = world.case(tip)
    watch = a_viewer("intake", user="usr_wat")
    with world.storage.reading() as work:
        cases = work.cases.get_many(work.cases.ids("", 100)).values()
        index.put([case_document(c, work.tips.get_many(c.tips), work.assessments.get_many(c.tips), {}) for c in cases])

    def finds(viewer: Viewer) -> bool:
        found = search(world.storage, index, viewer, world.clock, world.ids, f"case:{case.id}", {}, 1)
        return bool(found.hits)

    def exports(viewer: Viewer) -> bool:
        asking = replace(viewer, purpose="a check")
        table = export(world.storage, index, asking, world.clock, world.ids, "Agency", f"case:{case.id}", {}, "csv")
        return bool(table.rows)

    def queued(viewer: Viewer, desk: str) -> bool:
        page, over = world.reading.queue(viewer, desk), world.reading.handover(viewer, desk)
        rows = (*page.lane, *page.rows, *page.put_off, *over.threats, *over.late, *over.held, *over.second, *over.back)
        return any(row.entry.tip_id == tip for row in rows)

    def told(viewer: Viewer, desk: str) -> bool:
        return any(notice.tip_id == tip for notice in world.reading.queue(viewer, desk).notices)

    def like(viewer: Viewer) -> bool:
        return tip in repr(world.reading.tip(viewer, other).similar)

    assert finds(ANA)
    assert exports(ANA)
    assert queued(ANA, "trafficking")
    assert like(ANA)
    assert world.reading.tip(ANA, tip)
    assert world.reading.case(ANA, case.id)
    for viewer in (BO, SAM, watch):
        desk = next(iter(viewer.desks))
        not_found(lambda viewer=viewer: world.reading.tip(viewer, tip))
        not_found(lambda viewer=viewer: world.reading.case(viewer, case.id))
        not_found(lambda viewer=viewer: world.casework.claim(viewer, tip, case.version))
        not_found(lambda viewer=viewer: world.sharing.share(viewer, case.id, case.version, world.wish(tip)))
        not_found(lambda viewer=viewer: world.restriction.open_up(viewer, case.id, case.version, WHY))
        assert not finds(viewer)
        assert not exports(viewer)
        assert not queued(viewer, desk)
        assert not told(viewer, desk)
        if viewer is not watch:
            assert not like(viewer)
    assert not told(ANA, "trafficking")


def test_no_copy_goes_to_the_topics_of_its_desks(world: SharingWorld) -> None:
    tip = restricted(world, urgency=Urgency.P0)
    logged = list(world.log.read("test", [EventType.QUEUE_ENTERED, EventType.NOTICE_SENT], 100))
    copies = Records(world.storage).of([one for one in logged if one.event.payload["tip"] == tip])
    assert copies
    assert all(b'"details":null' in record.value for record in copies)


def test_a_supervisor_or_the_owner_restricts_and_only_narrows(world: SharingWorld) -> None:
    tip = world.arrive()
    case = world.case(tip)

    def restrict(viewer: Viewer, *people: str, why: str = WHY) -> None:
        world.restriction.restrict(viewer, case.id, world.version(tip), people, why)

    with pytest.raises(NotAllowed):
        restrict(ANA, "usr_sue")
    not_found(lambda: restrict(CHI, "usr_sue"))
    assert problems(lambda: restrict(SUE)) == {"people": "too_few"}
    assert problems(lambda: restrict(SUE, "usr_chi")) == {"people": "unknown"}
    assert problems(lambda: restrict(SUE, "nobody")) == {"people": "unknown"}
    assert problems(lambda: restrict(SUE, "usr_ana", why=" ")) == {"why": "required"}
    world.casework.accept(ANA, tip, case.version)  # the case is Ana's now
    assert problems(lambda: restrict(ANA, "usr_bo")) == {"people": "too_few"}, "no supervisor among them"
    restrict(ANA, "usr_sue")
    assert world.case(tip).restricted_to == ("usr_ana", "usr_sue")
    with pytest.raises(NotAllowed):
        restrict(ANA, "usr_sue", "usr_bo")
    restrict(SUE, "usr_bo")
    assert world.case(tip).restricted_to == ("usr_bo", "usr_sue")
    not_found(lambda: world.reading.tip(ANA, tip))
    with world.storage.reading() as work:
        kinds = [act.kind for act in work.case_acts.of(case.id)]
    assert kinds == [CaseActKind.RESTRICT, CaseActKind.RESTRICT]
    assert [row.action for row in world.audit(f"case:{case.id}")].count("case.restrict") == 2
    assert WHY not in str(world.audit(f"case:{case.id}"))


def test_an_account_that_works_no_cases_cannot_be_named(world: SharingWorld) -> None:
    world.person(BO, active=False)
    world.person(a_viewer("trafficking", role=Role.ADMIN, user="usr_adm"))
    tip = world.arrive()
    assert {choice.user.id for choice in world.restriction.choices(SUE, world.case(tip))} == {"usr_ana", "usr_sam", "usr_sue"}
    assert world.restriction.choices(ANA, world.case(tip)) == []
    for person in ("usr_bo", "usr_adm"):
        case = world.case(tip)
        assert problems(lambda case=case, p=person: world.restriction.restrict(SUE, case.id, case.version, [p], WHY)) == {
            "people": "unknown"
        }


def test_restricting_ends_every_share(world: SharingWorld) -> None:
    tip = world.arrive()
    info, joint = world.share(ANA, tip), world.share(ANA, tip, "cargo", mode=ShareMode.JOINT)
    case = world.case(tip)
    world.restriction.restrict(SUE, case.id, case.version, ["usr_ana"], WHY)
    for viewer, share in ((CHI, info), (CAM, joint)):
        not_found(lambda viewer=viewer, share=share: world.sharing.read(viewer, share.id))
    not_found(lambda: world.reading.case(CAM, case.id))
    assert world.case(tip).joint == ()


def test_a_named_person_can_share_it_for_information_alone(world: SharingWorld) -> None:
    tip = restricted(world)
    assert problems(lambda: world.share(ANA, tip, "cargo", mode=ShareMode.JOINT)) == {"mode": "restricted"}
    share = world.share(ANA, tip, "cargo", parts=(SharePart.LEVEL,))
    assert world.sharing.read(CAM, share.id).projection.tips[0].text is None
    not_found(lambda: world.sharing.recall(BO, share.id))
    world.sharing.recall(SUE, share.id)


def test_it_stays_at_its_desk_until_it_is_opened_up(world: SharingWorld) -> None:
    tip = restricted(world)
    for act in (
        lambda: world.casework.transfer(ANA, tip, world.version(tip), "cargo", "Theirs"),
        lambda: world.casework.refer(ANA, tip, world.version(tip), "victim-services"),
    ):
        with pytest.raises(Conflict):
            act()
    open_one = world.arrive()
    for one, other in ((tip, open_one), (open_one, tip)):
        found = problems(lambda one=one, other=other: world.casework.duplicate_of(ANA, one, world.version(one), other))
        assert found == {"other": "other_readers"}
    case = world.case(tip)
    with pytest.raises(NotAllowed):
        world.restriction.open_up(ANA, case.id, case.version, WHY)
    world.restriction.open_up(SUE, case.id, case.version, "Settled")
    assert world.reading.tip(BO, tip)
    with pytest.raises(Conflict):
        world.restriction.open_up(SUE, case.id, world.version(tip), "Again")


def test_two_supervisors_get_in_together_and_the_named_are_told(world: SharingWorld) -> None:
    tip = restricted(world)
    case = world.case(tip)
    for viewer in (BO, ANA, SUE, CHI, a_viewer("child", role=Role.SUPERVISOR, user="usr_else")):
        not_found(lambda viewer=viewer: world.restriction.ask(viewer, case.id, WHY))
    assert problems(lambda: world.restriction.ask(SAM, case.id, "short")) == {"why": "required"}
    pia = a_viewer("trafficking", role=Role.SUPERVISOR, user="usr_pia")
    world.person(pia)
    world.restriction.ask(SAM, case.id, WHY)
    not_found(lambda: world.reading.case(SAM, case.id))
    with pytest.raises(NotAllowed):
        world.restriction.agree(SAM, case.id)
    with pytest.raises(Conflict):
        world.restriction.ask(SAM, case.id, WHY)
    asked = world.restriction.asked(pia, case.id)
    assert asked is not None
    assert (asked.by, asked.note) == ("usr_sam", WHY)
    not_found(lambda: world.restriction.asked(BO, case.id))
    world.restriction.agree(pia, case.id)
    assert world.case(tip).restricted_to == ("usr_ana", "usr_pia", "usr_sam", "usr_sue")
    assert world.reading.case(SAM, case.id)
    not_found(lambda: world.reading.case(BO, case.id))
    with world.storage.reading() as work:
        alerts = {person: work.alerts.of_user(person, 10) for person in ("usr_ana", "usr_sue", "usr_bo", "usr_sam", "usr_pia")}
        kinds = [act.kind for act in work.case_acts.of(case.id)]
    assert [alert.about for alert in reversed(alerts["usr_ana"])] == ["asked", "entered"]
    assert {alert.kind for alert in alerts["usr_sue"]} == {AlertKind.SEAL}
    assert [alert.about for alert in alerts["usr_pia"]] == ["agree"]
    assert alerts["usr_bo"] == alerts["usr_sam"] == []
    assert kinds == [CaseActKind.RESTRICT, CaseActKind.ASK_SEAL, CaseActKind.BREAK_SEAL]
    assert WHY not in repr(alerts)


def test_a_request_to_get_in_grows_old_and_the_named_can_settle_it(world: SharingWorld) -> None:
    tip = restricted(world)
    case = world.case(tip)
    pia = a_viewer("trafficking", role=Role.SUPERVISOR, user="usr_pia")
    world.person(pia)
    world.restriction.ask(SAM, case.id, WHY)
    world.clock.forward(seconds=ASKED_FOR.total_seconds() + 1)
    assert world.restriction.asked(pia, case.id) is None
    not_found(lambda: world.restriction.agree(pia, case.id))
    world.restriction.ask(pia, case.id, WHY)
    world.restriction.restrict(SUE, case.id, world.version(tip), ["usr_bo"], "No need")
    not_found(lambda: world.restriction.agree(SAM, case.id))


def test_who_asked_and_no_longer_leads_gets_in_nowhere(world: SharingWorld) -> None:
    tip = restricted(world)
    case = world.case(tip)
    world.restriction.ask(SAM, case.id, WHY)
    world.person(SAM, active=False)
    with pytest.raises(Conflict):
        world.restriction.agree(SUE, case.id)
    assert "usr_sam" not in world.case(tip).restricted_to
