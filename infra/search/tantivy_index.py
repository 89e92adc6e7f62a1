"""The embedded case index, on tantivy: one process writes (``TantivyCaseIndex``), any number read (``TantivyCaseReader``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby, islice
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from tantivy import DocAddress, Query, Searcher

from infra.search.analysis import Analysis
from infra.search.compile import Compiler, every
from infra.search.fields import from_engine
from infra.search.folder import IndexFolder, OtherFormat
from infra.search.highlight import Highlighter
from infra.search.hits import BY_DAY, FACET_VALUES, check_page, days_of, hit_of, in_order
from infra.search.open_index import OpenIndex, case_id_of, engine_errors
from triage.domain.access import Viewer
from triage.domain.document import CaseDocument
from triage.domain.errors import NotAllowed, Unavailable
from triage.domain.query import Field, Node, Results
from triage.ports import CaseIndex
from triage.search.query_tree import fits

REBUILD_BATCH = 2_000


class TantivyCaseReader(CaseIndex):
    """The index in ``folder``, for reading. Sees every commit and every swap by other processes; without an index it is empty.

    Safe to use from several threads. Trees that do not ``fit`` (``triage.search.query_tree``) find nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = IndexFolder(folder)
        self._analysis = Analysis()
        self._lock = Lock()
        self._opened: tuple[int, OpenIndex] | None = None

    def put(self, documents: Sequence[CaseDocument]) -> None:  # noqa: ARG002, refused whatever they are
        raise NotAllowed("this process opened the search index for reading. Documents are put by the worker.")

    def rebuild(self, documents: Iterable[CaseDocument], progress: Callable[[int], None]) -> int:  # noqa: ARG002, as above
        raise NotAllowed("this process opened the search index for reading. Run 'tipstream reindex' to rebuild it.")

    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        check_page(limit, offset)
        current = self._current() if viewer.desks and fits(query) else None
        if current is None:
            return Results((), 0, dict.fromkeys(facets, ()))
        opened, searcher = current
        readable = opened.compiler.readable(viewer.scope, query)
        with engine_errors("searched"):
            addresses, total = _newest(searcher, opened.compiler, readable, limit, offset)
            counts = _facets(searcher, readable, facets)
            documents = [from_engine(searcher.doc(address)) for address in addresses]
        highlighter = Highlighter(query, self._analysis)
        return Results(tuple(hit_of(document, highlighter) for document in documents), total, counts)

    def by_day(self, viewer: Viewer, query: Node) -> tuple[tuple[date, int], ...]:
        current = self._current() if viewer.desks and fits(query) else None
        if current is None:
            return ()
        opened, searcher = current
        with engine_errors("searched"):
            return days_of(searcher.aggregate(opened.compiler.readable(viewer.scope, query), {"days": BY_DAY})["days"]["buckets"])

    def count(self) -> int:
        current = self._current()
        return current[1].num_docs if current else 0

    def close(self) -> None:
        """Let go of the index; a writer finishes what it does in the background."""
        with self._lock:
            if self._opened:
                self._opened[1].close()
            self._opened = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _current(self) -> tuple[OpenIndex, Searcher] | None:
        """The current index and a searcher on it, or None if there is none yet."""
        while (number := self._folder.current()) is not None:
            try:
                opened = self._open(number)
                return opened, opened.searcher()
            except Unavailable:
                if self._folder.current() == number:  # else it was swapped, and the old one removed, since we looked
                    raise
        return None

    def _open(self, number: int) -> OpenIndex:
        """The index with this number, which is opened if it is not yet."""
        with self._lock:
            if self._opened is None or self._opened[0] != number:
                opened = OpenIndex(self._folder.index(number), self._analysis)
                if self._opened:
                    self._opened[1].abandon()
                self._opened = number, opened
            return self._opened[1]


class TantivyCaseIndex(TantivyCaseReader):
    """The index in ``folder``, for reading and writing.

    A commit takes some 15 ms however many documents it holds: put them in batches. Another process may rebuild meanwhile; then the
    next ``put`` goes to the new index, and what was put while it was built is in it too.
    """

    def put(self, documents: Sequence[CaseDocument]) -> None:
        with self._folder.writing():
            number = self._folder.current()
            if number is None:
                number = self._folder.create_next()
                self._open(number)
                self._folder.point_to(number)
            self._open(number).put(documents)
            self._folder.remove_older(number)

    def rebuild(self, documents: Iterable[CaseDocument], progress: Callable[[int], None]) -> int:
        """As the port says. ``progress`` is told how many documents were read so far. Raises ``Unavailable`` during another rebuild."""
        with self._folder.rebuilding():
            with self._folder.writing():
                self._folder.remove_others(self._current_number())
                old = self._current_readable()
                begun_at = old.last_sequence() if old else 0
                number = self._folder.create_next()
            fresh = OpenIndex(self._folder.index(number), self._analysis)
            try:
                done, unread = 0, iter(documents)
                while batch := list(islice(unread, REBUILD_BATCH)):
                    fresh.put(batch)
                    done += len(batch)
                    progress(done)
                fresh.close()
                with self._folder.writing():
                    if old := self._current_readable():
                        fresh.put(old.put_after(begun_at))
                        fresh.close()
                    self._folder.point_to(number)
                return fresh.searcher().num_docs
            finally:
                fresh.close()

    def _current_number(self) -> int | None:
        try:
            return self._folder.current()
        except OtherFormat:
            return None

    def _current_readable(self) -> OpenIndex | None:
        """The current index, or None if there is none that this version can read: then there is nothing to take over from it."""
        number = self._current_number()
        return None if number is None else self._open(number)


def _newest(searcher: Searcher, compiler: Compiler, query: Query, limit: int, offset: int) -> tuple[list[DocAddress], int]:
    """The page of documents in the port's order, and the number of all.

    The engine orders by one column, so documents of the same microsecond are put in order here; if the last of them lie beyond the page,
    the engine is asked for all of that microsecond.
    """
    wanted = min(offset + limit, searcher.num_docs)
    found = searcher.search(query, wanted + 1, order_by_field="received")
    hits: list[tuple[int, DocAddress]] = found.hits
    if 0 < wanted < len(hits) and hits[wanted - 1][0] == hits[wanted][0]:
        edge = hits[wanted][0]
        same = searcher.search(every([query, compiler.between(edge, edge)]), searcher.num_docs, order_by_field="received")
        hits = [hit for hit in hits if hit[0] != edge] + same.hits
    ordered: list[DocAddress] = []
    for _, group in groupby(hits, key=lambda hit: hit[0]):
        tied = [address for _, address in group]
        ordered += sorted(tied, key=lambda address: case_id_of(searcher, address)) if len(tied) > 1 else tied
    return ordered[offset : offset + limit], int(found.count)  # type: ignore[attr-defined]  # missing in the engine's stubs


def _facets(searcher: Searcher, query: Query, facets: Sequence[Field]) -> Mapping[Field, tuple[tuple[str, int], ...]]:
    """For each facet its values over all hits, most frequent first, then by value."""
    if not facets:
        return {}
    asked = {facet.value: {"terms": {"field": f"{facet.value}_value", "size": FACET_VALUES}} for facet in facets}
    answer = searcher.aggregate(query, asked)
    counts = {facet: [(str(each["key"]), int(each["doc_count"])) for each in answer[facet.value]["buckets"]] for facet in facets}
    return {facet: in_order(values) for facet, values in counts.items()}
