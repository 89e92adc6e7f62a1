"""How the two readers of categories become one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse

from models.deep.blend import fit_blend
from models.deep.blended import Blend
from models.deep.indicators import IndicatorReadings, indicator_readings, weigh
from models.features import Floats
from models.heads import head_names, targets
from models.indicators.judge import PARTS, Joining, Judge
from models.indicators.learned import IndicatorWeights, LearnedReader
from models.joint import alone
from models.joint_training import RuleReadings
from models.levels import FACTS
from models.normalise import load_normaliser
from models.odds import log_odds
from tests.unit.models.conftest import small_corpus
from triage.domain.assessment import Urgency
from triage.taxonomy.taxonomy import Taxonomy

TIPS = [replace(tip, urgency=list(Urgency)[at % 5]) for at, tip in enumerate(small_corpus(8, 10))]


@pytest.fixture(scope="module")
def heads(taxonomy: Taxonomy) -> tuple[str, ...]:
    return head_names(tuple(taxonomy.categories))


@pytest.fixture(scope="module")
def readings(heads: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Two readers, each right where the other is blind: probabilities of the first, logits of the second."""
    random = np.random.default_rng(7)
    truth = targets(TIPS, heads)
    signal = np.where(truth, 2.0, -2.0)
    seen_by_first = (np.arange(len(TIPS)) % 2 == 0)[:, None]
    first = 1 / (1 + np.exp(-(np.where(seen_by_first, signal, 0) + random.normal(0, 1, truth.shape))))
    second = np.where(seen_by_first, 0, signal) + random.normal(0, 1, truth.shape)
    return first.astype(np.float32), second.astype(np.float32)


@pytest.fixture(scope="module")
def indicators(taxonomy: Taxonomy) -> IndicatorReadings:
    """What speaks for two indicators that the tips show by turns: to the judge all tips look alike, the second reader tells."""
    names, categories = ("isolation", "cargo_gps_jamming"), len(taxonomy.categories)
    curve = np.array([float(part == "score") for part in ("constant", *PARTS)], np.float32)
    judge = Judge(np.full((categories, 2), 0.1, np.float32), np.full(2, 0.1, np.float32), curve, np.zeros((categories, 2), np.float32))
    one = np.ones(1, np.float32)
    weights = IndicatorWeights(
        "m", names, ("hurry",), one, scipy.sparse.csr_array(np.zeros((1, 2), np.float32)), np.zeros(2, np.float32), judge, 0.0
    )
    shown = [replace(tip, text="hurry", indicators=((names[at % 2], "hurry"),)) for at, tip in enumerate(TIPS)]
    logits = np.array([[-9.0, *((2.0, -2.0) if at % 2 else (-2.0, 2.0))] for at in range(len(TIPS))], np.float32)
    heads = ("category:cargo_theft", "indicator:cargo_gps_jamming", "indicator:isolation")
    normaliser = load_normaliser()
    return indicator_readings(shown, [tip.text for tip in shown], LearnedReader(weights, normaliser, taxonomy), heads, logits, taxonomy)


@pytest.fixture(scope="module")
def blend(readings: tuple[Floats, Floats], heads: tuple[str, ...], taxonomy: Taxonomy, indicators: IndicatorReadings) -> Blend:
    nothing = RuleReadings(*(np.zeros((len(TIPS), width), np.float32) for width in (len(FACTS), len(taxonomy.categories))))
    return fit_blend(("a", "b"), heads, readings, TIPS, nothing, alone(len(taxonomy.categories)), indicators)


def together(blend: Blend, readings: tuple[Floats, Floats]) -> Floats:
    first, second = readings
    return np.asarray(1 / (1 + np.exp(-(blend.first * log_odds(first) + blend.second * second + blend.offset))), np.float32)


def test_together_they_tell_more_than_each_alone(blend: Blend, readings: tuple[Floats, Floats], heads: tuple[str, ...]) -> None:
    at = heads.index("category:cargo_theft")
    truth = targets(TIPS, heads)[:, at]

    def misplaced(scores: Floats) -> float:
        """The share of pairs of a true and a false tip in the wrong order."""
        return float(np.mean(scores[truth][:, None] <= scores[~truth][None, :]))

    both = misplaced(together(blend, readings)[:, at])
    assert both < 0.5 * min(misplaced(reading[:, at]) for reading in readings)
    assert blend.readers == ("a", "b")


def test_the_blend_promises_what_holds(blend: Blend, readings: tuple[Floats, Floats], heads: tuple[str, ...]) -> None:
    at = heads.index("category:cargo_theft")
    assert float(together(blend, readings)[:, at].mean()) == pytest.approx(float(targets(TIPS, heads)[:, at].mean()), abs=0.01)


def test_the_second_reader_has_its_say_in_the_indicators(blend: Blend, indicators: IndicatorReadings) -> None:
    odds = np.zeros(indicators.truth.shape, np.float32)
    assert indicators.truth[:2].tolist() == [[True, False], [False, True]]
    assert isinstance(blend.joining, Joining)
    assert ((blend.joining(odds, indicators.logits) > blend.joining.cutoff) == indicators.truth).all()


def test_the_readings_of_some_tips_are_theirs(indicators: IndicatorReadings) -> None:
    places = np.arange(len(TIPS)) == 3
    part = indicators.of(places)
    assert (part.texts, part.rules) == ([indicators.texts[3]], [indicators.rules[3]])
    assert (part.logits.tolist(), part.truth.tolist()) == ([[-2.0, 2.0]], [[False, True]])


def test_judge_and_second_reader_tell_more_together_than_the_judge_alone() -> None:
    random = np.random.default_rng(3)
    truth = random.random((300, 4)) < 0.2
    odds, logits = (np.asarray(np.where(truth, 0.0, -2.0) + random.normal(0, 1, truth.shape), np.float32) for _ in range(2))
    joining = weigh(odds, logits, truth)
    assert joining is not None
    assert min(joining.first, joining.second) > 0.3

    def best_f1(values: Floats) -> float:
        return max(2 * float((truth & (values > at)).sum() / (truth.sum() + (values > at).sum())) for at in np.arange(-3, 2, 0.1))

    assert best_f1(joining(odds, logits)) > best_f1(odds) + 0.05


def test_the_share_of_the_second_reader_is_learned_from_candidates_alone() -> None:
    random = np.random.default_rng(3)
    truth = random.random((300, 4)) < 0.2
    odds = np.asarray(np.where(truth, 0.0, -2.0) + random.normal(0, 1, truth.shape), np.float32)
    never = np.full_like(odds, -50)
    alone, among_others = (
        weigh(np.concatenate(rows), np.concatenate([odds, other]), np.concatenate([truth, ~truth]))
        for rows, other in (([odds, never], odds), ([odds, never], -odds))
    )
    assert alone == among_others


@pytest.mark.parametrize("right", [False, True])
def test_where_nothing_can_be_weighed_the_judge_stands_alone(right: bool) -> None:
    odds = np.zeros((5, 2), np.float32)
    assert weigh(odds, odds, np.full(odds.shape, right)) is None


def test_a_logit_is_finite_at_the_ends() -> None:
    found = log_odds(np.array([0.0, 0.5, 1.0], np.float32))
    assert np.isfinite(found).all()
    assert found[1] == 0
    assert found[0] == pytest.approx(-found[2])
