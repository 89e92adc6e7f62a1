"""What must not leave with a reply unseen."""

from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.builders import a_tip, an_entity
from triage.domain.assessment import Entity
from triage.domain.tip import Tip, Vehicle
from triage.reply_check import _NO_PLATE, _WORDS, RiskKind, risks

TIP = a_tip()
LETTERS, DIGITS = string.ascii_uppercase, string.digits


def found(text: str, tip: Tip = TIP, *entities: Entity) -> list[tuple[str, RiskKind]]:
    return [(text[risk.start : risk.end], risk.kind) for risk in risks(text, tip, entities)]


def letters(count: int) -> st.SearchStrategy[str]:
    return st.text(LETTERS, min_size=count, max_size=count).filter(lambda word: word.lower() not in _WORDS)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=count, max_size=count)


PLATES = st.one_of(
    st.tuples(letters(3), st.sampled_from(["", " ", "-"]), digits(4)),
    st.tuples(letters(3), st.sampled_from(["", " ", "-"]), digits(3)),
    st.tuples(digits(3), st.sampled_from(["", " ", "-"]), letters(3)),
    st.tuples(digits(1), letters(3), digits(3)),
    st.tuples(letters(2), st.just("-"), digits(5)),
    st.tuples(letters(1), digits(6)),
    st.tuples(digits(2), letters(1), digits(3)),
).map("".join)
PHONES = st.one_of(
    st.tuples(digits(3), st.sampled_from(["-", ".", " ", ""]), digits(3), st.sampled_from(["-", ".", " ", ""]), digits(4)),
    st.tuples(st.just("("), digits(3), st.just(") "), digits(3), st.just("-"), digits(4)),
    st.tuples(st.sampled_from(["+1 ", "+1-", "1-", "+52 ", "1 ("]), digits(3), st.just("-"), digits(3), st.just("-"), digits(4)),
    st.tuples(digits(3), st.sampled_from(["-", " "]), digits(4)),
).map("".join)
BEFORE = st.sampled_from(["", "Is it ", "We look for (", "¿Vio ", "plate: ", "Maybe\n", "“"])
BEHIND = st.sampled_from(["", "?", ". Thank you.", ")", ",", "\nor not", "”"])


@given(BEFORE, PLATES, BEHIND, st.booleans())
def test_every_plate_is_marked(before: str, plate: str, behind: str, lower: bool) -> None:
    assume(not _NO_PLATE.fullmatch(plate))
    plate = plate.lower() if lower else plate
    text = before + plate + behind
    place = len(before)
    assert any(risk.start <= place and place + len(plate) <= risk.end for risk in risks(text, TIP, ()))


@given(BEFORE, PHONES, BEHIND)
def test_every_phone_number_is_marked(before: str, phone: str, behind: str) -> None:
    text = before + phone + behind
    marked = risks(text, TIP, ())
    where = [place for place in range(len(before), len(before) + len(phone)) if text[place].isdigit()]
    assert all(any(risk.start <= place < risk.end for risk in marked) for place in where)


@given(st.text(max_size=300), st.text(max_size=40), st.text(max_size=20))
def test_any_text_gives_spans_in_order(text: str, name: str, plate: str) -> None:
    tip = a_tip(vehicles=(Vehicle(plate=plate),), identifiers=(name,))
    entities = (an_entity("person", name or "x", attributes={"name": name}), an_entity("phone", plate or "x"))
    marked = risks(text, tip, entities)
    assert all(0 <= risk.start < risk.end <= len(text) for risk in marked)
    assert all(one.end <= other.start for one, other in pairwise(marked))


@pytest.mark.parametrize(
    "text",
    [
        "Which exit on I-80, near mile 145? Was it about 10pm or 10:30 pm?",
        "We look here again by Nov 28, within 3 days, or on 2026-11-30.",
        "The 2nd time, room 214, lot 14, bus 412, 100 yards, 500 ft, 24 hours, US-385, P0.",
        "¿Recuerda el color, la marca o una parte de la placa? Salida 107, más de 200 m.",
        "Thank you. What you told us helps.",
    ],
)
def test_plain_words_are_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("See https://evil.test/a?b=1 now", [("https://evil.test/a?b=1", RiskKind.LINK)]),
        ("or www.example.org.", [("www.example.org.", RiskKind.LINK)]),
        ("or example.com/x", [("example.com/x", RiskKind.LINK)]),
        ("Write to ana@example.com", [("ana@example.com", RiskKind.EMAIL)]),
        ("Is @lil_mo99 the account?", [("@lil_mo99", RiskKind.HANDLE)]),
        ("Was it at 214 N Main Street?", [("214 N Main Street", RiskKind.ADDRESS)]),
        ("¿Fue en calle Juárez 12?", [("calle Juárez 12", RiskKind.ADDRESS)]),
        ("Did Mr. Keller say so?", [("Mr. Keller", RiskKind.NAME)]),
        ("USDOT 1234567 or 98765", [("1234567", RiskKind.PHONE), ("98765", RiskKind.NUMBER)]),
    ],
)
def test_what_looks_like_it_is_named(text: str, marks: list[tuple[str, RiskKind]]) -> None:
    assert found(text) == marks


def test_what_the_tip_names_is_found_however_it_is_written() -> None:
    tip = a_tip(vehicles=(Vehicle(plate="BIGRIG"),), identifiers=("lil mo",))
    entities = (
        an_entity("person", "maria lopez", "Maria Lopez", attributes={"name": "Maria Lopez"}),
        an_entity("vin", "1M8GDM9AXKP042788"),
        an_entity("phone", "+14025550143", "402.555.0143"),
    )
    text = "Is MARIA, or Lopez, in the big-rig? VIN 1M8GD M9AXKP042788. LILMO?"
    assert found(text, tip, *entities) == [
        ("MARIA, or Lopez"[:5], RiskKind.NAME),
        ("Lopez", RiskKind.NAME),
        ("big-rig", RiskKind.PLATE),
        ("1M8GD M9AXKP042788", RiskKind.NUMBER),
        ("LILMO", RiskKind.HANDLE),
    ]
    assert found("Is Mariana near the bigrigs?", tip, *entities) == []
