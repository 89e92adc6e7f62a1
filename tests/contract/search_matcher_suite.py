"""What every matcher of saved searches must do. Subclass and say how to open one; the store holds what was saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

import pytest

from infra.storage.database import Database
from infra.storage.unit_of_work import SqlStorage
from tests.builders import NOON, StillClock
from tests.contract.case_index_suite import ANA, a_document
from tests.contract.on_sqlite import database_in
from triage.domain.query import SavedSearch
from triage.ports import SearchMatcher, Storage
from triage.search.query_parser import parse

Keep = Callable[[SavedSearch], None]


def a_search(number: int, text: str, *desks: str) -> SavedSearch:
    """A saved search of somebody at ``desks``, which are those of ``ANA`` if none are given."""
    return SavedSearch(f"ssr_{number:026d}", "usr_1", f"search {number}", text, desks or tuple(ANA.desks), NOON)


def id_of(number: int) -> str:
    return a_search(number, "").id


def case(number: int) -> str:
    return a_document(number).case_id


class SearchMatcherSuite:
    @classmethod
    def open(cls, folder: Path, storage: Storage, clock: StillClock) -> AbstractContextManager[SearchMatcher]:
        """Open the matcher of the installation that ``folder`` and ``storage`` stand for."""
        raise NotImplementedError

    @pytest.fixture
    def database(self, tmp_path: Path) -> Iterator[Database]:
        with database_in(tmp_path / "store") as database:
            yield database

    @pytest.fixture
    def storage(self, database: Database) -> Storage:
        return SqlStorage(database)

    @pytest.fixture
    def clock(self) -> StillClock:
        return StillClock()

    @pytest.fixture
    def matcher(self, tmp_path: Path, storage: Storage, clock: StillClock) -> Iterator[SearchMatcher]:
        with self.open(tmp_path, storage, clock) as matcher:
            yield matcher

    @pytest.fixture
    def keep(self, storage: Storage, matcher: SearchMatcher) -> Keep:
        """Saves a search as the product does: into the store, then into the matcher."""

        def keep(search: SavedSearch) -> None:
            with storage.writing() as uow:
                uow.saved.put(search)
            matcher.put([search])

        return keep

    @pytest.fixture
    def forget(self, storage: Storage, matcher: SearchMatcher) -> Callable[[int], None]:
        def forget(number: int) -> None:
            with storage.writing() as uow:
                uow.saved.remove(id_of(number))
            matcher.remove([id_of(number)])

        return forget

    # 1. matches what the index finds; that it does so for any search is tested in ``test_search_agreement``

    def test_matches_what_the_index_finds(self, matcher: SearchMatcher, keep: Keep) -> None:
        keep(a_search(3, "van -drill"))
        keep(a_search(1, '"white van" county:webb'))
        keep(a_search(2, "plate:jxk"))
        keep(a_search(4, "submarine"))
        documents = [a_document(1), a_document(2, text="A drill with a van.", plates=("8JXK417",)), a_document(5, text="Nothing.")]
        assert matcher.match(documents) == {case(1): (id_of(1), id_of(3)), case(2): (id_of(2),)}

    def test_matches_on_behalf_of_its_desks(self, matcher: SearchMatcher, keep: Keep) -> None:
        keep(a_search(1, "van", "cargo"))
        keep(a_search(2, "van", "cargo", "trafficking"))
        keep(SavedSearch(id_of(3), "usr_2", "of nobody", "van", (), NOON))
        documents = [a_document(1), a_document(2, readers=("cargo",)), a_document(3, readers=())]
        assert matcher.match(documents) == {case(1): (id_of(2),), case(2): (id_of(1), id_of(2))}

    def test_days_are_those_of_the_match(self, matcher: SearchMatcher, keep: Keep, clock: StillClock) -> None:
        keep(a_search(1, "received:today"))
        keep(a_search(2, "-received:today"))
        document = a_document(1)
        assert matcher.match([document]) == {case(1): (id_of(1),)}
        clock.at += timedelta(days=1)
        assert matcher.match([document]) == {case(1): (id_of(2),)}

    def test_takes_any_search(self, matcher: SearchMatcher, keep: Keep) -> None:
        texts = ["", "(", '"', "\ud800", "a" * 5_000, "(" * 60 + "van", " OR ".join(f"w{n}" for n in range(500)), "-" * 9 + "van"]
        for number, text in enumerate(texts):
            parse(text, date(2026, 11, 1))
            keep(a_search(number, text.encode("utf8", "replace").decode()))
        assert set(matcher.match([a_document(1)])[case(1)]) >= {id_of(0)}

    def test_matches_many(self, matcher: SearchMatcher, keep: Keep) -> None:
        for number in (7, 5, 6):
            keep(a_search(number, f"county:county-{number}"))
        documents = [a_document(number, county=f"County {5 + number % 4}") for number in range(230)]
        assert matcher.match(documents) == {case(number): (id_of(5 + number % 4),) for number in range(230) if number % 4 != 3}

    def test_matches_nothing(self, matcher: SearchMatcher, keep: Keep) -> None:
        assert matcher.match([a_document(1)]) == {}
        keep(a_search(1, "van"))
        assert matcher.match([]) == {}

    # 2. put replaces, and forgets what was removed

    def test_put_replaces(self, matcher: SearchMatcher, keep: Keep) -> None:
        keep(a_search(1, "submarine"))
        keep(a_search(1, "van"))
        assert matcher.match([a_document(1)]) == {case(1): (id_of(1),)}
        keep(a_search(1, "submarine"))
        assert matcher.match([a_document(1)]) == {}

    def test_forgets_what_was_removed(self, matcher: SearchMatcher, keep: Keep, forget: Callable[[int], None]) -> None:
        forget(9)
        keep(a_search(1, "van"))
        keep(a_search(2, "van"))
        forget(1)
        forget(9)
        assert matcher.match([a_document(1)]) == {case(1): (id_of(2),)}

    # 3. follows every process

    def test_follows_every_process(
        self, matcher: SearchMatcher, keep: Keep, forget: Callable[[int], None], tmp_path: Path, storage: Storage, clock: StillClock
    ) -> None:
        with self.open(tmp_path, storage, clock) as elsewhere:
            assert elsewhere.match([a_document(1)]) == {}
            keep(a_search(1, "van"))
            assert elsewhere.match([a_document(1)]) == {case(1): (id_of(1),)}
            forget(1)
            assert elsewhere.match([a_document(1)]) == {}
