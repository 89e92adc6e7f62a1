"""Bringing the tables of a database up to date, or back. The only module that loads Alembic: the web process never does."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from infra.storage.database import Database, open_database, take_locks

_LOCK = "migrations"
"""The named lock under which one process at a time migrates."""


def upgrade(url: str) -> None:
    """Bring the tables at ``url`` up to this release, all in one transaction. Raise ``Unavailable`` if the database cannot be written."""
    with _open(url) as database, database.writing() as connection:
        take_locks(connection, [_LOCK])
        command.upgrade(_config(connection), "head")


def downgrade(url: str, revision: str) -> None:
    """Take the tables back to ``revision`` (``base``: before the first), all in one transaction. What only newer tables hold is lost."""
    with _open(url) as database, database.writing() as connection:
        take_locks(connection, [_LOCK])
        command.downgrade(_config(connection), revision)


def current(url: str) -> str | None:
    """The revision that the tables at ``url`` are at; None before the first."""
    with open_database(url) as database, database.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The revision that this release needs."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config).get_current_head()


def _open(url: str) -> Database:
    """The database, without a limit to how long a statement may take: rebuilding a large table takes its time."""
    return open_database(url, statement_seconds=0)


def _config(connection: Connection) -> Config:
    """Alembic's settings, with the connection that ``migrations/env.py`` is to use."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    return config
