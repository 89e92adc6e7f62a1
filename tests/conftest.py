"""What holds for every test: a scrubbed environment, no sockets in unit tests, property tests that repeat in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from pytest_socket import disable_socket, enable_socket

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
