"""What every case index must do when it is searched (rules 1, 2, 5, 6, 7, 9). Subclass and say how to open one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import NOON
from triage.domain.access import Role, Viewer
from triage.domain.document import CaseDocument
from triage.domain.query import (
    FACETS,
    And,
    Everything,
    Field,
    FieldIs,
    Fuzzy,
    Hit,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Received,
    Results,
    Word,
)
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

FIRST = datetime(2026, 11, 1, 0, 0, tzinfo=UTC)
LAST = timedelta(hours=23, minutes=59, seconds=59, microseconds=999_999)
FILLER = "Nothing of note happened for a while, and people came and went. " * 20
TOLD = "A girl <b>cried</b> at the truck stop in traffic. Plate 8JX-K417, call (956) 555-0147. Niña."


def library() -> list[list[CaseDocument]]:
    """What all tests that only search share, in the batches in which it is put. Each test has a desk, and so documents, of its own."""

    def at(desk: str, number: int, **given: Any) -> CaseDocument:
        return a_document(number, **{"desk": desk, "readers": (desk,), **given})

    scope = [
        at("scope", 1),
        at("cargo", 2, readers=("cargo", "scope"), county="Hall"),
        at("cargo", 3, county="Polk"),
    ]
    texts = [
        at("texts", 11, received_at=FIRST + LAST, text="A girl ran from the truck stop."),
        at("texts", 12, received_at=FIRST + timedelta(days=1), text="Una nin\u0303a llora; el muchacho la vigila."),
        at("texts", 13, received_at=FIRST + timedelta(days=2) + LAST, text="Trafficked? Her posts show 🍒 and a motel."),
        at("texts", 14, received_at=FIRST + timedelta(days=3), text="Two trucks, one a Ford F-150, stop here."),
    ]
    fields = [
        at("fields", 21),
        a_document(
            22,
            readers=("fields",),
            categories=("forced_labor", "labor_trafficking"),
            urgency="P0",
            county="Doña Ana",
            state="NM",
            partners=("night-bus", "prairie-haul"),
            sectors=("bus_lines", "trucking"),
            desk="victim-services",
            status="active",
            kind="referral",
            band="possible",
            flags=("life_threat",),
            indicators=("no_id",),
            languages=("es", "en"),
            tips=(f"tip_{7:026d}", f"tip_{8:026d}"),
        ),
    ]
    facets = [at("facets", number, county="Webb" if number % 3 else "Hall", flags=("minor", "now")) for number in range(31, 61)]
    facets.append(at("facets", 61, county="", urgency="P0", text="Nothing of the kind."))
    parts = [
        at("parts", 71, plates=("ABC1234", "8JXK417"), phones=("+19565550147",)),
        at("parts", 72, plates=("QBO55Z",), phones=("+529565550147",), handles=("lil_bo_99",)),
        at("parts", 73),
    ]
    times = {89: 2, 84: 1, 87: 1, 82: 1, 85: 1, 88: 1, 83: 0, 81: 0}
    tied = [at("tied", number, received_at=NOON + timedelta(seconds=seconds)) for number, seconds in times.items()]
    newest = [at("newest", number, received_at=NOON + timedelta(microseconds=number)) for number in (95, 93, 92, 91, 96, 94)]
    alone = [
        at("trees", 101),
        at("values", 102, plates=("8JXK417",), phones=("+19565550147",), handles=("lil_bo",)),
        at("hits", 103, partners=("night-bus", "prairie-haul")),
        at("marks", 104, text=FILLER + TOLD + " " + FILLER, plates=("8JXK417",), phones=("+19565550147",)),
    ]
    return [[*scope, *texts, *fields, *facets, *parts, *tied[:4], *newest, *alone], tied[4:]]


def in_order(results: Results) -> list[int]:
    """The numbers of the documents on the page."""
    return [int(hit.case_id.removeprefix("case_")) for hit in results.hits]


def numbers(index: CaseIndex, query: Node, viewer: Viewer = ANA) -> set[int]:
    """The numbers of the documents that are found."""
    return set(in_order(index.search(viewer, query, limit=100)))


class CaseIndexSuite:
    @classmethod
    def open(cls, folder: Path) -> AbstractContextManager[CaseIndex]:
        """Open the index that lives in ``folder``, for reading and writing."""
        raise NotImplementedError


class CaseSearchSuite(CaseIndexSuite):
    @pytest.fixture(scope="class")
    @classmethod
    def shared(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseIndex]:
        """An index that holds the library."""
        with cls.open(tmp_path_factory.mktemp("library")) as index:
            for batch in library():
                index.put(batch)
            yield index

    # 1. finds only what the viewer may read

    def test_finds_only_what_the_viewer_may_read(self, shared: CaseIndex) -> None:
        viewer = a_viewer("scope")
        for query in (Everything(), Not(Word("submarine")), Or((Word("van"), FieldIs(Field.COUNTY, "Polk")))):
            found = shared.search(viewer, query, facets=[Field.COUNTY])
            assert numbers(shared, query, viewer) == {1, 2}
            assert found.total == 2
            assert dict(found.facets[Field.COUNTY]) == {"Webb": 1, "Hall": 1}
        assert numbers(shared, Everything(), a_viewer("cargo", "scope")) == {1, 2, 3}

    @pytest.mark.parametrize("desks", [(), ("archive",), ("SCOPE", "scop", "*", "\ud800", "")], ids=str)
    def test_an_empty_scope_finds_nothing(self, shared: CaseIndex, desks: tuple[str, ...]) -> None:
        for query in (Everything(), Not(Word("submarine")), FieldIs(Field.DESK, "scope")):
            assert shared.search(a_viewer(*desks), query, facets=FACETS) == Results((), 0, dict.fromkeys(FACETS, ()))

    # 2. takes any tree

    @pytest.mark.parametrize("text", ["", " ", "*", "a b", 'foo"', "AND", "(", ".*", "text:van", "\ud800", "\x00", "🍒", "é" * 33_000])
    def test_takes_any_text_in_a_tree(self, shared: CaseIndex, text: str) -> None:
        viewer = a_viewer("trees")
        leaves: list[Node] = [Word(text), Phrase((text, text)), Phrase((text,)), Prefix(text)]
        for leaf in [*leaves, *(FieldIs(field, text) for field in (Field.CATEGORY, Field.PLATE, Field.HANDLE, Field.TIP))]:
            assert numbers(shared, leaf, viewer) == set()
            assert numbers(shared, Not(leaf), viewer) == {101}

    def test_takes_a_tree_of_any_shape(self, shared: CaseIndex) -> None:
        viewer = a_viewer("trees")
        deep: Node = Word("van")
        for _ in range(20_000):
            deep = Not(deep)
        wide = tuple(Word(f"word{number}") for number in range(20_000))
        for tree in (deep, And(wide), Or(wide), And((deep, Or(wide)))):
            assert shared.search(viewer, tree).total <= 1
        assert numbers(shared, And(()), viewer) == {101}
        assert numbers(shared, Or(()), viewer) == set()
        assert numbers(shared, Not(Everything()), viewer) == set()
        assert numbers(shared, Received(date.min, date.max), viewer) == numbers(shared, Received(None, None), viewer) == {101}
        assert numbers(shared, Received(date.max, date.min), viewer) == set()

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            (Word("trucks"), {11, 14}),
            (Word("TRUCK"), {11, 14}),
            (Word("niña"), {12}),
            (Word("nina"), {12}),
            (Word("muchachos"), {12}),
            (Word("F-150"), {14}),
            (Word("🍒"), {13}),
            (Phrase(("truck", "stop")), {11}),
            (Phrase(("stop", "truck")), set()),
            (Prefix("traff"), {13}),
            (Prefix("F-15"), {14}),
            (Near("girl", "truck", 4), {11}),
            (Near("TRUCK", "girl", 4), {11}),
            (Near("girl", "truck", 3), set()),
            (Near("la", "la", 3), set()),
            (Near("stop", "here", 1), {14}),
            (Near("girl", "", 3), set()),
            (Fuzzy("trukc"), {11}),
            (Fuzzy("trcuks"), {14}),
            (Fuzzy("muhcachoz"), {12}),
            (Fuzzy("gir"), set()),
            (Fuzzy("grlu"), set()),
            (Fuzzy("F-150"), {14}),
            (Not(Word("truck")), {12, 13}),
            (And((Word("truck"), Not(Word("girl")))), {14}),
            (Or((Word("truck"), Word("motel"))), {11, 13, 14}),
            (Received(date(2026, 11, 2), date(2026, 11, 3)), {12, 13}),
            (Received(date(2026, 11, 3), None), {13, 14}),
            (Received(None, date(2026, 11, 1)), {11}),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_finds_what_is_asked(self, shared: CaseIndex, query: Node, expected: set[int]) -> None:
        assert numbers(shared, query, a_viewer("texts")) == expected

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
            (Field.CASE, f"case_{22:026d}"),
        ],
    )
    def test_asks_every_field(self, shared: CaseIndex, field: Field, value: str) -> None:
        assert numbers(shared, FieldIs(field, value), a_viewer("fields")) == {22}
        assert numbers(shared, FieldIs(field, value[:-1]), a_viewer("fields")) == set()

    # 5. counts facets over all hits

    def test_counts_facets_over_all_hits(self, shared: CaseIndex) -> None:
        asked = [Field.COUNTY, Field.FLAG, Field.URGENCY]
        found = shared.search(a_viewer("facets"), Word("van"), limit=2, offset=4, facets=asked)
        assert found.total == 30
        assert found.facets == {
            Field.COUNTY: (("Webb", 20), ("Hall", 10)),
            Field.FLAG: (("minor", 30), ("now", 30)),
            Field.URGENCY: (("P2", 30),),
        }

    def test_counts_any_field(self, shared: CaseIndex) -> None:
        viewer = a_viewer("values")
        counted = shared.search(viewer, Everything(), limit=0, facets=list(Field)).facets
        assert {field: {count for _, count in values} for field, values in counted.items()} == {field: {1} for field in Field}
        for field, values in counted.items():
            for value, _ in values:
                assert numbers(shared, FieldIs(field, value), viewer) == {102}
        assert counted[Field.HAS] == (("handle", 1), ("phone", 1), ("plate", 1))

    # 6. sorts newest first

    def test_sorts_newest_first(self, shared: CaseIndex) -> None:
        assert in_order(shared.search(a_viewer("newest"), Everything())) == [96, 95, 94, 93, 92, 91]

    @pytest.mark.parametrize("size", [1, 2, 3, 5, 20])
    def test_orders_equal_times_by_case(self, shared: CaseIndex, size: int) -> None:
        viewer = a_viewer("tied")
        pages = [in_order(shared.search(viewer, Everything(), limit=size, offset=offset)) for offset in range(0, 8, size)]
        assert [number for page in pages for number in page] == [89, 82, 84, 85, 87, 88, 81, 83]
        assert in_order(shared.search(viewer, Everything(), limit=size, offset=1_000_000)) == []

    # 9. counts hits by day

    def test_counts_hits_by_day(self, shared: CaseIndex) -> None:
        viewer, first = a_viewer("texts"), date(2026, 11, 1)
        assert shared.by_day(viewer, Everything()) == tuple((first + timedelta(days=number), 1) for number in range(4))
        assert shared.by_day(viewer, Word("truck")) == ((first, 1), (date(2026, 11, 4), 1))
        assert shared.by_day(viewer, Word("submarine")) == ()
        assert shared.by_day(a_viewer("facets"), FieldIs(Field.COUNTY, "Webb")) == ((NOON.date(), 20),)

    def test_counts_no_day_of_what_may_not_be_read(self, shared: CaseIndex) -> None:
        assert shared.by_day(a_viewer("scope"), Everything()) == ((NOON.date(), 2),)
        assert shared.by_day(a_viewer(), Everything()) == ()
        assert shared.by_day(a_viewer("archive"), Not(Word("submarine"))) == ()

    # 7. finds parts of plates and phones

    @pytest.mark.parametrize(
        ("field", "value", "expected"),
        [
            (Field.PLATE, "8JXK417", {71}),
            (Field.PLATE, "jxk-41", {71}),
            (Field.PLATE, "BJXK4I7", {71}),
            (Field.PLATE, "417", {71}),
            (Field.PLATE, "K4", {71}),
            (Field.PLATE, "8JXK4170", set()),
            (Field.PLATE, "DB0", {72}),
            (Field.PLATE, "956", set()),
            (Field.PHONE, "(956) 555-0147", {71, 72}),
            (Field.PHONE, "555 O147", {71, 72}),
            (Field.PHONE, "1956555", {71}),
            (Field.PHONE, "417", set()),
            (Field.HANDLE, "@lil.bo", {72}),
            (Field.HANDLE, "LILBO99", {72}),
        ],
    )
    def test_finds_parts_of_plates_and_phones(self, shared: CaseIndex, field: Field, value: str, expected: set[int]) -> None:
        assert numbers(shared, FieldIs(field, value), a_viewer("parts")) == expected

    # what a hit shows

    def test_shows_a_hit(self, shared: CaseIndex) -> None:
        (hit,) = shared.search(a_viewer("hits"), Word("fuel")).hits
        assert replace(hit, fragments=()) == Hit(
            case_id=f"case_{103:026d}",
            tips=(f"tip_{103:026d}",),
            title="A white van",
            kind="case",
            desk="hits",
            status="new",
            urgency="P2",
            band="likely",
            categories=("sex_trafficking",),
            county="Webb",
            partner="night-bus",
            received_at="2026-11-01T13:43:00+00:00",
            fragments=(),
        )

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
        ids=lambda value: type(value).__name__,
    )
    def test_marks_what_matched(self, shared: CaseIndex, query: Node, marked: Sequence[str]) -> None:
        (hit,) = shared.search(a_viewer("marks"), query).hits
        assert [text for text, matches in hit.fragments if matches] == marked
        passage = "".join(text for text, _ in hit.fragments).strip("… ")
        assert passage in FILLER + TOLD + " " + FILLER
        assert 100 < len(passage) < 300
