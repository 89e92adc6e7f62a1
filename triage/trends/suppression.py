"""Counts of people that may be shown: no group below ``SMALLEST``, and none that could be computed from what is shown beside it.

The first rule is that of the US Centers for Medicare & Medicaid Services ("cell size suppression policy": no count of 1 to 10). The
second is complementary suppression (Federal Committee on Statistical Methodology, Working Paper 22): with the total shown, a single hidden
part is what is left over. So further parts are hidden, the smallest first, until each hidden part could as well be ``SMALLEST`` or more.
Zero is shown: it is a group of nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

SMALLEST = 11
"""The smallest group of people that is shown."""


def hidden(parts: Mapping[str, int], unsaid: int = 0, smallest: int = SMALLEST, held: Collection[str] = ()) -> frozenset[str]:
    """Which of the parts of a shown total must be hidden. ``unsaid`` is a part of the same total that stands nowhere on the page.

    ``held`` are parts that are hidden for other reasons.
    """
    hide = {*held, *(name for name, count in parts.items() if 0 < count < smallest)}
    if not hide:
        return frozenset()
    # Who looks at the page knows the sum of what is hidden, and that no hidden part is zero; the rest of that sum can be in any of them.
    rest = sorted((count, name) for name, count in parts.items() if count >= smallest and name not in hide)
    while sum(parts[name] for name in hide) + unsaid - (len(hide) - 1) < smallest and rest:
        hide.add(rest.pop(0)[1])
    return frozenset(hide) if sum(parts[name] for name in hide) + unsaid - (len(hide) - 1) >= smallest else frozenset(parts)


def shown(count: int, smallest: int = SMALLEST) -> int | None:
    """The count if it may stand by itself, else None."""
    return None if 0 < count < smallest else count
