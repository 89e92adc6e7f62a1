"""Drawing posters."""

from __future__ import annotations

from abc import ABC, abstractmethod

from ingest.domain.poster import Paper, Poster


class Posters(ABC):
    """Draws posters. 1. *draws the code of the address*, so that a camera reads exactly ``url``. 2. *says everything*: each text of the
    poster is on it. 3. *takes any text*: what a font does not hold is replaced, never an error.
    """

    @abstractmethod
    def svg(self, poster: Poster) -> str:
        """As SVG, for the web and for print shops."""

    @abstractmethod
    def pdf(self, poster: Poster, paper: Paper) -> bytes:
        """As one page of PDF."""
