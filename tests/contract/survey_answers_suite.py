"""What every store of answers to surveys must do. Subclass and say how to open a storage of partner works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.domain.survey import SurveyAnswer
from ingest.ports import PartnerStorage
from triage.domain.errors import AlreadyExists


def an_answer(number: int = 1, day: int = 2, **given: Any) -> SurveyAnswer:
    """An answer with every field given."""
    sound: dict[str, Any] = {
        "survey": "spring",
        "language": "es",
        "place": "Peña Park",
        "choices": {"worry": ("lights", "speeding"), "safe": ("no",)},
        "texts": {"more": "Luces rotas – «siempre»"},
    }
    return SurveyAnswer(**{**sound, "id": f"sva_{number}", "day": date(2026, 11, day), **given})


class SurveyAnswersSuite:
    def open(self, folder: Path) -> AbstractContextManager[PartnerStorage]:
        """Open the storage that lives in ``folder``."""
        raise NotImplementedError

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[PartnerStorage]:
        with self.open(tmp_path) as storage:
            yield storage

    def test_adds_once(self, storage: PartnerStorage) -> None:
        with storage.writing() as work:
            work.surveys.add(an_answer(1))
            work.surveys.add(an_answer(1))
            work.surveys.add(an_answer(2))
        with pytest.raises(AlreadyExists), storage.writing() as work:
            work.surveys.add(an_answer(1, place="elsewhere"))
        with storage.reading() as work:
            assert work.surveys.of_survey("spring", date(2026, 11, 1), date(2026, 11, 30)) == [an_answer(1), an_answer(2)]
            assert work.surveys.counts() == {"spring": 2}

    def test_gives_those_of_a_survey(self, storage: PartnerStorage) -> None:
        early, late, other = an_answer(9, 1), an_answer(1, 5), an_answer(4, 3, survey="autumn")
        with storage.writing() as work:
            for answer in (late, an_answer(3, 3), an_answer(2, 3), other, early):
                work.surveys.add(answer)
        with storage.reading() as work:
            assert work.surveys.of_survey("spring", date(2026, 11, 1), date(2026, 11, 5)) == [early, an_answer(2, 3), an_answer(3, 3), late]
            assert work.surveys.of_survey("spring", date(2026, 11, 2), date(2026, 11, 4)) == [an_answer(2, 3), an_answer(3, 3)]
            assert work.surveys.of_survey("winter", date(2026, 11, 1), date(2026, 11, 5)) == []
            assert work.surveys.counts() == {"spring": 4, "autumn": 1}
