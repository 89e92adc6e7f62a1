"""How a tip puts things: the look-alikes (drill, past, film, resolved, figure of speech, hearsay) and what must stay present."""

from __future__ import annotations

import pytest

from models.assertion import AssertionReader
from triage.domain.assessment import Assertion, Experiencer

READER = AssertionReader()


def put(text: str, words: str) -> Assertion:
    start = text.index(words)
    return READER.classify(text, start, start + len(words))[0]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("A man is beating her in room 9", "beating her", Assertion.PRESENT),
        ("He keeps her passport and won't let her leave", "keeps her passport", Assertion.PRESENT),
        ("If she leaves he will kill her", "kill her", Assertion.PRESENT),
        ("She told me he sells her", "sells her", Assertion.PRESENT),
        ("I heard screaming and he is hitting her", "hitting her", Assertion.PRESENT),
        ("A man from the game asks my daughter for nudes", "asks my daughter for nudes", Assertion.PRESENT),
        ("This is not a drill, there is a man with a gun", "man with a gun", Assertion.PRESENT),
        ("Nadie viene y me tiene encerrada", "encerrada", Assertion.PRESENT),
        ("She was not scared", "scared", Assertion.NEGATED),
        ("There were no bruises on her", "bruises", Assertion.NEGATED),
        ("No tiene golpes", "golpes", Assertion.NEGATED),
        ("Nobody is forcing her, she can leave any time", "forcing her", Assertion.NEGATED),
        ("What if a driver sees a girl knocking on cabs", "girl knocking", Assertion.HYPOTHETICAL),
        ("Can you send posters for our drivers about girls held in trucks", "held in trucks", Assertion.HYPOTHETICAL),
        ("¿Qué pasa si alguien ve niñas encerradas?", "niñas encerradas", Assertion.HYPOTHETICAL),
        ("My cousin heard that they lock girls in there", "lock girls in", Assertion.HEARSAY),
        ("Dicen que ahí tienen muchachas encerradas", "encerradas", Assertion.HEARSAY),
        ("In 1998 my uncle beat me with a belt", "beat me", Assertion.HISTORICAL),
        ("Hace muchos años mi patrón me pegaba", "me pegaba", Assertion.HISTORICAL),
        ("This is a drill: man with a gun in the lobby", "man with a gun", Assertion.FICTION),
        ("Simulacro de evacuación a las once, hombre con pistola", "hombre con pistola", Assertion.FICTION),
        ("In the movie a girl is locked in a trunk", "locked in a trunk", Assertion.FICTION),
        ("Es una película, la muchacha está encerrada", "encerrada", Assertion.FICTION),
        ("I had a bad dream, he was choking her", "choking her", Assertion.FICTION),
        ("I could kill that referee", "kill", Assertion.FICTION),
        ("A man dragged a kid to a van. Turned out it was his dad.", "dragged a kid", Assertion.RESOLVED),
        ("There was a man with a gun. Police already have him, he was arrested.", "man with a gun", Assertion.RESOLVED),
        ("Mi vecino le pegaba. Ya llegó la policía y se lo llevó.", "le pegaba", Assertion.RESOLVED),
        ("False alarm, the screaming was a peacock", "screaming", Assertion.RESOLVED),
    ],
)
def test_how_it_is_put(text: str, words: str, expected: Assertion) -> None:
    assert put(text, words) is expected


def test_what_goes_on_is_not_past_because_something_else_was() -> None:
    text = "In 2009 he was my boss. He is still there and beats the new girls."
    assert put(text, "beats the new girls") is Assertion.PRESENT


def test_that_it_is_real_shields_from_words_of_play() -> None:
    text = "We had a fire drill at nine. This is not part of it: a man with a rifle walks up to the gym."
    assert put(text, "man with a rifle") is Assertion.PRESENT
    assert READER.view(text).of_tip() == (Assertion.PRESENT, (0, 0))


def test_a_frame_stands_where_a_tip_begins_or_ends() -> None:
    story = "The clerk saw a man with a gun run past the pumps and into the field behind the store. " * 3
    drill = "This is a drill. "
    assert put(drill + story, "man with a gun") is Assertion.FICTION
    assert put(story + drill, "man with a gun") is Assertion.FICTION
    assert put(story + drill + story.replace("clerk", "guard"), "man with a gun") is Assertion.PRESENT


def test_the_end_of_one_story_leaves_another_beside_it() -> None:
    text = "One of the kids was found safe. The other one is still in the creek and she is drowning."
    assert put(text, "she is drowning") is Assertion.PRESENT
    assert READER.view(text).of_tip()[0] is Assertion.PRESENT


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I can hear somebody kicking the door of the trailer", "kicking the door"),
        ("The drill press caught his hand and he is bleeding", "caught his hand"),
        ("There is a film of ice on the lake and a boy fell in", "boy fell in"),
        ("We are at the movie theater and a man has a gun", "man has a gun"),
        ("He thought it was a toy but he is pointing a gun at her", "pointing a gun"),
        ("He is a pig and he beats her", "beats her"),
        ("If he calls, he will kill her", "kill her"),
        ("Don't call back, police never came, he is hitting her", "hitting her"),
    ],
)
def test_words_that_only_look_like_cues(text: str, words: str) -> None:
    assert put(text, words) is Assertion.PRESENT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("This traffic is killing me", Assertion.FICTION),
        ("I would kill for a coffee", Assertion.FICTION),
        ("That bomb sandwich blew me away", Assertion.FICTION),
        ("Me muero de hambre", Assertion.FICTION),
        ("El instructor no respira, es parte del curso de primeros auxilios", Assertion.FICTION),
        ("What should a clerk do if a guest is bleeding", Assertion.HYPOTHETICAL),
        ("Qué pasaría si mi patrón me encerrara", Assertion.HYPOTHETICAL),
        ("That wreck was two summers back", Assertion.HISTORICAL),
        ("The screaming was goats, they were just goats", Assertion.RESOLVED),
        ("Encontraron sano y salvo al niño", Assertion.RESOLVED),
        ("Nobody is hurt, no gun, no fight", Assertion.NEGATED),
        ("Word is they sell pills there", Assertion.HEARSAY),
    ],
)
def test_how_a_whole_tip_is_put(text: str, expected: Assertion) -> None:
    assert READER.view(text).of_tip()[0] is expected


def test_a_correction_reaches_back_but_not_forward() -> None:
    text = "I saw a gun. Turned out it was a toy. Now a man is beating her."
    assert put(text, "saw a gun") is Assertion.RESOLVED
    assert put(text, "beating her") is Assertion.PRESENT


def test_a_cue_inside_the_evidence_does_not_turn_it() -> None:
    assert put("the baby is not breathing", "not breathing") is Assertion.PRESENT


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("he keeps my passport", "keeps my passport", Experiencer.REPORTER),
        ("he keeps her passport", "keeps her passport", Experiencer.VICTIM),
        ("the boss locks doors", "the boss locks", Experiencer.SUSPECT),
        ("doors stay shut", "doors stay", Experiencer.OTHER),
        ("my boss keeps my passport", "keeps my passport", Experiencer.REPORTER),
        ("my neighbor hits his wife", "hits his wife", Experiencer.VICTIM),
        ("my daughter is locked in", "is locked in", Experiencer.VICTIM),
        ("mi vecino golpea a su esposa", "golpea a su esposa", Experiencer.VICTIM),
        ("my cousin sells pills", "sells pills", Experiencer.OTHER),
    ],
)
def test_to_whom_it_happens(text: str, words: str, expected: Experiencer) -> None:
    start = text.index(words)
    assert READER.classify(text, start, start + len(words))[1] is expected


def test_the_whole_tip_is_told_apart_from_one_clause() -> None:
    assert READER.view("Exercise exercise, this is a drill, man down in the hall").of_tip()[0] is Assertion.FICTION
    assert READER.view("She was not scared but he is beating her with a belt in the yard").of_tip() == (Assertion.PRESENT, (0, 0))


@pytest.mark.parametrize("text", ["", "\x00", "💥" * 50, "\u202eabc", "no " * 500])
def test_any_text_and_any_span_is_answered(text: str) -> None:
    assert READER.classify(text, 0, len(text))[0] in Assertion
    assert READER.classify(text, 5000, 5001) == (Assertion.PRESENT, Experiencer.OTHER)
