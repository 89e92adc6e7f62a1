"""What the model answers: one yes-or-no question ("head") for each category, urgency level and flag."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.labelled import LabelledTip
from triage.domain.assessment import Urgency
from triage.taxonomy.taxonomy import FLAGS

CATEGORY, URGENCY, FLAG = "category", "urgency", "flag"
"""The kinds of heads; a head's name is ``kind:name``."""

INDICATOR = "indicator"
"""A kind of head that only the second reader has."""

LEVELS = (Urgency.P0, Urgency.P1, Urgency.P2, Urgency.P3)
"""Levels that have a head: "is it this urgent or more?". Everything is at least P4."""


def head_names(categories: Sequence[str]) -> tuple[str, ...]:
    """All heads in the order of their columns: categories as given, levels, flags."""
    return (
        *(f"{CATEGORY}:{name}" for name in categories),
        *(f"{URGENCY}:{level}" for level in LEVELS),
        *(f"{FLAG}:{name}" for name in FLAGS),
    )


def columns(heads: Sequence[str], kind: str) -> slice:
    """The columns of one kind, which stand together."""
    found = [at for at, head in enumerate(heads) if head.startswith(f"{kind}:")]
    return slice(found[0], found[-1] + 1)


def targets(tips: Sequence[LabelledTip], heads: Sequence[str]) -> npt.NDArray[np.bool_]:
    """The right answers, shape (tips, heads)."""
    answers = [
        {f"{CATEGORY}:{name}" for name in tip.categories}
        | {f"{URGENCY}:{level}" for level in LEVELS if tip.urgency.at_least(level)}
        | {f"{FLAG}:{name}" for name in tip.flags}
        for tip in tips
    ]
    return np.array([[head in answer for head in heads] for answer in answers], np.bool_).reshape(len(tips), len(heads))
