"""The urgency level, from everything that was read in a tip together: the classifier's heads and what the written rules saw.

The four urgency heads see words only. A drill, a resolved story or a rumour has the words of an emergency; that it is one is in the
rules' votes, in how the tip is put, and in the other heads (flags such as ``in_progress``, categories). A small multinomial model over
all of them ("stacking", Wolpert 1992), fitted on held-out probabilities, says how probable each level is; its weight for a head may
change where the head's odds are low, middling or high. It is trained by ``models.level_training`` and read with numpy alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.assertion import AssertionView
from models.features import Floats
from models.odds import log_odds
from triage.domain.assessment import Assertion, Entity, Finding, Urgency, UrgencyVote
from triage.taxonomy.taxonomy import FLAGS

_MOST = 3
"""More findings than this say nothing more about the level, so a text that repeats itself is not raised."""

_CLIPPED = 1e-3
"""Probabilities are kept this far from 0 and 1, so that no single head decides alone."""

_BENDS = (-4.0, -2.0, 0.0)
"""The log odds at which the weight of a head may change: that P0 is 0.02 and not 0.001 likely says more than that it is 0.9 and not 0.6.
Over held-out writers the likeliest level was right in .665 of the tips with these and in .650 without; eight bends gained nothing more, and
boosted trees were no better."""

_IN_VAIN: tuple[float, ...] = (0.0, 1.0, 1.5, 2.5, 2.5)
"""What it costs to look at once at a tip of P0, P1 ... P4. Beside a plain probability of P0, at the same recall of P0 a quarter fewer of
the P3 and P4 were taken for it over held-out writers."""

_NO_COST = 1e-6
"""The least cost that is reckoned with, so that a certain P0 presses much and not without end."""

_ASSERTIONS = tuple(assertion for assertion in Assertion if assertion is not Assertion.PRESENT)
_VOTED = (Urgency.P0, Urgency.P1, Urgency.P2)
_ENTITIES = (
    "address", "place", "phone", "plate", "highway", "mile_marker", "exit", "truck_stop", "time", "person", "money", "vehicle",
)  # fmt: skip

FACTS: tuple[str, ...] = (
    *(f"vote:{level}" for level in _VOTED),
    "limited",
    *(f"tip:{assertion}" for assertion in _ASSERTIONS),
    *(f"cue:{assertion}" for assertion in _ASSERTIONS),
    *(f"flag:{flag}" for flag in FLAGS),
    "words",
    *(f"entity:{kind}" for kind in _ENTITIES),
    "findings:present",
    "findings:other",
)
"""What the rules tell the model, in the order of its columns."""


def facts(
    view: AssertionView,
    findings: Sequence[Finding],
    entities: Sequence[Entity],
    flags: Collection[str],
    votes: Sequence[UrgencyVote],
    limit: Urgency,
) -> tuple[float, ...]:
    """The ``FACTS`` of one tip, each between 0 and about 10.

    ``findings``, ``flags``, ``votes`` and ``limit`` are those of the rules alone, without the learned readers, in training as in reading.
    """
    voted = {vote.level for vote in votes}
    whole = view.of_tip()[0]
    cues = {assertion for assertion, *_ in view.cues}
    kinds = {entity.type for entity in entities}
    present = sum(finding.assertion is Assertion.PRESENT for finding in findings)
    return (
        *(float(level in voted) for level in _VOTED),
        float(limit is not Urgency.P0),
        *(float(whole is assertion) for assertion in _ASSERTIONS),
        *(float(assertion in cues) for assertion in _ASSERTIONS),
        *(float(flag in flags) for flag in FLAGS),
        float(np.log1p(len(view.text.words))),
        *(float(kind in kinds) for kind in _ENTITIES),
        float(min(present, _MOST)),
        float(min(len(findings) - present, _MOST)),
    )


@dataclass(frozen=True, slots=True)
class LevelWeights:
    """``matrix`` is (inputs, 5), one row for each column of ``inputs``, and ``bias`` (5,), for the levels P0 to P4.

    ``immediate`` is the ``pressure`` from which on a tip is P0, whatever else is more probable: a missed one costs more than a look
    in vain.
    """

    matrix: Floats
    bias: Floats
    immediate: float


def inputs(probabilities: Floats, facts_of: Floats) -> Floats:
    """What the model reads: log odds of the heads, how far they lie above each bend, and the facts, shape (tips, 4 * heads + facts).

    ``probabilities`` are (tips, heads), ``facts_of`` (tips, facts). Straight lines that bend are Friedman's hinges (MARS, 1991).
    """
    odds = log_odds(probabilities, _CLIPPED)
    return np.hstack([odds, *(np.maximum(odds - bend, 0) for bend in _BENDS), facts_of]).astype(np.float32)


def at_least(weights: LevelWeights, read: Floats) -> Floats:
    """Probability of "this urgent or more", shape (tips, 5), for the levels P0 to P4; never falling from left to right."""
    scores = read @ weights.matrix + weights.bias
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(np.minimum(np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1), 1.0), np.float32)


def pressure(this_urgent: Floats) -> Floats:
    """How much speaks for looking at once: the probability of P0 over what a look in vain is expected to cost, from 0 on.

    ``this_urgent``, shape (tips, 5), are the probabilities of "this urgent or more"; what comes back is of shape (tips,).
    """
    cost = np.diff(this_urgent, axis=-1) @ np.array(_IN_VAIN[1:], np.float32)
    return np.asarray(this_urgent[..., 0] / np.maximum(cost, _NO_COST), np.float32)


def choose(weights: LevelWeights, probabilities: Mapping[Urgency, float]) -> Urgency:
    """P0 from the pressure ``immediate`` on, else the most probable of the other levels. ``probabilities`` are "this urgent or more"."""
    order = list(Urgency)
    if pressure(np.array([[probabilities[level] for level in order]], np.float32))[0] >= weights.immediate:
        return Urgency.P0
    return max(order[1:], key=lambda level: (probabilities[level] - probabilities[order[level.rank - 1]], -level.rank))
