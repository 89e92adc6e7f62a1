"""A translation service as tests need it: an HTTP server on this machine that speaks the API of LibreTranslate, or fails as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, bytes]


def backwards(asked: dict[str, Any]) -> Answer:
    """A translation that anybody can check: every word turned round."""
    words = " ".join(word[::-1] for word in str(asked["q"]).split(" "))
    return 200, json.dumps({"translatedText": words}).encode()


@dataclass(slots=True)
class Service:
    """``answer`` makes the answer of what was asked; ``before`` happens before it is sent. ``asked`` is (path, what was asked)."""

    port: int = 0
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], Answer] = backwards
    before: Callable[[], object] = lambda: None
    location: str = ""

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


@contextmanager
def translating() -> Iterator[Service]:
    """Serve until the block ends."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            service.asked.append((self.path, asked))
            service.before()
            status, content = service.answer(asked)
            self.send_response(status)
            if service.location:
                self.send_header("location", service.location)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Tests say what they need to know."""

    server = _Quiet(("127.0.0.1", 0), Handler)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
