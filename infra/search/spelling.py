"""How far two spellings of a word are apart, the same for every engine.

The distance is that of Damerau and Levenshtein in its restricted form (optimal string alignment): letters changed, left out, added, or
two neighbours swapped, and no part changed twice. Lucene and tantivy count so too.
"""

from __future__ import annotations


def allowed(word: str) -> int:
    """How many letters may be wrong in a word: none below four letters, two from eight on."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def alike(one: str, other: str, most: int) -> bool:
    """Whether the spellings are at most ``most`` apart."""
    if abs(len(one) - len(other)) > most:
        return False
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        this = [row]
        for column, sign in enumerate(other, start=1):
            cost = min(last[column] + 1, this[-1] + 1, last[column - 1] + (letter != sign))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == sign:
                cost = min(cost, before[column - 2] + 1)
            this.append(cost)
        before, last = last, this
    return last[-1] <= most
