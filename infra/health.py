"""Health checks and metrics of the processes that serve no pages: a small HTTP server in a thread of its own."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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
    """Answer ``/health/live``, ``/health/ready`` and ``/metrics`` while the block runs; gives the address."""

    class Answers(BaseHTTPRequestHandler):
        """Tells that the process lives, whether it can work, and what it measured."""

        def do_GET(self) -> None:  # the library's name
            """Answer one request."""
            if self.path == "/health/live":
                self._answer(200, "application/json", b'{"status":"live"}')
            elif self.path == "/health/ready":
                self._ready()
            elif self.path == "/metrics":
                self._answer(200, CONTENT_TYPE, meter.text())
            else:
                self._answer(404, "application/json", b'{"status":"no such page"}')

        def log_message(self, *_: object) -> None:
            """Say nothing: probes come every few seconds."""

        def _ready(self) -> None:
            try:
                ready()
            except Unavailable as error:
                self._answer(503, "application/json", json.dumps({"status": "not ready", "reason": str(error)}).encode())
            else:
                self._answer(200, "application/json", b'{"status":"ready"}')

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response_only(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    try:
        server = ThreadingHTTPServer((settings.health_host, settings.health_port), Answers)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {settings.health_host}:{settings.health_port} ({error.strerror}). Set TIPSTREAM_HEALTH_PORT to another."
        ) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    log.info("health and metrics", extra={"service": service, "port": server.server_address[1]})
    try:
        yield f"http://{settings.health_host}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
