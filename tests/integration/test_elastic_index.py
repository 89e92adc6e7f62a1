"""What the Elasticsearch index promises beyond the port: strictness, versions of the product side by side, swaps under traffic."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from infra.search.elastic_client import Engine
from infra.search.elastic_index import ElasticCaseIndex, ElasticCaseReader
from infra.search.elastic_indices import CaseIndices, OtherFormat
from infra.search.elastic_mapping import format_name
from infra.storage.leader import FileLeader
from tests.contract.case_index_suite import ANA, a_document, numbers
from tests.contract.on_elastic import engine_for
from triage.domain.document import CaseDocument
from triage.domain.errors import NotAllowed, Unavailable
from triage.domain.query import Everything, Field, FieldIs, Word


@pytest.fixture(params=["elasticsearch", "opensearch"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    return engine_for(request.param, tmp_path)


@pytest.fixture
def index(engine: Engine, tmp_path: Path) -> Iterator[ElasticCaseIndex]:
    with ElasticCaseIndex(engine, FileLeader(tmp_path / "lock")) as index:
        yield index


@pytest.fixture
def client(engine: Engine) -> Iterator[Elasticsearch]:
    with engine.client() as client:
        yield client


def indices_of(client: Elasticsearch, engine: Engine) -> dict[str, set[str]]:
    return {name: set(each["aliases"]) for name, each in client.indices.get_alias(index=f"{engine.prefix}-*").body.items()}


def test_only_the_writer_writes(engine: Engine) -> None:
    with ElasticCaseReader(engine) as reader:
        with pytest.raises(NotAllowed, match="worker"):
            reader.put([a_document(1)])
        with pytest.raises(NotAllowed, match="tipstream reindex"):
            reader.rebuild([], lambda _: None)


def test_takes_nothing_but_its_fields(index: ElasticCaseIndex, engine: Engine, client: Elasticsearch) -> None:
    index.put([a_document(1)])
    current = f"{engine.prefix}-cases-{format_name()}"
    with pytest.raises(Exception, match="strict_dynamic_mapping_exception"):
        client.index(index=current, id="x", document={"contact": "555"})
    (stored,) = client.search(index=current).body["hits"]["hits"]
    assert set(stored["_source"]) == {"document"}


def test_one_index_is_left_after_a_rebuild(index: ElasticCaseIndex, engine: Engine, client: Elasticsearch) -> None:
    index.put([a_document(1)])
    index.rebuild([a_document(1), a_document(2)], lambda _: None)
    assert indices_of(client, engine) == {f"{engine.prefix}-cases-000002": {f"{engine.prefix}-cases-{format_name()}"}}


def test_an_index_of_another_version_asks_for_a_rebuild(index: ElasticCaseIndex, engine: Engine, client: Elasticsearch) -> None:
    other = f"{engine.prefix}-cases-000007"
    client.indices.create(index=other, aliases={f"{engine.prefix}-cases-v0-older": {}})
    for use in (lambda: index.search(ANA, Everything()), lambda: index.put([a_document(2)]), index.count):
        with pytest.raises(OtherFormat, match="tipstream reindex"):
            use()
    seen: list[set[str]] = []

    def documents() -> Iterator[CaseDocument]:
        yield a_document(3)
        seen.append(set(indices_of(client, engine)))  # the older version is searched by its own processes until the swap

    assert index.rebuild(documents(), lambda _: None) == 1
    assert numbers(index, Everything()) == {3}
    assert seen == [{other, f"{engine.prefix}-cases-000008"}]
    assert set(indices_of(client, engine)) == {f"{engine.prefix}-cases-000008"}


def test_one_rebuild_at_a_time(index: ElasticCaseIndex, engine: Engine, tmp_path: Path) -> None:
    with ElasticCaseIndex(engine, FileLeader(tmp_path / "lock")) as other:

        def documents() -> Iterator[CaseDocument]:
            with pytest.raises(Unavailable, match="being rebuilt already"):
                other.rebuild([], lambda _: None)
            yield a_document(1)

        assert index.rebuild(documents(), lambda _: None) == 1
        assert other.rebuild([a_document(1), a_document(2)], lambda _: None) == 2


def test_what_a_killed_rebuild_left_is_removed_by_the_next(index: ElasticCaseIndex, engine: Engine, client: Elasticsearch) -> None:
    index.put([a_document(1)])
    CaseIndices(client, engine.prefix).create_next()
    index.put([a_document(2)])
    assert numbers(index, Everything()) == {1, 2}
    assert index.rebuild([a_document(1)], lambda _: None) == 1
    assert len(indices_of(client, engine)) == 1


def test_a_rebuild_that_lost_its_index_says_so(index: ElasticCaseIndex, engine: Engine, client: Elasticsearch) -> None:
    index.put([a_document(1)])

    def documents() -> Iterator[CaseDocument]:
        yield a_document(2)
        CaseIndices(client, engine.prefix).remove({f"{engine.prefix}-cases-000002"})

    with pytest.raises(Unavailable, match="somebody removed it"):
        index.rebuild(documents(), lambda _: None)
    assert numbers(index, Everything()) == {1}


def test_the_first_put_of_several_processes(engine: Engine, tmp_path: Path, client: Elasticsearch) -> None:
    """They race to make the index, and all documents are in the one that wins."""
    together, failed = threading.Barrier(4), list[BaseException]()

    def put(number: int) -> None:
        try:
            with ElasticCaseIndex(engine, FileLeader(tmp_path / f"lock-{number}")) as index:
                together.wait()
                index.put([a_document(number)])
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=put, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with ElasticCaseReader(engine) as reader:
        assert numbers(reader, Everything()) == {0, 1, 2, 3}
    assert len(indices_of(client, engine)) == 1


def test_swaps_under_traffic(index: ElasticCaseIndex, engine: Engine, tmp_path: Path) -> None:
    """While the index is rebuilt again and again, no search fails or sees half of it, and no put is lost."""
    base = [a_document(number) for number in range(100)]
    index.put(base)
    stop, problems, put, searches = threading.Event(), list[str](), list[int](), [0]

    def search() -> None:
        with ElasticCaseReader(engine) as reader:
            while not stop.is_set():
                try:
                    total = reader.search(ANA, Word("van"), facets=[Field.COUNTY]).total
                    searches[0] += 1
                    if total < 100:
                        problems.append(f"{total} found")
                except Unavailable as error:
                    problems.append(str(error))

    def write() -> None:
        with ElasticCaseIndex(engine, FileLeader(tmp_path / "other")) as writer:
            number = 1_000
            while not stop.is_set():
                try:
                    writer.put([a_document(number, county="Polk"), a_document(number % 100, version=number, county="Hall")])
                    put.append(number)
                except Unavailable as error:
                    problems.append(str(error))
                number += 1

    def documents() -> Iterator[CaseDocument]:
        yield from base
        for number in list(put):
            yield a_document(number, county="Polk")
            yield a_document(number % 100, version=number, county="Hall")

    threads = [threading.Thread(target=search), threading.Thread(target=search), threading.Thread(target=write)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        index.rebuild(documents(), lambda _: None)
    stop.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert searches[0] > 20
    assert len(put) > 4
    found = {int(hit.case_id[5:]) for hit in index.search(ANA, FieldIs(Field.COUNTY, "Polk"), limit=10_000).hits}
    assert found == set(put)
    halls = {int(hit.case_id[5:]) for hit in index.search(ANA, FieldIs(Field.COUNTY, "Hall"), limit=10_000).hits}
    assert halls == {number % 100 for number in put}
