"""Whether something is more than chance: exact tests of counts, and a smoothed line with its limits. Standard library alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

LEVEL = 0.05
"""The chance of a false mark that is taken, over all questions that are asked at once (Bonferroni)."""
WEIGHT = 0.3
"""Of the newest count in the smoothed line."""
LIMIT = 3.0
"""Standard deviations of the smoothed line from which on it is beyond its limit."""


def two_counts(before: int, recent: int, share: float) -> float:
    """The chance of counts as far apart or further, if of all of them ``share`` is expected to be recent.

    The conditional test of two Poisson counts (Przyborowski and Wilenski, 1940); two-sided and exact.
    """
    return _two_sided(recent, [_binomial(number, before + recent, share) for number in range(before + recent + 1)])


def more_than_its_part(part: int, drawn: int, marked: int, total: int) -> float:
    """The chance that of ``drawn`` out of ``total``, ``marked`` of which are of a kind, ``part`` or more are of it (Fisher, 1935)."""
    most = min(drawn, marked)
    return min(1.0, math.fsum(_hypergeometric(number, drawn, marked, total) for number in range(part, most + 1)))


def unlike_the_rest(part: int, drawn: int, marked: int, total: int) -> float:
    """The chance of a part as unlikely or unlikelier, too large or too small (Fisher's exact test, two-sided)."""
    least, most = max(0, drawn + marked - total), min(drawn, marked)
    return _two_sided(part - least, [_hypergeometric(number, drawn, marked, total) for number in range(least, most + 1)])


def smoothed(counts: Sequence[int], known: int) -> list[tuple[float, bool]]:
    """The exponentially weighted moving average (Roberts, 1959) of counts, each with whether it is above its upper limit.

    It starts at the mean of the first ``known`` counts, which is taken for what is usual: only later ones are held against it. A count
    varies as a Poisson one does.
    """
    usual = sum(counts[:known]) / known
    line, found = usual, list[tuple[float, bool]]()
    for number, count in enumerate(counts, 1):
        line = WEIGHT * count + (1 - WEIGHT) * line
        spread = math.sqrt(usual * WEIGHT / (2 - WEIGHT) * (1 - (1 - WEIGHT) ** (2 * number)))
        found.append((line, number > known and line > usual + LIMIT * spread))
    return found


def in_words(p: float) -> str:
    """A chance as people say it, never more exact than a power of ten."""
    if p >= LEVEL:
        return "chance can well have made it"
    for bound, words in ((1e-6, "less than 1 in a million"), (1e-4, "less than 1 in 10,000"), (1e-3, "less than 1 in 1,000")):
        if p < bound:
            return words
    return "less than 1 in 100" if p < 1e-2 else "less than 1 in 20"


def _two_sided(index: int, likelihood: Sequence[float]) -> float:
    """The sum of all that is no likelier than what was found."""
    return min(1.0, math.fsum(one for one in likelihood if one <= likelihood[index] * (1 + 1e-9)))


def _binomial(number: int, total: int, share: float) -> float:
    log = _choose(total, number)
    return math.exp(log + number * math.log(share) + (total - number) * math.log(1 - share))


def _hypergeometric(number: int, drawn: int, marked: int, total: int) -> float:
    return math.exp(_choose(marked, number) + _choose(total - marked, drawn - number) - _choose(total, drawn))


def _choose(total: int, number: int) -> float:
    """The logarithm of the number of ways to choose."""
    return math.lgamma(total + 1) - math.lgamma(number + 1) - math.lgamma(total - number + 1)
