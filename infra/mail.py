"""E-mail by SMTP, encrypted (STARTTLS) and with the server's certificate checked, unless the deployer says otherwise."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path

from triage.domain.errors import Unavailable
from triage.ports import Clock, Messenger

_ADDRESS = re.compile(r"""[^\s@<>()\[\],;:\\"]{1,64}@[A-Za-z0-9.\-]{1,250}""")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes out. ``ca_file`` is the certificate authority, empty for those of the machine; ``plain`` sends without encryption.

    Raises ``ValueError`` for a sender that is no address, and for a name to sign in with where it would go over the wire in plain text.
    """

    host: str
    port: int
    sender: str
    username: str = ""
    password_file: str = ""
    ca_file: str = ""
    plain: bool = False
    seconds: float = 10.0

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(parseaddr(self.sender)[1]):
            raise ValueError("mail needs a sender; write an e-mail address into TIPSTREAM_SMTP_FROM")
        if self.plain and self.username:
            raise ValueError("a password is not sent without encryption; unset TIPSTREAM_SMTP_PLAIN or TIPSTREAM_SMTP_USERNAME")


class SmtpMessenger(Messenger):
    """One connection a message: they are few, and each must end well or be tried again."""

    def __init__(self, server: MailServer, clock: Clock) -> None:
        self._server = server
        self._clock = clock

    def send(self, to: str, subject: str, lines: Sequence[str], address: str) -> None:
        if not _ADDRESS.fullmatch(to):
            raise Unavailable("a person's e-mail address is none. Mend it with `tipstream user`.")
        message = self._message(to, subject, lines, address)
        server = self._server
        try:
            with smtplib.SMTP(server.host, server.port, timeout=server.seconds) as session:
                if not server.plain:
                    session.starttls(context=ssl.create_default_context(cafile=server.ca_file or None))
                if server.username:
                    session.login(server.username, Path(server.password_file).read_text("utf8").strip())
                session.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            # The server's own words may name the person; the kind of error is enough to look further.
            raise Unavailable(f"the mail server did not take a message ({type(error).__name__}); it will be tried again") from None

    def _message(self, to: str, subject: str, lines: Sequence[str], address: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._server.sender
        message["To"] = to
        message["Subject"] = " ".join(subject.split())
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = make_msgid(domain=parseaddr(self._server.sender)[1].partition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no program answers it
        message.set_content("\n".join([*lines, "", address, ""]), cte="base64")  # no line is changed on the way
        return message
