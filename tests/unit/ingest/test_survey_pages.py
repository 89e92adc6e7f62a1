"""A survey as the public answers it, and what becomes of the answers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import httpx
import pytest
import textstat
from hypothesis import given
from hypothesis import strategies as st

from ingest.catalogue import load_catalogues
from ingest.domain.survey import Question, QuestionKind, Survey, SurveyAnswer
from ingest.lanes import EVENTS
from ingest.surveys.survey_file import load_surveys
from ingest.surveys.surveying import EVENT_LIMIT, PLACE_LIMIT, event_tip, field_of, fill
from ingest.web.fields import HONEYPOT
from tests.builders import example_files
from tests.intake import SUSPENDED, TRUCKING, Client, Intake
from tests.unit.ingest.test_reading_grade import GRADE, words_of
from tests.unit.ingest.test_report_form import CODE
from triage.domain.errors import InvalidInput, PolicyError
from triage.domain.tip import Channel, Place

FILES = {"surveys.yaml": example_files()["surveys.yaml"].replace("neighbors-together", TRUCKING.slug)}
[SURVEY] = load_surveys(FILES, [TRUCKING.slug], ["en", "es"])
ADDRESS = f"/r/survey/{SURVEY.id}"


def answers_in(intake: Intake) -> list[SurveyAnswer]:
    with intake.deps.partner_side.reading() as work:
        return work.surveys.of_survey(SURVEY.id, date(2000, 1, 1), date(2100, 1, 1))


def tips_in(intake: Intake) -> list[str]:
    return [str(logged.event.payload["tip"]) for logged in intake.events.read("test", list(EVENTS.values()), 100)]


@pytest.fixture
def client(intake: Intake) -> Client:
    return intake.client(surveys=(SURVEY,))


def token_of(page: httpx.Response) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found
    return found[1]


def send(client: Client, form: str = "", /, **answers: str) -> httpx.Response:
    """Answer some of the questions."""
    token = form or token_of(client.get(ADDRESS))
    return client.post(f"{ADDRESS}/sent", data={"lang": "en", HONEYPOT: "", "token": token, **answers})


def test_answers_are_kept_without_anything_that_says_whose_they_are(intake: Intake, client: Client) -> None:
    given = {"q.where": "downtown", "q.safe-at-night": "no", "q.worries.drugs": "yes", "q.worries.scams": "yes", "q.change": " More light "}
    page = send(client, **given)
    assert page.status_code == 200
    assert "Thank you" in page.text
    assert not CODE.search(page.text)
    [answer] = answers_in(intake)
    assert (answer.day, answer.language, answer.place) == (intake.clock.now().date(), "en", "downtown")
    assert answer.choices == {"safe-at-night": ("no",), "worries": ("drugs", "scams")}
    assert answer.texts == {"change": "More light"}
    assert tips_in(intake) == []
    with intake.deps.storage.reading() as work:
        assert work.audit.of_object(f"survey:{SURVEY.id}", 10) == []


def test_what_was_seen_becomes_a_tip_with_its_source_and_a_code(intake: Intake, client: Client) -> None:
    page = send(client, **{"q.where": "river_park", "q.seen": "A van came every night.", "q.safe-at-night": "yes"})
    assert CODE.search(page.text)
    [tip_id] = tips_in(intake)
    with intake.deps.storage.reading() as work:
        tip = work.tips.get(tip_id)
    assert tip is not None
    assert (tip.channel, tip.partner, tip.partner_reference) == (Channel.SURVEY, TRUCKING.slug, f"survey:{SURVEY.id}")
    assert (tip.narrative, tip.place, tip.language) == ("A van came every night.", Place(name="River park"), "en")
    [answer] = answers_in(intake)
    assert answer.texts == {}
    assert tip_id not in str(answer)


def test_only_what_was_seen_leaves_no_answer(intake: Intake, client: Client) -> None:
    send(client, **{"q.seen": "A van."})
    assert (len(tips_in(intake)), answers_in(intake)) == (1, [])


def test_sending_again_changes_nothing(intake: Intake, client: Client) -> None:
    token = token_of(client.get(ADDRESS))
    given = {"q.seen": "A van.", "q.safe-at-night": "no"}
    codes = [CODE.findall(send(client, token, **given).text) for _ in range(2)]
    assert codes[0] == codes[1] != []
    send(client, token, **{**given, "q.safe-at-night": "yes"})
    assert (len(tips_in(intake)), [answer.choices["safe-at-night"] for answer in answers_in(intake)]) == (1, [("no",)])
    assert not CODE.search(client.get(f"{ADDRESS}/sent").text)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "Answer one question or more"),
        ({"q.where": "downtown"}, "Answer one question or more"),
        ({"q.safe-at-night": "perhaps"}, "Choose one of the answers shown"),
        ({"q.change": "x" * 2_001}, "This answer is too long"),
        ({"q.seen": "!!!"}, "A few words is enough"),
        ({"q.change": "Light", "token": "wrong"}, "Press Send once more"),
        ({"q.change": "Light", HONEYPOT: "x"}, "Press Send once more"),
    ],
)
def test_what_must_be_mended_is_said_and_nothing_typed_is_lost(intake: Intake, client: Client, answers: dict[str, str], words: str) -> None:
    page = send(client, **answers)
    assert page.status_code == 422
    assert words in page.text
    assert all(value in page.text for name, value in answers.items() if name == "q.change")
    assert (answers_in(intake), tips_in(intake)) == ([], [])


def test_it_is_open_between_its_days_and_while_its_partner_is_active(intake: Intake, client: Client) -> None:
    token = token_of(client.get(ADDRESS))
    assert client.get("/r/survey/none").status_code == 404
    intake.clock.at = intake.clock.at.replace(year=2028)
    assert client.get(ADDRESS).status_code == send(client, token, **{"q.change": "Light"}).status_code == 403
    closed = intake.client(surveys=(replace(SURVEY, partner=SUSPENDED.slug),))
    intake.clock.at = intake.clock.at.replace(year=2026)
    assert closed.get(ADDRESS).status_code == 403
    assert answers_in(intake) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_its_pages_are_easy_to_read(client: Client, language: str) -> None:
    page = client.get(f"{ADDRESS}?lang={language}")
    assert f'lang="{language}"' in page.text
    if language == "en":
        assert textstat.flesch_kincaid_grade(words_of(page.text)) <= GRADE
        assert textstat.flesch_kincaid_grade(words_of(send(client, **{"q.seen": "A van."}).text)) <= GRADE


@given(
    st.dictionaries(
        st.sampled_from([field_of(q, c) for q in SURVEY.questions for c in q.choices or ("",)]),
        st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=120),
    )
)
def test_any_answers_are_taken_or_told_what_to_mend(answers: dict[str, str]) -> None:
    try:
        filled = fill(SURVEY, answers)
    except InvalidInput as error:
        known = {field_of(question) for question in SURVEY.questions} | {""}
        assert {each.path for each in error.errors} <= known  # noqa: PT017
        return
    assert len(filled.place) <= PLACE_LIMIT
    assert len(filled.event) <= EVENT_LIMIT
    assert all(set(chosen) <= set(_question(SURVEY, id).choices) for id, chosen in filled.choices.items())
    tip = event_tip(SURVEY, filled, TRUCKING, "es")
    assert (tip is not None) == bool(filled.event)


def _question(survey: Survey, id: str) -> Question:
    return next(question for question in survey.questions if question.id == id)


def test_the_example_has_every_kind_of_question() -> None:
    assert {question.kind for question in SURVEY.questions} == set(QuestionKind)
    assert load_surveys({}, [], ["en"]) == ()


HEAD = "- id: one-two\n  partner: p\n  titles: {en: A}\n  begins: 2026-01-01\n  ends: 2026-02-01\n  questions:\n"
QUESTION = "    - {id: aaa, kind: text, words: {en: A}}\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEAD.replace("partner: p", "partner: q") + QUESTION, 2, "did you mean 'p'|write one of p"),
        (HEAD.replace("2026-02-01", "2025-02-01") + QUESTION, 5, "before it begins"),
        (HEAD.replace("2026-01-01", "soon") + QUESTION, 4, "expected a day"),
        (HEAD.replace("one-two", "One Two") + QUESTION, 1, "an id is"),
        (HEAD + QUESTION + QUESTION, 8, "stands twice"),
        (HEAD + "    - {id: aaa, kind: one, words: {en: A}, choices: {a: {en: A}}}\n", 7, "two `choices`"),
        (HEAD + "    - {id: aaa, kind: text, words: {en: A}, choices: {a: {en: A}}}\n", 7, "take `choices` out"),
        (HEAD + "    - {id: aaa, kind: text, words: {es: A}}\n", 7, "unknown key 'es'"),
        (HEAD + "    - {id: aaa, kind: many, words: {en: A}, choices: {A: {en: A}, b: {en: B}}}\n", 7, "lower-case"),
        (
            HEAD + "    - {id: aaa, kind: event, words: {en: A}}\n    - {id: bbb, kind: event, words: {en: A}}\n",
            8,
            "one question of the kind",
        ),
        (HEAD.rstrip() + " []\n", 6, "ask 1 to 20"),
    ],
)
def test_an_error_in_the_file_has_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(PolicyError, match=words) as raised:
        load_surveys({"surveys.yaml": text}, ["p"], list(load_catalogues()))
    assert raised.value.line == line
