"""The whole web application on a data directory of its own, with people of every role signed in: for tests of pages below ``/desk``."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.applications import Starlette

from infra.app import Core, open_core
from infra.crypto import KeyRing
from infra.prepare import copy_example_policy
from infra.settings import Settings
from infra.web import make_application
from tests.builders import NOON, StillClock
from tests.console import Browser
from triage.domain.access import Role, User
from triage.sign_in import IDLE

PUBLIC_URL = "https://tips.test"
DESKS = {Role.ANALYST: frozenset({"trafficking"}), Role.SUPERVISOR: frozenset({"trafficking"})}


@dataclass(frozen=True, slots=True)
class Desk:
    """The application and what it is made of."""

    core: Core
    app: Starlette
    clock: StillClock

    def browser(self, role: Role) -> Browser:
        """A browser in which somebody of this role has signed in."""
        return Browser(self.app, self.session(role))

    def session(self, role: Role) -> str:
        """The session cookie of somebody of this role who has signed in."""
        token = f"{int(self.clock.now().timestamp())}.{role.value:0>32}"
        with self.core.storage.writing() as work:
            work.users.start_session(hashlib.sha256(token.encode()).hexdigest(), f"usr_{role}", self.clock.now() + IDLE)
        return token


@contextmanager
def open_desk(folder: Path, migrated: Path) -> Iterator[Desk]:
    """Open it on a copy of the migrated database, with the example policy and surveys; no partner is in the register."""
    shutil.copyfile(migrated, folder / "tipstream.db")
    settings = Settings(data=folder, public_url=PUBLIC_URL)
    copy_example_policy(settings.policy)
    KeyRing.load(settings.keys)
    clock = StillClock(NOON)
    with open_core(settings) as opened:
        core = replace(opened, clock=clock)
        with core.storage.writing() as work:
            for role in Role:
                work.users.put(User(f"usr_{role}", role.value, role.value.capitalize(), role, DESKS.get(role, frozenset()), ""))
        app = make_application(core)
        try:
            yield Desk(core, app, clock)
        finally:
            with ThreadPoolExecutor(1) as pool:  # a browser's test has an event loop of its own in this thread
                pool.submit(asyncio.run, _close(app)).result()


async def _close(app: Starlette) -> None:
    """Start and end its life, which ends what it holds."""
    async with app.router.lifespan_context(app):
        pass
