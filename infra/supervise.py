"""Runs the processes on one machine: web, worker, clocks, and with Kafka the relay. One that ends is started again, after a pause."""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from infra.settings import variable

log = logging.getLogger(__name__)

LONGEST_PAUSE = 10.0
STEADY_SECONDS = 5.0
"""A process that ran so long is not failing at start; its pause begins anew."""


@dataclass(slots=True)
class _Process:
    name: str
    arguments: Sequence[str]
    running: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.1
    start_at: float = field(default=0.0)


def with_own_port(environment: Mapping[str, str], place: int) -> dict[str, str]:
    """The environment of the process at ``place``: for health checks it gets the port that is set, or one after it for each before it."""
    name = variable("health_port")
    port = int(environment.get(name, "0"))
    return {**environment, name: str(port + place)} if port else dict(environment)


class Supervisor:
    """Keeps the processes running until ``stop``. ``listener`` is handed to the web process and stays open between its lives.

    ``log_file`` gets what the processes log; None leaves it on standard error.
    """

    def __init__(
        self, environment: Mapping[str, str], listener: socket.socket, log_file: IO[bytes] | None = None, grace_seconds: float = 20.0
    ) -> None:
        self._environment = dict(environment)
        self._listener = listener
        self._log_file = log_file
        self._grace = grace_seconds
        self._stop = threading.Event()
        self._processes = [
            _Process("web", ("web", "--fd", str(listener.fileno()))),
            _Process("worker", ("worker",)),
            _Process("clocks", ("clocks",)),
            *([_Process("relay", ("relay",))] if environment.get(variable("kafka_bootstrap")) else []),
        ]

    def stop(self) -> None:
        """End ``run`` soon."""
        self._stop.set()

    def pids(self) -> dict[str, int]:
        """The processes that run now."""
        return {p.name: p.running.pid for p in self._processes if p.running and p.running.poll() is None}

    def run(self) -> None:
        """Start everything, keep it running, and end it in order: web first, so that what was accepted is still worked off."""
        self._listener.set_inheritable(True)
        try:
            while not self._stop.is_set():
                for process in self._processes:
                    self._look_after(process)
                self._stop.wait(0.1)
        finally:
            self._end()

    def _look_after(self, process: _Process) -> None:
        now = time.monotonic()
        if process.running is not None:
            code = process.running.poll()
            if code is None:
                return
            log.warning("a process ended", extra={"service": process.name, "code": code})
            process.pause = 0.1 if now - process.started > STEADY_SECONDS else min(process.pause * 2, LONGEST_PAUSE)
            process.start_at, process.running = now + process.pause, None
        if now >= process.start_at:
            process.running = subprocess.Popen(  # noqa: S603  # our own command line with fixed words
                [sys.executable, "-m", "infra.cli", *process.arguments],
                env=with_own_port(self._environment, self._processes.index(process)),
                pass_fds=[self._listener.fileno()] if process.name == "web" else [],
                stdin=subprocess.DEVNULL,
                stderr=self._log_file,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then ends the others in order
            )
            process.started = now

    def _end(self) -> None:
        for process in self._processes:
            if process.running is None or process.running.poll() is not None:
                continue
            process.running.send_signal(signal.SIGTERM)
            try:
                process.running.wait(self._grace)
            except subprocess.TimeoutExpired:
                log.error("a process did not end in time", extra={"service": process.name})
                process.running.kill()
                process.running.wait()
