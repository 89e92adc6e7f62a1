"""A tip's text beside its translation, by a service on this machine: what leaves, what is shown, and who may ask."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.search.tantivy_index import TantivyCaseIndex
from infra.storage.database import Database
from infra.translate import HttpTranslator
from tests.builders import an_entity
from tests.console import Browser, Console
from tests.translation_service import Service, translating
from triage.translating import LONGEST

TEXT = "Soy Rosa, llámeme al 308-555-0100. La camioneta de Beto está en la salida 272."


@pytest.fixture
def service() -> Iterator[Service]:
    with translating() as service:
        yield service


@pytest.fixture
def console(database: Database, tmp_path: Path, service: Service) -> Iterator[Console]:
    with TantivyCaseIndex(tmp_path / "index") as index:
        yield Console(database, index, "", HttpTranslator(service.url, seconds=5))


def spanish(console: Console, text: str = TEXT) -> str:
    entities = [
        an_entity("person", "rosa", "Rosa", start=text.index("Rosa"), role="reporter"),
        an_entity("phone", "+13085550100", "308-555-0100", start=text.index("308"), role="reporter"),
        an_entity("person", "beto", "Beto", start=text.index("Beto"), role="suspect"),
    ]
    return console.world.arrive(narrative=text, read={"entities": entities, "language": "es"})


@pytest.fixture
def browser(console: Console) -> Browser:
    return console.browser("ana")


def token(browser: Browser) -> str:
    browser.get("/desk/keys")
    found = re.search(r'name="token" value="([^"]+)"', browser.page.text)
    assert found
    return html.unescape(found[1])


def test_original_and_translation_stand_side_by_side(console: Console, browser: Browser, service: Service) -> None:
    tip = spanish(console)
    page = browser.get(f"/desk/tip/{tip}").text
    assert "Translate for me" in page
    answer = browser.submit(f"/desk/tip/{tip}/translation")
    assert answer.status_code == 200
    page = html.unescape(answer.text)
    assert "Machine translation by LibreTranslate at 127.0.0.1, unchecked." in page
    original, made = re.findall(r'<div class="text" lang="(\w+)">(.*?)</div>', page, re.S)
    assert original == ("es", TEXT)
    assert made[0] == "en"
    assert "atenoimac" in made[1]  # the service of the test turns words round
    assert "2 details that tell who the sender is did not leave" in page
    assert answer.headers["cache-control"] == "no-store"
    [(path, asked)] = service.asked
    assert path == "/translate"
    assert asked == {
        "q": TEXT.replace("Rosa", "[name]").replace("308-555-0100", "[phone]"),
        "source": "es",
        "target": "en",
        "format": "text",
    }
    row = console.world.audit(f"tip:{tip}")[-1]
    assert (row.action, row.purpose) == ("tip.translate", "translation")
    assert dict(row.detail) == {"from": "es", "to": "en", "characters": str(len(asked["q"])), "left_out": "2", "desk": "trafficking"}
    assert "atenoimac" not in browser.get(f"/desk/tip/{tip}").text  # nothing of it is kept
    assert "had a machine translate it" in browser.page.text


def test_only_who_may_read_the_tip_may_ask(console: Console, service: Service) -> None:
    tip, stranger = spanish(console), console.browser("vic")
    assert stranger.post(f"/desk/tip/{tip}/translation", {"token": token(stranger)}).status_code == 404
    assert console.browser("ana").post(f"/desk/tip/{tip}/translation", {}).status_code == 403
    assert service.asked == []


def test_english_and_unknown_languages_are_not_offered(console: Console, browser: Browser, service: Service) -> None:
    for language in ("en", "en-US", "und", ""):
        tip = console.world.arrive(read={"language": language})
        assert "Translate for me" not in browser.get(f"/desk/tip/{tip}").text
        assert browser.post(f"/desk/tip/{tip}/translation", {"token": token(browser)}).status_code == 409
    assert service.asked == []


def test_a_service_that_fails_is_said_and_the_try_is_written_down(console: Console, browser: Browser, service: Service) -> None:
    tip = spanish(console)
    service.answer = lambda _: (500, b"")
    browser.get(f"/desk/tip/{tip}")
    answer = browser.submit(f"/desk/tip/{tip}/translation")
    assert answer.status_code == 503
    assert console.world.audit(f"tip:{tip}")[-1].action == "tip.translate"


def test_of_a_long_text_the_beginning_is_translated(console: Console, browser: Browser, service: Service) -> None:
    tip = spanish(console, TEXT + " palabra" * 2000)
    browser.get(f"/desk/tip/{tip}")
    page = browser.submit(f"/desk/tip/{tip}/translation").text
    assert f"Only the first {LONGEST} characters were translated" in page
    assert len(service.asked[0][1]["q"]) == LONGEST


def test_under_a_veil_nothing_is_offered(console: Console, browser: Browser, service: Service) -> None:
    tip = console.world.arrive("child_sexual_exploitation", "sex_trafficking", narrative=TEXT, read={"language": "es"})
    browser.get("/desk/wellbeing")
    browser.submit("/desk/wellbeing", break_after="25", veil_child_sexual="1")
    assert "Translate for me" not in browser.get(f"/desk/tip/{tip}").text
    assert "Translate for me" in browser.get(f"/desk/tip/{tip}?show=1").text
    assert service.asked == []


def test_without_a_service_there_is_neither_button_nor_page(database: Database, tmp_path: Path) -> None:
    with TantivyCaseIndex(tmp_path / "none") as index:
        console = Console(database, index, "")
        tip, browser = spanish(console), console.browser("ana")
        assert "Translate for me" not in browser.get(f"/desk/tip/{tip}").text
        assert browser.post(f"/desk/tip/{tip}/translation", {"token": token(browser)}).status_code == 404
