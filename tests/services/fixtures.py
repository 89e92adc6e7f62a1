"""Real servers as fixtures: each starts when a test first asks for it and runs until the tests end.

Without its programs on this machine a test is skipped and says what to install; where ``CI`` is set it fails instead.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache

import pytest

from tests.services.servers import Server, ServiceError, running

SETTINGS: Mapping[str, Mapping[str, str]] = {
    "postgres": {
        "fsync": "off",  # no test cuts the power; that every commit is written before it is answered is tested on its own
        "full_page_writes": "off",
        "deadlock_timeout": "100ms",
        "max_connections": "200",
        "autovacuum": "off",
    },
}


@cache
def _started(name: str) -> Server:
    stack = ExitStack()
    server = stack.enter_context(running(name, settings=SETTINGS.get(name)))
    atexit.register(stack.close)
    return server


def needed(name: str) -> Server:
    """The server of this run; skips the test, or in CI fails it, where it cannot be had."""
    try:
        return _started(name)
    except ServiceError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgres_server() -> Server:
    """PostgreSQL; ``info["url"]`` is its database ``postgres``. Tests make databases of their own."""
    return needed("postgres")


@pytest.fixture(scope="session")
def kafka_server() -> Server:
    """Kafka; ``info["bootstrap"]`` is its address. Tests put a prefix of their own before topics and groups."""
    return needed("kafka")


@pytest.fixture(scope="session")
def elasticsearch_server() -> Server:
    """Elasticsearch 7.17; ``info["url"]`` is its address. Tests put a prefix of their own before indices."""
    return needed("elasticsearch")


@pytest.fixture(scope="session")
def opensearch_server() -> Server:
    """OpenSearch 2; as Elasticsearch."""
    return needed("opensearch")
