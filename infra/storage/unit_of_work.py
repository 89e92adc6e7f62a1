"""One transaction over everything of the desk side."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from infra.storage import tables
from infra.storage.alerts import SqlAlerts
from infra.storage.cases import SqlCases
from infra.storage.database import Database, take_locks
from infra.storage.desk import SqlActs, SqlMessages, SqlNotices, SqlQueue
from infra.storage.kept import SqlRecords
from infra.storage.links import SqlLinks
from infra.storage.logs import SqlAudit, SqlEvents
from infra.storage.records import SqlAssessments, SqlDecisions, SqlPolicies, SqlTips
from infra.storage.saved_searches import SqlSavedSearches
from infra.storage.senders import SqlAttachments, SqlOutcomes, SqlSenders
from infra.storage.tip_facts import SqlTipFacts
from infra.storage.undo import SqlUndoNotes
from infra.storage.users import SqlUsers
from triage.ports import Storage, UnitOfWork


class SqlUnitOfWork(UnitOfWork):
    """A transaction of the database and the parts that speak through it. Used once, by one thread. Events are written at its end."""

    events: SqlEvents

    def __init__(self, transaction: AbstractContextManager[Connection]) -> None:
        self._transaction = transaction

    def __enter__(self) -> Self:
        self._speak_through(self._transaction.__enter__())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            try:
                self.events.write()
            except BaseException as failure:
                self._transaction.__exit__(type(failure), failure, failure.__traceback__)
                raise
        self._transaction.__exit__(kind, error, trace)

    def hold(self, names: Iterable[str]) -> None:
        take_locks(self._connection, names)

    def _speak_through(self, connection: Connection) -> None:
        self._connection = connection
        self.tips = SqlTips(connection)
        self.assessments = SqlAssessments(connection)
        self.decisions = SqlDecisions(connection)
        self.links = SqlLinks(connection)
        self.cases = SqlCases(connection)
        self.queue = SqlQueue(connection)
        self.notices = SqlNotices(connection)
        self.acts = SqlActs(connection)
        self.messages = SqlMessages(connection)
        self.audit = SqlAudit(connection)
        self.events = SqlEvents(connection)
        self.policies = SqlPolicies(connection)
        self.users = SqlUsers(connection)
        self.saved = SqlSavedSearches(connection)
        self.alerts = SqlAlerts(connection)
        self.undo = SqlUndoNotes(connection)
        self.attachments = SqlAttachments(connection)
        self.senders = SqlSenders(connection)
        self.outcomes = SqlOutcomes(connection)
        self.facts = SqlTipFacts(connection)
        self.case_acts = SqlRecords(connection, tables.case_acts)
        self.tasks = SqlRecords(connection, tables.tasks)
        self.files = SqlRecords(connection, tables.case_files)
        self.grades = SqlRecords(connection, tables.grades)
        self.verdicts = SqlRecords(connection, tables.verdicts)
        self.merges = SqlRecords(connection, tables.merges)
        self.pointers = SqlRecords(connection, tables.pointers)
        self.shares = SqlRecords(connection, tables.shares)
        self.hand_offs = SqlRecords(connection, tables.hand_offs)
        self.views = SqlRecords(connection, tables.desk_views)
        self.preferences = SqlRecords(connection, tables.preferences)
        self.escalations = SqlRecords(connection, tables.escalations)


class SqlStorage(Storage):
    """Units of work on a database whose tables the migrations have made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def writing(self) -> UnitOfWork:
        return SqlUnitOfWork(self._database.writing())

    def reading(self) -> UnitOfWork:
        return SqlUnitOfWork(self._database.reading())
