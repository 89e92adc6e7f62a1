"""SQLite: one file, one writer at a time. A writing transaction keeps all others out, so named locks cost nothing here."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.sqlite import insert

from infra.storage.backend import NOT_MIGRATED, ONLY_READS, OWNER_MISSING, TAKEN, Backend, Rows, may_write
from triage.domain.errors import Conflict, NotAllowed, TipstreamError, Unavailable

_LOOK_AGAIN_SECONDS = 0.001
"""How often a waiting writer looks. SQLite itself soon looks only every 100 ms, and a writer that works without a pause, such as
a worker with a backlog, would then keep acceptance waiting for seconds."""

_OUT_OF_REACH = {
    sqlite3.SQLITE_BUSY: "somebody else is writing to it. Try again; if it stays, look for a process that holds the file",
    sqlite3.SQLITE_LOCKED: "somebody else is writing to it. Try again; if it stays, look for a process that holds the file",
    sqlite3.SQLITE_PROTOCOL: "too many processes open it at the same moment. Try again",
    sqlite3.SQLITE_READONLY: "the file may not be written. Give this user the right to write it and its folder",
    sqlite3.SQLITE_IOERR: "the disk reports an error. Check the disk and its mount",
    sqlite3.SQLITE_CORRUPT: "the file is damaged. Stop the product and restore the newest backup",
    sqlite3.SQLITE_FULL: "the disk is full. Make room, then try again",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened. Check that its folder exists and may be written",
    sqlite3.SQLITE_NOTADB: "the file is not a database. Check the address in TIPSTREAM_DATABASE_URL",
}
_FAMILY = 0xFF
"""Extended error codes carry the code of their family in the low byte."""
_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID}


class SqliteBackend(Backend):
    """SQLite in WAL mode through the standard library's driver."""

    def make(self, address: URL, wait_seconds: float, statement_seconds: float) -> Engine:  # noqa: ARG002 - no statement can be stopped
        """One connection a thread at most, so the pool needs no ceiling. Parameters hold tips and stay out of error texts."""
        if not address.database or address.database == ":memory:":
            raise ValueError("a database in memory cannot be used. Write sqlite:////absolute/path/tipstream.db")
        engine = create_engine(address, connect_args={"timeout": wait_seconds}, max_overflow=-1, hide_parameters=True)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", lambda connection: self._begin(connection, wait_seconds))
        self._translate_errors(engine)
        return engine

    def reader(self, engine: Engine) -> Engine:
        """Every transaction that is not marked as writing is kept from it by the engine."""
        return engine

    def insert(self, connection: Connection, table: Table, rows: Rows) -> None:
        connection.execute(insert(table), rows)

    def insert_new(self, connection: Connection, table: Table, rows: Rows, key: Sequence[str]) -> int:
        statement = insert(table).on_conflict_do_nothing(index_elements=key)
        return connection.execute(statement, rows, execution_options={"preserve_rowcount": True}).rowcount

    def put(self, connection: Connection, table: Table, rows: Rows) -> None:
        statement = insert(table)
        keys = [column.name for column in table.primary_key]
        changed = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)

    def take_locks(self, connection: Connection, names: Iterable[str]) -> None:
        """Nothing to do: a writing transaction already keeps all others out."""

    def meaning(self, error: BaseException, writes: bool) -> TipstreamError | None:
        code = getattr(error, "sqlite_errorcode", 0)
        family = code & _FAMILY
        if code in _TAKEN:
            return Conflict(TAKEN)
        if code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
            return Conflict(OWNER_MISSING)
        if family == sqlite3.SQLITE_READONLY and not writes:
            return NotAllowed(ONLY_READS)
        if family in _OUT_OF_REACH:
            return Unavailable(f"the database cannot be used now: {_OUT_OF_REACH[family]}.")
        if family == sqlite3.SQLITE_ERROR and str(error).startswith("no such"):
            return Unavailable(f"the database cannot be used now: {NOT_MIGRATED}.")
        return None

    def _begin(self, connection: Connection, wait_seconds: float) -> None:
        """Begin at once as writer, or as a reader whom the engine itself keeps from writing."""
        if may_write(connection):
            connection.exec_driver_sql("PRAGMA query_only = 0")
            self._begin_as_writer(cast(sqlite3.Connection, connection.connection.driver_connection), wait_seconds)
        else:
            connection.exec_driver_sql("PRAGMA query_only = 1")
            connection.exec_driver_sql("BEGIN")

    def _begin_as_writer(self, connection: sqlite3.Connection, wait_seconds: float) -> None:
        """Take the right to write as soon as nobody else has it."""
        until = time.monotonic() + wait_seconds
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    return
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode & _FAMILY != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                        raise self.meaning(error, writes=True) or error from error
                time.sleep(_LOOK_AGAIN_SECONDS)
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(wait_seconds * 1000)}")


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    """Make a new connection durable, and leave it to ``_begin`` when transactions begin: the driver would wait for the first write."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # NORMAL can lose an answered tip when the power fails
    connection.execute("PRAGMA foreign_keys = ON")
