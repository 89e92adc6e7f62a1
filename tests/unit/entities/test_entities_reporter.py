"""Who wrote a tip is recognised, so that the copies that leave the store do not tell."""

from __future__ import annotations

from itertools import pairwise

import pytest

from models.entities.read import EntityReader
from tests.identities import ENGLISH, SECRETS, SPANISH, leaks
from triage.domain.assessment import Entity
from triage.redaction import redact


@pytest.fixture(scope="module")
def reader() -> EntityReader:
    return EntityReader()


def own(reader: EntityReader, text: str) -> list[str]:
    return [entity.raw for entity in reader.read(text) if entity.role == "reporter"]


@pytest.mark.parametrize("text", [*ENGLISH, *SPANISH])
def test_no_writer_is_told_by_the_copy_of_a_text(reader: EntityReader, text: str) -> None:
    entities = reader.read(text)
    others = " ".join(
        entity.value for entity in entities if entity.role != "reporter" and entity.type in ("phone", "email", "handle", "url")
    )
    assert leaks("the text", text, SECRETS), "a text without a secret proves nothing"
    assert leaks("the copy", redact(text, entities), SECRETS) == []
    assert leaks("the values", others, SECRETS) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My name is Ana Ruiz and I saw it.", ["Ana Ruiz"]),
        ("my name is ana ruiz and i saw it", ["ana ruiz"]),
        ("Me llamo Ana de la Cruz y vi todo.", ["Ana de la Cruz"]),
        ("This is nurse Ana Ruiz, a girl came in.", ["Ana Ruiz"]),
        ("A girl came in.\n- Ana Ruiz", ["Ana Ruiz"]),
        ("Ana Ruiz here, a driver.", ["Ana Ruiz"]),
        ("My number is 402-555-0187, ask for Ana.", ["402-555-0187", "Ana"]),
        ("402-555-0187 (my cell)", ["402-555-0187"]),
        ("Contact Ana Ruiz at 402-555-0187, that's me.", ["Ana Ruiz", "402-555-0187"]),
        ("Call me back, 402-555-0187, name is Ana Ruiz.", ["402-555-0187", "Ana Ruiz"]),
        ("You may contact me (Ana Ruiz) at 402-555-0187.", ["Ana Ruiz", "402-555-0187"]),
        ("Yours truly, Ana Ruiz", ["Ana Ruiz"]),
        ("My instagram handle is @ana_r_77", ["@ana_r_77"]),
        ("Llámame al 402-555-0187", ["402-555-0187"]),
        ("Pueden contactarme al 402-555-0187", ["402-555-0187"]),
        ("hit me up at 402-555-0187", ["402-555-0187"]),
        ("give me a call 402-555-0187", ["402-555-0187"]),
        ("my page is facebook.com/ana.ruiz.5", ["facebook.com/ana.ruiz.5"]),
        ("I live at 12 Oak Street, apt 4.", ["12 Oak Street, apt 4"]),
        ("My name is Ana Ruiz. He told them that Ana talks.", ["Ana Ruiz", "Ana"]),
        ("My number is 402-555-0187. Again: 402 555 0187.", ["402-555-0187", "402 555 0187"]),
    ],
)
def test_what_the_writer_says_of_himself_is_his(reader: EntityReader, text: str, found: list[str]) -> None:
    assert own(reader, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "His name is Rico Vale and he drives a red truck.",
        "El se llama Rico Vale, vende en la esquina.",
        "This is Rico Vale's truck, the plate is 12-AB34.",
        "My name is on the lease.",
        "My name is not important.",
        "i'm scared and i'm at the motel",
        "I'm at 12 Oak Street and the door is locked.",
        "He lives at 12 Oak Street, ask for Rico.",
        "Thanks, we will wait.",
        "his number is 402-555-0187",
        "Call me. His name is Rico Vale.",
        "his instagram handle is @rico_v_77",
        "I'm on www.girls.example and saw his ad",
    ],
)
def test_what_is_said_of_others_and_of_the_scene_stays(reader: EntityReader, text: str) -> None:
    assert own(reader, text) == []


def test_a_role_that_words_gave_is_not_taken_away(reader: EntityReader) -> None:
    entities = reader.read("My number is 402-555-0187. He called from 402-555-0187 himself.")
    assert [entity.role for entity in entities if entity.type == "phone"] == ["reporter", "suspect"]


def test_entities_stay_in_order_and_apart(reader: EntityReader) -> None:
    persons: list[Entity] = [
        entity for entity in reader.read("My name is Ana Ruiz, a 34 year old nurse. Ana Ruiz again.") if entity.type == "person"
    ]
    assert persons == sorted(persons, key=lambda entity: entity.start)
    assert all(first.end <= second.start for first, second in pairwise(persons))
