"""What every store of dead letters must do. Subclass and say how to open one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from streams.ports import DeadLetter, DeadLetters, Logged
from tests.contract.samples import an_event, later
from triage.domain.errors import NotFound


def a_letter(number: int = 1, event: int = 1, reader: str = "worker", **given: Any) -> DeadLetter:
    """An event that the reader could not handle."""
    letter = DeadLetter(f"dead_{number}", reader, Logged(70 + event, an_event(event)), "KeyError", 3, later(minutes=number))
    return replace(letter, **given)


class DeadLettersSuite:
    def open(self, folder: Path) -> AbstractContextManager[DeadLetters]:
        """Open the store that lives in ``folder``."""
        raise NotImplementedError

    @pytest.fixture
    def letters(self, tmp_path: Path) -> Iterator[DeadLetters]:
        with self.open(tmp_path) as letters:
            yield letters

    def test_keeps_each_once(self, letters: DeadLetters) -> None:
        letters.add(a_letter(1))
        letters.add(a_letter(2, error="ValueError"))
        letters.add(a_letter(3, reader="indexer"))
        assert letters.open() == [a_letter(1), a_letter(3, reader="indexer")]

    def test_counts_the_open_ones(self, letters: DeadLetters) -> None:
        for letter in (a_letter(3, event=1), a_letter(1, event=2), a_letter(2, event=3, reader="indexer")):
            letters.add(letter)
        assert [letters.count_open(reader) for reader in ("worker", "indexer", "nobody")] == [2, 1, 0]
        assert letters.count_open() == 3
        assert letters.open("worker") == [a_letter(1, event=2), a_letter(3, event=1)]
        assert letters.open(limit=2) == [a_letter(1, event=2), a_letter(2, event=3, reader="indexer")]
        assert letters.open("nobody") == []

    def test_closes_on_replay(self, letters: DeadLetters) -> None:
        letters.add(a_letter(1, event=1))
        letters.add(a_letter(2, event=2))
        letters.done("dead_1", later(hours=1))
        assert letters.open() == [a_letter(2, event=2)]
        letters.add(a_letter(3, event=1))
        assert letters.count_open("worker") == 1
        with pytest.raises(NotFound, match="dead_9"):
            letters.done("dead_9", later(hours=1))
