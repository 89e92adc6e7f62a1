"""Towns of the United States, Mexico, Canada and Central America by name, with their regions and counties."""

from __future__ import annotations

from dataclasses import dataclass

from models.entities.base import Passage
from models.entities.gazetteer import lines, rows

_LARGE = 300
"""Thousands of people from which a town counts as one even in small letters without a preposition."""


@dataclass(frozen=True, slots=True)
class City:
    """Towns of one name: ``regions`` (``US-TX``, ``MX-TAM``, ``HN``), the largest town first, and its thousands of people.

    ``counties`` runs beside ``regions``: the last three digits of the county's FIPS code, ``-`` where it is not known; it may be shorter.
    ``ordinary`` says that the name is a common word too.
    """

    regions: tuple[str, ...]
    counties: tuple[str, ...]
    thousands: int
    ordinary: bool


class Cities:
    """Finds town names word by word; the longest name wins. The table is read once; a row is taken apart when its town is named.

    ``openers`` are the first words of all names, ``prominent`` those of large towns.
    """

    def __init__(self) -> None:
        self._rows: dict[str, str] = dict(line.split(",", 1) for line in lines("cities"))
        self._ordinary = frozenset(row["term"] for row in rows("ordinary_words"))
        more: dict[str, set[str]] = {}
        for name in self._rows:
            if " " in name:
                first, second = name.split(" ", 2)[:2]
                more.setdefault(first, set()).add(second)
        large = (name for name, row in self._rows.items() if int(row.partition(",")[0]) >= _LARGE)
        self.prominent = frozenset(name.split(" ", 1)[0] for name in large)
        self._more = more
        self._longest = max(name.count(" ") for name in self._rows) + 1
        self.openers = frozenset(name for name in self._rows if " " not in name).union(more)

    def at(self, passage: Passage, index: int) -> tuple[City, int] | None:
        """The town whose name begins at the word ``index``, and how many words it takes."""
        words = passage.words
        seconds = self._more.get(words[index])
        if seconds and index + 1 < len(words) and words[index + 1] in seconds:
            for length in range(min(self._longest, len(words) - index), 1, -1):
                row = self._rows.get(" ".join(words[index : index + length]))
                if row:
                    return self._city(row, ordinary=False), length
        word = words[index]
        row = self._rows.get(word)
        return (self._city(row, ordinary=len(word) < 4 or word in self._ordinary), 1) if row else None

    def _city(self, row: str, *, ordinary: bool) -> City:
        thousands, regions, counties = row.split(",")
        return City(tuple(regions.split()), tuple(counties.split()), int(thousands), ordinary)
