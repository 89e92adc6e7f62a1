"""Who leads where several processes could: one holder of a lock that ends with its process."""

from __future__ import annotations

import fcntl
from contextlib import suppress
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, func, select

from infra.storage.database import Database
from infra.storage.postgresql import lock_number
from streams.ports import Leader
from triage.domain.errors import TipstreamError, Unavailable


def make_leader(database: Database, folder: Path, role: str) -> Leader:
    """The leadership of ``role`` among the processes on this database; of a database in a file, among those on ``folder``."""
    if database.engine.dialect.name == "postgresql":
        return PostgresLeader(database, role)
    return FileLeader(folder / f"{role}.lock")


class PostgresLeader(Leader):
    """A session advisory lock on a connection of its own: the server frees it when the connection ends, whatever became of us.

    Needs a session of the server to itself: a pooler in between must pool sessions, not transactions.
    """

    def __init__(self, database: Database, role: str) -> None:
        self._engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._number = lock_number(f"leader {role}")
        self._session: Connection | None = None

    def leads(self) -> bool:
        """Asks the server each time: a lock whose connection broke is gone, and somebody else may have it."""
        try:
            if self._session is not None:
                self._session.scalar(select(1))
                return True
            session = self._engine.connect()
            if session.scalar(select(func.pg_try_advisory_lock(self._number))):
                self._session = session
                return True
            session.close()
            return False
        except TipstreamError:
            self._drop()
            raise

    def release(self) -> None:
        """Unlock and say so only when the server has: a connection that merely ends keeps its lock for a moment."""
        if self._session is not None:
            with suppress(TipstreamError):  # then the connection is gone, and with it the lock
                self._session.scalar(select(func.pg_advisory_unlock(self._number)))
            self._drop()

    def _drop(self) -> None:
        """End the connection, and with it what it may still hold; a pooled one would keep it."""
        if self._session is not None:
            self._session.invalidate()
            self._session.close()
            self._session = None


class FileLeader(Leader):
    """A locked file: the system unlocks it when the process ends. The file stays and says nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: IO[bytes] | None = None

    def leads(self) -> bool:
        if self._held is not None:
            return True
        try:
            file = self._path.open("ab")
        except OSError as error:
            raise Unavailable(f"the lock {self._path.name} cannot be opened: {error.strerror}. Check the data directory.") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._held = file
        return True

    def release(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None
