"""What happens by time: sealing always, forgetting now and then."""

from __future__ import annotations

from threading import Event as Signal

import pytest

from infra.storage.audit_chain import SqlAuditChain
from infra.storage.database import Database
from infra.storage.intake import SqlIntakeStore
from streams.clocks import FORGET_EVERY, Clocks
from tests.world import World
from triage.domain.errors import Unavailable


def test_sweeps_at_its_start_and_then_every_ten_minutes(database: Database) -> None:
    world, swept = World(database), []
    clocks = Clocks(SqlAuditChain(database), SqlIntakeStore(database), world.clock, 0.2, Signal(), lambda: swept.append(world.clock.now()))
    began = world.clock.now()
    for minutes in (0, 5, 4, 1, 5):
        world.clock.forward(minutes=minutes)
        clocks.run_once()
    assert swept == [began, began + FORGET_EVERY]


def test_a_sweep_that_fails_does_not_keep_the_audit_log_waiting(database: Database) -> None:
    world, chain = World(database), SqlAuditChain(database)

    def fail() -> None:
        raise Unavailable("the blobs cannot be listed")

    clocks = Clocks(chain, SqlIntakeStore(database), world.clock, 0.2, Signal(), fail)
    world.arrive()
    with pytest.raises(Unavailable):
        clocks.run_once()
    world.arrive()
    assert clocks.run_once() > 0
    assert chain.unsealed() == 0
