"""What engines do each in its own way: connections, transactions, adding many rows, locks, the meaning of errors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import URL, Connection, Engine, ExceptionContext, Table, event

from triage.domain.errors import TipstreamError

Rows = Sequence[Mapping[str, object]]
"""Rows by column name; all of them name the same columns, and there is at least one."""

_WRITES = "tipstream_writes"

NOT_MIGRATED = "its tables do not fit this release. Bring them up to date with `tipstream migrate`"
TAKEN = "the database holds another record with this id or name. Read it again, then choose another."
OWNER_MISSING = "the record belongs to another one that is not in the database. Store that one first."
ONLY_READS = "this unit of work only reads. Open it with writing() to change anything."


class Backend(ABC):
    """One kind of engine. Has no state; the engines that it makes do."""

    @abstractmethod
    def make(self, address: URL, wait_seconds: float, statement_seconds: float) -> Engine:
        """An engine for the address. Nothing is opened yet. Raise ``ValueError`` for an address that cannot be served."""

    @abstractmethod
    def reader(self, engine: Engine) -> Engine:
        """The same engine, with transactions that see one state and may not write."""

    def writer(self, engine: Engine) -> Engine:
        """The same engine, with transactions that may write."""
        return engine.execution_options(**{_WRITES: True})

    @abstractmethod
    def insert(self, connection: Connection, table: Table, rows: Rows) -> None:
        """Add the rows, numbered in this order where the table numbers them."""

    @abstractmethod
    def insert_new(self, connection: Connection, table: Table, rows: Rows, key: Sequence[str]) -> int:
        """Add, in this order, those rows whose ``key`` (a unique index) is not there yet; return how many."""

    @abstractmethod
    def put(self, connection: Connection, table: Table, rows: Rows) -> None:
        """Add the rows, replacing those with the same primary key; of two rows with one key the last stays."""

    @abstractmethod
    def take_locks(self, connection: Connection, names: Iterable[str]) -> None:
        """Hold the named locks until the transaction ends."""

    @abstractmethod
    def meaning(self, error: BaseException, writes: bool) -> TipstreamError | None:
        """What a driver's error means to us. ``writes``: whether the transaction may write. None: it is a mistake in our own code."""

    def _translate_errors(self, engine: Engine) -> None:
        """Let every error of the driver come out as what it means."""

        def translated(context: ExceptionContext) -> TipstreamError | None:
            writes = context.connection is None or may_write(context.connection)
            return self.meaning(context.original_exception, writes)

        event.listen(engine, "handle_error", translated)


def may_write(connection: Connection) -> bool:
    """Whether the connection's transaction may write."""
    return _WRITES in connection.get_execution_options()
