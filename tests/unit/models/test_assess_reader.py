"""The assessor: everything in one account, whatever the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.assess import BATCH, READ_LIMIT, Assessor
from models.classifier import Classifier, Scores, Weights
from models.features import Floats
from models.normalise import Normaliser
from models.pipeline import COMPONENTS, Component, Notes, build_pipeline, make_doc, notes
from models.ports import TipText
from triage.domain.assessment import Assessment, Urgency
from triage.taxonomy.taxonomy import FLAGS, Taxonomy

ODD = [
    "",
    " ",
    "\x00\x00",
    "\ud800 help",
    "😀😀",
    "مرحبا ساعدني من فضلك",
    "a\u200bb\u202ec",
    "\u0301\u0301",
    "?" * 500,
    "ab" * 30_000,
    "9" * 60_000,
]
NORMAL = "she's 15 and he sells her out of room 212 at the Super 8, he has her ID and he is here now. Call 402-555-0143"


class BrokenClassifier(Classifier):
    """Fails the way a damaged model would."""

    def scores_of(self, normalised: Sequence[str], facts: Floats, evidence: Floats) -> list[Scores]:
        raise FloatingPointError("broken")


class SureClassifier(Classifier):
    """Gives every category and level the same probability, and no flag."""

    def __init__(self, weights: Weights, chance: float) -> None:
        super().__init__(weights)
        self._chance = chance

    def scores_of(self, normalised: Sequence[str], facts: Floats, evidence: Floats) -> list[Scores]:
        return [
            Scores(
                dict.fromkeys(found.categories, self._chance),
                dict.fromkeys(found.at_least, self._chance),
                dict.fromkeys(found.flags, 0.0),
            )
            for found in super().scores_of(normalised, facts, evidence)
        ]


@pytest.fixture(scope="module")
def small(make_assessor: Callable[[Classifier], Assessor], small_weights: Weights, normaliser: Normaliser) -> Assessor:
    return make_assessor(Classifier(small_weights))


@pytest.fixture(scope="module")
def broken(make_assessor: Callable[[Classifier], Assessor], small_weights: Weights, normaliser: Normaliser) -> Assessor:
    return make_assessor(BrokenClassifier(small_weights))


def read(assessor: Assessor, text: str, hint: str = "") -> Assessment:
    return assessor.assess([TipText("1", text, language_hint=hint)])[0]


def check(found: Assessment, text: str, taxonomy: Taxonomy) -> None:
    assert tuple(row.category for row in found.categories) == tuple(taxonomy.categories)
    assert all(0 <= row.probability <= 1 for row in found.categories)
    assert found.labels
    assert set(found.flags) <= set(FLAGS)
    assert [vote.level.rank for vote in found.urgency_votes] == sorted(vote.level.rank for vote in found.urgency_votes)
    assert found.urgency is found.urgency_votes[0].level
    for span in (*found.findings, *found.entities):
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_any_text_is_read(text: str, small: Assessor, taxonomy: Taxonomy) -> None:
    check(read(small, text), text, taxonomy)


@settings(max_examples=60)
@given(text=st.text(st.characters(), max_size=200))
def test_every_string_is_read(text: str, small: Assessor, taxonomy: Taxonomy) -> None:
    check(read(small, text), text, taxonomy)


def test_order_and_answers_do_not_depend_on_the_batch(small: Assessor) -> None:
    texts = [NORMAL, "please ignore", "seal cut on trailer 7"] * (BATCH // 2)
    together = small.assess([TipText(str(at), text) for at, text in enumerate(texts)])
    assert [found.tip_id for found in together] == [str(at) for at in range(len(texts))]
    alone = read(small, texts[-1])
    assert together[-1].labels == alone.labels
    assert [row.probability for row in together[-1].categories] == pytest.approx([row.probability for row in alone.categories], abs=1e-5)


def test_nothing_gives_nothing(small: Assessor) -> None:
    assert small.assess([]) == []


def test_a_long_text_is_read_as_far_as_the_limit_and_says_so(small: Assessor) -> None:
    found = read(small, "word " * READ_LIMIT)
    assert f"only the first {READ_LIMIT:,} of {READ_LIMIT * 5:,} characters were read" in found.degraded
    assert read(small, NORMAL).degraded == ""


def test_a_failing_classifier_leaves_the_rules(broken: Assessor, taxonomy: Taxonomy) -> None:
    found = read(broken, NORMAL)
    check(found, NORMAL, taxonomy)
    assert "the classifier failed (FloatingPointError)" in found.degraded
    assert found.model == "rules-only"
    assert "sex_trafficking" in found.labels
    assert found.findings
    assert found.entities


def test_a_failing_classifier_never_lets_a_tip_sink(broken: Assessor) -> None:
    assert read(broken, "nothing in here").urgency.at_least(Urgency.P2)


def test_a_rule_stands_in_a_long_text_where_the_model_hears_only_chatter(small: Assessor) -> None:
    cry = "He is shooting at people in the lobby right now, three are bleeding."
    chatter = "somebody cut the seal of trailer 7 and drove off with the load. " * 60
    assert read(small, f"{chatter}{cry} {chatter}").urgency is Urgency.P0


def test_the_model_never_rules_out_a_rule_that_sees_life_at_risk(
    make_assessor: Callable[[Classifier], Assessor], small_weights: Weights
) -> None:
    calm = make_assessor(SureClassifier(small_weights, 0.0))
    assert read(calm, "He is shooting at people in the lobby right now, three are bleeding.").urgency is Urgency.P0


def test_the_model_may_rule_out_a_lesser_rule_in_a_text_like_those_it_knows(
    make_assessor: Callable[[Classifier], Assessor], small_weights: Weights
) -> None:
    lead = "The crew boss has all their passports in his safe, at the motel on Main Street in York."
    urgent, calm = (make_assessor(SureClassifier(small_weights, chance)) for chance in (0.9, 0.0))
    assert any(vote.by.startswith("rule:") and vote.level is not Urgency.P0 for vote in read(urgent, lead).urgency_votes)
    assert not any(vote.by.startswith("rule:") for vote in read(calm, lead).urgency_votes)


@pytest.mark.parametrize("text", ["help", "ayuda", "помогите мне пожалуйста, он меня не отпускает"])
def test_the_model_never_rules_out_what_a_person_must_read_first(
    text: str, make_assessor: Callable[[Classifier], Assessor], small_weights: Weights
) -> None:
    calm = make_assessor(SureClassifier(small_weights, 0.0))
    assert read(calm, text).urgency is Urgency.P1


def test_a_failing_rule_leaves_the_others(taxonomy: Taxonomy, small: Assessor) -> None:
    def fail(found: Notes) -> None:
        raise IndexError(found.text)

    nlp = build_pipeline()
    nlp.remove_pipe("tipstream_entities")
    nlp.add_pipe("tipstream_sentences", "failing", last=True)
    failing = nlp.get_pipe("failing")
    assert isinstance(failing, Component)
    failing._read = fail
    (found,) = Assessor(nlp, small._trained, small._language, taxonomy).assess([TipText("1", NORMAL)])
    assert found.degraded == "could not be read: failing (IndexError)"
    assert found.findings


def test_without_a_model_the_rules_read_and_every_assessment_says_so(taxonomy: Taxonomy) -> None:
    (found,) = Assessor.rules_only(taxonomy, "no model could be loaded").assess([TipText("1", NORMAL)])
    assert found.degraded == "no model could be loaded; categories and urgency come from rules alone"
    assert found.model == "rules-only"
    assert found.findings
    assert found.urgency.at_least(Urgency.P2)


def test_the_pipeline_is_found_by_its_entry_points() -> None:
    nlp = build_pipeline()
    assert tuple(nlp.pipe_names) == COMPONENTS
    doc = nlp(make_doc(nlp, NORMAL, None))
    assert notes(doc).findings
    assert not notes(doc).failed


def test_the_packaged_model_reads_plain_cases(packaged: Assessor) -> None:
    cases = {
        "he makes her sleep with guys at the motel and takes all the money, she is scared of him": "sex_trafficking",
        "the boss keeps our passports and we work 16 hours to pay off the debt, he says he will call immigration": "labor_trafficking",
        "my friend took a bottle of pills and won't wake up, her lips are blue": "substance_use_overdose",
        "someone cut the seal and stole the whole trailer of electronics from the yard": "cargo_theft",
        "can you send us posters and a speaker for our driver training": "information_request",
    }
    for text, category in cases.items():
        assert category in read(packaged, text).labels, category


def test_the_packaged_model_ignores_who_somebody_is(packaged: Assessor) -> None:
    texts = [
        f"a {who} man at exit 12 keeps three {who} women in his truck and takes their money" for who in ("Honduran", "white", "deaf", "gay")
    ]
    found = [read(packaged, text) for text in texts]
    assert len({tuple(row.probability for row in each.categories) for each in found}) == 1
    assert len({(each.urgency, tuple(vote.reason for vote in each.urgency_votes)) for each in found}) == 1


def test_channel_and_sector_are_no_features() -> None:
    assert set(TipText.__dataclass_fields__) == {"id", "text", "received_at", "language_hint"}
