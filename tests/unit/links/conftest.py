from __future__ import annotations

import pytest

from infra.storage.database import Database
from tests.world import World


@pytest.fixture
def world(database: Database) -> World:
    return World(database)
