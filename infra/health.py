"""Health checks and metrics of every process: a small HTTP server in a thread of its own, apart from what the public can reach."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any

from infra.settings import Settings, SettingsError
from streams.metrics import Meter
from triage.domain.errors import Unavailable

log = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Of Prometheus' text format."""

Check = Callable[[], object]
"""Returns if all is well, raises ``Unavailable`` if not."""


@contextmanager
def health_server(settings: Settings, service: str, meter: Meter, ready: Check) -> Iterator[str]:
    """Answer ``/health/live``, ``/health/ready`` and ``/metrics`` while the block runs; gives the address.

    Raises ``SettingsError`` if the port is taken or is none.
    """
    try:
        server = _Server(settings.health_host, settings.health_port, meter, ready)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "a port is a number up to 65535"
        raise SettingsError(
            f"cannot listen on {settings.health_host}:{settings.health_port} ({reason}). Set TIPSTREAM_HEALTH_PORT to another."
        ) from error
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    log.info("health and metrics", extra={"service": service, "port": server.port})
    try:
        yield f"http://{settings.health_host}:{server.port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingTCPServer):
    """Without the look-up of the machine's name by which the library's own HTTP server begins, and without its tracebacks."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, host: str, port: int, meter: Meter, ready: Check) -> None:
        super().__init__((host, port), _Answers)
        self.meter = meter
        self.ready = ready
        self.port: int = self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # the library's signature
        """Note the kind of what went wrong; the library would print its text."""
        log.warning("a health check or a look at the metrics failed", exc_info=True)


class _Answers(BaseHTTPRequestHandler):
    """Tells that the process lives, whether it can work, and what it measured."""

    server: _Server
    timeout = 10

    def do_GET(self) -> None:  # the library's name
        """Answer one request."""
        page = self.path.partition("?")[0]
        if page == "/health/live":
            self._tell(HTTPStatus.OK, "live")
        elif page == "/health/ready":
            self._ready()
        elif page == "/metrics":
            self._answer(HTTPStatus.OK, CONTENT_TYPE, self.server.meter.text())
        else:
            self._tell(HTTPStatus.NOT_FOUND, "no such page")

    def log_message(self, *_: object) -> None:
        """Say nothing: probes come every few seconds."""

    def _ready(self) -> None:
        try:
            self.server.ready()
        except Unavailable as error:
            self._tell(HTTPStatus.SERVICE_UNAVAILABLE, "not ready", str(error))
        else:
            self._tell(HTTPStatus.OK, "ready")

    def _tell(self, code: HTTPStatus, status: str, reason: str = "") -> None:
        told = {"status": status, "reason": reason} if reason else {"status": status}
        self._answer(code, "application/json", json.dumps(told).encode())

    def _answer(self, code: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response_only(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
