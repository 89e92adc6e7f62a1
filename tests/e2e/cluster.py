"""The product on real engines as a clearing-house runs it: PostgreSQL, Kafka, Elasticsearch, and processes that are started again."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from infra.brokers import make_topics
from tests.e2e.installation import COMMAND, Prepared
from tests.e2e.product import until
from tests.services.servers import SERVERS, Server, ServiceError

LAST_LINE = pytest.StashKey[str]()
"""What the run of the tests says last, if it says anything."""

ROLES = {"web": 1, "relay": 2, "worker": 2, "clocks": 1}
"""How many processes of each role run; one relay of two stands by."""

STEADY_SECONDS = 20.0
"""A role none of whose processes ended for so long starts the next one that ends at once."""

SETTINGS: Mapping[str, Mapping[str, str]] = {"postgres": {"max_connections": "200"}, "elasticsearch": {"action.auto_create_index": "false"}}


class Cluster(Prepared):
    """Servers and processes of one test. What ends is started again, as an orchestrator does."""

    def __init__(self, folder: Path, roles: Mapping[str, int], environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.servers: dict[str, Server] = {}
        for name in ("postgres", "kafka", "elasticsearch"):
            self.servers[name] = SERVERS[name](folder / name, SETTINGS.get(name)).start()
        with psycopg.connect(self.servers["postgres"].info["url"], autocommit=True) as connection:
            connection.execute("CREATE DATABASE tipstream")
        engines = {
            "TIPSTREAM_DATABASE_URL": self.database_url,
            "TIPSTREAM_KAFKA_BOOTSTRAP": self.servers["kafka"].info["bootstrap"],
            "TIPSTREAM_KAFKA_REPLICATION": "1",
            "TIPSTREAM_ELASTICSEARCH_URL": self.servers["elasticsearch"].info["url"],
            "TIPSTREAM_ELASTICSEARCH_COMPAT": "7",
        }
        super().__init__(folder / "data", **engines, **environment)
        with self.core() as core:
            make_topics(core)
        self._roles = dict(roles)
        self._running: dict[str, list[subprocess.Popen[bytes]]] = {role: [] for role in roles}
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    @property
    def database_url(self) -> str:
        """The product's database."""
        return str(self.servers["postgres"].info["url"]).rpartition("/")[0] + "/tipstream"

    def scale(self, role: str, count: int) -> None:
        """Run so many processes of the role; those that leave are asked to."""
        with self._lock:
            self._roles[role] = count
            for process in self._running[role][count:]:
                process.send_signal(signal.SIGTERM)

    def kill(self, role: str, chance: random.Random) -> None:
        """Kill one of the role's processes, if one runs."""
        with self._lock:
            alive = [process for process in self._running[role] if process.poll() is None]
            if alive:
                chance.choice(alive).kill()

    def start_server(self, name: str, tries: int = 3) -> None:
        """Start a server again after it was stopped or killed. A busy machine may need another try."""
        try:
            self.servers[name].start()
        except ServiceError:
            if tries == 1:
                raise
            self.start_server(name, tries - 1)

    def pids(self, role: str) -> list[int]:
        """The processes of the role that run now."""
        with self._lock:
            return [process.pid for process in self._running[role] if process.poll() is None]

    def send(self, body: Mapping[str, Any], key: str) -> str:
        """Send one tip as a careful partner does: the same key again until it is acknowledged; return its id."""
        pause = threading.Event()
        while True:
            try:
                answer = self.post(body, key)
            except httpx.TransportError:
                pause.wait(0.1)
                continue
            if answer.status_code == httpx.codes.CREATED:
                return str(answer.json()["id"])
            assert answer.status_code in (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS), answer.text
            pause.wait(0.2)

    def command(self, *arguments: str) -> Any:
        """Run a command on this cluster and read the JSON it prints."""
        command = [*COMMAND, *arguments, "--json"]
        return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60, env=self.variables()).stdout)

    def stop(self) -> dict[str, list[int]]:
        """Ask every process to end; return their exit codes by role."""
        self._ends.set()
        self._keeper.join()
        for role in ("web", "relay", "worker", "clocks"):
            for process in self._running.get(role, []):
                process.send_signal(signal.SIGTERM)
        codes = {role: [_ended(process) for process in processes] for role, processes in self._running.items()}
        self.let_go()
        for server in self.servers.values():
            server.stop()
        return codes

    def _keep(self) -> None:
        """Start what is missing, at once the first time and after a pause where processes of the role keep ending."""
        pauses = dict.fromkeys(self._roles, 0.0)
        start_at = dict.fromkeys(self._roles, 0.0)
        while not self._ends.wait(0.1):
            now = time.monotonic()
            with self._lock:
                for role, count in self._roles.items():
                    alive = [process for process in self._running[role] if process.poll() is None]
                    if len(alive) < len(self._running[role]):
                        pauses[role] = min(pauses[role] * 2 or 0.5, 5.0)
                        start_at[role] = now + pauses[role]
                    elif now - start_at[role] > STEADY_SECONDS:
                        pauses[role] = 0.0
                    missing = count - len(alive) if now >= start_at[role] else 0
                    self._running[role] = alive + [self.spawn(role) for _ in range(missing)]


def _ended(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(10)


@contextmanager
def cluster(roles: Mapping[str, int] = ROLES, **environment: str) -> Iterator[Cluster]:
    """A cluster in a folder of its own that answers; everything is ended and removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="tipstream-cluster-", ignore_cleanup_errors=True) as name:
        os.chmod(name, 0o711)  # PostgreSQL's user must be able to walk in
        made = Cluster(Path(name), roles, environment)
        try:
            until(made.answers, 60, "the web process answers")
            yield made
        finally:
            made.stop()
