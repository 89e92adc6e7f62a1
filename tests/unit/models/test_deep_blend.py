"""How the two readers of categories become one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.deep.blend import fit_blend
from models.deep.blended import Blend, logit
from models.features import Floats
from models.heads import head_names, targets
from models.levels import FACTS
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
def blend(readings: tuple[Floats, Floats], heads: tuple[str, ...]) -> Blend:
    return fit_blend(("a", "b"), heads, *readings, TIPS, np.zeros((len(TIPS), len(FACTS)), np.float32))


def together(blend: Blend, readings: tuple[Floats, Floats]) -> Floats:
    first, second = readings
    return np.asarray(1 / (1 + np.exp(-(blend.first * logit(first) + blend.second * second + blend.offset))), np.float32)


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


def test_a_logit_is_finite_at_the_ends() -> None:
    found = logit(np.array([0.0, 0.5, 1.0], np.float32))
    assert np.isfinite(found).all()
    assert found[1] == 0
    assert found[0] == pytest.approx(-found[2])
