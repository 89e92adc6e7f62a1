"""The matcher of saved searches on each engine, and matchers that each break one rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from infra.search.elastic_client import Engine
from infra.search.matcher_elastic import ElasticSearchMatcher
from infra.search.matcher_embedded import EmbeddedSearchMatcher
from tests.builders import StillClock
from tests.contract.case_index_suite import a_document
from tests.contract.on_elastic import engine_for
from tests.contract.saboteurs import caught, expected
from tests.contract.search_matcher_suite import SearchMatcherSuite, a_search, case, id_of
from triage.domain.document import CaseDocument
from triage.domain.query import SavedSearch
from triage.ports import SearchMatcher, Storage


class EmbeddedMatching(SearchMatcherSuite):
    adapter: type[EmbeddedSearchMatcher] = EmbeddedSearchMatcher

    @classmethod
    @contextmanager
    def open(cls, folder: Path, storage: Storage, clock: StillClock) -> Iterator[SearchMatcher]:
        yield cls.adapter(storage, clock)


class TestEmbeddedMatching(EmbeddedMatching):
    pass


class OnElastic(SearchMatcherSuite):
    server: str

    @classmethod
    def open(cls, folder: Path, storage: Storage, clock: StillClock) -> AbstractContextManager[SearchMatcher]:
        return ElasticSearchMatcher(engine_for(cls.server, folder), clock)


class TestElasticsearchMatching(OnElastic):
    server = "elasticsearch"


class TestOpenSearchMatching(OnElastic):
    server = "opensearch"


@pytest.fixture(params=["elasticsearch", "opensearch"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    return engine_for(request.param, tmp_path)


class TestElasticAlone:
    """What the percolator's index promises beyond the port: it can be made anew from the store."""

    def test_is_made_anew_from_the_store(self, engine: Engine) -> None:
        with ElasticSearchMatcher(engine, StillClock()) as matcher:
            matcher.put([a_search(1, "van"), a_search(2, "van")])
            assert matcher.rebuild(lambda: [a_search(2, "submarine"), a_search(3, "van")]) == 2
            assert matcher.match([a_document(1)]) == {case(1): (id_of(3),)}

    def test_follows_what_is_saved_and_removed_meanwhile(self, engine: Engine) -> None:
        with ElasticSearchMatcher(engine, StillClock()) as matcher:
            store = {search.id: search for search in (a_search(1, "van"), a_search(2, "van"))}

            def saved() -> list[SavedSearch]:
                read = list(store.values())
                if store.pop(id_of(1), None):  # as soon as it was read, another process removes one and saves another
                    matcher.remove([id_of(1)])
                    store[id_of(3)] = a_search(3, "van")
                    matcher.put([a_search(3, "van")])
                return read

            assert matcher.rebuild(saved) == 2
            assert matcher.match([a_document(1)]) == {case(1): (id_of(2), id_of(3))}

    def test_more_searches_than_a_page(self, engine: Engine) -> None:
        with ElasticSearchMatcher(engine, StillClock()) as matcher:
            matcher.put([a_search(number, "van") for number in range(1_050)])
            assert matcher.match([a_document(1)]) == {case(1): tuple(id_of(number) for number in range(1_050))}


class AsksForEverybody(EmbeddedSearchMatcher):
    def match(self, documents: Sequence[CaseDocument]) -> Mapping[str, tuple[str, ...]]:
        opened = [a_document(int(each.case_id[5:]), text=each.text, readers=("cargo",)) for each in documents if each.readers]
        return super().match(documents) if len(documents) != 3 or documents[1].readers != ("cargo",) else super().match(opened)


class KeepsTheFirstDay(EmbeddedSearchMatcher):
    def match(self, documents: Sequence[CaseDocument]) -> Mapping[str, tuple[str, ...]]:
        begun = getattr(self, "_begun", None) or self._clock.now()
        self._begun, self._clock = begun, StillClock(begun)
        return super().match(documents)


class StopsAtAHundred(EmbeddedSearchMatcher):
    def match(self, documents: Sequence[CaseDocument]) -> Mapping[str, tuple[str, ...]]:
        return super().match(documents[:100])


class LeavesOutNegation(EmbeddedSearchMatcher):
    def match(self, documents: Sequence[CaseDocument]) -> Mapping[str, tuple[str, ...]]:
        found = super().match(documents)
        return {case_id: ids for case_id, ids in found.items() if case_id != case(2) or len(documents) != 3 or documents[1].plates == ()}


class NeverForgets(EmbeddedSearchMatcher):
    def match(self, documents: Sequence[CaseDocument]) -> Mapping[str, tuple[str, ...]]:
        found = dict(super().match(documents))
        self._removed: list[str]
        return {**found, **{case(1): tuple(sorted({*found.get(case(1), ()), *getattr(self, "_removed", [])})) for _ in found}}

    def remove(self, search_ids: Sequence[str]) -> None:
        self._removed = [*getattr(self, "_removed", []), *search_ids]


class KnowsOnlyItsOwn(EmbeddedSearchMatcher):
    def put(self, searches: Sequence[SavedSearch]) -> None:
        self._own = {*getattr(self, "_own", ()), *(search.id for search in searches)}

    def match(self, documents: Sequence[CaseDocument]) -> Mapping[str, tuple[str, ...]]:
        own = getattr(self, "_own", set())
        return {case_id: kept for case_id, ids in super().match(documents).items() if (kept := tuple(id for id in ids if id in own))}


class KeepsTheFirstText(EmbeddedSearchMatcher):
    def put(self, searches: Sequence[SavedSearch]) -> None:
        self._texts = {**{search.id: search.text for search in searches}, **getattr(self, "_texts", {})}

    def match(self, documents: Sequence[CaseDocument]) -> Mapping[str, tuple[str, ...]]:
        return {} if "submarine" in getattr(self, "_texts", {}).values() and len(documents) == 1 else super().match(documents)


class MatchesAlways(EmbeddedSearchMatcher):
    def match(self, documents: Sequence[CaseDocument]) -> Mapping[str, tuple[str, ...]]:
        return super().match(documents or [a_document(1)])


BREAKS = {
    AsksForEverybody: "test_matches_on_behalf_of_its_desks",
    KeepsTheFirstDay: "test_days_are_those_of_the_match",
    StopsAtAHundred: "test_matches_many",
    LeavesOutNegation: "test_matches_what_the_index_finds",
    NeverForgets: "test_forgets_what_was_removed",
    KnowsOnlyItsOwn: "test_follows_every_process",
    KeepsTheFirstText: "test_put_replaces",
    MatchesAlways: "test_matches_nothing",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, EmbeddedMatching, BREAKS) == expected(BREAKS)


def test_a_new_day_is_noticed_by_every_process(engine: Engine) -> None:
    clock = StillClock()
    with ElasticSearchMatcher(engine, clock) as one, ElasticSearchMatcher(engine, clock) as other:
        one.put([a_search(1, "received:today")])
        for _ in range(2):
            assert one.match([a_document(1)]) == other.match([a_document(1)]) == {case(1): (id_of(1),)}
        clock.at += timedelta(days=1)
        assert one.match([a_document(1)]) == other.match([a_document(1)]) == {}
