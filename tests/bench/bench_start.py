"""How fast each process is there: command-line help, web until it answers, worker until it reads; and what memory they then hold."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

from infra.listener import address_of, listen
from infra.prepare import prepare
from infra.settings import read_settings

TURNS = 5


def main() -> None:
    """Print the medians of five turns as one JSON object."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        prepare(read_settings({}, data=data))
        turns = [{"help_ms": _help(), **_web(data), **_worker(data)} for _ in range(TURNS)]
    sys.stdout.write(json.dumps({name: sorted(turn[name] for turn in turns)[TURNS // 2] for name in turns[0]}, indent=1) + "\n")


def _run(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "infra.cli", *arguments], stdin=subprocess.DEVNULL, **options)  # type: ignore[call-overload, no-any-return]


def _memory_mb(process: subprocess.Popen[bytes]) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) // 1024


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def _help() -> float:
    start = time.perf_counter()
    _run("--help", stdout=subprocess.DEVNULL).wait()
    return round((time.perf_counter() - start) * 1000)


def _web(data: Path) -> dict[str, float]:
    with listen("127.0.0.1", 0) as listener:
        listener.set_inheritable(True)
        start = time.perf_counter()
        process = _run("web", "--fd", str(listener.fileno()), "--data", str(data), pass_fds=[listener.fileno()])
        with httpx.Client(base_url=address_of(listener), timeout=30, trust_env=False) as http:
            http.get("/health/ready").raise_for_status()  # the socket listens already: the answer comes as soon as somebody accepts
            ready = time.perf_counter() - start
            memory = _memory_mb(process)
        _end(process)
    return {"web_ready_ms": round(ready * 1000), "web_mb": memory}


def _worker(data: Path) -> dict[str, float]:
    read, write = os.pipe()
    start = time.perf_counter()
    process = _run("worker", "--data", str(data), stderr=write)
    os.close(write)
    with os.fdopen(read, "rb") as log:
        for line in log:
            if b'"ready"' in line:
                break
        ready = time.perf_counter() - start
        memory = _memory_mb(process)
        drain = threading.Thread(target=log.read)
        drain.start()
        _end(process)
        drain.join()
    return {"worker_ready_ms": round(ready * 1000), "worker_mb": memory}
