"""How far a figure could be off: bootstrap intervals, by tip and by writer; and the same figures for slices of the corpus."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.evaluation.measures import Measure, Weights, rounded, values
from models.evaluation.reads import Read
from models.labelled import LabelledTip

RESAMPLES = 500
_SEED = 20
_CHUNK = 50
_COVERED = (2.5, 97.5)

FIRST_FILES = 32
"""The number of files of the corpus over which older figures were measured."""

_LENGTHS = ((15, "up to 15 words"), (50, "16 to 50 words"), (120, "51 to 120 words"))
_LONGEST = "over 120 words"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % intervals: ``low`` to ``high`` if the tips had been others of the same writers; ``low_writers`` to
    ``high_writers`` if the writers had been others too, which is nearer to what another line will see. None where nothing can be said.
    """

    value: float | None
    low: float | None
    high: float | None
    low_writers: float | None
    high_writers: float | None


def estimates(measures: Mapping[str, Measure], reads: Sequence[Read], resamples: int = RESAMPLES) -> dict[str, Estimate]:
    """Every measure with its bootstrap intervals: percentiles, corrected for bias (Efron and Tibshirani 1993).

    The same reads give the same intervals.
    """
    whole = {name: measure(np.ones((1, len(reads)), np.float32))[0] for name, measure in measures.items()}
    tips, writers = (_drawn(measures, draw(reads, resamples)) for draw in (_by_tip, _by_writer))
    return {
        name: Estimate(rounded(value), *_bounds(float(value), tips[name]), *_bounds(float(value), writers[name]))
        for name, value in whole.items()
    }


def _drawn(measures: Mapping[str, Measure], chunks: Iterator[Weights]) -> dict[str, list[float]]:
    """What every measure gives for all resamples."""
    drawn: dict[str, list[float]] = {name: [] for name in measures}
    for weights in chunks:
        for name, measure in measures.items():
            drawn[name].extend(value for value in measure(weights).tolist() if not np.isnan(value))
    return drawn


def _bounds(value: float, drawn: Sequence[float]) -> tuple[float | None, float | None]:
    """Percentiles of the resamples, less their bias: what is a distance, as a calibration error, grows when tips are drawn twice."""
    if not drawn or np.isnan(value):
        return None, None
    low, high = np.clip(np.percentile(drawn, _COVERED) - (np.mean(drawn) - value), 0.0, 1.0)
    return rounded(low), rounded(high)


def _by_tip(reads: Sequence[Read], resamples: int) -> Iterator[Weights]:
    count = len(reads)
    random = np.random.default_rng(_SEED)
    for size in _sizes(resamples):
        yield np.stack([np.bincount(random.integers(0, count, count), minlength=count) for _ in range(size)]).astype(np.float32)


def _by_writer(reads: Sequence[Read], resamples: int) -> Iterator[Weights]:
    writers = sorted({tip.group for tip, _ in reads})
    of_tip = np.array([writers.index(tip.group) for tip, _ in reads])
    random = np.random.default_rng(_SEED)
    for size in _sizes(resamples):
        draws = [np.bincount(random.integers(0, len(writers), len(writers)), minlength=len(writers)) for _ in range(size)]
        yield np.stack(draws)[:, of_tip].astype(np.float32)


def _sizes(resamples: int) -> Iterator[int]:
    yield from (min(_CHUNK, resamples - start) for start in range(0, resamples, _CHUNK))


def slices(measures: Mapping[str, Measure], reads: Sequence[Read]) -> dict[str, dict[str, dict[str, float | None]]]:
    """Every measure for each language, channel, sector, length and writer, with the number of tips."""
    kinds: Mapping[str, Callable[[LabelledTip], str]] = {
        "language": lambda tip: tip.language,
        "channel": lambda tip: tip.channel or "unknown",
        "sector": lambda tip: tip.sector or "unknown",
        "length": length_class,
        "writer": lambda tip: tip.group,
    }
    return {kind: _parts(measures, [key(tip) for tip, _ in reads]) for kind, key in kinds.items()}


def first_files(measures: Mapping[str, Measure], reads: Sequence[Read]) -> dict[str, float | None]:
    """Every measure over the first 32 files of the corpus, for comparison with figures from before there were more."""
    return _parts(measures, ["first" if file_number(tip) <= FIRST_FILES else "later" for tip, _ in reads]).get("first", {})


def file_number(tip: LabelledTip) -> int:
    """The number in the name of the tip's file; 0 without one."""
    found = re.match(r"t(\d+)_", tip.group)
    return int(found[1]) if found else 0


def length_class(tip: LabelledTip) -> str:
    """How long the tip is, in words."""
    words = len(tip.text.split())
    return next((name for most, name in _LENGTHS if words <= most), _LONGEST)


def _parts(measures: Mapping[str, Measure], keys: Sequence[str]) -> dict[str, dict[str, float | None]]:
    order = [*(name for _, name in _LENGTHS), _LONGEST]
    names = sorted(set(keys), key=lambda name: (order.index(name) if name in order else 0, name))
    masks = np.array([[key == name for key in keys] for name in names], np.float32).reshape(len(names), len(keys))
    rows = values(measures, masks)
    return {name: {"tips": int(masks[at].sum()), **{m: row[at] for m, row in rows.items()}} for at, name in enumerate(names)}
