"""Accounts on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from infra.storage import tables
from infra.storage.database import insert_new
from infra.storage.users import SqlUsers
from tests.contract.on_postgres import OnPostgresPart
from tests.contract.on_sqlite import OnSqlitePart
from tests.contract.saboteurs import caught, expected
from tests.contract.users_suite import UsersSuite
from triage.domain.access import User


class SqliteUsers(OnSqlitePart, UsersSuite):
    part, adapter = "users", SqlUsers


class TestSqliteUsers(SqliteUsers):
    pass


class TestPostgresUsers(OnPostgresPart, UsersSuite):
    part, adapter = "users", SqlUsers


class MindsCase(SqlUsers):
    def by_name(self, name: str) -> User | None:
        user = super().by_name(name)
        return user if user and user.name == name else None


class KeepsTheFirst(SqlUsers):
    def put(self, user: User) -> None:
        if self.by_id(user.id) is None:
            super().put(user)


class TakesTheNameAway(SqlUsers):
    def put(self, user: User) -> None:
        self._connection.execute(
            delete(tables.users).where(tables.users.c.folded_name == user.name.casefold(), tables.users.c.id != user.id)
        )
        super().put(user)


class RefusesQuietly(SqlUsers):
    def put(self, user: User) -> None:
        taken = self.by_name(user.name)
        if taken is None or taken.id == user.id:
            super().put(user)


class ForgetsADayLater(SqlUsers):
    def by_session(self, token_hash: str, now: datetime) -> User | None:
        return super().by_session(token_hash, now - timedelta(days=1))


class EndsNothing(SqlUsers):
    def end_session(self, token_hash: str) -> None:
        insert_new(self._connection, tables.sessions, [], ["token_hash"])


BREAKS = {
    MindsCase: "test_finds_by_name",
    KeepsTheFirst: "test_put_replaces",
    TakesTheNameAway: "test_refuses_a_name_that_is_taken",
    RefusesQuietly: "test_refuses_a_name_that_is_taken",
    ForgetsADayLater: "test_forgets_ended_sessions",
    EndsNothing: "test_forgets_ended_sessions",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteUsers, BREAKS) == expected(BREAKS)
