"""States and provinces of the United States, Canada and Mexico: their codes and the names that people write."""

from __future__ import annotations

from dataclasses import dataclass

from models.entities.base import Passage
from models.entities.gazetteer import rows


@dataclass(frozen=True, slots=True)
class Region:
    """A state or province: ``code`` is the part of ISO 3166-2 after the country's, ``country`` is US, CA or MX."""

    code: str
    country: str


class Regions:
    """Looks up regions by full name (any case) or by code (capitals only: "in", "or" and "me" are words).

    ``first`` are the first words of the names, ``openers`` those and the codes in small letters.
    """

    def __init__(self) -> None:
        self._names: dict[tuple[str, ...], Region] = {}
        self.codes: dict[str, Region] = {}
        for row in rows("regions"):
            region = Region(row["code"], row["country"])
            for name in row["names"].split("|"):
                self._names[tuple(name.split())] = region
            if region.country != "MX":
                self.codes[region.code] = region
        self.first = frozenset(name[0] for name in self._names)
        self.openers = self.first | {code.lower() for code in self.codes}

    def at(self, passage: Passage, index: int) -> tuple[Region, int] | None:
        """The region whose name or code begins at the word ``index``, and how many words it takes; the longest name wins."""
        word = passage.words[index]
        if word in self.first:
            for length in (3, 2, 1):
                name = tuple(passage.words[index : index + length])
                region = self._names.get(name)
                if region:
                    return region, len(name)
        if len(word) == 2:
            start = passage.starts[index]
            region = self.codes.get(passage.text[start : start + 2])
            if region and passage.ends[index] - start == 2:
                return region, 1
        return None

    def is_name(self, raw: list[str]) -> bool:
        """Whether the words, as written, are a region's name or code and nothing else."""
        return tuple(word.lower() for word in raw) in self._names or (len(raw) == 1 and raw[0] in self.codes)

    def named(self, words: list[str], raw: list[str]) -> str:
        """The code of the last region named in ``words`` (folded) and ``raw`` (as written, same length); empty without one."""
        found = ""
        for place, word in enumerate(words):
            if word in self.first:
                for length in (3, 2, 1):
                    region = self._names.get(tuple(words[place : place + length]))
                    if region:
                        found = region.code
                        break
            elif raw[place] in self.codes:
                found = raw[place]
        return found
