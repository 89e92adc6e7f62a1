"""The product on real engines as a clearing-house runs it: PostgreSQL, Kafka, Elasticsearch, and processes that are started again."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
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

from infra.app import Core, open_core
from infra.brokers import make_topics
from infra.demo import Demo, load_or_make
from infra.prepare import prepare
from infra.settings import Settings, read_settings
from tests.e2e.product import until
from tests.services.servers import SERVERS, Server, ServiceError, free_port

LAST_LINE = pytest.StashKey[str]()
"""What the run of the tests says last, if it says anything."""

ROLES = {"web": 1, "relay": 2, "worker": 2, "clocks": 1}
"""How many processes of each role run; one relay of two stands by."""

STEADY_SECONDS = 20.0
"""A role none of whose processes ended for so long starts the next one that ends at once."""

SETTINGS: Mapping[str, Mapping[str, str]] = {"postgres": {"max_connections": "200"}, "elasticsearch": {"action.auto_create_index": "false"}}


class Cluster:
    """Servers and processes of one test. What ends is started again, as an orchestrator does."""

    def __init__(self, folder: Path, roles: Mapping[str, int], environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.servers: dict[str, Server] = {}
        for name in ("postgres", "kafka", "elasticsearch"):
            self.servers[name] = SERVERS[name](folder / name, SETTINGS.get(name)).start()
        with psycopg.connect(self.servers["postgres"].info["url"], autocommit=True) as connection:
            connection.execute("CREATE DATABASE tipstream")
        self.environment = {
            "TIPSTREAM_DATA": str(folder / "data"),
            "TIPSTREAM_DATABASE_URL": self.database_url,
            "TIPSTREAM_KAFKA_BOOTSTRAP": self.servers["kafka"].info["bootstrap"],
            "TIPSTREAM_KAFKA_REPLICATION": "1",
            "TIPSTREAM_ELASTICSEARCH_URL": self.servers["elasticsearch"].info["url"],
            "TIPSTREAM_ELASTICSEARCH_COMPAT": "7",
            "TIPSTREAM_PORT": str(free_port()),
            "TIPSTREAM_LOG_LEVEL": "warning",
            **environment,
        }
        self.settings: Settings = read_settings(self.environment)
        prepare(self.settings)
        with self.core() as core:
            make_topics(core)
            self.demo: Demo = load_or_make(core, self.settings.data)
        self.url = f"http://127.0.0.1:{self.settings.port}"
        self.http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        self._roles = dict(roles)
        self._running: dict[str, list[subprocess.Popen[bytes]]] = {role: [] for role in roles}
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self._log = (folder / "log").open("ab")
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    @property
    def database_url(self) -> str:
        """The product's database."""
        return str(self.servers["postgres"].info["url"]).rpartition("/")[0] + "/tipstream"

    @contextmanager
    def core(self) -> Iterator[Core]:
        """The adapters of this cluster, for looking."""
        with open_core(self.settings) as core:
            yield core

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

    def ready(self) -> bool:
        """Whether tips can be accepted."""
        try:
            return self.http.get("/health/ready").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def send(self, body: Mapping[str, Any], key: str) -> str:
        """Send one tip as a careful partner does: the same key again until it is acknowledged; return its id."""
        headers = {"authorization": f"Bearer {self.demo.keys['prairie-haul']}", "idempotency-key": key}
        pause = threading.Event()
        while True:
            try:
                answer = self.http.post("/api/v1/tips", json=dict(body), headers=headers)
            except httpx.TransportError:
                pause.wait(0.1)
                continue
            if answer.status_code == httpx.codes.CREATED:
                return str(answer.json()["id"])
            assert answer.status_code in (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS), answer.text
            pause.wait(0.2)

    def command(self, *arguments: str) -> Any:
        """Run a command on this cluster and read the JSON it prints."""
        command = [sys.executable, "-m", "infra.cli", *arguments, "--json"]
        return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60, env=self._variables()).stdout)

    def stop(self) -> dict[str, list[int]]:
        """Ask every process to end; return their exit codes by role."""
        self._ends.set()
        self._keeper.join()
        for role in ("web", "relay", "worker", "clocks"):
            for process in self._running.get(role, []):
                process.send_signal(signal.SIGTERM)
        codes = {role: [_ended(process) for process in processes] for role, processes in self._running.items()}
        self.http.close()
        self._log.close()
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
                    self._running[role] = alive + [self._start(role) for _ in range(missing)]

    def _start(self, role: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "infra.cli", role], env=self._variables(), stdout=self._log, stderr=self._log)

    def _variables(self) -> dict[str, str]:
        return {**os.environ, **self.environment}


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
            until(made.ready, 60, "the web process answers")
            yield made
        finally:
            made.stop()
