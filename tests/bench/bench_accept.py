"""Accepting tips over HTTP, beside a server that does nothing, in one interleaved run.

``noop``: uvicorn with an empty answer. ``checked``: the whole of the API but the store, which only says yes. ``durable``: all of it.
``alone``: all of it, with groups of one, which is what commit-each costs. Commits are counted; each is one sync to disk.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from infra.blobs import DiskBlobs
from infra.crypto import KeyRing, KeyRingSealer
from infra.pictures import PillowCleaner
from infra.posters import DrawnPosters
from infra.security import Argon2Passwords
from infra.storage.database import open_database
from infra.storage.intake import SqlIntakeStore
from infra.storage.migrate import upgrade
from infra.storage.partner_work import SqlPartnerStorage
from infra.storage.partners import SqlPartners
from infra.storage.unit_of_work import SqlStorage
from infra.system import SystemClock, SystemIds
from ingest.domain.partner import ApiKey, Partner
from ingest.ports import Acceptance, Outcome, Verdict
from ingest.receive import Receiver
from ingest.registry.api_key import new_api_key
from ingest.throttle import Throttle
from ingest.web.deps import IntakeDeps, default_limits
from ingest.web.routes import intake_routes
from ingest.writer import GroupWriter
from tests.builders import example_policy

KINDS = ("noop", "checked", "durable", "alone")
ROUNDS, TIPS = 3, {"noop": 5_000, "checked": 3_000, "durable": 3_000, "alone": 200}
NARRATIVE = "A white van with Kansas plates stood at the fuel desk and a girl was crying in it. " * 10


class Counting(SqlIntakeStore):
    """The store, counting its commits."""

    commits = 0

    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        self.commits += 1
        return super().accept(group, now)


class SaysYes(Counting):
    """A store that keeps nothing."""

    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        return [Outcome(Verdict.STORED)] * len(group)


async def noop(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the body and answers 201 with nothing in it."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


def main() -> None:
    """Print rates, ratios and commits per tip as one JSON object."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers = {kind: stack.enter_context(_server(kind, Path(folder) / kind)) for kind in KINDS}
        found: dict[str, object] = {}
        for connections in (128, 32):
            rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
            commits = {}
            for _ in range(ROUNDS):
                for kind, (port, key) in servers.items():
                    before = _commits(port) if kind != "noop" else 0
                    rates[kind].append(uvloop.run(_load(port, key, TIPS[kind], connections)))
                    commits[kind] = (_commits(port) - before) / TIPS[kind] if kind != "noop" else 0.0
            rate = {kind: statistics.median(each) for kind, each in rates.items()}
            found[f"{connections} connections"] = {
                "tips_per_second": {kind: round(value) for kind, value in rate.items()},
                "checked_of_noop": round(rate["checked"] / rate["noop"], 2),
                "durable_of_checked": round(rate["durable"] / rate["checked"], 2),
                "durable_of_alone": round(rate["durable"] / rate["alone"], 1),
                "commits_per_tip": round(commits["durable"], 3),
            }
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


@contextmanager
def _server(kind: str, folder: Path) -> Iterator[tuple[int, str]]:
    """A server in a process of its own; its port and an API key for it."""
    folder.mkdir()
    command = [sys.executable, "-m", "tests.bench.bench_accept", kind, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port, key = process.stdout.readline().split()
        yield int(port), key
        process.terminate()


def serve(kind: str, folder: Path) -> None:
    """Be the server; print the port and the key when it can take calls."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    key, app = ("-", noop) if kind == "noop" else _application(kind, folder)
    sys.stdout.write(f"{listener.getsockname()[1]} {key}\n")
    sys.stdout.flush()
    config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="off", loop="uvloop", http="httptools")
    uvicorn.Server(config).run(sockets=[listener])


def _application(kind: str, folder: Path) -> tuple[str, Starlette]:
    url, clock = f"sqlite:///{folder / 'tipstream.db'}", SystemClock()
    upgrade(url)
    database = open_database(url)
    partners, store = SqlPartners(database), (SaysYes if kind == "checked" else Counting)(database)
    key, key_hash = new_api_key(secrets.token_bytes)
    partners.put(Partner("prairie-haul", "Prairie Haul", "trucking"))
    partners.put_key(ApiKey("key_1", "prairie-haul", key_hash, clock.now()))
    sealer, ids = KeyRingSealer(KeyRing.load(folder / "keys"), clock), SystemIds(clock)
    writer = GroupWriter(store, clock, group=1 if kind == "alone" else 512)
    deps = IntakeDeps(
        receiver=Receiver(writer, sealer, clock, ids, secrets.token_bytes),
        partners=partners,
        partner_side=SqlPartnerStorage(database),
        store=store,
        storage=SqlStorage(database),
        sealer=sealer,
        blobs=DiskBlobs(folder / "blobs"),
        pictures=PillowCleaner(),
        posters=DrawnPosters(),
        passwords=Argon2Passwords(),
        clock=clock,
        ids=ids,
        random=secrets.token_bytes,
        policy=example_policy(),
        limits=replace(default_limits(clock), api=Throttle(10**9, timedelta(days=1), clock)),
    )
    count = Route("/commits", lambda _: JSONResponse(store.commits))
    return key, Starlette(routes=[*intake_routes(deps), count])


class _Connection(asyncio.Protocol):
    """Keeps one request in flight until the shared number of them is used up."""

    def __init__(self, requests: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._done = done
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports do not inherit from asyncio's
        self._next()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if self._answer.endswith(b"}"):  # an answer can come in pieces; each ends with its JSON object
            if not self._answer.startswith(b"HTTP/1.1 201"):
                self._done.set_exception(RuntimeError(self._answer.decode()))
                return
            self._answer = b""
            self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            self._done.set_result(None)
        else:
            self._transport.write(request)


async def _load(port: int, key: str, count: int, connections: int) -> float:
    """Send that many tips over that many connections; tips per second."""
    loop = asyncio.get_running_loop()
    requests = iter([_request(key) for _ in range(count)])
    waiting = [loop.create_future() for _ in range(connections)]
    start = loop.time()
    for done in waiting:
        await loop.create_connection(lambda done=done: _Connection(requests, done), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*waiting)
    return count / (loop.time() - start)


def _request(key: str) -> bytes:
    body = json.dumps({"narrative": NARRATIVE, "place": {"town": "Ogallala", "state": "NE"}, "life_threat": False}).encode()
    head = (
        f"POST /api/v1/tips HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nIdempotency-Key: {os.urandom(8).hex()}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _commits(port: int) -> int:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /commits HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return int(answer.rpartition(b"\r\n")[2])


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]))
