"""Towns of the United States, Mexico, Canada and Central America by name, with the regions that have one of that name."""

from __future__ import annotations

from dataclasses import dataclass

from models.entities.base import Folder, Passage
from models.entities.gazetteer import rows


@dataclass(frozen=True, slots=True)
class City:
    """Towns of one name: ``regions`` (``US-TX``, ``MX-TAM``, ``HN``), the largest town first, and its thousands of people."""

    name: str
    regions: tuple[str, ...]
    thousands: int
    ordinary: bool


class Cities:
    """Finds town names word by word; the longest name wins."""

    def __init__(self, folder: Folder) -> None:
        ordinary = {row["term"] for row in rows("ordinary_words")}
        self._names: dict[tuple[str, ...], City] = {}
        self._longest: dict[str, int] = {}
        for row in rows("cities"):
            words = tuple(folder.fold(row["name"]).replace("-", " ").replace(".", "").split())
            plain = len(words) == 1 and (words[0] in ordinary or len(words[0]) < 4)
            city = City(row["name"], tuple(row["regions"].split()), int(row["thousands"]), plain)
            known = self._names.get(words)
            if known is None or known.thousands < city.thousands:
                self._names[words] = city
                self._longest[words[0]] = max(len(words), self._longest.get(words[0], 0))

    def at(self, passage: Passage, index: int) -> tuple[City, int] | None:
        """The town whose name begins at the word ``index``, and how many words it takes."""
        for length in range(min(self._longest.get(passage.words[index], 0), len(passage.words) - index), 0, -1):
            city = self._names.get(passage.words[index : index + length])
            if city:
                return city, length
        return None
