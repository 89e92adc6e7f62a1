"""An agency's own words in its policy folder."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.catalogue import load_catalogues
from ingest.own_words import with_own_words
from ingest.web.pages import Pages
from tests.builders import example_policy
from triage.domain.errors import PolicyError

PRODUCT = load_catalogues()


def test_only_what_is_said_changes() -> None:
    files = {"policy.yaml": "x: y", "words.en.yaml": "status:\n  received:\n    name: In our tray\nsent:\n  next_1: '{agency} reads it.'\n"}
    words = with_own_words(PRODUCT, files)
    assert words["en"]("status.received.name") == "In our tray"
    assert words["en"]("sent.next_1", agency="The desk") == "The desk reads it."
    assert words["en"]("status.read.name") == PRODUCT["en"]("status.read.name")
    assert words["es"] is PRODUCT["es"]
    assert PRODUCT["en"]("status.received.name") != "In our tray"


def test_pages_show_them() -> None:
    words = with_own_words(PRODUCT, {"words.en.yaml": "code:\n  title: Welcome back\n"})
    page = Pages(example_policy(), words).render("code.html", "en", values={}, errors={})
    assert b"<h1>Welcome back</h1>" in page.body


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        ("words.en.yaml", "status:\n  recieved:\n    name: x\n", 2, "unknown key 'recieved'; did you mean 'received'?"),
        ("words.en.yaml", "status:\n  received: x\n", 2, "expected keys and values"),
        ("words.en.yaml", "code:\n  title:\n    name: x\n", 3, "expected a text"),
        ("words.en.yaml", "code:\n  title: ''\n", 2, "expected a text"),
        ("words.en.yaml", "code:\n  title: a\n  title: b\n", 3, "the key 'title' stands twice"),
        ("words.en.yaml", "sent:\n  next_1: Somebody reads it.\n", 2, "no gap stands here, and agency is filled in; write {agency}"),
        ("words.en.yaml", "sent:\n  next_1: '{agency.title}'\n", 2, "agency.title stands here, and agency is filled in; write {agency}"),
        ("words.en.yaml", "sent:\n  next_1: '{agency:>9999}'\n", 2, "agency:>9999 stands here"),
        ("words.en.yaml", "code:\n  title: '{x}'\n", 2, "x stands here, and no gap is filled in; write it without braces"),
        ("words.en.yaml", "code:\n  title: 'a { b'\n", 2, "a brace is open or closed alone"),
        ("words.en.yaml", "", 1, "the file is empty"),
        ("words.fr.yaml", "code:\n  title: x\n", 1, "there are no words in 'fr'; name the file for one of en, es"),
    ],
)
def test_faults_name_file_line_and_what_to_write(name: str, text: str, line: int, message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        with_own_words(PRODUCT, {name: text})
    assert (caught.value.file, caught.value.line) == (name, line)
    assert message in caught.value.message


@given(st.text(max_size=80))
def test_any_text_is_taken_or_refused_at_its_place(text: str) -> None:
    """Nothing that a file says can make a page fail later."""
    with suppress(PolicyError):
        with_own_words(PRODUCT, {"words.es.yaml": f"sent:\n  next_1: {text}\n"})["es"]("sent.next_1", agency="x")
