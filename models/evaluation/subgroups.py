"""Which groups a tip mentions, and whether the reader ranks tips about a group as well as all others (Borkan et al. 2019)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from models.evaluation.noise import lost_accents
from models.evaluation.reads import Read
from models.evaluation.swaps import load_terms

LEAST = 20
"""Fewer true or fewer other tips than this say nothing about a group."""

_WORD = re.compile(r"[^\W\d_]+")
_Z = 1.96


def mentioned() -> Callable[[str], frozenset[str]]:
    """A function that names the identity groups (nationality, religion ...) of which a text holds a term of one or two words."""
    groups: dict[str, str] = {}
    for term in load_terms():
        group = "nationality" if term.group == "country" else term.group
        groups.setdefault(term.text, group)
        groups.setdefault(f"{term.text}s", group)

    def read(text: str) -> frozenset[str]:
        words = _WORD.findall(lost_accents(text, Random(0)).lower())
        pairs = (f"{a} {b}" for a, b in pairwise(words))
        return frozenset(groups[run] for run in (*words, *pairs) if run in groups)

    return read


def ranking(reads: Sequence[Read], scores: npt.NDArray[np.float32], truth: npt.NDArray[np.bool_]) -> dict[str, dict[str, Any]]:
    """For tips that mention each group, and for Spanish tips: three areas under the ROC curve, and how many tips.

    ``within``: the group's tips alone. ``bpsn``: the group's negatives against all others' positives (low: the group is accused too
    easily). ``bnsp``: the group's positives against all others' negatives (low: the group's victims are overlooked). ``overall`` first.
    """
    read = mentioned()
    groups = [read(tip.text) | ({"spanish"} if tip.language == "es" else frozenset()) for tip, _ in reads]
    result: dict[str, dict[str, Any]] = {"overall": {"n": len(reads), "true": int(truth.sum()), "within": _auc(scores, truth)}}
    for name in sorted({name for row in groups for name in row}):
        inside = np.array([name in row for row in groups])
        if min((inside & truth).sum(), (inside & ~truth).sum()) < LEAST:
            continue
        result[name] = {
            "n": int(inside.sum()),
            "true": int((inside & truth).sum()),
            "within": _auc(scores[inside], truth[inside]),
            "bpsn": _among(scores, truth, (inside & ~truth) | (~inside & truth)),
            "bnsp": _among(scores, truth, (inside & truth) | (~inside & ~truth)),
        }
    return result


def recalls(found: Mapping[str, Sequence[bool]]) -> dict[str, dict[str, Any]]:
    """For each group the share that was found, with Wilson's 95 % interval (1927)."""
    return {group: {"n": len(hits), "recall": round(sum(hits) / len(hits), 4), **_wilson(hits)} for group, hits in found.items() if hits}


def _wilson(hits: Sequence[bool]) -> dict[str, float]:
    count, share = len(hits), sum(hits) / len(hits)
    middle = (share + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
    half = _Z * np.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2)) / (1 + _Z**2 / count)
    return {"low": round(float(middle - half), 4), "high": round(float(middle + half), 4)}


def _among(scores: npt.NDArray[np.float32], truth: npt.NDArray[np.bool_], chosen: npt.NDArray[np.bool_]) -> float | None:
    return _auc(scores[chosen], truth[chosen])


def _auc(scores: npt.NDArray[np.float32], truth: npt.NDArray[np.bool_]) -> float | None:
    return round(float(roc_auc_score(truth, scores)), 4) if truth.any() and not truth.all() else None
