"""The database behind the storage adapters: how it is opened, its transactions, and the statements that engines write differently.

The rest of this folder is SQLAlchemy Core that every engine understands. What an engine needs of its own stands in its module:
``sqlite`` and ``postgresql``, which are chosen by the address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import MappingProxyType, TracebackType
from typing import Protocol, Self

from sqlalchemy import Connection, Engine, Table, make_url
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from infra.storage.backend import Backend, Rows
from infra.storage.postgresql import PostgresBackend
from infra.storage.sqlite import SqliteBackend
from triage.domain.errors import Unavailable

_BACKENDS: Mapping[str, Backend] = MappingProxyType({"sqlite": SqliteBackend(), "postgresql": PostgresBackend()})


class Transactions(Protocol):
    """Gives transactions: each a new one, or always the one in hand."""

    def reading(self) -> AbstractContextManager[Connection]:
        """One to read in."""

    def writing(self) -> AbstractContextManager[Connection]:
        """One that may write."""


class InHand:
    """The transaction that somebody else has begun and will end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def reading(self) -> AbstractContextManager[Connection]:
        """It."""
        return nullcontext(self._connection)

    writing = reading


class Database:
    """An open database. Safe to share between threads, not between processes: each opens its own. Close it, or use it in a ``with``."""

    def __init__(self, engine: Engine, backend: Backend) -> None:
        self.engine = engine
        self._reader = backend.reader(engine)
        self._writer = backend.writer(engine)

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one state of the database and blocks nobody; writing in it raises ``NotAllowed``."""
        return _transaction(self._reader)

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that may write. On SQLite it is the only one from its beginning to its end; elsewhere it waits for others
        where it meets them. Either way ``Unavailable`` is raised after too long a wait.
        """
        return _transaction(self._writer)

    def close(self) -> None:
        """Let go of files and connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_database(url: str, wait_seconds: float = 10.0, statement_seconds: float = 60.0) -> Database:
    """Open the database at ``url``; nothing is read or created before its first use.

    ``sqlite:////absolute/path/tipstream.db`` or ``postgresql://user@host/database``. A transaction waits up to ``wait_seconds``
    for another; where the engine can, it stops a statement after ``statement_seconds`` (0: never). Raise ``ValueError`` for an
    address that cannot be served.
    """
    address = make_url(url)
    backend = _BACKENDS.get(address.get_backend_name())
    if backend is None:
        raise ValueError(
            f"the database address begins with {address.drivername!r} and cannot be used. "
            "Write sqlite:////absolute/path/tipstream.db or postgresql://user@host/database"
        )
    return Database(backend.make(address, wait_seconds, statement_seconds), backend)


def insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Add the rows, numbered in this order where the table numbers them. All rows of a call name the same columns."""
    if rows:
        _backend(connection).insert(connection, table, rows)


def insert_new(connection: Connection, table: Table, rows: Rows, key: Sequence[str]) -> int:
    """Add those rows whose ``key`` (a unique index) is not there yet; return how many."""
    return _backend(connection).insert_new(connection, table, rows, key) if rows else 0


def put(connection: Connection, table: Table, rows: Rows) -> None:
    """Add the rows, replacing those with the same primary key."""
    if rows:
        _backend(connection).put(connection, table, rows)


def take_locks(connection: Connection, names: Iterable[str]) -> None:
    """Hold the named locks until the transaction ends. Ask for all of them at once: they are taken in the same order by everybody."""
    _backend(connection).take_locks(connection, names)


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    try:
        connection = engine.connect()
    except NoConnectionLeft as error:
        raise Unavailable("the database cannot be used now: all connections of this process are in use. Try again.") from error
    with connection, connection.begin():
        yield connection


def _backend(connection: Connection) -> Backend:
    return _BACKENDS[connection.dialect.name]
