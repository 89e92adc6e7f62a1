"""A mail server as tests need it: SMTP with STARTTLS on this machine, which keeps what it is sent and refuses whom it is told to."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.receiver import certified


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it came, with the recipients of its envelope."""

    recipients: tuple[str, ...]
    message: EmailMessage
    encrypted: bool
    signed_in: str


@dataclass(slots=True)
class Mailbox:
    """``refuses`` are recipients that it does not know; ``offers_tls`` says whether it can encrypt."""

    port: int = 0
    got: list[Mail] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    offers_tls: bool = True


@contextmanager
def receiving_mail(folder: Path) -> Iterator[tuple[Mailbox, Path]]:
    """A running server, and the file of the authority that vouches for its certificate."""
    mailbox, certificate = Mailbox(), certified(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    class Session(socketserver.StreamRequestHandler):
        timeout = 5
        encrypted, name = False, ""

        def handle(self) -> None:
            try:
                self.talk()
            finally:
                self.request.close()

        def talk(self) -> None:
            self.say("220 mail.test")
            recipients: list[str] = []
            while line := self.rfile.readline(2000).decode().strip():
                verb, _, rest = line.partition(" ")
                match verb.upper():
                    case "EHLO":
                        offers = ["mail.test", *(["STARTTLS"] if mailbox.offers_tls and not self.encrypted else [])]
                        offers += ["AUTH PLAIN"] if self.encrypted else []
                        self.say(*[f"250-{one}" for one in offers], "250 8BITMIME")
                    case "STARTTLS":
                        self.say("220 go on")
                        self.request = context.wrap_socket(self.request, server_side=True)
                        self.setup()
                        self.encrypted = True
                    case "AUTH":
                        self.name = base64.b64decode(rest.partition(" ")[2]).decode().replace("\0", ":").strip(":")
                        self.say("235 welcome")
                    case "MAIL" | "RSET":
                        recipients = []
                        self.say("250 fine")
                    case "RCPT":
                        to = rest.partition("<")[2].rpartition(">")[0]
                        recipients += [] if to in mailbox.refuses else [to]
                        self.say("550 nobody of that name" if to in mailbox.refuses else "250 fine")
                    case "DATA":
                        self.say("354 go on")
                        mailbox.got.append(Mail(tuple(recipients), self.content(), self.encrypted, self.name))
                        self.say("250 kept")
                    case "QUIT":
                        self.say("221 bye")
                        return
                    case _:
                        self.say("502 no such thing")

        def content(self) -> EmailMessage:
            lines: list[bytes] = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            message = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(message, EmailMessage)
            return message

        def say(self, *lines: str) -> None:
            self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Clients that hang up are part of the tests."""

    with Server(("127.0.0.1", 0), Session) as server:
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield mailbox, certificate
        finally:
            server.shutdown()
            thread.join()
