from __future__ import annotations

import pytest

from infra.storage.database import Database
from tests.sharing import SharingWorld


@pytest.fixture
def world(database: Database) -> SharingWorld:
    return SharingWorld(database)
