"""A partner's program as tests need it: an HTTPS server on this machine that keeps what it is sent and answers as it is told."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "hooks.example.org"
"""The name in the certificate, which nobody can look up."""


@dataclass(frozen=True, slots=True)
class Got:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """``answer`` gives the status for the n-th request, from 0; ``before`` happens before it is given."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    answer: Callable[[int], int] = lambda _: 204
    before: Callable[[int], object] = lambda _: None

    def url(self, host: str = HOST, path: str = "/tipstream?token=t") -> str:
        """An address of it."""
        return f"https://{host}:{self.port}{path}"

    @property
    def ids(self) -> list[str]:
        """The ids of the messages that came, in order."""
        return [got.headers["webhook-id"] for got in self.got]


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


@contextmanager
def receiving(folder: Path) -> Iterator[tuple[Receiver, Path]]:
    """A running receiver, and the file of the authority that vouches for its certificate."""
    receiver, lock = Receiver(), threading.Lock()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            with lock:
                number = len(receiver.got)
                receiver.got.append(Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            receiver.before(number)
            self.send_response(receiver.answer(number))
            self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    certificate = certified(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = _Quiet(("127.0.0.1", 0), Answers)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver, certificate
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certified(folder: Path) -> Path:
    """A file with a key and a certificate for ``HOST`` and 127.0.0.1 that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    names = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).add_extension(names, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    certificate = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    file = folder / "receiver.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file
