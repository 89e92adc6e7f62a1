"""The order of the questions holds whatever was answered and agreed."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.catalogue import load_catalogues
from ingest.domain.partner import Partner
from ingest.registry.agreement import AGREEABLE, may_send
from ingest.web.fields import errors_at
from ingest.web.steps import CHOICES, LABELS, LAST, STEPS, TICKS, WISHES, after, before, path, place_of, rows

WORDS = load_catalogues()["en"]
PARTNERS = st.builds(
    lambda sector, agreed: Partner("prairie-haul", "Prairie Haul", sector, agreed_fields=tuple(agreed)),
    st.sampled_from(["trucking", "public"]),
    st.lists(st.sampled_from(AGREEABLE), unique=True),
)
FIELDS = sorted({field for step in STEPS for field in step.fields if not field.startswith("geo.")})
ANSWERS = st.lists(st.sampled_from(FIELDS), unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: st.sampled_from(list(CHOICES[name])) if name in CHOICES else st.just("x") for name in names})
)


@given(PARTNERS, ANSWERS)
def test_going_on_and_going_back_walk_the_same_path(partner: Partner, answers: dict[str, str]) -> None:
    steps = path(partner, answers)
    assert [step.name for step in steps[:1] + steps[-1:]] == ["danger", "check"]
    for step, following in pairwise(steps):
        assert after(step, partner, answers) is following
        assert before(following, partner, answers) is step
    assert before(steps[0], partner, answers) is None
    assert after(LAST, partner, answers) is LAST
    numbers = [place_of(step, partner, answers)[0] for step in steps if step.numbered]
    assert numbers == list(range(1, len(numbers) + 1))


@given(PARTNERS, ANSWERS)
def test_a_step_that_is_no_longer_asked_still_leads_on(partner: Partner, answers: dict[str, str]) -> None:
    for step in STEPS[:-1]:
        following = after(step, partner, answers)
        assert STEPS.index(following) > STEPS.index(step)


@given(PARTNERS, ANSWERS)
def test_only_what_the_agreement_covers_is_asked_and_every_answer_can_be_checked(partner: Partner, answers: dict[str, str]) -> None:
    shown = rows(partner, answers, WORDS)
    assert [row.step for row in shown] == [step.name for step in path(partner, answers) if step.numbered]
    for step in path(partner, answers):
        assert any(may_send(partner, field) for field in step.covers)
        lines = next((row.lines for row in shown if row.step == step.name), ())
        told = [field for field in step.fields if field in answers]
        if step.name == "contact" and answers.get("contact") == "no":
            assert lines == (WORDS("contact.no"),)
        else:
            assert len(lines) == len(told)


def test_every_field_belongs_to_one_page_but_consent_which_is_asked_in_two_ways() -> None:
    fields = [field for step in STEPS for field in step.fields]
    assert {field for field in fields if fields.count(field) > 1} == {"consent.police", "consent.support"}
    assert {*CHOICES, *TICKS, *LABELS, *WISHES} <= set(fields)
    assert all(key in WORDS.texts for key in (*TICKS.values(), *LABELS.values(), *WISHES.values(), *(step.title for step in STEPS)))


@given(ANSWERS)
def test_errors_are_told_only_of_the_fields_asked_for(answers: dict[str, str]) -> None:
    for step in STEPS:
        assert {error.path for error in errors_at(answers, step.fields)} <= set(step.fields)
