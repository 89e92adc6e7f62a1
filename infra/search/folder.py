"""The folder of the embedded index: which of the indexes in it is the current one, and who may write.

``current`` is a small file that names the current index (``index-3 format-1``); it is replaced as a whole, so that readers see the old or
the new one. ``write.lock`` and ``rebuild.lock`` are held with ``flock``, which ends with the process that holds it.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.search.fields import FORMAT
from triage.domain.errors import Unavailable

_POINTER = re.compile(r"index-(\d+) format-(\d+)\n")


class OtherFormat(Unavailable):
    """The current index was built by another version of the product."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"the search index in {path} was built by another version. Run 'tipstream reindex' to build it anew.")


class IndexFolder:
    """Names, order and locks; knows nothing of what is in an index."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def current(self) -> int | None:
        """The number of the current index, or None if there is none yet. Raises ``OtherFormat`` if this version cannot read it."""
        try:
            pointer = (self.path / "current").read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        named = _POINTER.fullmatch(pointer)
        if not named or int(named[2]) != FORMAT:
            raise OtherFormat(self.path)
        return int(named[1])

    def index(self, number: int) -> Path:
        """Where the index with this number is."""
        return self.path / f"index-{number}"

    def create_next(self) -> int:
        """Make an empty place for a new index, above every number in use, and return its number."""
        self.path.mkdir(parents=True, exist_ok=True)
        number = max(self._numbers(), default=0) + 1
        self.index(number).mkdir()
        return number

    def point_to(self, number: int) -> None:
        """Make this index the current one, at once and for good."""
        beside = self.path / "current.new"
        with beside.open("w", encoding="ascii") as file:
            file.write(f"index-{number} format-{FORMAT}\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path / "current")
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove_older(self, number: int) -> None:
        """Remove the indexes before this one; who still reads one of them keeps it until it looks for the current one."""
        self._remove(other for other in self._numbers() if other < number)

    def remove_others(self, number: int | None) -> None:
        """Remove all indexes but this one, also what a rebuild left that did not end; for who holds both rights."""
        self._remove(other for other in self._numbers() if other != number)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The sole right to change the current index, or which one it is; waits for whoever has it."""
        with self._lock("write.lock", fcntl.LOCK_EX):
            yield

    @contextmanager
    def rebuilding(self) -> Iterator[None]:
        """The sole right to build an index beside the current one. Raises ``Unavailable`` if somebody is doing so."""
        try:
            with self._lock("rebuild.lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
                yield
        except BlockingIOError:
            raise Unavailable("the search index is being rebuilt already. Wait until that ends, then try again.") from None

    @contextmanager
    def _lock(self, name: str, how: int) -> Iterator[None]:
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / name).open("ab") as file:
            fcntl.flock(file, how)
            yield

    def _remove(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            shutil.rmtree(self.index(number), ignore_errors=True)

    def _numbers(self) -> list[int]:
        return [int(found.name.removeprefix("index-")) for found in self.path.glob("index-*")]
