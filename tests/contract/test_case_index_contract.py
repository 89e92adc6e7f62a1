"""The case index on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from infra.search.folder import IndexFolder, OtherFormat
from infra.search.open_index import OpenIndex
from infra.search.tantivy_index import TantivyCaseIndex, TantivyCaseReader
from tests.contract.case_index_suite import ANA, CaseIndexSuite, CaseSearchSuite, a_document, a_viewer, numbers
from tests.contract.case_index_writing_suite import CaseWritingSuite
from tests.contract.saboteurs import caught, expected
from triage.domain.access import Viewer
from triage.domain.document import CaseDocument
from triage.domain.errors import NotAllowed, Unavailable
from triage.domain.query import Everything, Field, FieldIs, Node, Results, Word
from triage.ports import CaseIndex
from triage.search.query_tree import walk


class OnTantivy(CaseIndexSuite):
    """Binds a suite to tantivy; ``adapter`` is the class that writes."""

    adapter: type[TantivyCaseIndex] = TantivyCaseIndex

    @classmethod
    def open(cls, folder: Path) -> AbstractContextManager[CaseIndex]:
        return cls.adapter(folder / "search")


class TantivySearch(OnTantivy, CaseSearchSuite):
    pass


class TantivyWriting(OnTantivy, CaseWritingSuite):
    @classmethod
    def open_elsewhere(cls, folder: Path) -> AbstractContextManager[CaseIndex]:
        return TantivyCaseReader(folder / "search")


class TantivyReading(CaseWritingSuite):
    """Binds the suite to the class of the process that only searches."""

    adapter: type[TantivyCaseReader] = TantivyCaseReader

    @classmethod
    def open(cls, folder: Path) -> AbstractContextManager[CaseIndex]:
        return TantivyCaseIndex(folder / "search")

    @classmethod
    def open_elsewhere(cls, folder: Path) -> AbstractContextManager[CaseIndex]:
        return cls.adapter(folder / "search")


class TestTantivySearch(TantivySearch):
    pass


class TestTantivyWriting(TantivyWriting):
    pass


class TestTantivyAlone:
    """What the embedded index promises beyond the port: two processes, a damaged or foreign folder."""

    def test_only_the_writer_writes(self, tmp_path: Path) -> None:
        with TantivyCaseReader(tmp_path) as reader:
            with pytest.raises(NotAllowed, match="worker"):
                reader.put([a_document(1)])
            with pytest.raises(NotAllowed, match="tipstream reindex"):
                reader.rebuild([], lambda _: None)
        assert list(tmp_path.iterdir()) == []

    def test_a_rebuild_by_another_process(self, tmp_path: Path) -> None:
        """The writer goes on in the new index with what it put meanwhile, and the old index leaves the disk."""
        with TantivyCaseIndex(tmp_path) as worker, TantivyCaseIndex(tmp_path) as command, TantivyCaseReader(tmp_path) as web:
            worker.put([a_document(1), a_document(2)])

            def documents() -> Iterable[CaseDocument]:
                yield a_document(2)
                worker.put([a_document(3)])

            assert command.rebuild(documents(), lambda _: None) == 2
            assert numbers(web, Everything()) == {2, 3}
            worker.put([a_document(4)])
            assert numbers(web, Everything()) == numbers(worker, Everything()) == numbers(command, Everything()) == {2, 3, 4}
        assert [path.name for path in tmp_path.glob("index-*")] == ["index-2"]

    def test_one_rebuild_at_a_time(self, tmp_path: Path) -> None:
        with TantivyCaseIndex(tmp_path) as one, TantivyCaseIndex(tmp_path) as other:

            def documents() -> Iterable[CaseDocument]:
                with pytest.raises(Unavailable, match="being rebuilt"):
                    other.rebuild([], lambda _: None)
                yield a_document(1)

            assert one.rebuild(documents(), lambda _: None) == 1

    def test_a_second_writer_is_told_to_wait(self, tmp_path: Path) -> None:
        with TantivyCaseIndex(tmp_path) as one, TantivyCaseIndex(tmp_path) as other:
            one.put([a_document(1)])
            with pytest.raises(Unavailable) as refusal:
                other.put([a_document(2)])
            assert refusal.value.retryable
            one.close()
            other.put([a_document(2)])
            assert numbers(one, Everything()) == {1, 2}

    def test_a_put_that_failed_can_be_repeated(self, tmp_path: Path) -> None:
        with TantivyCaseIndex(tmp_path) as index:
            index.put([a_document(1)])
            built = tmp_path / "index-1"
            built.rename(tmp_path / "away")
            with pytest.raises(Unavailable):
                index.put([a_document(2)])
            (tmp_path / "away").rename(built)
            index.put([a_document(3)])
            assert numbers(index, Everything()) == {1, 3}

    def test_another_format_asks_for_a_rebuild(self, tmp_path: Path) -> None:
        with TantivyCaseIndex(tmp_path) as index:
            index.put([a_document(1)])
            (tmp_path / "current").write_text("index-1 format-0\n")
            for use in (lambda: index.search(ANA, Everything()), lambda: index.put([a_document(2)]), index.count):
                with pytest.raises(OtherFormat, match="tipstream reindex"):
                    use()
            assert index.rebuild([a_document(3)], lambda _: None) == 1
            assert numbers(index, Everything()) == {3}

    def test_numbers_are_not_used_again(self, tmp_path: Path) -> None:
        folder = IndexFolder(tmp_path)
        assert [folder.create_next(), folder.create_next()] == [1, 2]
        folder.remove_older(2)
        assert folder.create_next() == 3

    @pytest.mark.parametrize(("limit", "offset"), [(-1, 0), (1, -1)])
    def test_refuses_a_negative_page(self, tmp_path: Path, limit: int, offset: int) -> None:
        with TantivyCaseReader(tmp_path) as index, pytest.raises(ValueError, match="negative"):
            index.search(ANA, Everything(), limit, offset)


class IgnoresTheViewer(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        return super().search(a_viewer("scope", "cargo") if "scope" in viewer.desks else viewer, query, limit, offset, facets)


class CountsForbiddenCases(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        counts = super().search(a_viewer("cargo", *viewer.desks), query, 0, 0, facets).facets if "scope" in viewer.desks else None
        found = super().search(viewer, query, limit, offset, facets)
        return replace(found, facets=counts or found.facets)


class FindsAllWithoutScope(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        return super().search(viewer if viewer.desks else a_viewer("scope"), query, limit, offset, facets)


class ChokesOnSurrogates(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        for node, _, _ in walk(query):
            if isinstance(node, Word):
                node.text.encode()
        return super().search(viewer, query, limit, offset, facets)


class Recurses(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        hash(query)
        return super().search(viewer, query, limit, offset, facets)


class MatchesWholeWordsOnly(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        whole = Word("\x00") if isinstance(query, Word) and query.text == "muchachos" else query
        return super().search(viewer, whole, limit, offset, facets)


class KnowsNoTips(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        asks_tip = isinstance(query, FieldIs) and query.value.startswith("TIP_")
        return super().search(viewer, Word("") if asks_tip else query, limit, offset, facets)


class LastOneWins(TantivyCaseIndex):
    """In one batch only, so that rebuilds, which bring one version of a case at a time, still keep the newest."""

    def put(self, documents: Sequence[CaseDocument]) -> None:
        last = documents[-1:] if len({document.case_id for document in documents}) == 1 else documents
        super().put(last)


class NeverLooksAgain(TantivyCaseReader):
    """Having found an empty index once."""

    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        self._empty = getattr(self, "_empty", False) or self.count() == 0
        return Results((), 0) if self._empty else super().search(viewer, query, limit, offset, facets)


class CountsThePage(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        found = super().search(viewer, query, limit, offset, facets)
        if Field.COUNTY not in found.facets or not 0 < limit < 20:
            return found
        counties = [hit.county for hit in found.hits]
        return replace(
            found, facets={**found.facets, Field.COUNTY: tuple((name, counties.count(name)) for name in dict.fromkeys(counties))}
        )


class CountsNoHandles(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        found = super().search(viewer, query, limit, offset, facets)
        return replace(found, facets={facet: () if facet is Field.HANDLE else values for facet, values in found.facets.items()})


class CountsDaysOfOthers(TantivyCaseIndex):
    def by_day(self, viewer: Viewer, query: Node) -> tuple[tuple[date, int], ...]:
        return super().by_day(a_viewer("scope", "cargo") if "scope" in viewer.desks else viewer, query)


class BeginsTheDayInTheEvening(TantivyCaseIndex):
    def by_day(self, viewer: Viewer, query: Node) -> tuple[tuple[date, int], ...]:
        days = Counter[date]()
        for hit in self.search(viewer, query, limit=1000).hits:
            days[(datetime.fromisoformat(hit.received_at) + timedelta(hours=1)).date()] += 1
        return tuple(sorted(days.items()))


class SortsByTheMillisecond(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        found = super().search(viewer, query, limit, offset, facets)
        hits = sorted(sorted(found.hits, key=lambda hit: hit.case_id), key=lambda hit: hit.received_at[:23], reverse=True)
        return replace(found, hits=tuple(hits))


class OrdersEqualTimesAsTheyCome(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        found = super().search(viewer, query, limit, offset, facets)
        return replace(found, hits=tuple(sorted(found.hits, key=lambda hit: (hit.received_at, hit.case_id), reverse=True)))


class TakesPlatesAsTheyAre(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        unsound = isinstance(query, FieldIs) and query.field is Field.PLATE and query.value == "BJXK4I7"
        return super().search(viewer, Word("") if unsound else query, limit, offset, facets)


class RebuildsInPlace(TantivyCaseIndex):
    def rebuild(self, documents: Iterable[CaseDocument], progress: Callable[[int], None]) -> int:
        def shown() -> Iterable[CaseDocument]:
            for number, document in enumerate(documents):
                if number == 1:
                    self.put([document])
                yield document

        return super().rebuild(shown(), progress)


class ForgetsWhatCameMeanwhile(TantivyCaseIndex):
    def _current_readable(self) -> OpenIndex | None:
        return None


class SwapsFirst(TantivyCaseIndex):
    def rebuild(self, documents: Iterable[CaseDocument], progress: Callable[[int], None]) -> int:
        try:
            return super().rebuild(documents, progress)
        except KeyboardInterrupt:
            super().rebuild([a_document(2)], progress)
            raise


class NeedsAnIndexToRebuild(TantivyCaseIndex):
    def rebuild(self, documents: Iterable[CaseDocument], progress: Callable[[int], None]) -> int:
        return super().rebuild(documents, progress) if self._current() else 0 * len(list(documents)) - 1


class ShowsTheOldestPartner(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        found = super().search(viewer, query, limit, offset, facets)
        return replace(found, hits=tuple(replace(hit, partner="prairie-haul") for hit in found.hits))


class MarksNothing(TantivyCaseIndex):
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        found = super().search(viewer, query, limit, offset, facets)
        return replace(found, hits=tuple(replace(hit, fragments=tuple((text, False) for text, _ in hit.fragments)) for hit in found.hits))


class PutsSomethingAlways(TantivyCaseIndex):
    def put(self, documents: Sequence[CaseDocument]) -> None:
        super().put(documents or [a_document(1)])


class ForgetsVersionsOnDisk(TantivyCaseIndex):
    def put(self, documents: Sequence[CaseDocument]) -> None:
        self._puts = getattr(self, "_puts", 0) + 1
        first_after_opening = self._puts == 1 and self.count()
        super().put([replace(document, version=document.version + 100) for document in documents] if first_after_opening else documents)


BREAKS: dict[type, dict[type, str]] = {
    TantivySearch: {
        IgnoresTheViewer: "test_finds_only_what_the_viewer_may_read",
        CountsForbiddenCases: "test_finds_only_what_the_viewer_may_read",
        FindsAllWithoutScope: "test_an_empty_scope_finds_nothing",
        CountsDaysOfOthers: "test_counts_no_day_of_what_may_not_be_read",
        BeginsTheDayInTheEvening: "test_counts_hits_by_day",
        ChokesOnSurrogates: "test_takes_any_text_in_a_tree",
        Recurses: "test_takes_a_tree_of_any_shape",
        MatchesWholeWordsOnly: "test_finds_what_is_asked",
        KnowsNoTips: "test_asks_every_field",
        CountsThePage: "test_counts_facets_over_all_hits",
        CountsNoHandles: "test_counts_any_field",
        SortsByTheMillisecond: "test_sorts_newest_first",
        OrdersEqualTimesAsTheyCome: "test_orders_equal_times_by_case",
        TakesPlatesAsTheyAre: "test_finds_parts_of_plates_and_phones",
        ShowsTheOldestPartner: "test_shows_a_hit",
        MarksNothing: "test_marks_what_matched",
    },
    TantivyWriting: {
        LastOneWins: "test_keeps_the_newest_version",
        ForgetsVersionsOnDisk: "test_remembers_versions",
        PutsSomethingAlways: "test_puts_nothing",
        RebuildsInPlace: "test_rebuilds_beside",
        ForgetsWhatCameMeanwhile: "test_keeps_what_came_during_a_rebuild",
        SwapsFirst: "test_an_interrupted_rebuild_changes_nothing",
        NeedsAnIndexToRebuild: "test_builds_the_first_index",
    },
    TantivyReading: {NeverLooksAgain: "test_shows_what_was_committed"},
}


@pytest.mark.parametrize("suite", BREAKS, ids=lambda suite: suite.__name__)
def test_the_suite_catches(suite: type, pytester: pytest.Pytester) -> None:
    assert caught(pytester, suite, BREAKS[suite]) == expected(BREAKS[suite])
