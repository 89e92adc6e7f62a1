"""Saved searches on Elasticsearch or OpenSearch: an index of queries, to which changed cases are shown (percolator)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Self

import msgspec
from elasticsearch import ApiError, Elasticsearch

from infra.search.analysis import Analysis
from infra.search.elastic_bulk import plain, removed, write
from infra.search.elastic_client import Engine, engine_answers, error_type
from infra.search.elastic_compile import Compiler
from infra.search.elastic_mapping import COLUMNS, SETTINGS, columns, format_name
from triage.domain.document import CaseDocument
from triage.domain.query import Received, SavedSearch
from triage.ports import Clock, SearchMatcher
from triage.search.query_parser import parse
from triage.search.query_tree import walk

MAPPING: dict[str, Any] = {
    "dynamic": "strict",
    "properties": {
        **COLUMNS,
        "search": {"type": "keyword"},
        "query": {"type": "percolator"},
        "saved": {"type": "object", "enabled": False},
        "compiled_on": {"type": "long"},
    },
}
"""A stored search: its id, its compiled query, itself, and for one that asks for dates the day (ordinal) on which that was compiled."""

SHOWN = 100
"""Documents that are shown to the percolator at once."""

_PAGE = 1_000


class ElasticSearchMatcher(SearchMatcher):
    """The searches in the index ``<prefix>-searches-<format>``. Safe to use from several threads.

    ``received:today`` means another day tomorrow, so searches that ask for dates are compiled anew when a day begins.
    """

    def __init__(self, engine: Engine, clock: Clock, client: Elasticsearch | None = None) -> None:
        """``client`` is one that was made already, e.g. with other timeouts."""
        self._client = client or engine.client()
        self._clock = clock
        self._prefix = engine.prefix
        self._index = f"{engine.prefix}-searches-{format_name()}"
        self._analysis = Analysis()
        self._compiler = Compiler(self._analysis)
        self._day = date.min

    def put(self, searches: Sequence[SavedSearch]) -> None:
        if searches:
            self._create()
            write(self._client, self._index, [plain(search.id, self._row(search)) for search in searches])
            self._refresh()

    def remove(self, search_ids: Sequence[str]) -> None:
        if search_ids and self._exists():
            write(self._client, self._index, [removed(id) for id in search_ids])
            self._refresh()

    def match(self, documents: Sequence[CaseDocument]) -> Mapping[str, tuple[str, ...]]:
        if not documents or not self._exists():
            return {}
        self._begin_day()
        matched: dict[str, list[str]] = {}
        for start in range(0, len(documents), SHOWN):
            shown = documents[start : start + SHOWN]
            query = {"percolate": {"field": "query", "documents": [columns(document, self._analysis) for document in shown]}}
            for hit in self._all(query):
                for slot in hit["fields"]["_percolator_document_slot"]:
                    matched.setdefault(shown[slot].case_id, []).append(hit["_id"])
        return {case_id: tuple(ids) for case_id, ids in matched.items()}

    def rebuild(self, saved: Callable[[], Sequence[SavedSearch]]) -> int:
        """Make the index say what the store says, and return how many it holds; ``saved`` reads the store.

        Searches may be put and removed meanwhile. Indices of other versions are removed.
        """
        self._create()
        known = {hit["_id"] for hit in self._all({"match_all": {}})}
        searches = saved()
        self.put(searches)
        left = {search.id for search in saved()}  # read again: one that was removed since must not come back
        self.remove(sorted((known | {search.id for search in searches}) - left))
        with engine_answers("older indices of saved searches cannot be removed"):
            others = set(self._client.indices.get(index=f"{self._prefix}-searches-*").body) - {self._index}
            for name in sorted(others):
                self._client.options(ignore_status=404).indices.delete(index=name)
        return len(left)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _row(self, search: SavedSearch) -> bytes:
        today = self._clock.now().date()
        tree = parse(search.text, today)
        row = {"search": search.id, "saved": search, "query": self._compiler.readable(search.desks, tree)}
        if any(isinstance(node, Received) for node, _, _ in walk(tree)):
            row["compiled_on"] = today.toordinal()
        return msgspec.json.encode(row)

    def _begin_day(self) -> None:
        """Compile the searches that ask for dates anew, once a day in each process, if none has done so."""
        if (today := self._clock.now().date()) != self._day:
            stale = list(self._all({"range": {"compiled_on": {"lt": today.toordinal()}}}, source={"includes": ["saved"]}))
            self.put([msgspec.convert(hit["_source"]["saved"], SavedSearch) for hit in stale])
            self._day = today

    def _all(self, query: Mapping[str, Any], source: bool | Mapping[str, Any] = False) -> Iterator[dict[str, Any]]:
        """Every search that ``query`` finds, by id."""
        after: list[Any] | None = None
        while True:
            with engine_answers("the search engine cannot find saved searches"):
                answer = self._client.search(
                    index=self._index,
                    query=query,
                    size=_PAGE,
                    sort=[{"search": "asc"}],
                    search_after=after,
                    source=source,
                    allow_partial_search_results=False,
                )
            hits = answer["hits"]["hits"]
            yield from hits
            if len(hits) < _PAGE:
                return
            after = hits[-1]["sort"]

    def _exists(self) -> bool:
        with engine_answers("the search engine cannot be asked for saved searches"):
            return bool(self._client.indices.exists(index=self._index))

    def _create(self) -> None:
        """Make the index if there is none; another process may do the same at the same time."""
        if self._exists():
            return
        with engine_answers("the index of saved searches cannot be made"):
            try:
                self._client.indices.create(index=self._index, settings=SETTINGS, mappings=MAPPING)
            except ApiError as error:
                if error_type(error) != "resource_already_exists_exception":
                    raise

    def _refresh(self) -> None:
        with engine_answers("the index of saved searches cannot be refreshed"):
            self._client.indices.refresh(index=self._index)
