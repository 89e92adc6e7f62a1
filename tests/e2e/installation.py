"""One installation whose processes a test starts and ends one by one, on the engines that its settings name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from infra.app import Core, open_core
from infra.demo import Demo, load_or_make
from infra.prepare import prepare
from infra.settings import read_settings
from tests.e2e.product import until
from tests.services.servers import free_port

COMMAND = (sys.executable, "-m", "infra.cli")


class Prepared:
    """A prepared data directory and a partner who sends tips; its processes write into one ``log`` beside it."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.log = data.parent / f"{data.name}.log"
        port = str(free_port())
        self.environment = {"TIPSTREAM_DATA": str(data), "TIPSTREAM_PORT": port, "TIPSTREAM_LOG_LEVEL": "warning"}
        self.environment |= {"TIPSTREAM_SECOND_READER": "0", **environment}
        self.settings = read_settings(self.environment)
        prepare(self.settings)
        with self.core() as core:
            self.demo: Demo = load_or_make(core, data)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)
        self._log = self.log.open("ab")

    @contextmanager
    def core(self) -> Iterator[Core]:
        """The adapters of this installation, for looking."""
        with open_core(self.settings) as core:
            yield core

    def answers(self) -> bool:
        """Whether tips can be accepted."""
        try:
            return self.http.get("/health/ready").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def post(self, body: Mapping[str, Any], key: str) -> httpx.Response:
        """POST a tip with this idempotency key."""
        headers = {"authorization": f"Bearer {self.demo.keys['prairie-haul']}", "idempotency-key": key}
        return self.http.post("/api/v1/tips", json=dict(body), headers=headers)

    def spawn(self, role: str, command: Sequence[str] = COMMAND) -> subprocess.Popen[bytes]:
        """Start a process of this role."""
        return subprocess.Popen([*command, role], env=self.variables(), stdout=self._log, stderr=self._log)

    def variables(self) -> Mapping[str, str]:
        """The environment of its processes."""
        return {**os.environ, **self.environment}

    def let_go(self) -> None:
        """Close what is open in this process."""
        self.http.close()
        self._log.close()


class Installation(Prepared):
    """One whose processes a test starts and ends one by one. What still runs is killed at the end."""

    def __init__(self, data: Path, **environment: str) -> None:
        super().__init__(data, **environment)
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, role: str, command: Sequence[str] = COMMAND) -> subprocess.Popen[bytes]:
        """Start a process of this role."""
        process = self.spawn(role, command)
        self._started.append(process)
        return process

    def start_web(self, command: Sequence[str] = COMMAND) -> subprocess.Popen[bytes]:
        """Start the web process and wait until it answers."""
        process = self.start("web", command)
        until(self.answers, 60, "the web process answers")
        return process

    def report(self, narrative: str, key: str) -> httpx.Response:
        """POST a tip with this text and a contact."""
        return self.post({"narrative": narrative, "contact": {"phone": "402 555 0142"}}, key)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command on this installation, whatever it returns."""
        return subprocess.run([*COMMAND, *arguments], check=False, capture_output=True, text=True, timeout=120, env=self.variables())

    def stop(self) -> list[int]:
        """Ask every process to end; return their exit codes in the order in which they were started."""
        for process in self._started:
            process.send_signal(signal.SIGTERM)
        return [process.wait(40) for process in self._started]

    def close(self) -> None:
        """Leave nothing behind."""
        for process in self._started:
            process.kill()
            process.wait()
        self.let_go()


@contextmanager
def installation(data: Path, **environment: Any) -> Iterator[Installation]:
    """An installation that goes with the block."""
    made = Installation(data, **environment)
    try:
        yield made
    finally:
        made.close()
