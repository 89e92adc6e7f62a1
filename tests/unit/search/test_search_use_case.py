"""A search as people do it: typed, narrowed, paged and on record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.search.tantivy_index import TantivyCaseIndex
from infra.storage.unit_of_work import SqlStorage
from tests.builders import NOON, CountedIds, StillClock
from tests.contract.case_index_suite import a_document
from tests.contract.on_sqlite import database_in
from triage.domain.access import Role, Viewer
from triage.domain.audit import AuditRow
from triage.domain.errors import NotAllowed
from triage.domain.query import FACETS, Field, Results
from triage.ports import Storage
from triage.search.searching import MAX_PAGE, search

ANA = Viewer("usr_1", "ana", Role.ANALYST, frozenset({"trafficking"}), purpose="case_work")


@dataclass
class Searching:
    storage: Storage
    index: TantivyCaseIndex
    clock: StillClock = field(default_factory=StillClock)
    ids: CountedIds = field(default_factory=CountedIds)

    def __call__(
        self, text: str, viewer: Viewer = ANA, filters: dict[Field, list[str]] | None = None, page: int = 1, size: int = 20
    ) -> Results:
        return search(self.storage, self.index, viewer, self.clock, self.ids, text, filters or {}, page, size)

    def audit(self) -> list[AuditRow]:
        with self.storage.reading() as work:
            return work.audit.of_object("index:cases", 100)


@pytest.fixture
def searching(tmp_path: Path) -> Iterator[Searching]:
    with ExitStack() as stack:
        database = stack.enter_context(database_in(tmp_path))
        index = stack.enter_context(TantivyCaseIndex(tmp_path / "search"))
        counties = ["Webb", "Webb", "Hall", "Polk"]
        documents = [a_document(number, county=county) for number, county in enumerate(counties, start=1)]
        index.put([*documents, a_document(5, desk="cargo", readers=("cargo",))])
        yield Searching(SqlStorage(database), index)


def found(results: Results) -> list[int]:
    return [int(hit.case_id.removeprefix("case_")) for hit in results.hits]


def test_what_was_typed_is_found_with_facets(searching: Searching) -> None:
    results = searching("van -county:polk")
    assert found(results) == [3, 2, 1]
    assert set(results.facets) == set(FACETS)
    assert results.facets[Field.COUNTY] == (("Webb", 2), ("Hall", 1))


def test_picked_values_narrow(searching: Searching) -> None:
    assert found(searching("van", filters={Field.COUNTY: ["Webb", "Hall"], Field.URGENCY: ["P2"]})) == [3, 2, 1]
    assert found(searching("van", filters={Field.COUNTY: ["Webb"], Field.URGENCY: ["P0"]})) == []
    assert found(searching("van OR lorry", filters={Field.COUNTY: [], Field.STATUS: ["new"]})) == [4, 3, 2, 1]


def test_today_is_the_clocks(searching: Searching) -> None:
    assert searching("received:today").total == 4
    searching.clock.forward(days=1)
    assert searching("received:today").total == 0


def test_pages(searching: Searching) -> None:
    assert [found(searching("", page=page, size=3)) for page in (1, 2, 3)] == [[4, 3, 2], [1], []]
    assert found(searching("", page=-5, size=3)) == [4, 3, 2]
    assert found(searching("", page=10**12)) == []
    assert searching.audit()[-1].detail["page"] == str(MAX_PAGE)


def test_nobody_sees_more_than_the_desks_allow(searching: Searching) -> None:
    assert searching("", Viewer("usr_2", "max", Role.MAINTAINER, frozenset())) == Results((), 0, dict.fromkeys(FACETS, ()))
    assert found(searching("", Viewer("usr_3", "cy", Role.ANALYST, frozenset({"cargo"})))) == [5]


def test_a_search_is_on_record_without_its_words(searching: Searching) -> None:
    text = "maria gonzalez 956-555-0147 county:webb"
    searching(text, filters={Field.STATUS: ["new"]})
    (row,) = searching.audit()
    assert row == AuditRow(
        id=f"aud_{1:026d}",
        at=NOON,
        actor="user:usr_1",
        action="search",
        object="index:cases",
        purpose="case_work",
        detail={
            "query_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "length": str(len(text)),
            "fields": "county,phone,status",
            "page": "1",
            "total": "0",
        },
    )
    assert not any(word in row.canonical().decode().lower() for word in ("maria", "gonzalez", "0147"))


def test_a_lone_surrogate_is_searched_and_recorded(searching: Searching) -> None:
    assert found(searching("\ud800 van")) == [4, 3, 2, 1]
    assert len(searching.audit()) == 1


def test_what_cannot_be_recorded_is_not_shown(searching: Searching) -> None:
    class ReadOnly(SqlStorage):
        writing = SqlStorage.reading

    assert isinstance(searching.storage, SqlStorage)
    searching.storage.__class__ = ReadOnly
    with pytest.raises(NotAllowed):
        searching("van")
