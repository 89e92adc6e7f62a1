"""What holds for every test: a scrubbed environment, no sockets in unit tests, property tests that repeat in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from pytest_socket import disable_socket, enable_socket

from infra.storage.database import Database, open_database
from infra.storage.migrate import upgrade

pytest_plugins = ["pytester", "tests.services.fixtures"]  # contract suites are run on adapters that must fail

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

UNIT = Path(__file__).parent / "unit"


@pytest.fixture(autouse=True)
def scrubbed_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test."""
    for name in [name for name in os.environ if name.startswith("TIPSTREAM_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def no_sockets_in_unit_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """A unit test that opens a network socket fails."""
    if request.path.is_relative_to(UNIT):
        disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the newest schema, made once; tests work on copies of it."""
    path = tmp_path_factory.mktemp("template") / "tipstream.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty database of the test's own."""
    copy = tmp_path / "tipstream.db"
    shutil.copyfile(migrated, copy)
    with open_database(f"sqlite:///{copy}", wait_seconds=2) as opened:
        yield opened
