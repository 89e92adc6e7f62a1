"""What every translator must do. Subclass and say how to make one for a service."""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Iterator
from threading import Event as Signal

import pytest

from tests.translation_service import Service, translating
from triage.domain.errors import Unavailable
from triage.ports import Translator

TEXT = "Necesito ayuda,\nla camioneta está en Ñandú «B» 🚚"
NO_TRANSLATION = [b"", b"not JSON", b"[]", b"{}", b'{"translatedText": 7}', b'{"translatedText": null}', b"\xff\xfe"]


class TranslatorSuite:
    def make(self, url: str, seconds: float = 5.0) -> Translator:
        """A translator that asks the service at ``url``."""
        raise NotImplementedError

    @pytest.fixture
    def service(self) -> Iterator[Service]:
        with translating() as service:
            yield service

    def refused(self, translator: Translator) -> str:
        """What is said when there is no translation."""
        with pytest.raises(Unavailable) as raised:
            translator.translate(TEXT, "es", "en")
        return "".join(traceback.format_exception(raised.value))

    def test_gives_the_whole_translation(self, service: Service) -> None:
        made = self.make(service.url).translate(TEXT, "es", "en")
        assert made.text == " ".join(word[::-1] for word in TEXT.split(" "))
        assert "127.0.0.1" in made.by
        assert [(asked["q"], asked["source"], asked["target"]) for _, asked in service.asked] == [(TEXT, "es", "en")]
        long = "palabra " * 5000
        assert len(self.make(service.url).translate(long, "es", "en").text) == len(long)

    @pytest.mark.parametrize("status", [204, 400, 403, 429, 500, 503])
    def test_is_unavailable_rather_than_half(self, service: Service, status: int) -> None:
        translator = self.make(service.url, 0.5)
        service.answer = lambda _: (status, json.dumps({"translatedText": "half"}).encode() if status != 204 else b"")
        self.refused(translator)
        for content in NO_TRANSLATION:
            service.answer = lambda _, content=content: (200, content)  # type: ignore[misc]
            self.refused(translator)
        service.answer = lambda _: (200, json.dumps({"translatedText": "x" * 2_000_000}).encode())
        self.refused(translator)

    def test_is_unavailable_rather_than_late(self, service: Service) -> None:
        go_on = Signal()
        service.before = lambda: go_on.wait(5)
        begun = time.monotonic()
        self.refused(self.make(service.url, 0.3))
        go_on.set()
        assert time.monotonic() - begun < 4

    @pytest.mark.parametrize("status", [301, 307, 308])
    def test_tells_nobody_else(self, service: Service, status: int, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        with translating() as other:
            service.answer, service.location = (lambda _: (status, b"")), f"{other.url}/translate"
            said = self.refused(self.make(service.url, 0.5))
            assert other.asked == []
        said += self.refused(self.make("http://127.0.0.1:9", 0.5))
        assert "camioneta" not in said + caplog.text
