"""Tells people outside the console that a tip waits: always in the log, and by a webhook, by mail or by a pager where one is set."""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.mail import MailServer, SmtpMessenger
from infra.settings import Settings
from triage.domain.duty import Way
from triage.domain.errors import Unavailable
from triage.ports import Clock, Messenger, Notifier

log = logging.getLogger(__name__)


class LogNotifier(Notifier):
    """Writes the alert into the log of the worker."""

    def alert(self, desk: str, urgency: str, tip_id: str, address: str) -> None:
        """Desk, level and id; the address is built from the id and adds nothing to a log."""
        log.warning("alert", extra={"desk": desk, "urgency": urgency, "tip": tip_id, "address": address})


class WebhookNotifier(Notifier):
    """POSTs the alert as JSON to one address set by the deployer, and logs it."""

    def __init__(self, url: str, seconds: float = 5.0) -> None:
        _check(url, "alert webhook", "TIPSTREAM_ALERT_WEBHOOK")
        self._url = url
        self._seconds = seconds
        self._log = LogNotifier()

    def alert(self, desk: str, urgency: str, tip_id: str, address: str) -> None:
        """Raise ``Unavailable`` unless the address answers 2xx in time."""
        self._log.alert(desk, urgency, tip_id, address)
        _post(self._url, {"desk": desk, "urgency": urgency, "tip": tip_id, "address": address}, {}, self._seconds, "alert webhook")


class LogMessenger(Messenger):
    """Writes into the log that there was a message; to whom is nobody's business there."""

    def send(self, to: str, subject: str, lines: Sequence[str], address: str) -> None:  # noqa: ARG002  # the port's signature
        log.info("message", extra={"address": address})


class PagerMessenger(Messenger):
    """POSTs ``{"to", "subject", "text", "address"}`` as JSON to a program that pages people; ``token_file`` holds its bearer token."""

    def __init__(self, url: str, token_file: str = "", seconds: float = 5.0) -> None:
        _check(url, "pager", "TIPSTREAM_PAGER_WEBHOOK")
        self._url = url
        self._token_file = token_file
        self._seconds = seconds

    def send(self, to: str, subject: str, lines: Sequence[str], address: str) -> None:
        if not to.strip() or not to.isprintable():
            raise Unavailable("a person's pager address is none. Mend it with `tipstream user`.")
        try:
            headers = {"authorization": f"Bearer {Path(self._token_file).read_text('utf8').strip()}"} if self._token_file else {}
        except OSError as error:
            raise Unavailable(f"the pager's token cannot be read ({error.strerror}). Mend TIPSTREAM_PAGER_TOKEN_FILE.") from None
        body = {"to": to, "subject": " ".join(subject.split()), "text": "\n".join(lines), "address": address}
        _post(self._url, body, headers, self._seconds, "pager")


def make_notifier(webhook: str) -> Notifier:
    """The notifier that the settings ask for."""
    return WebhookNotifier(webhook) if webhook else LogNotifier()


def make_messengers(settings: Settings, clock: Clock) -> Mapping[Way, Messenger]:
    """Who carries messages to single people, by way; the log alone where nothing is set. Raises ``ValueError``."""
    return {
        Way.EMAIL: SmtpMessenger(mail_server(settings), clock) if settings.smtp_host else LogMessenger(),
        Way.PAGER: PagerMessenger(settings.pager_webhook, settings.pager_token_file) if settings.pager_webhook else LogMessenger(),
    }


def mail_server(settings: Settings) -> MailServer:
    """The mail server of the settings."""
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_from,
        settings.smtp_username,
        settings.smtp_password_file,
        settings.smtp_ca_file,
        settings.smtp_plain,
    )


def _check(url: str, what: str, setting: str) -> None:
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"the {what} must be an http or https address; mend {setting}")


def _post(url: str, body: Mapping[str, str], headers: Mapping[str, str], seconds: float, what: str) -> None:
    content = {"content-type": "application/json", **headers}
    request = urllib.request.Request(url, json.dumps(body).encode(), content)  # noqa: S310  # scheme checked above
    try:
        with urllib.request.urlopen(request, timeout=seconds):  # noqa: S310  # scheme checked above
            return
    except OSError as error:  # those of urllib are some
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        raise Unavailable(f"the {what} did not take an alert; it will be tried again") from error
