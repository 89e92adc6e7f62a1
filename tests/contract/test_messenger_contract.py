"""Messages to people by mail and by pager, and adapters that each break one rule."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from infra.mail import MailServer, SmtpMessenger
from infra.notify import LogMessenger, PagerMessenger, make_messengers
from infra.settings import Settings
from tests.builders import StillClock
from tests.contract.messenger_suite import ADDRESS, LINES, MessengerSuite, OtherEnd
from tests.contract.saboteurs import caught
from tests.mailbox import Mailbox, receiving_mail
from tests.receiver import Receiver, receiving
from triage.domain.duty import Way
from triage.domain.errors import Unavailable
from triage.ports import Messenger


@dataclass(slots=True)
class MailCame:
    mailbox: Mailbox

    def come(self) -> list[tuple[str, str, str]]:
        assert all(mail.encrypted and mail.signed_in == "desk:secret" for mail in self.mailbox.got)
        return [(", ".join(mail.recipients), mail.message["Subject"], mail.message.get_content()) for mail in self.mailbox.got]

    def refuse(self, to: str) -> None:
        self.mailbox.refuses.add(to)


class ByMail(MessengerSuite):
    adapter: Any = SmtpMessenger

    @contextmanager
    def open(self, folder: Path) -> Iterator[tuple[Messenger, OtherEnd]]:
        with receiving_mail(folder) as (mailbox, authority):
            yield self.adapter(server_at(mailbox, authority, folder), StillClock()), MailCame(mailbox)

    def nowhere(self, folder: Path) -> Messenger:
        messenger: Messenger = self.adapter(MailServer("127.0.0.1", 9, "tips@desk.test", plain=True), StillClock())
        return messenger


def server_at(mailbox: Mailbox, authority: Path, folder: Path) -> MailServer:
    (folder / "password").write_text("secret\n")
    return MailServer("127.0.0.1", mailbox.port, "Tips <tips@desk.test>", "desk", str(folder / "password"), str(authority))


class TestByMail(ByMail):
    pass


@dataclass(slots=True)
class PageCame:
    receiver: Receiver
    refused: set[str]

    def come(self) -> list[tuple[str, str, str]]:
        found = [json.loads(got.body) for got in self.receiver.got]
        assert all(got.headers["authorization"] == "Bearer token" for got in self.receiver.got)
        return [(one["to"], one["subject"], f"{one['text']}\n{one['address']}") for one in found if one["to"] not in self.refused]

    def refuse(self, to: str) -> None:
        self.refused.add(to)
        self.receiver.answer = lambda number: 400 if json.loads(self.receiver.got[number].body)["to"] in self.refused else 202


class ByPager(MessengerSuite):
    adapter: Any = PagerMessenger

    @contextmanager
    def open(self, folder: Path) -> Iterator[tuple[Messenger, OtherEnd]]:
        (folder / "token").write_text("token\n")
        with receiving(folder) as (receiver, authority), pytest.MonkeyPatch.context() as patch:
            patch.setenv("SSL_CERT_FILE", str(authority))
            yield self.adapter(receiver.url("127.0.0.1"), str(folder / "token")), PageCame(receiver, set())

    def nowhere(self, folder: Path) -> Messenger:
        messenger: Messenger = self.adapter("http://127.0.0.1:9/", str(folder / "token"))
        return messenger


class TestByPager(ByPager):
    pass


class LosesTheLastLine(SmtpMessenger):
    def send(self, to: str, subject: str, lines: Sequence[str], address: str) -> None:
        super().send(to, subject, lines[:-1], address)


class FailsQuietly(SmtpMessenger):
    def send(self, to: str, subject: str, lines: Sequence[str], address: str) -> None:
        with suppress(Unavailable):
            super().send(to, subject, lines, address)


class WritesHeadersItself(SmtpMessenger):
    def send(self, to: str, subject: str, lines: Sequence[str], address: str) -> None:
        if "\n" not in subject:
            super().send(to, subject, lines, address)
            return
        super().send(to, "P0 waits", lines, address)
        super().send("eve@elsewhere.test", "P0 waits", lines, address)


BREAKS = {
    LosesTheLastLine: {"test_brings_what_it_was_given"},
    FailsQuietly: {"test_says_when_it_could_not", "test_takes_one_line_as_one_line"},
    WritesHeadersItself: {"test_takes_one_line_as_one_line"},
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, ByMail, BREAKS) == {saboteur.__name__: tests for saboteur, tests in BREAKS.items()}


def test_mail_is_not_sent_where_the_server_cannot_encrypt_or_is_not_who_it_says(tmp_path: Path) -> None:
    with receiving_mail(tmp_path) as (mailbox, authority):
        server = server_at(mailbox, authority, tmp_path)
        with pytest.raises(Unavailable):
            SmtpMessenger(replace(server, ca_file=""), StillClock()).send("ana@desk.test", "P0", LINES, ADDRESS)
        mailbox.offers_tls = False
        with pytest.raises(Unavailable):
            SmtpMessenger(server, StillClock()).send("ana@desk.test", "P0", LINES, ADDRESS)
        assert mailbox.got == []
        SmtpMessenger(replace(server, username="", plain=True), StillClock()).send("ana@desk.test", "P0", LINES, ADDRESS)
        assert [mail.encrypted for mail in mailbox.got] == [False]
        assert mailbox.got[0].message["Auto-Submitted"] == "auto-generated"
        with pytest.raises(ValueError, match="TIPSTREAM_SMTP_PLAIN"):
            replace(server, plain=True)
        with pytest.raises(ValueError, match="TIPSTREAM_SMTP_FROM"):
            replace(server, sender="nobody")


def test_a_missing_password_is_told_and_not_sent_around(tmp_path: Path) -> None:
    with receiving_mail(tmp_path) as (mailbox, authority):
        server = replace(server_at(mailbox, authority, tmp_path), password_file=str(tmp_path / "gone"))
        with pytest.raises(Unavailable, match="FileNotFoundError"):
            SmtpMessenger(server, StillClock()).send("ana@desk.test", "P0", LINES, ADDRESS)


def test_without_settings_messages_go_to_the_log_which_names_nobody(caplog: pytest.LogCaptureFixture) -> None:
    found = make_messengers(Settings(), StillClock())
    assert {way: type(messenger) for way, messenger in found.items()} == {Way.EMAIL: LogMessenger, Way.PAGER: LogMessenger}
    with caplog.at_level(logging.INFO):
        found[Way.EMAIL].send("ana@desk.test", "P0 waits", LINES, ADDRESS)
    (record,) = caplog.records
    assert "ana@" not in str(vars(record))
    with pytest.raises(ValueError, match="TIPSTREAM_PAGER_WEBHOOK"):
        make_messengers(Settings(pager_webhook="ftp://x"), StillClock())
