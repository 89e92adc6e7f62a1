"""Workers and web processes that do the same thing at the same moment: nothing is lost, nothing is doubled, on each engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from threading import Event as Signal

import pytest

from infra.storage.database import Database
from infra.storage.dead_letters import SqlDeadLetters
from infra.storage.event_log import SqlEventLog
from infra.storage.intake import SqlIntakeStore
from infra.storage.partners import SqlPartners
from infra.storage.unit_of_work import SqlStorage
from ingest.ports import Verdict
from ingest.visit import amend
from streams.handler import Handler
from streams.pipeline import ReadAndDecide
from streams.worker import Limits, Line
from tests.builders import CountedIds, StillClock, a_tip, an_assessment, an_entity, example_files, example_policy, received
from tests.contract import on_postgres, on_sqlite
from tests.contract.intake_suite import accepted, an_answer
from tests.contract.samples import AT, a_case, a_user
from triage.domain.assessment import Assessment
from triage.domain.errors import NotAllowed, TooMany, Unavailable
from triage.domain.events import Event, EventType
from triage.domain.tip import Tip
from triage.ports import Passwords, Storage
from triage.sign_in import TRIES, SignIn

POLICY = example_policy()
PLATE = an_entity("plate", "12AB34", attributes={"state": "NE"})
VIN = an_entity("vin", "1M8GDM9AXKP042788", valid=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database on each engine, whose writers are patient."""
    if request.param == "postgresql":
        request.getfixturevalue("postgres_server")
    binding = {"sqlite": on_sqlite, "postgresql": on_postgres}[request.param]
    with binding.database_in(tmp_path, wait_seconds=20) as opened:
        with SqlStorage(opened).writing() as work:
            work.policies.add(POLICY.version, example_files())
        yield opened
    if request.param == "postgresql":
        on_postgres.dropped(tmp_path)


class MeetingIds(CountedIds):
    """Lets two writers meet where each is about to open a case; one that is alone there goes on after a moment."""

    def __init__(self, after: int, meeting: Barrier) -> None:
        super().__init__(after)
        self._meeting = meeting

    def new(self, prefix: str) -> str:
        if prefix == "case":
            with suppress(BrokenBarrierError):
                self._meeting.wait(timeout=0.3)
        return super().new(prefix)


def a_worker(database: Database, ids: CountedIds, read: Callable[[str], Assessment]) -> ReadAndDecide:
    """Reads and decides; what it reads in a tip is given."""

    def assess(texts: Sequence[object]) -> list[Assessment]:
        return [read(text.id) for text in texts]  # type: ignore[attr-defined]

    return ReadAndDecide(SqlStorage(database), SqlPartners(database), POLICY, assess, StillClock(), ids)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all of it at the same moment; return what each returned or raised."""
    together = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        together.wait()
        try:
            return act()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def tips_in(database: Database, *tips: Tip) -> None:
    with SqlStorage(database).writing() as work:
        for tip in tips:
            work.tips.add(tip)


@pytest.mark.parametrize("batches", [([1], [2]), ([1, 2], [3, 4]), ([4, 1], [2, 3])], ids=str)
def test_tips_that_share_a_plate_end_in_one_case(database: Database, batches: tuple[list[int], list[int]]) -> None:
    tips = {number: a_tip(number) for batch in batches for number in batch}
    tips_in(database, *tips.values())
    found = {tip.id: an_assessment(tip, entities=[PLATE, VIN] if number % 2 else [VIN, PLATE]) for number, tip in tips.items()}
    meeting = Barrier(2)
    workers = [a_worker(database, MeetingIds(1000 * place, meeting), found.__getitem__) for place in (1, 2)]
    events = [[received(tips[number], number) for number in batch] for batch in batches]
    assert at_once(lambda: workers[0].handle(events[0]), lambda: workers[1].handle(events[1])) == [None, None]
    with SqlStorage(database).reading() as work:
        (case_id,) = work.cases.ids("", 10)
        case = work.cases.get(case_id)
        assert case is not None
        assert sorted(case.tips) == sorted(found)
        assert case.version == len(tips)


def test_a_tip_that_two_workers_get_is_decided_once(database: Database) -> None:
    tip = a_tip(1)
    tips_in(database, tip)
    meeting = Barrier(2)
    workers = [a_worker(database, MeetingIds(1000 * place, meeting), lambda _: an_assessment(tip)) for place in (1, 2)]
    assert at_once(*(lambda worker=worker: worker.handle([received(tip)]) for worker in workers)) == [None, None]
    with SqlStorage(database).reading() as work:
        assert len(work.cases.ids("", 10)) == 1
    decided = SqlEventLog(database).read("test", [EventType.TIP_DECIDED], 10)
    assert len(decided) == 1


class Crossing(Handler):
    """Changes two cases in the given order; on the first try it meets the other between them."""

    types = (EventType.TIP_RECEIVED,)

    def __init__(self, name: str, storage: Storage, order: tuple[str, str], meeting: Barrier) -> None:
        self.name = name
        self._storage = storage
        self._order = order
        self._meeting = meeting
        self._tries = 0

    def handle(self, events: Sequence[Event]) -> None:
        self._tries += 1
        with self._storage.writing() as work:
            for place, case_id in enumerate(self._order):
                if (self._tries, place) == (1, 1):
                    self._meeting.wait(timeout=15)
                case = work.cases.get(case_id)
                assert case is not None
                work.cases.update(replace(case, version=case.version + 1, owner=self.name))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer, who waits for nobody
def test_two_that_wait_for_each_other_are_tried_again(database: Database) -> None:
    storage, log, letters = SqlStorage(database), SqlEventLog(database), SqlDeadLetters(database)
    with storage.writing() as work:
        for name in ("case_a", "case_b"):
            work.cases.add(a_case(name, (f"tip_of_{name}",)))
        work.events.append([received(a_tip(1))])
    meeting = Barrier(2)

    def run(name: str, order: tuple[str, str]) -> int:
        line = Line(log, letters, Crossing(name, storage, order, meeting), Limits(), StillClock(), CountedIds(), Signal())
        for refused in range(10):
            with suppress(Unavailable):
                line.run_once()
                return refused
        raise AssertionError("it never went through")

    refused = at_once(lambda: run("one", ("case_a", "case_b")), lambda: run("other", ("case_b", "case_a")))
    with storage.reading() as work:
        assert [case.version for case in work.cases.get_many(["case_a", "case_b"]).values()] == [3, 3]
    assert letters.open() == []
    assert [log.position(name) for name in ("one", "other")] == [log.end()] * 2
    assert sorted(number for number in refused if isinstance(number, int)) == [0, 1]


def test_a_key_that_comes_to_two_processes_is_answered_once(database: Database) -> None:
    """One of them waits, since both ask for the key before they look for its answer."""
    stores = [SqlIntakeStore(database), SqlIntakeStore(database)]
    for round_ in range(20):
        groups = [[accepted(10 * round_ + place, an_answer(round_))] for place in (1, 2)]
        outcomes = at_once(*(lambda store=store, group=group: store.accept(group, AT) for store, group in zip(stores, groups, strict=True)))
        assert sorted(outcome[0].verdict for outcome in outcomes if isinstance(outcome, list)) == [Verdict.REPEATED, Verdict.STORED]


def test_a_line_that_is_sent_twice_at_once_stands_once(database: Database) -> None:
    storage, clock, ids = SqlStorage(database), StillClock(), CountedIds()
    tips_in(database, a_tip(1))
    for number in range(10):
        words = f"And the van is back, {number}."
        assert at_once(*[lambda words=words: amend(a_tip(1).id, words, storage, clock, ids)] * 2) == [None, None]
    with storage.reading() as work:
        assert len(work.messages.of_tip(a_tip(1).id)) == 10


class Plain(Passwords):
    """Passwords as they are: none is slow to check."""

    def hash(self, password: str) -> str:
        return password

    def verify(self, password_hash: str, password: str) -> bool:
        return password_hash == password


def test_guesses_that_come_at_once_are_all_counted(database: Database) -> None:
    sign_in = SignIn(SqlStorage(database), Plain(), StillClock(), CountedIds(), lambda: "token")
    answers = at_once(*[lambda: sign_in.sign_in("ana", "guess")] * (2 * TRIES))
    assert [sum(isinstance(answer, kind) for answer in answers) for kind in (NotAllowed, TooMany)] == [TRIES, TRIES]


def test_a_session_that_ends_while_it_is_extended_stays_ended(database: Database) -> None:
    clock, tokens = StillClock(), map(str, count())
    sign_in = SignIn(SqlStorage(database), Plain(), clock, CountedIds(), lambda: next(tokens))
    with SqlStorage(database).writing() as work:
        work.users.put(a_user(1, name="ana", password_hash="right"))
    for _ in range(10):
        session = sign_in.sign_in("ana", "right")
        clock.forward(minutes=10)
        at_once(lambda session=session: sign_in.session(session.token), lambda session=session: sign_in.sign_out(session))
        assert sign_in.session(session.token) is None
