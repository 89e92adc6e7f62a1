"""Leadership on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.storage.database import Database
from infra.storage.leader import FileLeader, PostgresLeader, make_leader
from streams.ports import Leader
from tests.contract.binding import OnDatabase
from tests.contract.leader_suite import LeaderSuite
from tests.contract.on_postgres import OnPostgres, administer, made, name_of
from tests.contract.on_sqlite import FILE, OnSqlite
from tests.contract.saboteurs import caught, expected
from triage.domain.errors import Unavailable

Make = Callable[[Database, Path, str], Leader]


class Leading(OnDatabase):
    """``adapter`` makes a leader as ``make_leader`` does."""

    adapter: Any = staticmethod(make_leader)

    @contextmanager
    def open(self, folder: Path, role: str = "relay") -> Iterator[Leader]:  # type: ignore[override]
        with self.database_in(folder) as database:
            leader = self.adapter(database, folder, role)
            yield leader
            leader.release()


class SqliteLeader(Leading, OnSqlite, LeaderSuite):
    def url(self, folder: Path) -> str:
        return f"sqlite:///{folder / FILE}"


class PostgresLeading(Leading, OnPostgres, LeaderSuite):
    def url(self, folder: Path) -> str:
        return made(folder)

    def test_a_lost_connection_is_noticed(self, one: Leader, other: Leader, tmp_path: Path) -> None:
        assert one.leads()
        administer(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name_of(tmp_path)}'")
        with pytest.raises(Unavailable):
            one.leads()
        assert (other.leads(), one.leads()) == (True, False)


class TestSqliteLeader(SqliteLeader):
    def test_a_folder_that_cannot_be_written_cannot_say(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable, match="data directory"):
            FileLeader(tmp_path / "nowhere" / "relay.lock").leads()


class TestPostgresLeader(PostgresLeading):
    pass


class EverybodyLeads(FileLeader):
    def __init__(self, database: Database, folder: Path, role: str) -> None:
        super().__init__(folder / f"{role}.lock")

    def leads(self) -> bool:
        self._held_by_all = super().leads()
        return True


class NeverLetsGo(FileLeader):
    def __init__(self, database: Database, folder: Path, role: str) -> None:
        super().__init__(folder / f"{role}.lock")

    def release(self) -> None:
        """Keeps the role."""

    def __del__(self) -> None:
        super().release()


class TrustsItsConnection(PostgresLeader):
    def __init__(self, database: Database, folder: Path, role: str) -> None:
        super().__init__(database, role)

    def leads(self) -> bool:
        return self._session is not None or super().leads()


class KeepsTheSession(PostgresLeader):
    """Gives the connection back to the pool, and with it the lock."""

    def __init__(self, database: Database, folder: Path, role: str) -> None:
        super().__init__(database, role)

    def release(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


BREAKS = {NeverLetsGo: "test_goes_over"}
BREAKS_AMONG_SERVERS = {TrustsItsConnection: "test_a_lost_connection_is_noticed", KeepsTheSession: "test_goes_over"}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteLeader, BREAKS) == expected(BREAKS)
    found = caught(pytester, SqliteLeader, [EverybodyLeads])
    assert found == {"EverybodyLeads": {"test_one_at_a_time", "test_goes_over", "test_goes_over_when_the_leader_dies"}}


@pytest.mark.usefixtures("postgres_server")
def test_the_suite_catches_a_session_that_is_not_ones_own(pytester: pytest.Pytester) -> None:
    breaks = BREAKS_AMONG_SERVERS
    assert caught(pytester, PostgresLeading, breaks, breaks.values()) == expected(breaks)
