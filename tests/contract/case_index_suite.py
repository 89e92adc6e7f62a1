"""What every case index must do. Subclass and say how to open one, and how another process opens it for searching."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import NOON
from triage.domain.access import Role, Viewer
from triage.domain.document import CaseDocument
from triage.domain.query import FACETS, And, Everything, Field, FieldIs, Node, Not, Or, Phrase, Prefix, Received, Results, Word
from triage.ports import CaseIndex


def a_document(number: int = 1, **given: Any) -> CaseDocument:
    """A case of the trafficking desk."""
    sound: dict[str, Any] = {
        "case_id": f"case_{number:026d}",
        "version": 1,
        "readers": ("trafficking",),
        "kind": "case",
        "desk": "trafficking",
        "status": "new",
        "urgency": "P2",
        "life_threat": False,
        "band": "likely",
        "categories": ("sex_trafficking",),
        "indicators": ("motel_traffic",),
        "flags": ("minor_possible",),
        "county": "Webb",
        "state": "TX",
        "partners": ("prairie-haul",),
        "sectors": ("trucking",),
        "languages": ("en",),
        "plates": (),
        "phones": (),
        "handles": (),
        "tips": (f"tip_{number:026d}",),
        "title": "A white van",
        "text": "A white van has stood behind the fuel desk since noon.",
        "received_at": NOON + timedelta(minutes=number),
        "opened_at": NOON,
    }
    return CaseDocument(**{**sound, **given})


def a_viewer(*desks: str) -> Viewer:
    """An analyst who works at these desks."""
    return Viewer("usr_1", "ana", Role.ANALYST, frozenset(desks))


ANA = a_viewer("trafficking")
UNKNOWN = "\ud800 \x00"


def ids(results: Results) -> list[str]:
    return [hit.case_id for hit in results.hits]


def numbers(index: CaseIndex, query: Node, viewer: Viewer = ANA) -> set[int]:
    """The numbers of the documents that are found."""
    return {int(case_id.removeprefix("case_")) for case_id in ids(index.search(viewer, query, limit=100))}


class CaseIndexSuite:
    def open(self, folder: Path) -> AbstractContextManager[CaseIndex]:
        """Open the index that lives in ``folder``, for reading and writing."""
        raise NotImplementedError

    def open_elsewhere(self, folder: Path) -> AbstractContextManager[CaseIndex]:
        """Open the same index as another process does that only searches."""
        raise NotImplementedError

    @pytest.fixture
    def index(self, tmp_path: Path) -> Iterator[CaseIndex]:
        with self.open(tmp_path) as index:
            yield index

    # 1. finds only what the viewer may read

    def test_finds_only_what_the_viewer_may_read(self, index: CaseIndex) -> None:
        mine = a_document(1)
        shared = a_document(2, desk="cargo", readers=("cargo", "trafficking"), county="Hall")
        others = a_document(3, desk="cargo", readers=("cargo",), county="Polk")
        index.put([mine, shared, others])
        for query in (Everything(), Not(Word("submarine")), Or((Word("van"), FieldIs(Field.COUNTY, "Polk")))):
            found = index.search(ANA, query, facets=[Field.COUNTY])
            assert set(ids(found)) == {mine.case_id, shared.case_id}
            assert found.total == 2
            assert dict(found.facets[Field.COUNTY]) == {"Webb": 1, "Hall": 1}
        assert numbers(index, Everything(), a_viewer("cargo", "trafficking")) == {1, 2, 3}

    @pytest.mark.parametrize("viewer", [a_viewer(), a_viewer("archive"), a_viewer("TRAFFICKING", "traffick", "*", UNKNOWN)])
    def test_an_empty_scope_finds_nothing(self, index: CaseIndex, viewer: Viewer) -> None:
        index.put([a_document(1)])
        for query in (Everything(), Not(Word("submarine")), FieldIs(Field.DESK, "trafficking")):
            assert index.search(viewer, query, facets=FACETS) == Results((), 0, {facet: () for facet in FACETS})

    # 2. takes any tree

    @pytest.mark.parametrize("text", ["", " ", "*", "a b", 'foo"', "AND", "(", ".*", "text:van", "\ud800", "\x00", "🍒", "é" * 70_000])
    def test_takes_any_text_in_a_tree(self, index: CaseIndex, text: str) -> None:
        index.put([a_document(1)])
        for leaf in (Word(text), Phrase((text, text)), Phrase((text,)), Prefix(text), *(FieldIs(field, text) for field in Field)):
            assert numbers(index, leaf) == set()
            assert numbers(index, Not(leaf)) == {1}

    def test_takes_a_tree_of_any_shape(self, index: CaseIndex) -> None:
        index.put([a_document(1)])
        deep: Node = Word("van")
        for _ in range(20_000):
            deep = Not(deep)
        wide = tuple(Word(f"word{number}") for number in range(20_000))
        for tree in (deep, And(wide), Or(wide), And((deep, Or(wide)))):
            assert index.search(ANA, tree).total <= 1
        assert numbers(index, And(())) == {1}
        assert numbers(index, Or(())) == set()
        assert numbers(index, Not(Everything())) == set()
        assert numbers(index, Received(date.min, date.max)) == numbers(index, Received(None, None)) == {1}
        assert numbers(index, Received(date.max, date.min)) == set()

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            (Word("trucks"), {1, 4}),
            (Word("TRUCK"), {1, 4}),
            (Word("niña"), {2}),
            (Word("nina"), {2}),
            (Word("muchachos"), {2}),
            (Word("F-150"), {4}),
            (Word("🍒"), {3}),
            (Phrase(("truck", "stop")), {1}),
            (Phrase(("stop", "truck")), set()),
            (Prefix("traff"), {3}),
            (Prefix("F-15"), {4}),
            (Not(Word("truck")), {2, 3}),
            (And((Word("truck"), Not(Word("girl")))), {4}),
            (Or((Word("truck"), Word("motel"))), {1, 3, 4}),
            (Received(date(2026, 11, 2), date(2026, 11, 3)), {2, 3}),
            (Received(date(2026, 11, 3), None), {3, 4}),
            (Received(None, date(2026, 11, 1)), {1}),
        ],
        ids=str,
    )
    def test_finds_what_is_asked(self, index: CaseIndex, query: Node, expected: set[int]) -> None:
        texts = [
            "A girl ran from the truck stop.",
            "Una nin\u0303a llora; el muchacho la vigila.",
            "Trafficked? Her posts show 🍒 and a motel.",
            "Two trucks, one a Ford F-150, stop here.",
        ]
        first = datetime(2026, 11, 1, 0, 0, tzinfo=UTC)
        last = timedelta(hours=23, minutes=59, seconds=59, microseconds=999_999)
        times = [first + last, first + timedelta(days=1), first + timedelta(days=2) + last, first + timedelta(days=3)]
        index.put([a_document(number, text=text, received_at=at) for number, (text, at) in enumerate(zip(texts, times, strict=True), start=1)])
        assert numbers(index, query) == expected

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            (Field.CATEGORY, "labor-trafficking"),
            (Field.URGENCY, "p0"),
            (Field.COUNTY, "dona ana"),
            (Field.STATE, "nm"),
            (Field.PARTNER, "night-bus"),
            (Field.SECTOR, "Bus lines"),
            (Field.DESK, "Victim Services"),
            (Field.STATUS, "active"),
            (Field.KIND, "referral"),
            (Field.BAND, "possible"),
            (Field.FLAG, "life threat"),
            (Field.INDICATOR, "no_id"),
            (Field.LANGUAGE, "es"),
            (Field.TIP, f"TIP_{8:026d}"),
            (Field.CASE, f"case_{2:026d}"),
        ],
    )
    def test_asks_every_field(self, index: CaseIndex, field: Field, value: str) -> None:
        other = a_document(
            2,
            categories=("forced_labor", "labor_trafficking"),
            urgency="P0",
            county="Doña Ana",
            state="NM",
            partners=("prairie-haul", "night-bus"),
            sectors=("trucking", "bus_lines"),
            desk="victim-services",
            status="active",
            kind="referral",
            band="possible",
            flags=("life_threat",),
            indicators=("no_id",),
            languages=("es", "en"),
            tips=(f"tip_{7:026d}", f"tip_{8:026d}"),
        )
        index.put([a_document(1), other])
        assert numbers(index, FieldIs(field, value)) == {2}
        assert numbers(index, FieldIs(field, value[:-1])) == set()

    # 3. keeps the newest version

    def test_keeps_the_newest_version(self, index: CaseIndex, tmp_path: Path) -> None:
        versions = {version: a_document(1, version=version, county=f"County {version}") for version in (1, 2, 3, 4)}

        def counties(index: CaseIndex) -> dict[str, int]:
            return dict(index.search(ANA, Everything(), facets=[Field.COUNTY]).facets[Field.COUNTY])

        index.put([versions[2]])
        index.put([versions[1]])
        assert counties(index) == {"County 2": 1}
        index.put([versions[4], versions[3]])
        index.put([versions[3], versions[2]])
        assert counties(index) == {"County 4": 1}
        index.put([replace(versions[4], county="Webb")])
        assert counties(index) == {"Webb": 1}
        assert index.count() == 1

    def test_remembers_versions(self, tmp_path: Path) -> None:
        with self.open(tmp_path) as index:
            index.put([a_document(1, version=7, county="Polk")])
        with self.open(tmp_path) as index:
            index.put([a_document(1, version=6), a_document(2, version=1)])
            assert numbers(index, FieldIs(Field.COUNTY, "Polk")) == {1}
            assert index.count() == 2

    # 4. shows what was committed

    def test_shows_what_was_committed(self, index: CaseIndex, tmp_path: Path) -> None:
        with self.open_elsewhere(tmp_path) as elsewhere:
            assert elsewhere.search(ANA, Everything()).total == elsewhere.count() == 0
            for count in (1, 2, 3):
                index.put([a_document(count)])
                assert elsewhere.search(ANA, Everything()).total == elsewhere.count() == count

    def test_puts_nothing(self, index: CaseIndex) -> None:
        index.put([])
        assert index.count() == index.search(ANA, Everything()).total == 0

    # 5. counts facets over all hits

    def test_counts_facets_over_all_hits(self, index: CaseIndex) -> None:
        index.put([a_document(number, county="Webb" if number % 3 else "Hall", flags=("minor", "now")) for number in range(1, 31)])
        index.put([a_document(31, county="", urgency="P0", text="Nothing of the kind.")])
        found = index.search(ANA, Word("van"), limit=2, offset=4, facets=[Field.COUNTY, Field.FLAG, Field.URGENCY])
        assert found.total == 30
        assert found.facets == {
            Field.COUNTY: (("Webb", 20), ("Hall", 10)),
            Field.FLAG: (("minor", 30), ("now", 30)),
            Field.URGENCY: (("P2", 30),),
        }

    @pytest.mark.parametrize("field", Field)
    def test_counts_any_field(self, index: CaseIndex, field: Field) -> None:
        index.put([a_document(1, plates=("8JXK417",), phones=("+19565550147",), handles=("lil_bo",))])
        (value, count), *others = index.search(ANA, Everything(), limit=0, facets=[field]).facets[field]
        assert (count, others) == (1, [])
        assert numbers(index, FieldIs(field, value)) == {1}

    # 6. sorts newest first

    def test_sorts_newest_first(self, index: CaseIndex) -> None:
        index.put([a_document(number, received_at=NOON + timedelta(microseconds=number % 7)) for number in (5, 3, 2, 1, 6, 4)])
        assert [int(case_id[-1]) for case_id in ids(index.search(ANA, Everything()))] == [6, 5, 4, 3, 2, 1]

    @pytest.mark.parametrize("size", [1, 2, 3, 5, 20])
    def test_orders_equal_times_by_case(self, index: CaseIndex, size: int) -> None:
        times = {9: 2, 4: 1, 7: 1, 2: 1, 5: 1, 8: 1, 3: 0, 1: 0}
        for number, seconds in times.items():  # one at a time, so that an engine's own order is not ours by chance
            index.put([a_document(number, received_at=NOON + timedelta(seconds=seconds))])
        pages = [ids(index.search(ANA, Everything(), limit=size, offset=offset)) for offset in range(0, len(times), size)]
        assert [int(case_id[-1]) for page in pages for case_id in page] == [9, 2, 4, 5, 7, 8, 1, 3]
        assert ids(index.search(ANA, Everything(), limit=size, offset=1_000_000)) == []

    # 7. finds parts of plates and phones

    @pytest.mark.parametrize(
        ("field", "value", "expected"),
        [
            (Field.PLATE, "8JXK417", {1}),
            (Field.PLATE, "jxk-41", {1}),
            (Field.PLATE, "BJXK4I7", {1}),
            (Field.PLATE, "417", {1}),
            (Field.PLATE, "K4", {1}),
            (Field.PLATE, "8JXK4170", set()),
            (Field.PLATE, "DB0", {2}),
            (Field.PLATE, "956", set()),
            (Field.PHONE, "(956) 555-0147", {1, 2}),
            (Field.PHONE, "555 O147", {1, 2}),
            (Field.PHONE, "1956555", {1}),
            (Field.PHONE, "417", set()),
            (Field.HANDLE, "@lil.bo", {2}),
            (Field.HANDLE, "LILBO99", {2}),
        ],
    )
    def test_finds_parts_of_plates_and_phones(self, index: CaseIndex, field: Field, value: str, expected: set[int]) -> None:
        index.put(
            [
                a_document(1, plates=("ABC1234", "8JXK417"), phones=("+19565550147",)),
                a_document(2, plates=("QBO55Z",), phones=("+529565550147",), handles=("lil_bo_99",)),
                a_document(3),
            ]
        )
        assert numbers(index, FieldIs(field, value)) == expected

    # 8. rebuilds beside

    def test_rebuilds_beside(self, index: CaseIndex, tmp_path: Path) -> None:
        index.put([a_document(1), a_document(2)])
        seen: list[set[int]] = []
        told: list[int] = []

        with self.open_elsewhere(tmp_path) as elsewhere:

            def documents() -> Iterator[CaseDocument]:
                for number in (2, 3, 4):
                    yield a_document(number)
                    seen.extend([numbers(index, Everything()), numbers(elsewhere, Everything())])

            assert index.rebuild(documents(), told.append) == 3
            assert seen == [{1, 2}] * 6
            assert numbers(index, Everything()) == numbers(elsewhere, Everything()) == {2, 3, 4}
            assert told[-1] == index.count() == elsewhere.count() == 3
            index.put([a_document(5)])
            assert numbers(index, Everything()) == numbers(elsewhere, Everything()) == {2, 3, 4, 5}

    def test_keeps_what_came_during_a_rebuild(self, index: CaseIndex) -> None:
        index.put([a_document(number) for number in (1, 2, 3)])

        def documents() -> Iterator[CaseDocument]:
            yield a_document(1)
            index.put([a_document(1, version=2, county="Polk"), a_document(9)])
            yield a_document(2, version=5)
            index.put([a_document(2, version=4, county="Polk")])

        assert index.rebuild(documents(), lambda _: None) == 3
        assert numbers(index, Everything()) == {1, 2, 9}
        assert numbers(index, FieldIs(Field.COUNTY, "Polk")) == {1}

    def test_an_interrupted_rebuild_changes_nothing(self, index: CaseIndex) -> None:
        index.put([a_document(1)])

        def documents() -> Iterable[CaseDocument]:
            yield a_document(2)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            index.rebuild(documents(), lambda _: None)
        assert numbers(index, Everything()) == {1}
        assert index.rebuild([a_document(3)], lambda _: None) == 1
        assert numbers(index, Everything()) == {3}

    def test_builds_the_first_index(self, index: CaseIndex) -> None:
        assert index.rebuild([], lambda _: None) == 0
        assert index.rebuild([a_document(3)], lambda _: None) == 1
        assert numbers(index, Everything()) == {3}

    # what a hit shows

    def test_shows_a_hit(self, index: CaseIndex) -> None:
        document = a_document(1, partners=("night-bus", "prairie-haul"))
        index.put([document])
        (hit,) = index.search(ANA, Word("fuel")).hits
        shown = (hit.case_id, hit.tips, hit.title, hit.kind, hit.desk, hit.status, hit.urgency, hit.band, hit.categories, hit.county)
        assert shown == (
            document.case_id,
            document.tips,
            "A white van",
            "case",
            "trafficking",
            "new",
            "P2",
            "likely",
            ("sex_trafficking",),
            "Webb",
        )
        assert hit.partner == "night-bus"
        assert datetime.fromisoformat(hit.received_at) == document.received_at

    @pytest.mark.parametrize(
        ("query", "marked"),
        [
            (Word("girls"), ["girl"]),
            (Word("nina"), ["Niña"]),
            (Phrase(("TRUCK", "stop")), ["truck stop"]),
            (Prefix("traff"), ["traffic"]),
            (And((Word("girl"), Not(Word("bakery")))), ["girl"]),
            (Or((Word("girl"), Word("truck"))), ["girl", "truck"]),
            (FieldIs(Field.PLATE, "xk41"), ["8JX-K417"]),
            (FieldIs(Field.PHONE, "9565550147"), ["956) 555-0147"]),
            (Everything(), []),
        ],
        ids=str,
    )
    def test_marks_what_matched(self, index: CaseIndex, query: Node, marked: Sequence[str]) -> None:
        filler = "Nothing of note happened for a while, and people came and went. " * 20
        told = "A girl <b>cried</b> at the truck stop in traffic. Plate 8JX-K417, call (956) 555-0147. Niña."
        index.put([a_document(1, text=filler + told + " " + filler, plates=("8JXK417",), phones=("+19565550147",))])
        (hit,) = index.search(ANA, query).hits
        assert [text for text, matches in hit.fragments if matches] == marked
        passage = "".join(text for text, _ in hit.fragments).strip("… ")
        assert passage in filler + told + " " + filler
        assert 100 < len(passage) < 300
