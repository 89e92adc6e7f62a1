"""The translator over HTTP, and translators that each break one rule."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest

from infra.translate import HttpTranslator, make_translator
from tests.contract.saboteurs import caught, expected
from tests.contract.translator_suite import TranslatorSuite
from triage.domain.errors import TipstreamError, Unavailable
from triage.ports import Translation, Translator


class HttpTranslatorSuite(TranslatorSuite):
    adapter: Any = HttpTranslator

    def make(self, url: str, seconds: float = 5.0) -> Translator:
        made: Translator = self.adapter(url, seconds=seconds)
        return made


class TestHttpTranslator(HttpTranslatorSuite):
    pass


class CutsShort(HttpTranslator):
    def translate(self, text: str, source: str, target: str) -> Translation:
        return super().translate(text[:100], source, target)


class GivesTheTextBack(HttpTranslator):
    def translate(self, text: str, source: str, target: str) -> Translation:
        try:
            return super().translate(text, source, target)
        except Unavailable as refusal:
            if "status" in str(refusal) and not any(code in str(refusal) for code in ("301", "307", "308")):
                return Translation(text, "nobody")
            raise


class Waits(HttpTranslator):
    def __init__(self, url: str, seconds: float) -> None:
        super().__init__(url, seconds=60 if seconds == 0.3 else seconds)


class FollowsRedirects(HttpTranslator):
    def translate(self, text: str, source: str, target: str) -> Translation:
        try:
            return super().translate(text, source, target)
        except Unavailable as refusal:
            if "status 3" in str(refusal):
                httpx.post(self._address, json={"q": text}, follow_redirects=True, trust_env=False)
            raise


class Logs(HttpTranslator):
    def translate(self, text: str, source: str, target: str) -> Translation:
        logging.getLogger(__name__).info("translating %s", text)
        return super().translate(text, source, target)


BREAKS = {
    CutsShort: "test_gives_the_whole_translation",
    GivesTheTextBack: "test_is_unavailable_rather_than_half",
    Waits: "test_is_unavailable_rather_than_late",
    FollowsRedirects: "test_tells_nobody_else",
    Logs: "test_tells_nobody_else",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, HttpTranslatorSuite, BREAKS) == expected(BREAKS)


@pytest.mark.parametrize(
    "url", ["http://translate.example", "ftp://127.0.0.1", "translate.example", "http://127.0.0.1.example", "https://"]
)
def test_texts_leave_only_sealed_or_to_this_machine(url: str) -> None:
    with pytest.raises(TipstreamError, match="TIPSTREAM_TRANSLATE_URL must be an https address"):
        HttpTranslator(url)


def test_none_is_made_without_an_address() -> None:
    assert make_translator("") is None
    for url in ("https://translate.example/", "http://127.0.0.1:5000", "http://localhost:5000", "http://[::1]:5000"):
        assert isinstance(make_translator(url), HttpTranslator)
