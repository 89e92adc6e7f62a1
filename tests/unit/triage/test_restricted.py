"""A restricted case does not exist for anybody but the people that it names, not even for colleagues at its own desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.search.tantivy_index import TantivyCaseIndex
from infra.storage.database import Database
from streams.records import Records
from tests.builders import NOON
from tests.console import Console
from tests.contract.samples import a_case
from tests.world import VIN, a_viewer
from triage.cells import csv_file
from triage.correspondence import Correspondence
from triage.domain.access import Role, User, Viewer, as_reader
from triage.domain.assessment import Urgency
from triage.domain.case import Case
from triage.domain.errors import NotFound
from triage.domain.events import EventType
from triage.domain.sender import Useful
from triage.pictures import Pictures
from triage.search.export import export
from triage.search.searching import search
from triage.trends.trends import Ground, trends

DESKS = ("trafficking", "cargo")
NAMED, COLLEAGUE = a_viewer(*DESKS), a_viewer(*DESKS, role=Role.SUPERVISOR, user="usr_bo")
WORDS = "A maroon van behind the fuel desk."


@pytest.fixture
def console(database: Database, tmp_path: Path) -> Iterator[Console]:
    with TantivyCaseIndex(tmp_path / "index") as index:
        yield Console(database, index, "")


@pytest.fixture
def kept(console: Console) -> str:
    """A life threat of a restricted case, in the index and known to a second desk."""
    tip = console.world.arrive(urgency=Urgency.P0, vin=VIN, narrative=WORDS)
    restrict(console, tip, NAMED.user)
    console.index_all()
    return tip


def restrict(console: Console, tip: str, *users: str) -> Case:
    """Name the only people who may know of the tip's case."""
    case = console.world.case(tip)
    restricted = replace(case, also=("violent", *case.also), restricted_to=users, version=case.version + 1)
    with console.world.storage.writing() as work:
        work.cases.update(restricted)
    return restricted


def users(max_size: int) -> st.SearchStrategy[tuple[str, ...]]:
    names = st.text("abc123", min_size=1, max_size=3).map(lambda name: f"usr_{name}")
    return st.lists(names, max_size=max_size, unique=True).map(tuple)


@given(users(4), st.sampled_from(list(Role)), st.sets(st.sampled_from(["trafficking", "oversight", "cargo"])), st.booleans())
def test_who_reads_a_case(named: tuple[str, ...], role: Role, desks: set[str], active: bool) -> None:
    case = a_case(desk="trafficking", also=("oversight", "trafficking"), restricted_to=named)
    user = User(named[0] if named else "usr_1", "one", "One", role, frozenset(desks), "", active)
    viewer = Viewer.of(user)
    works = active and role in (Role.ANALYST, Role.SUPERVISOR) and bool(desks)
    expected = works and (user.id in named if named else not desks.isdisjoint({"trafficking", "oversight"}))
    assert viewer.reads(case.readers) is expected
    assert case.desks == ("trafficking", "oversight")
    assert viewer.scope == ({*desks, as_reader(user.id)} if works else frozenset())


def test_a_desk_cannot_be_called_like_a_person() -> None:
    case = a_case(restricted_to=("usr_1",))
    assert not a_viewer("usr_1", "trafficking", user="usr_2").reads(case.readers)
    assert not Viewer("usr_1", "one", Role.ADMIN, frozenset()).reads(case.readers)


def test_queue_and_handover_leave_it_out(console: Console, kept: str) -> None:
    reading = console.world.reading
    console.world.clock.forward(days=1)
    for viewer, tips in ((NAMED, {kept}), (COLLEAGUE, set[str]())):
        page, handover = reading.queue(viewer, "trafficking"), reading.handover(viewer, "trafficking")
        assert {row.tip.id for row in (*page.lane, *page.rows, *page.put_off)} == tips
        assert {row.tip.id for row in (*handover.threats, *handover.late)} == tips


def test_what_was_put_off_is_left_out(console: Console) -> None:
    tip = console.world.arrive()
    console.world.casework.snooze(NAMED, tip, 1, 4, "waits")
    restrict(console, tip, NAMED.user)
    for viewer, tips in ((NAMED, {tip}), (COLLEAGUE, set[str]())):
        assert {row.tip.id for row in console.world.reading.queue(viewer, "trafficking").put_off} == tips
        assert {row.tip.id for row in console.world.reading.handover(viewer, "trafficking").back} == tips


def test_tip_and_case_are_not_found(console: Console, kept: str) -> None:
    world = console.world
    case = world.case(kept)
    correspondence = Correspondence(world.storage, world.policy, world.vault, world.clock, world.ids)
    pictures = Pictures(world.storage, world.vault, world.clock, world.ids)
    tries = [
        lambda v: world.reading.tip(v, kept),
        lambda v: world.reading.case(v, case.id),
        lambda v: pictures.of_tip(v, kept),
        lambda v: world.casework.claim(v, kept, case.version),
        lambda v: correspondence.release(v, kept, Useful.YES, None),
        lambda v: correspondence.contact(v, kept),
    ]
    for look in tries:
        before = world.events(), world.audit(f"tip:{kept}"), world.audit(f"case:{case.id}")
        with pytest.raises(NotFound):
            look(COLLEAGUE)
        assert (world.events(), world.audit(f"tip:{kept}"), world.audit(f"case:{case.id}")) == before
    for look in tries[:-1]:
        look(NAMED)


def test_it_is_no_duplicate_of_anything(console: Console, kept: str) -> None:
    other = console.world.arrive(urgency=Urgency.P1)
    with pytest.raises(NotFound, match=kept):
        console.world.casework.duplicate_of(COLLEAGUE, other, 1, kept)


def test_a_new_tip_joins_none_by_itself(console: Console, kept: str) -> None:
    new = console.world.arrive(urgency=Urgency.P0, vin=VIN)
    assert console.world.case(new).tips == (new,)
    assert console.world.case(kept).tips == (kept,)
    assert new in [row.entry.tip_id for row in console.world.reading.queue(COLLEAGUE, "trafficking").lane]


def test_similar_tips_do_not_show_it(console: Console) -> None:
    world = console.world
    kept, other = world.arrive("cargo_theft", vin=VIN), world.arrive(vin=VIN)
    assert world.case(kept).id != world.case(other).id
    assert [similar.tip.id for similar in world.reading.tip(COLLEAGUE, other).similar] == [kept]
    restrict(console, kept, NAMED.user)
    seen = world.reading.tip(COLLEAGUE, other)
    assert seen.similar == ()
    assert [similar.tip.id for similar in world.reading.tip(NAMED, other).similar] == [kept]


def test_search_and_export_leave_it_out(console: Console, kept: str) -> None:
    world = console.world
    for viewer, cases in ((NAMED, [world.case(kept).id]), (COLLEAGUE, list[str]())):
        found = search(world.storage, console.index, viewer, world.clock, world.ids, "maroon", {})
        assert [hit.case_id for hit in found.hits] == cases
        assert (found.total, any(found.facets.values())) == (len(cases), bool(cases))
        table = export(world.storage, console.index, viewer, world.clock, world.ids, "Desk", "maroon", {}, "csv")
        assert (WORDS.encode() in csv_file([table.head, *table.rows])) is bool(cases)


def test_a_kept_search_tells_nobody_else(console: Console) -> None:
    for name in ("ana", "bo"):
        browser = console.browser(name)
        browser.get("/desk/search?q=maroon")
        browser.submit("/desk/searches", name="Maroon")
    console.world.clock.forward(minutes=1)
    kept = console.world.arrive(narrative=WORDS)
    restrict(console, kept, "usr_ana")
    console.tell_all()
    with console.world.storage.reading() as work:
        assert [len(work.alerts.of_user(user, 10)) for user in ("usr_ana", "usr_bo")] == [1, 0]


def test_trends_do_not_count_it(console: Console, kept: str) -> None:
    with console.world.storage.reading() as work:
        week = NOON - timedelta(days=3), NOON + timedelta(days=3)
        assert [len(work.facts.between(viewer.scope, *week, 10)) for viewer in (NAMED, COLLEAGUE)] == [1, 0]
    console.world.clock.forward(days=8)
    ground = Ground.of(console.world.policy.roads, console.deps.geography.neighbours)
    assert trends(console.world.storage, console.world.clock, console.world.ids, COLLEAGUE, ground).total == 0


def test_notices_are_gone(console: Console) -> None:
    tip = console.world.arrive(urgency=Urgency.P1)
    case, told = console.world.case(tip), "victim-services"
    reader, named = a_viewer(told, user="usr_bo"), a_viewer(told, user="usr_eve")
    assert [notice.tip_id for notice in console.world.reading.queue(reader, told).notices] == [tip]
    with console.world.storage.writing() as work:
        work.cases.update(replace(case, restricted_to=("usr_eve",), version=case.version + 1))
    assert console.world.reading.queue(reader, told).notices == ()
    assert [notice.tip_id for notice in console.world.reading.queue(named, told).notices] == [tip]


def test_no_copy_goes_to_a_topic(console: Console) -> None:
    world = console.world
    tip = world.arrive(narrative=WORDS)
    records = Records(world.storage)
    entered = world.log.read("relay", (EventType.QUEUE_ENTERED,), 10)
    assert WORDS.encode() in records.of(entered)[0].value
    restrict(console, tip, NAMED.user)
    assert WORDS.encode() not in records.of(entered)[0].value


def test_pages_know_nothing_of_it(console: Console, kept: str) -> None:
    case = console.world.case(kept)
    mine, theirs = console.browser("ana"), console.browser("bo")
    for path in (f"/desk/tip/{kept}", f"/desk/case/{case.id}"):
        assert (mine.get(path).status_code, theirs.get(path).status_code) == (200, 404)
    for path in ("/desk/queue/trafficking", "/desk/queue/trafficking/handover", "/desk/search?q=maroon", "/desk"):
        page = theirs.get(path).text
        assert [word for word in (kept, case.id, "maroon van") if word in page] == []
