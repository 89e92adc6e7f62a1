"""A console for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.search.tantivy_index import TantivyCaseIndex
from infra.security import Argon2Passwords
from infra.storage.database import Database
from tests.console import PASSWORD, Console


@pytest.fixture(scope="module")
def password_hash() -> str:
    return Argon2Passwords().hash(PASSWORD)


@pytest.fixture
def console(database: Database, tmp_path: Path, password_hash: str) -> Iterator[Console]:
    with TantivyCaseIndex(tmp_path / "index") as index:
        yield Console(database, index, password_hash)
