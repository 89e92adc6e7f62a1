"""An intake for each test, on a copy of one migrated database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.storage.migrate import upgrade
from tests.builders import example_policy
from tests.intake import Intake, open_intake
from triage.domain.policy import Policy


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the tables of this release and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("template") / "tipstream.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The example policy, read once."""
    return example_policy()


@pytest.fixture
def intake(tmp_path: Path, empty_database: Path, policy: Policy) -> Iterator[Intake]:
    shutil.copy(empty_database, tmp_path / "tipstream.db")
    with open_intake(tmp_path, policy) as intake:
        yield intake
