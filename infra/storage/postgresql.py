"""PostgreSQL through psycopg 3: many writers at once, kept apart by row locks and named locks.

Readers run as REPEATABLE READ READ ONLY: one picture from beginning to end. Writers run as READ COMMITTED, on purpose: whoever
waited for a lock must then see what its last holder committed, and a snapshot taken before the wait would hide it (two workers
would each open a case for one plate). What a writer builds on is therefore held first: keys and names by ``take_locks``, cases
by being read. A held record stays as it was read until the transaction ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, URL, BigInteger, Connection, Engine, String, Table, bindparam, create_engine, event, func, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.types import TypeEngine

from infra.storage.backend import NOT_MIGRATED, ONLY_READS, OWNER_MISSING, TAKEN, Backend, Rows
from infra.storage.codec import Name
from triage.domain.errors import Conflict, NotAllowed, TipstreamError, Unavailable

DRIVER = "postgresql+psycopg"

_KEPT, _AT_MOST = 8, 24
"""Connections of a process that stay open, and that it may open. One a thread is enough; the web process has the most threads."""

_LOST = "the server went away or refuses us. Check that it runs, and that TIPSTREAM_DATABASE_URL names it, its user and its database"
_OUT_OF_REACH = {
    "40001": "another transaction changed the same records. Try again",
    "40P01": "two transactions waited for each other. Try again",
    "55P03": "somebody else is writing the same records. Try again; if it stays, look for a transaction that hangs (pg_stat_activity)",
    "57014": "a statement took too long and was stopped. Try again; if it stays, look at the load of the server",
    "25006": "the server takes no writes. It is a standby or set to read only (default_transaction_read_only); use the primary",
    "25P03": "the server ended a transaction that did nothing for too long. Try again",
    "25P04": "the server ended a transaction that took too long. Try again",
    "26000": "a pooler between us and the server shares connections within a session. Set it to session pooling",
    "28": "the server refuses this user or password. Check TIPSTREAM_DATABASE_URL and pg_hba.conf",
    "3D": "the server has no such database. Check TIPSTREAM_DATABASE_URL, or create it",
    "42501": "this user may not do that. Give it the rights of the owner of the tables",
    "42P01": NOT_MIGRATED,
    "42703": NOT_MIGRATED,
    "53100": "the disk of the server is full. Make room, then try again",
    "53200": "the server is out of memory or of locks. Raise max_locks_per_transaction, then try again",
    "53300": "the server takes no more connections. Raise max_connections, or run fewer processes",
    "08": _LOST,
    "57P": _LOST,
    "53": "the server lacks a resource. Look at its log",
    "58": "the disk of the server reports an error. Check the disk and its mount",
    "F0": "the server's files are damaged or locked. Look at its log",
    "XX": "the server's data are damaged. Stop the product and restore the newest backup",
}
"""By SQLSTATE or the beginning of one (PostgreSQL manual, appendix A); the longest that fits holds."""


class PostgresBackend(Backend):
    """PostgreSQL 13 or newer."""

    def make(self, address: URL, wait_seconds: float, statement_seconds: float) -> Engine:
        """Parameters hold tips and stay out of error texts. A connection that hears nothing for half a minute counts as lost."""
        if not address.database:
            raise ValueError("the database address names no database. Write postgresql://user@host/database")
        engine = create_engine(
            address.set(drivername=DRIVER),
            isolation_level="READ COMMITTED",
            pool_size=_KEPT,
            max_overflow=_AT_MOST - _KEPT,
            pool_timeout=wait_seconds,
            hide_parameters=True,
            use_native_hstore=False,  # we store none, and looking for the type costs each new connection a question
            connect_args={
                "connect_timeout": max(2, round(wait_seconds)),
                "application_name": "tipstream",
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 4,
                "tcp_user_timeout": 30_000,
            },
        )
        limits = {
            "lock_timeout": f"{round(wait_seconds * 1000)}ms",
            "statement_timeout": f"{round(statement_seconds * 1000)}ms",
            "idle_in_transaction_session_timeout": "60s",  # a process that hangs must not hold its locks for ever
        }
        arrays = engine.dialect.loaded_dbapi.types.array  # the driver, which no process loads that does not use it
        event.listen(engine, "connect", lambda connection, _: _prepare(connection, limits, arrays.ListBinaryDumper))
        event.listen(engine, "checkout", _follow_the_server)
        self._translate_errors(engine)
        return engine

    def reader(self, engine: Engine) -> Engine:
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def insert(self, connection: Connection, table: Table, rows: Rows) -> None:
        connection.execute(_insert(table, tuple(rows[0])), _columns(rows))

    def insert_new(self, connection: Connection, table: Table, rows: Rows, key: Sequence[str]) -> int:
        statement = _insert_new(table, tuple(rows[0]), tuple(key))
        return connection.execute(statement, _columns(rows), execution_options={"preserve_rowcount": True}).rowcount

    def put(self, connection: Connection, table: Table, rows: Rows) -> None:
        keys = [column.name for column in table.primary_key]
        last = {tuple(row[key] for key in keys): row for row in rows}  # one statement may change a row once only
        connection.execute(_put(table, tuple(rows[0])), _columns(list(last.values())))

    def take_locks(self, connection: Connection, names: Iterable[str]) -> None:
        """In the order of their numbers, so that two transactions that ask once each never wait for each other."""
        if numbers := sorted({lock_number(name) for name in names}):
            connection.execute(_take_locks(), {"numbers": numbers})

    def meaning(self, error: BaseException, writes: bool) -> TipstreamError | None:
        state: str | None = getattr(error, "sqlstate", None)
        if state is None:
            # The client library noticed it by itself: the connection broke, or could not be made.
            return Unavailable(f"the database cannot be used now: {_LOST}.") if type(error).__name__ == "OperationalError" else None
        if state == "23505":
            return Conflict(TAKEN)
        if state == "23503":
            return Conflict(OWNER_MISSING)
        if state == "25006" and not writes:
            return NotAllowed(ONLY_READS)
        advice = next((_OUT_OF_REACH[state[:length]] for length in (5, 3, 2) if state[:length] in _OUT_OF_REACH), None)
        return Unavailable(f"the database cannot be used now: {advice}.") if advice else None


def lock_number(name: str) -> int:
    """The signed 64-bit number under which the engine knows the named lock. Two names that share one only wait more than they must."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def _prepare(connection: Any, limits: Mapping[str, str], arrays: type) -> None:
    """Set the limits of a new connection, and never let a commit return before it is on disk; stricter settings stay.

    Arrays travel in binary form: as text, each quotation mark of each document would have to be escaped.
    """
    connection.adapters.register_dumper(list, arrays)
    with connection.cursor() as cursor:
        for name, value in limits.items():
            cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
        cursor.execute("SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'")
    connection.commit()


def _follow_the_server(connection: Any, _record: Any, _proxy: Any) -> None:
    """Let the server say whether writing is allowed. SQLAlchemy asks for it in so many words on a connection that a reader has used
    before, which would overrule ``default_transaction_read_only``.
    """
    if connection.read_only is not None:
        connection.read_only = None


@cache
def _take_locks() -> Any:
    number = func.unnest(bindparam("numbers", type_=ARRAY(BigInteger))).column_valued("number")
    return select(func.count(func.pg_advisory_xact_lock(number)))


@cache
def _insert(table: Table, names: tuple[str, ...]) -> Insert:
    """Add any number of rows with one short statement: an array a column, taken apart by ``unnest`` in order."""
    arrays = [bindparam(f"all_{name}", type_=ARRAY(_element(table.c[name].type), dimensions=1)) for name in names]
    rows = func.unnest(*arrays).table_valued(*names).render_derived(name="given")
    return insert(table).from_select(names, select(*rows.c), include_defaults=False)


@cache
def _insert_new(table: Table, names: tuple[str, ...], key: tuple[str, ...]) -> Insert:
    return _insert(table, names).on_conflict_do_nothing(index_elements=key)


@cache
def _put(table: Table, names: tuple[str, ...]) -> Insert:
    statement = _insert(table, names)
    keys = [column.name for column in table.primary_key]
    changed = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def _element(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type of a column's values in an array, which takes no collation."""
    if isinstance(type_, Name):
        return Name(collated=False)
    return String() if isinstance(type_, String) else type_


def _columns(rows: Rows) -> dict[str, list[object]]:
    return {f"all_{name}": [row[name] for row in rows] for name in rows[0]}
