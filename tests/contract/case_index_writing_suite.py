"""What every case index must do when it is written and rebuilt (rules 3, 4, 8). Subclass and say how to open one, here and elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.case_index_suite import ANA, CaseIndexSuite, a_document, numbers
from triage.domain.document import CaseDocument
from triage.domain.query import Everything, Field, FieldIs
from triage.ports import CaseIndex


class CaseWritingSuite(CaseIndexSuite):
    @classmethod
    def open_elsewhere(cls, folder: Path) -> AbstractContextManager[CaseIndex]:
        """Open the same index as another process does that only searches."""
        raise NotImplementedError

    @pytest.fixture
    def index(self, tmp_path: Path) -> Iterator[CaseIndex]:
        with self.open(tmp_path) as index:
            yield index

    # 3. keeps the newest version

    def test_keeps_the_newest_version(self, index: CaseIndex) -> None:
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
