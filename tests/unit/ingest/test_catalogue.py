"""The words: complete in each language, filled in alike, and in the tone that people can bear."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from ingest.catalogue import MESSAGES, Catalogue, choose_language, load_catalogues

SOURCE, *OTHERS = load_catalogues().values()
BANNED = {"en": r"\b(invalid|illegal|forbidden|please|sorry|oops)\b", "es": r"\b(inválid[oa]|ilegal|prohibid[oa]|por favor|lo sentimos)\b"}
GAP = re.compile(r"\{\w*\}")


def test_english_is_the_source() -> None:
    assert SOURCE.language == "en"
    assert {"es"} <= {words.language for words in OTHERS}


@pytest.mark.parametrize("words", OTHERS, ids=lambda words: words.language)
def test_every_language_says_everything_with_the_same_gaps(words: Catalogue) -> None:
    assert words.texts.keys() == SOURCE.texts.keys()
    for key, text in words.texts.items():
        assert sorted(GAP.findall(text)) == sorted(GAP.findall(SOURCE.texts[key])), key


@pytest.mark.parametrize("words", [SOURCE, *OTHERS], ids=lambda words: words.language)
def test_no_words_that_blame(words: Catalogue) -> None:
    blaming = [key for key, text in words.texts.items() if re.search(BANNED.get(words.language, "$^"), text, re.IGNORECASE)]
    assert blaming == []


@pytest.mark.parametrize("words", [SOURCE, *OTHERS], ids=lambda words: words.language)
def test_sentences_are_short(words: Catalogue) -> None:
    long = [key for key, text in words.texts.items() for sentence in re.split(r"[.?!:]\s", text) if len(sentence.split()) > 20]
    assert long == []


def test_every_key_is_used_and_every_used_key_exists() -> None:
    """Keys appear in templates and code as whole words, or as a prefix with a computed end."""
    ingest = MESSAGES.parent
    text = "\n".join(path.read_text("utf8") for path in [*ingest.rglob("*.html"), *ingest.rglob("*.py")])
    prefixes = (
        "status.",
        "notice.",
        "sector.",
        "errors.",
        "language.",
        "quality.",
        "portal.nav.",
        "portal.done.",
        "portal.problem.",
        "portal.step.",
        "portal.keys.state.",
        "portal.useful.",
        "portal.lacks.",
        "portal.bulletins.kind.",
        "portal.report.retract.reasons.",
        "outcome.",
        "photo.errors.",
        "imports.states.",
        "imports.errors.",
        "imports.why.",
        "imports.targets.",
        "survey.errors.",
        "hooks.step.",
        "hooks.delivery.",
        "hooks.error.",
    )
    unused = [key for key in SOURCE.texts if f'"{key}"' not in text and not key.startswith(prefixes) and f"'{key}'" not in text]
    assert unused == []
    called = set(re.findall(r'\bt\(["\']([\w.]+)["\'][,)]', text))
    assert called <= SOURCE.texts.keys()


def test_a_third_language_needs_only_a_folder(tmp_path: Path) -> None:
    shutil.copytree(MESSAGES, tmp_path / "messages")
    (tmp_path / "messages/ar").mkdir()
    (tmp_path / "messages/ar/public.yaml").write_text("language:\n  name: العربية\n", "utf8")
    catalogues = load_catalogues(tmp_path / "messages")
    assert list(catalogues) == ["en", "ar", "es"]
    assert catalogues["ar"]("language.name") == "العربية"


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        SOURCE("no.such.key")


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [
        ("es", "en", "es"),
        ("xx", "es-MX,en;q=0.5", "es"),
        ("", "en;q=0.2, es;q=0.8", "es"),
        ("", "fr, de", "en"),
        ("", "", "en"),
        ("", "es;q=what, en", "en"),
    ],
)
def test_the_language_is_what_was_asked_for_then_what_is_accepted_then_the_first(asked: str, accepted: str, chosen: str) -> None:
    assert choose_language(asked, accepted, ("en", "es")) == chosen
