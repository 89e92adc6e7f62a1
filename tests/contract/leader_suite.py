"""What every leadership must do. Subclass and say how to take part, and the words with which another process does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from streams.ports import Leader

ELSEWHERE = """
import sys
from pathlib import Path
from infra.storage.database import open_database
from infra.storage.leader import make_leader
leader = make_leader(open_database(sys.argv[1]), Path(sys.argv[2]), "relay")
print(leader.leads(), flush=True)
sys.stdin.read()
"""


class LeaderSuite:
    def open(self, folder: Path, role: str = "relay") -> AbstractContextManager[Leader]:
        """Take part among those of ``folder``; called again, as another process would."""
        raise NotImplementedError

    def url(self, folder: Path) -> str:
        """The address of the database on which those of ``folder`` are."""
        raise NotImplementedError

    @pytest.fixture
    def one(self, tmp_path: Path) -> Iterator[Leader]:
        with self.open(tmp_path) as leader:
            yield leader

    @pytest.fixture
    def other(self, tmp_path: Path) -> Iterator[Leader]:
        with self.open(tmp_path) as leader:
            yield leader

    def test_one_at_a_time(self, one: Leader, other: Leader, tmp_path: Path) -> None:
        assert [one.leads(), other.leads(), one.leads(), other.leads()] == [True, False, True, False]
        with self.open(tmp_path, "clocks") as another_role:
            assert another_role.leads()

    def test_goes_over(self, one: Leader, other: Leader) -> None:
        assert (one.leads(), other.leads()) == (True, False)
        other.release()  # of what it does not have
        assert one.leads()
        one.release()
        assert (other.leads(), one.leads()) == (True, False)

    def test_goes_over_when_the_leader_dies(self, one: Leader, tmp_path: Path) -> None:
        command = [sys.executable, "-c", ELSEWHERE, self.url(tmp_path), str(tmp_path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "True\n"
            assert not one.leads()
            process.kill()
            process.wait()
        assert any(one.leads() for _ in range(10_000))  # the server needs a moment to notice
