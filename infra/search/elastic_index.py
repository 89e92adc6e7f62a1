"""The case index on Elasticsearch or OpenSearch: ``ElasticCaseReader`` reads, ``ElasticCaseIndex`` writes too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar

from elasticsearch import Elasticsearch, NotFoundError

from infra.search.analysis import Analysis
from infra.search.elastic_bulk import Row, versioned, write
from infra.search.elastic_client import Engine, engine_answers, point_in_time
from infra.search.elastic_compile import Compiler, Query
from infra.search.elastic_indices import CaseIndices
from infra.search.elastic_mapping import from_engine, to_engine
from infra.search.highlight import Highlighter
from infra.search.hits import BY_DAY, FACET_VALUES, check_page, days_of, hit_of, in_order
from streams.ports import Leader
from triage.domain.access import Viewer
from triage.domain.document import CaseDocument
from triage.domain.errors import NotAllowed, Unavailable
from triage.domain.query import Field, Node, Results
from triage.ports import CaseIndex
from triage.search.query_tree import fits

WINDOW = 10_000
"""The engine shows no page that ends beyond this (``index.max_result_window``); further ones are walked to."""

REBUILD_BATCH = 2_000

T = TypeVar("T")

_ORDER: list[dict[str, Any]] = [{"received": "desc"}, {"id": "asc"}]
_ROUNDS = 10


class ElasticCaseReader(CaseIndex):
    """The index at ``engine``, for reading. Sees every put and every swap by other processes; without an index it is empty.

    Safe to use from several threads. Trees that do not ``fit`` (``triage.search.query_tree``) or compile to too many clauses find nothing.
    """

    def __init__(self, engine: Engine, client: Elasticsearch | None = None) -> None:
        """``client`` is one that was made already, e.g. with other timeouts."""
        self._client = client or engine.client()
        self._compat = engine.compat
        self._indices = CaseIndices(self._client, engine.prefix)
        self._analysis = Analysis()
        self._compiler = Compiler(self._analysis)

    def put(self, documents: Sequence[CaseDocument]) -> None:  # noqa: ARG002, refused whatever they are
        raise NotAllowed("this process opened the search index for reading. Documents are put by the worker.")

    def rebuild(self, documents: Iterable[CaseDocument], progress: Callable[[int], None]) -> int:  # noqa: ARG002, as above
        raise NotAllowed("this process opened the search index for reading. Run 'tipstream reindex' to rebuild it.")

    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        check_page(limit, offset)
        nothing = Results((), 0, dict.fromkeys(facets, ()))
        if not viewer.desks or not fits(query):
            return nothing
        readable = self._compiler.readable(viewer.scope, query)
        found = self._again_after_a_swap(lambda: self._found(readable, limit, offset, facets))
        if found is None:
            return nothing
        documents, total, counts = found
        highlighter = Highlighter(query, self._analysis)
        return Results(tuple(hit_of(document, highlighter) for document in documents), total, counts)

    def by_day(self, viewer: Viewer, query: Node) -> tuple[tuple[date, int], ...]:
        if not viewer.desks or not fits(query):
            return ()
        readable = self._compiler.readable(viewer.scope, query)

        def read() -> tuple[tuple[date, int], ...]:
            answer = self._client.search(
                index=self._indices.current, query=readable, size=0, aggs={"days": BY_DAY}, allow_partial_search_results=False
            )
            return days_of(answer["aggregations"]["days"]["buckets"])

        return self._again_after_a_swap(read) or ()

    def count(self) -> int:
        with engine_answers("the search engine cannot count"):
            return self._again_after_a_swap(lambda: int(self._client.count(index=self._indices.current)["count"])) or 0

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _again_after_a_swap(self, read: Callable[[], T]) -> T | None:
        """What ``read`` reads, or None if there is no index. One that was swapped and removed during the reading is read anew."""
        with engine_answers("the search engine cannot search"):
            for _ in range(_ROUNDS):
                try:
                    return read()
                except NotFoundError:
                    if not self._indices.exist():
                        return None
            raise Unavailable("the search index was swapped again and again. Try again.")

    def _found(
        self, query: Query, limit: int, offset: int, facets: Sequence[Field]
    ) -> tuple[list[CaseDocument], int, dict[Field, tuple[tuple[str, int], ...]]]:
        """The page of documents, the number of all, and the facets."""
        near = offset + limit <= WINDOW
        answer = self._asked(
            query,
            index=self._indices.current,
            size=limit if near else 0,
            from_=offset if near else 0,
            track_total_hits=True,
            aggs={facet.value: {"terms": {"field": f"{facet.value}_value", "size": FACET_VALUES}} for facet in facets} or None,
        )
        total = int(answer["hits"]["total"]["value"])
        hits = answer["hits"]["hits"] if near else self._far(query, limit, offset) if offset < total else []
        counts = {
            facet: in_order((str(each["key"]), int(each["doc_count"])) for each in answer["aggregations"][facet.value]["buckets"])
            for facet in facets
        }
        return [from_engine(hit["_source"]) for hit in hits], total, counts

    def _far(self, query: Query, limit: int, offset: int) -> list[dict[str, Any]]:
        """A page beyond ``WINDOW``: the hits before it are walked through, without their documents, in one picture of the index."""
        hits: list[dict[str, Any]] = []
        with point_in_time(self._client, self._compat, self._indices.current) as pit:
            after: list[Any] | None = None
            left = offset
            while len(hits) < limit:
                size = min(left or limit - len(hits), WINDOW)
                page = self._asked(query, pit=pit, size=size, search_after=after, source=not left, track_total_hits=False)["hits"]["hits"]
                if not page:
                    break
                hits, left = ([], left - len(page)) if left else (hits + page, 0)
                after = page[-1]["sort"]
        return hits

    def _asked(self, query: Query, **options: Any) -> Any:
        return self._client.search(query=query, sort=_ORDER, allow_partial_search_results=False, **options).body


class ElasticCaseIndex(ElasticCaseReader):
    """The index at ``engine``, for reading and writing by any number of processes; ``leader`` says which of them may rebuild.

    Every put ends with a refresh, which makes it visible: put documents in batches. Another process may rebuild meanwhile; then
    documents go to both indices, and after the swap to the new one.
    """

    def __init__(self, engine: Engine, leader: Leader, client: Elasticsearch | None = None) -> None:
        super().__init__(engine, client)
        self._leader = leader

    def put(self, documents: Sequence[CaseDocument]) -> None:
        if not documents:
            return
        rows = self._rows(documents)
        written = write(self._client, self._indices.current, rows, alias=True)
        for _ in range(_ROUNDS):
            # Looked up after the writing: what is not there yet begins later, and then reads these documents from where they came.
            missing = {alias for index, alias in self._indices.targets().items() if index not in written}
            if not missing:
                with engine_answers("the search index cannot be refreshed"):
                    self._client.options(ignore_status=404).indices.refresh(index=self._indices.current)
                return
            written = written.union(*(write(self._client, alias, rows, alias=True) for alias in missing))
        raise Unavailable("the search index was swapped again and again. Try again.")

    def rebuild(self, documents: Iterable[CaseDocument], progress: Callable[[int], None]) -> int:
        """As the port says. ``progress`` is told how many documents were read so far. Raises ``Unavailable`` during another rebuild."""
        if not self._leader.leads():
            raise Unavailable("the search index is being rebuilt already. Wait until that ends, then try again.")
        try:
            return self._rebuilt(documents, progress)
        finally:
            self._leader.release()

    def _rebuilt(self, documents: Iterable[CaseDocument], progress: Callable[[int], None]) -> int:
        name = self._indices.create_next()
        try:
            done, unread = 0, iter(documents)
            while batch := list(islice(unread, REBUILD_BATCH)):
                if name not in write(self._client, self._indices.building, self._rows(batch), alias=True):
                    raise Unavailable("the index that was being built is gone: somebody removed it. Run 'tipstream reindex' again.")
                done += len(batch)
                progress(done)
            with engine_answers("the search index cannot be refreshed"):
                self._client.indices.refresh(index=name)
            self._indices.swap(name)
        except BaseException:
            with suppress(Unavailable):  # what happened before says more; the next rebuild removes what is left
                self._indices.remove({name})
            raise
        self._indices.remove_others({name})
        return self.count()

    def _rows(self, documents: Iterable[CaseDocument]) -> list[Row]:
        return [versioned(document.case_id, document.version, to_engine(document, self._analysis)) for document in documents]
