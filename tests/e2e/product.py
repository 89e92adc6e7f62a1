"""The product as its users run it: started by its command, spoken to over HTTP, looked into through its own adapters."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from infra.storage.database import open_database
from infra.storage.unit_of_work import SqlStorage
from triage.domain.errors import Unavailable


def until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until the condition holds; fail with ``what`` after ``seconds``. Where a store is away it does not hold yet."""
    end, pause = time.monotonic() + seconds, threading.Event()
    while not _holds(holds):
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
        pause.wait(0.05)


def _holds(holds: Callable[[], bool]) -> bool:
    try:
        return holds()
    except Unavailable:
        return False


class Product:
    """`tipstream demo --json` in a folder of its own, without sample tips unless asked for."""

    def __init__(self, data: Path, tips: int = 0, **environment: str) -> None:
        self.data = data
        self._log = (data.parent / f"{data.name}.log").open("ab")
        command = [sys.executable, "-m", "infra.cli", "demo", "--json", "--port", "0", "--tips", str(tips), "--data", str(data)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log, env={**os.environ, **environment})
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the product did not start; see {self._log.name}"
        self.ready: dict[str, Any] = json.loads(line)
        self.url: str = self.ready["url"]
        self.http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.http.close()
        assert self._process.stdout is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        finally:
            self._process.stdout.close()
            self._log.close()

    def stop(self) -> tuple[int, bytes]:
        """Ask the product to end; return its exit code and what else it wrote to standard output."""
        self._process.send_signal(signal.SIGTERM)
        assert self._process.stdout is not None
        rest = self._process.stdout.read()
        return self._process.wait(40), rest

    def pid(self, name: str) -> int | None:
        """The process of this name (web, worker, clocks) that runs now."""
        for entry in Path(f"/proc/{self._process.pid}/task").glob("*/children"):
            for child in entry.read_text().split():
                try:
                    words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if name.encode() in words:
                    return int(child)
        return None

    def memory_mb(self, name: str) -> float:
        """Resident memory of the process."""
        status = Path(f"/proc/{self.pid(name)}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

    def user(self, name: str) -> Mapping[str, Any]:
        """The login of a demo user."""
        found: Mapping[str, Any] = next(user for user in self.ready["users"] if user["name"] == name)
        return found

    def post(self, body: Mapping[str, Any], key: str = "", **headers: str) -> httpx.Response:
        """POST a tip with the trucking partner's key."""
        sent = {"authorization": f"Bearer {key or self.ready['api_key']}", **headers}
        return self.http.post("/api/v1/tips", json=body, headers=sent)

    def desk_of(self, tip: str) -> str:
        """The desk whose queue the tip is in, once it is decided."""
        found: list[str] = []

        def decided() -> bool:
            with open_database(f"sqlite:///{self.data / 'tipstream.db'}") as database, SqlStorage(database).reading() as uow:
                entry = uow.queue.get(tip)
                found.extend([entry.desk] if entry else [])
            return bool(found)

        until(decided, 60, f"{tip} in a queue")
        return found[0]

    def command(self, *arguments: str) -> Any:
        """Run a command on the same data and read the JSON it prints."""
        command = [sys.executable, "-m", "infra.cli", *arguments, "--json", "--data", str(self.data)]
        return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
