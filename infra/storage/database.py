"""The database behind the storage adapters: how it is opened, its transactions, and everything in which engines differ.

The rest of this folder is SQLAlchemy Core that every engine understands. What an engine needs of its own stands here: how a
connection is prepared, how a transaction begins, how rows are added or replaced, how locks are taken, what its errors mean.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self, cast

from sqlalchemy import Connection, Engine, ExceptionContext, Table, create_engine, event, make_url
from sqlalchemy.dialects.sqlite import insert

from triage.domain.errors import Conflict, NotAllowed, TipstreamError, Unavailable

_WAITS = "tipstream_waits"
"""The execution option of connections that may write: the seconds for which they wait for another writer."""

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
_NOT_MIGRATED = "its tables do not fit this release. Bring them up to date with `tipstream migrate`"
_FAMILY = 0xFF
"""Extended error codes carry the code of their family in the low byte."""
_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID}


class Database:
    """An open database. Safe to share between threads, not between processes: each opens its own. Close it, or use it in a ``with``."""

    def __init__(self, engine: Engine, wait_seconds: float) -> None:
        self.engine = engine
        self._writer = engine.execution_options(**{_WAITS: wait_seconds})

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one state of the database and blocks nobody; writing in it raises ``NotAllowed``."""
        return self.engine.begin()

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that may write, and on SQLite is the only one from its beginning to its end.

        Entering raises ``Unavailable`` if another one did not end in time.
        """
        return self._writer.begin()

    def close(self) -> None:
        """Let go of the files."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_database(url: str, wait_seconds: float = 10.0) -> Database:
    """Open the database at ``url`` (``sqlite:////absolute/path/tipstream.db``); nothing is read or created before its first use.

    A writing transaction waits up to ``wait_seconds`` for another. Raise ``ValueError`` for an address that cannot be served.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database or address.database == ":memory:":
        raise ValueError(
            f"the database address begins with {address.drivername!r} and cannot be used. Write sqlite:////absolute/path/tipstream.db"
        )
    # One connection a thread at most, so the pool needs no ceiling. Parameters hold tips and stay out of error texts.
    engine = create_engine(address, connect_args={"timeout": wait_seconds}, max_overflow=-1, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _translated)
    return Database(engine, wait_seconds)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]], key: Sequence[str]) -> int:
    """Add those rows whose ``key`` (a unique index) is not there yet; return how many."""
    if not rows:
        return 0
    statement = insert(table).on_conflict_do_nothing(index_elements=key)
    return connection.execute(statement, rows, execution_options={"preserve_rowcount": True}).rowcount


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Add the rows, replacing those with the same primary key."""
    if not rows:
        return
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def take_locks(connection: Connection, names: Iterable[str]) -> None:
    """Hold the named locks until the transaction ends, taken in sorted order. On SQLite there is nothing to do: a writing
    transaction already keeps all others out."""


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    """Make a new connection durable, and leave it to ``_begin`` when transactions begin: the driver would wait for the first write."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # NORMAL can lose an answered tip when the power fails
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    """Begin at once as writer, or as a reader whom the engine itself keeps from writing."""
    wait_seconds = connection.get_execution_options().get(_WAITS)
    if wait_seconds is None:
        connection.exec_driver_sql("PRAGMA query_only = 1")
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql("PRAGMA query_only = 0")
        _begin_as_writer(cast(sqlite3.Connection, connection.connection.driver_connection), wait_seconds)


def _begin_as_writer(connection: sqlite3.Connection, wait_seconds: float) -> None:
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
                    raise _meaning(error, writes=True) or error from error
            time.sleep(_LOOK_AGAIN_SECONDS)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(wait_seconds * 1000)}")


def _translated(context: ExceptionContext) -> TipstreamError | None:
    """What to raise in place of a driver's error, or None to leave it."""
    writes = context.connection is None or _WAITS in context.connection.get_execution_options()
    return _meaning(context.original_exception, writes)


def _meaning(error: BaseException, writes: bool) -> TipstreamError | None:
    """What a driver's error means to us. ``writes``: whether the transaction may write. None: it is a mistake in our own code."""
    code = getattr(error, "sqlite_errorcode", 0)
    family = code & _FAMILY
    if code in _TAKEN:
        return Conflict("the database holds another record with this id or name. Read it again, then choose another.")
    if code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
        return Conflict("the record belongs to another one that is not in the database. Store that one first.")
    if family == sqlite3.SQLITE_READONLY and not writes:
        return NotAllowed("this unit of work only reads. Open it with writing() to change anything.")
    if family in _OUT_OF_REACH:
        return Unavailable(f"the database cannot be used now: {_OUT_OF_REACH[family]}.")
    if family == sqlite3.SQLITE_ERROR and str(error).startswith("no such"):
        return Unavailable(f"the database cannot be used now: {_NOT_MIGRATED}.")
    return None
