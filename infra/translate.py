"""Translates by a service of the deployer's own that speaks the API of LibreTranslate: ``POST /translate`` with JSON.

The API: https://docs.libretranslate.com/guides/api_usage/. The text goes to that one address and nowhere else; nothing of it is logged.
"""

from __future__ import annotations

import ipaddress
import json
import ssl
import time

import httpx

from triage.domain.errors import TipstreamError, Unavailable
from triage.ports import Translation, Translator

SECONDS = 20.0
"""For a call in all. Translating a long text on a machine without a graphics card takes several."""
LARGEST = 1_000_000
"""Bytes of an answer; a translation is never much longer than its text."""


class HttpTranslator(Translator):
    """The service at ``url``, https or on this machine. ``ca_file`` is the certificate authority to trust besides those of the machine."""

    def __init__(self, url: str, ca_file: str = "", seconds: float = SECONDS) -> None:
        parts = httpx.URL(url)
        if not parts.host or not (parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(parts.host))):
            raise TipstreamError(
                "TIPSTREAM_TRANSLATE_URL must be an https address, or http on this machine: texts of tips go there. "
                "Write for example http://127.0.0.1:5000"
            )
        self._address = str(parts.copy_with(query=None, fragment=None)).rstrip("/") + "/translate"
        self._by = f"LibreTranslate at {parts.host}"
        self._trust = ssl.create_default_context(cafile=ca_file or None)
        self._seconds = seconds

    def translate(self, text: str, source: str, target: str) -> Translation:
        asked, begun = {"q": text, "source": source, "target": target, "format": "text"}, time.monotonic()
        try:
            with (
                httpx.Client(verify=self._trust, trust_env=False, follow_redirects=False, timeout=self._seconds) as client,
                client.stream("POST", self._address, json=asked) as answer,
            ):
                if answer.status_code != httpx.codes.OK:
                    raise Unavailable(f"the translation service answered with status {answer.status_code}; nothing was translated")
                content = _read(answer, begun + self._seconds)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Unavailable("the translation service does not answer; nothing was translated") from None
        return Translation(_translated(content), self._by)


def make_translator(url: str) -> Translator | None:
    """What the settings ask for: none without an address."""
    return HttpTranslator(url) if url else None


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read(answer: httpx.Response, until: float) -> bytes:
    """The whole content of the answer, if it is not too large and comes in time."""
    content = b""
    for piece in answer.iter_bytes():
        content += piece
        if len(content) > LARGEST:
            raise Unavailable("the translation service answered with more than a translation can be; nothing was translated")
        if time.monotonic() > until:
            raise Unavailable("the translation service takes too long; nothing was translated")
    return content


def _translated(content: bytes) -> str:
    try:
        found = json.loads(content)["translatedText"]
    except (ValueError, KeyError, TypeError):
        found = None
    if not isinstance(found, str):
        raise Unavailable("the translation service answered with something that is no translation; nothing was translated")
    return found
