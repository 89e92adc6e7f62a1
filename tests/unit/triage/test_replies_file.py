"""The replies that a desk has ready."""

from __future__ import annotations

import pytest

from tests.builders import a_tip, example_files
from triage.domain.errors import PolicyError
from triage.policy_files.replies import Replies, load_replies
from triage.reply_check import risks

ONE = "replies:\n  - id: ask\n    title: Ask\n    text:\n      es: ¿Dónde?\n      en: Where?\n"


def test_no_file_means_no_replies() -> None:
    assert load_replies({}) == Replies()


def test_a_text_comes_in_the_senders_language_or_the_first_one() -> None:
    [reply] = load_replies({"replies.yaml": ONE}).canned
    assert [reply.text(language) for language in ("en", "en-US", "es", "pa", "")] == ["Where?", "Where?", "¿Dónde?", "¿Dónde?", "¿Dónde?"]


def test_the_example_is_sound_in_both_languages_and_names_nobody() -> None:
    replies = load_replies(example_files())
    assert replies.canned
    assert replies.check_back
    for each in (*replies.canned, *replies.check_back):
        assert set(each.texts) == {"en", "es"}
        assert [text for text in each.texts.values() if risks(text, a_tip(), ())] == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("check_back: []\n", 1, "the key 'replies' is missing"),
        ("replies:\n  - id: Ask\n    title: x\n    text: {en: x}\n", 2, "the id of a reply is"),
        ("replies:\n  - id: ask\n    text: {en: x}\n", 2, "the key 'title' is missing"),
        ("replies:\n  - id: ask\n    title: x\n    text: x\n", 4, "expected names with values"),
        ("replies:\n  - id: ask\n    title: x\n    text: {english: x}\n", 4, "name a text by its language"),
        ("replies:\n  - id: ask\n    title: x\n    text: {}\n", 4, "write the text in at least one language"),
        ("replies:\n  - id: ask\n    title: x\n    text: {en: x, en: y}\n", 4, "the language 'en' stands twice"),
        (f"replies:\n  - id: ask\n    title: x\n    text:\n      en: {'x' * 2001}\n", 5, "write at most 2000 characters"),
        (ONE + "  - id: ask\n    title: x\n    text: {en: x}\n", 7, "two replies have the id 'ask'"),
    ],
)
def test_faults_name_the_line(text: str, line: int, message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_replies({"replies.yaml": text})
    assert (caught.value.file, caught.value.line) == ("replies.yaml", line)
    assert message in caught.value.message
