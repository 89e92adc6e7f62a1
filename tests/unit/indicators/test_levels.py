"""The model of levels: what it is told, what it learns from it, and how it decides."""

from __future__ import annotations

import numpy as np
import pytest

from models.assertion import AssertionReader
from models.level_training import FALSE_P0, RECALL_P0, fit_levels
from models.levels import FACTS, LevelWeights, at_least, choose, facts, inputs, pressure
from triage.domain.assessment import Assertion, Entity, Finding, Urgency, UrgencyVote

ORDER = list(Urgency)


def told(text: str, reader: AssertionReader, **given: object) -> dict[str, float]:
    all_given: dict[str, object] = {"findings": (), "entities": (), "flags": (), "votes": (), "limit": Urgency.P0, **given}
    return dict(zip(FACTS, facts(reader.view(text), **all_given), strict=True))  # type: ignore[arg-type]


def test_facts_say_what_the_rules_saw(assertions: AssertionReader) -> None:
    plate = Entity("plate", 0, 3, "ABC", "ABC")
    finding = Finding("x", 0, 1, Assertion.PRESENT, "rule:x/y", "v")
    row = told(
        "In the movie he has a gun",
        assertions,
        entities=(plate,),
        findings=(finding,),
        flags=("weapon_present",),
        votes=(UrgencyVote(Urgency.P1, "rule:x", ""),),
        limit=Urgency.P2,
    )
    seen = {name for name, value in row.items() if value and name != "words"}
    assert seen == {"vote:P1", "limited", "tip:fiction", "cue:fiction", "flag:weapon_present", "entity:plate", "findings:present"}


def test_more_of_the_same_says_nothing_more(assertions: AssertionReader) -> None:
    finding = Finding("x", 0, 1, Assertion.PRESENT, "rule:x/y", "v")
    assert told("x", assertions, findings=(finding,) * 3) == told("x", assertions, findings=(finding,) * 50)


def test_an_empty_text_has_facts(assertions: AssertionReader) -> None:
    assert not any(told("", assertions).values())


def sample(count: int, seed: int, blur: float = 0.5) -> tuple[np.ndarray, list[Urgency]]:
    """Tips whose one head says nothing and whose one fact says the level, blurred."""
    random = np.random.default_rng(seed)
    ranks = random.integers(0, 5, count)
    told_of = (ranks + random.normal(0, blur, count)).reshape(-1, 1).astype(np.float32)
    heads = random.uniform(0, 1, (count, 1)).astype(np.float32)
    return inputs(heads, told_of), [ORDER[rank] for rank in ranks]


def test_it_learns_from_facts_what_heads_do_not_say() -> None:
    weights = fit_levels(*sample(2000, 1))
    read, truth = sample(1000, 2)
    chosen = [choose(weights, dict(zip(ORDER, row.tolist(), strict=True))) for row in at_least(weights, read)]
    assert np.mean([found is level for found, level in zip(chosen, truth, strict=True)]) > 0.5  # chance is 0.2


@pytest.mark.parametrize("blur", [0.5, 2.0])
def test_p0_begins_where_enough_is_found_but_not_too_much_is_false(blur: float) -> None:
    read, truth = sample(4000, 3, blur)
    weights = fit_levels(read, truth)
    is_p0 = pressure(at_least(weights, read)) >= weights.immediate
    found = np.mean(is_p0[[level is Urgency.P0 for level in truth]])
    false = np.mean(is_p0[[level.rank >= Urgency.P3.rank for level in truth]])
    assert found <= RECALL_P0 + 0.01
    assert false <= FALSE_P0 + 0.01
    assert found == pytest.approx(RECALL_P0, abs=0.01) or false == pytest.approx(FALSE_P0, abs=0.01)


def test_probabilities_are_in_order_and_end_at_one() -> None:
    read, truth = sample(500, 4)
    rows = at_least(fit_levels(read, truth), np.vstack([read, read * 1000]))
    assert (np.diff(rows, axis=1) >= 0).all()
    assert rows[:, -1] == pytest.approx(1.0, abs=1e-5)


def test_a_level_is_the_most_probable_one_unless_p0_presses_enough() -> None:
    weights = LevelWeights(np.zeros((1, 5), np.float32), np.zeros(5, np.float32), 0.2)
    assert choose(weights, dict(zip(ORDER, (0.1, 0.2, 0.7, 0.9, 1.0), strict=True))) is Urgency.P2
    assert choose(weights, dict(zip(ORDER, (0.3, 0.4, 0.8, 0.9, 1.0), strict=True))) is Urgency.P0
    assert choose(weights, dict(zip(ORDER, (0.0, 0.5, 0.5, 0.5, 1.0), strict=True))) is Urgency.P1


def test_p0_presses_less_where_the_alternative_is_calm() -> None:
    over = {level: np.cumsum([0.3, *(0.7 * (level is other) for other in ORDER[1:])], dtype=np.float32) for level in ORDER[1:]}
    pressing = [float(pressure(row[None])[0]) for row in over.values()]
    assert pressing == pytest.approx([0.3 / 0.7, 0.3 / (1.5 * 0.7), 0.3 / (2.5 * 0.7), 0.3 / (2.5 * 0.7)], rel=1e-5)


def test_the_pressure_of_a_certain_p0_is_large_and_finite() -> None:
    certain, none = pressure(np.array([[1.0] * 5, [0.0, 0.2, 0.5, 0.9, 1.0]], np.float32))
    assert 1000 < certain < np.inf
    assert none == 0


def test_a_head_may_rise_and_fall_with_a_level() -> None:
    """P1 has a head that is very sure or very unsure, P0 one between: a single weight cannot tell them apart, a bend can."""
    random = np.random.default_rng(6)
    ranks = random.integers(0, 5, 3000)
    chances = np.where(ranks == 1, random.choice([0.002, 0.9], 3000), 0.05)
    read = inputs(chances[:, None].astype(np.float32), np.where(ranks > 1, ranks * 3, 0)[:, None].astype(np.float32))
    likely = np.diff(at_least(fit_levels(read, [ORDER[rank] for rank in ranks]), read), axis=1, prepend=0).argmax(axis=1)
    assert np.mean(likely[ranks <= 1] == ranks[ranks <= 1]) > 0.95


def test_certain_heads_stay_finite() -> None:
    assert np.isfinite(inputs(np.array([[0.0, 1.0]], np.float32), np.zeros((1, 1), np.float32))).all()


def test_all_levels_are_needed() -> None:
    with pytest.raises(ValueError, match="all 5 levels"):
        fit_levels(np.zeros((2, 2), np.float32), [Urgency.P0, Urgency.P1])
