"""Saved searches in the embedded product: every search is asked of every changed case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from infra.search.analysis import Analysis
from infra.search.evaluate import Evaluator, Predicate
from triage.domain.document import CaseDocument
from triage.domain.query import SavedSearch
from triage.ports import Clock, SearchMatcher, Storage
from triage.search.query_parser import parse


class EmbeddedSearchMatcher(SearchMatcher):
    """Knows the searches that are in the store, so that putting and removing them there is all that has to be done.

    A thousand saved searches add a few milliseconds to a changed case.
    """

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._evaluator = Evaluator(Analysis())
        self._compiled: dict[tuple[str, tuple[str, ...], date], Predicate] = {}

    def put(self, searches: Sequence[SavedSearch]) -> None:
        """Nothing: the store holds them."""

    def remove(self, search_ids: Sequence[str]) -> None:
        """Nothing: they are gone from the store."""

    def match(self, documents: Sequence[CaseDocument]) -> Mapping[str, tuple[str, ...]]:
        with self._storage.reading() as uow:
            searches = sorted(uow.saved.all(), key=lambda search: search.id)
        asked = self._predicates(searches)
        matched: dict[str, tuple[str, ...]] = {}
        for document in documents if searches else ():
            read = self._evaluator.read(document)
            if found := tuple(search.id for search, asks in zip(searches, asked, strict=True) if asks(read)):
                matched[document.case_id] = found
        return matched

    def _predicates(self, searches: Sequence[SavedSearch]) -> list[Predicate]:
        """What each search asks today; what was compiled for the last call is kept for this one."""
        today = self._clock.now().date()
        keys = [(search.text, search.desks, today) for search in searches]
        self._compiled = {key: self._compiled.get(key) or self._evaluator.readable(key[1], parse(key[0], today)) for key in keys}
        return [self._compiled[key] for key in keys]
