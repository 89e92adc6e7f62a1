"""Tells people outside the console that a tip waits: always in the log, and by a webhook where one is set."""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request

from triage.domain.errors import Unavailable
from triage.ports import Notifier

log = logging.getLogger(__name__)


class LogNotifier(Notifier):
    """Writes the alert into the log of the worker."""

    def alert(self, desk: str, urgency: str, tip_id: str, address: str) -> None:
        """Desk, level and id; the address is built from the id and adds nothing to a log."""
        log.warning("alert", extra={"desk": desk, "urgency": urgency, "tip": tip_id, "address": address})


class WebhookNotifier(Notifier):
    """POSTs the alert as JSON to one address set by the deployer, and logs it."""

    def __init__(self, url: str, seconds: float = 5.0) -> None:
        if not url.startswith(("https://", "http://")):
            raise ValueError("the alert webhook must be an http or https address; mend TIPSTREAM_ALERT_WEBHOOK")
        self._url = url
        self._seconds = seconds
        self._log = LogNotifier()

    def alert(self, desk: str, urgency: str, tip_id: str, address: str) -> None:
        """Raise ``Unavailable`` unless the address answers 2xx in time."""
        self._log.alert(desk, urgency, tip_id, address)
        body = json.dumps({"desk": desk, "urgency": urgency, "tip": tip_id, "address": address}).encode()
        request = urllib.request.Request(self._url, body, {"content-type": "application/json"})  # noqa: S310  # scheme checked above
        try:
            with urllib.request.urlopen(request, timeout=self._seconds):  # noqa: S310  # scheme checked above
                return
        except (urllib.error.URLError, TimeoutError) as error:
            raise Unavailable("the alert webhook did not take an alert; it will be tried again") from error


def make_notifier(webhook: str) -> Notifier:
    """The notifier that the settings ask for."""
    return WebhookNotifier(webhook) if webhook else LogNotifier()
