"""In which lane a report waits: danger in front, imports and floods behind, and one side's flood in nobody else's way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.danger import says_danger, sounds_urgent
from ingest.lanes import EVENTS, WINDOW, Lane, Lanes, Shares
from ingest.receive import Sender
from ingest.submission import Submission
from tests.builders import StillClock
from tests.intake import Intake
from triage.domain.events import RECEIVED, EventType
from triage.domain.tip import Answer, Channel
from triage.plain import plain

CALM = "A white van has stood behind the fuel desk since noon"


def a_report(text: str = CALM, **given: Any) -> Submission:
    return Submission(narrative=text, **given)


def test_the_lanes_stand_in_the_order_of_their_events() -> None:
    assert tuple(EVENTS[lane] for lane in Lane) == RECEIVED


@pytest.mark.parametrize(
    "text",
    [
        "Help me, I am in room 212", "He has a gun", "they WON'T let her leave!", "she can’t get out of the truck", "will kill her",
        "a girl is being beaten in the lot", "She is bleeding.", "he said he will kill himself", "¡AYÚDENME!", "Tiene una pistola",
        "no la dejan salir", "la van a matar", "está encerrada en el baño", "un hombre dijo que va a matarla", "no respira",
    ],
)  # fmt: skip
def test_what_sounds_like_danger_is_noticed(text: str) -> None:
    assert sounds_urgent(plain(text))


@pytest.mark.parametrize(
    "text",
    [
        CALM, "Two girls asked drivers for money", "Una camioneta blanca en la gasolinera", "I saw this three weeks ago", "helpful staff",
        "The skilled worker was not paid", "gunmetal grey car", "They matured", "Se fue a la tienda", "",
    ],
)  # fmt: skip
def test_calm_words_are_no_alarm(text: str) -> None:
    assert not sounds_urgent(plain(text))


@pytest.mark.parametrize(("answer", "urgent"), [(True, True), (Answer.YES, True), (False, False), (Answer.NOT_SURE, False), (None, False)])
def test_the_answer_to_the_question_counts(answer: bool | Answer | None, urgent: bool) -> None:
    assert says_danger(a_report(life_threat=answer)) is urgent


@given(st.text(max_size=4_000))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert lanes()[0].choose(a_report(text), "p") in Lane


def lanes(**shares: int) -> tuple[Lanes, StillClock]:
    clock = StillClock()
    return Lanes(clock, Shares(**shares)), clock


def urgent(number: int = 0) -> Submission:
    return a_report(f"{CALM} {number}", life_threat=True)


def test_danger_waits_in_front_and_imports_behind() -> None:
    choose = lanes()[0].choose
    assert choose(urgent(), "p") is Lane.URGENT
    assert choose(a_report(), "p") is Lane.ORDINARY
    assert choose(a_report("another", channel=Channel.BULK), "p") is Lane.BULK
    assert choose(a_report("an answer", channel=Channel.SURVEY), "p") is Lane.BULK
    assert choose(a_report("a row", channel=Channel.BULK, life_threat=True), "p") is Lane.URGENT


def test_who_calls_everything_urgent_fills_the_lane_of_nobody_else() -> None:
    found, clock = lanes(urgent_sender=3, urgent_partner=100)
    flood = [found.choose(urgent(n), "p", "flooder", public=True) for n in range(10)]
    assert flood == [Lane.URGENT] * 3 + [Lane.ORDINARY] * 7
    assert found.choose(urgent(99), "p", "other", public=True) is Lane.URGENT
    clock.at += WINDOW
    assert found.choose(urgent(100), "p", "flooder", public=True) is Lane.URGENT


def test_many_who_call_everything_urgent_fill_no_more_than_their_partners_share() -> None:
    found, _ = lanes(urgent_sender=3, urgent_partner=5)
    flood = [found.choose(urgent(n), "p", f"sender {n}") for n in range(10)]
    assert flood.count(Lane.URGENT) == 5
    assert found.choose(urgent(99), "q", "sender 1") is Lane.URGENT


def test_the_same_words_from_many_wait_one_lane_further_back() -> None:
    found, clock = lanes(alike=3)
    flood = [found.choose(a_report("HELP me! " + "!" * n), f"p{n}", f"s{n}") for n in range(5)]
    assert flood == [Lane.URGENT] * 3 + [Lane.ORDINARY] * 2
    calm = [found.choose(a_report("Calm." * n), f"p{n}", f"s{n}") for n in (1, 1, 1, 1, 1)]
    assert calm == [Lane.ORDINARY] * 3 + [Lane.BULK] * 2
    assert found.choose(a_report("help me, another way"), "p", "s") is Lane.URGENT
    clock.at += WINDOW
    assert found.choose(a_report("help me"), "p", "s") is Lane.URGENT


@pytest.mark.parametrize(("public", "partner", "expected"), [(3, 100, 3), (100, 3, 3), (100, 100, 9)])
def test_what_is_above_a_share_waits_behind_and_is_never_refused(public: int, partner: int, expected: int) -> None:
    found, _ = lanes(public=public, partner=partner)
    flood = [found.choose(a_report(f"report {n}"), "p", f"s{n}", public=True) for n in range(9)]
    assert flood == [Lane.ORDINARY] * expected + [Lane.BULK] * (9 - expected)
    assert found.choose(urgent(), "p", "s", public=True) is Lane.URGENT


def test_the_share_of_the_public_is_not_taken_by_keys() -> None:
    found, _ = lanes(public=1)
    assert [found.choose(a_report(f"report {n}"), "p", "key") for n in range(3)] == [Lane.ORDINARY] * 3
    assert found.choose(a_report(), "p", "s", public=True) is Lane.ORDINARY


def test_a_report_goes_into_the_log_under_the_event_of_its_lane(intake: Intake) -> None:
    receiver = intake.deps.receiver
    sent = [urgent(), a_report("calm"), a_report("a row", channel=Channel.BULK)]
    ids = [receiver.receive_blocking(one, Sender("prairie-haul", "public", source="token of an address")).id for one in sent]
    found = intake.events.read("test", list(EventType), 10)
    assert [(logged.event.type, logged.event.payload["tip"]) for logged in found] == list(zip(RECEIVED, ids, strict=True))
    assert "token of an address" not in repr(found)


def test_a_sandbox_report_takes_no_share_and_reaches_no_reader(intake: Intake) -> None:
    intake.deps.receiver.receive_blocking(urgent(), Sender("prairie-haul", "partner:prairie-haul", sandbox=True))
    assert intake.events.read("test", RECEIVED, 10) == []
