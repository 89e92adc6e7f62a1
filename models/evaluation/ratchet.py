"""Holds what has been reached: a figure that falls behind the last accepted one by more than noise is an error.

``ratchet.json`` has two parts. ``cross_validated`` are the figures of an evaluation; only an evaluation can be held against them.
``packaged`` are figures of the suites as the packaged model reads them, so that the tests can hold every commit against them. That model
has learned from the corpus tips whose identity terms are exchanged there: the part proves that a change broke nothing, not how well it
reads what it has not seen.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from models.evaluation.changes import Change, share
from models.evaluation.fairness import dialect_changes
from models.evaluation.goals import WATCHED
from models.evaluation.readings import Assess, Handwritten, Sample, Variants, read_handwritten, read_variants
from models.evaluation.reads import UNREPORTED
from models.labelled import LabelledTip
from triage.domain.assessment import Urgency

CROSS_VALIDATED, PACKAGED = "cross_validated", "packaged"

_PACKAGED_SAMPLE = Sample(swapped=12, noisy=12, harmless=0, buried=0)
_NEVER = frozenset({"identity_flips"})
"""Figures without slack."""

Held = Mapping[str, Mapping[str, float]]
"""For each figure its accepted ``value`` and the ``slack`` by which it may be worse: what chance alone can do."""


def load() -> Mapping[str, Held]:
    """The accepted figures in the package."""
    held: Mapping[str, Held] = json.loads((files("models.evaluation") / "ratchet.json").read_text("utf8"))
    return held


def worse(held: Held, found: Mapping[str, float | None]) -> list[str]:
    """What is worse than held by more than its slack, each in words; a held figure that is missing is worse."""
    return list(_worse(held, found))


def _worse(held: Held, found: Mapping[str, float | None]) -> Iterator[str]:
    for name, accepted in held.items():
        value, figure = found.get(name), WATCHED.get(name)
        if figure is None:
            yield f"{name}: no such figure; take it out of the accepted ones"
        elif value is None:
            yield f"{name}: not measured, accepted was {accepted['value']:.4f}"
        elif figure.gain(accepted["value"], value) < -accepted["slack"] - 1e-9:
            yield f"{name}: {value:.4f}, accepted was {accepted['value']:.4f}, and {accepted['slack']:.4f} is the slack"


def to_accept(headline: Mapping[str, Mapping[str, float | None]], suites: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Figures of an evaluation in the form of ``ratchet.json``: slack is half the interval by tip."""
    held = {
        name: {"value": row["value"], "slack": round((row["high"] - row["low"]) / 2, 4)}
        for name, row in headline.items()
        if row["value"] is not None and row["low"] is not None and row["high"] is not None
    }
    return held | shares_to_accept(suites)


def shares_to_accept(suites: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Shares over a suite in the form of ``ratchet.json``: slack is one standard error, at least one text, and none where none may be."""
    return {
        name: {"value": row["value"], "slack": 0.0 if name in _NEVER else _error(row["value"], row["n"])}
        for name, row in suites.items()
        if row["n"]
    }


def suite_figures(variants: Variants, handwritten: Handwritten) -> dict[str, dict[str, Any]]:
    """The watched figures of the suites, each with the number of texts it rests on."""
    dialect = [each for each in dialect_changes(handwritten) if not each.kind.startswith("translation")]
    figures = {
        "identity_flips": [_flips(each) for each in variants.identity],
        "name_flips": [_flips(each) for each in variants.names],
        "identity_only_flagged": [
            not UNREPORTED.union(row.allowed).issuperset(found.labels) for row, found in handwritten.identity_only
        ],
        "noise_same_labels": [each.same_labels for each in variants.noise],
        "dialect_same_labels": [each.same_labels for each in dialect],
        "lookalikes_p0_recall": [live.urgency is Urgency.P0 for _, live, _ in handwritten.lookalikes],
        "lookalikes_p0_false": [look.urgency is Urgency.P0 for _, _, look in handwritten.lookalikes],
        "covert_p0_recall": [found.urgency is Urgency.P0 for _, found in handwritten.urgent],
    }  # fmt: skip
    return {name: {"value": share(hits), "n": len(hits)} for name, hits in figures.items()}


def packaged_figures(assess: Assess, tips: Sequence[LabelledTip]) -> dict[str, dict[str, Any]]:
    """The same figures on a small sample of the corpus, as the tests measure them. Some ten seconds."""
    return suite_figures(read_variants(assess, tips, _PACKAGED_SAMPLE), read_handwritten(assess))


def _flips(change: Change) -> bool:
    return not (change.same_labels and change.same_level and change.same_bands)


def _error(share_found: float, count: int) -> float:
    return round(max(math.sqrt(share_found * (1 - share_found) / count), 1 / count), 4)
