"""Full-text search over case documents, and the saved searches that a changed case matches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from triage.domain.access import Viewer
from triage.domain.document import CaseDocument
from triage.domain.query import Field, Node, Results, SavedSearch


class CaseIndex(ABC):
    """Full-text search over case documents; a projection.

    1. *finds only what the viewer may read*: a viewer without desks finds nothing, in hits, totals and facets alike.
    2. *takes any tree*: every tree of ``triage.domain.query`` gives a result, never an error; one too deep or large finds nothing.
    3. *keeps the newest version*: an older document never replaces a newer one, in whatever order they come.
    4. *shows what was committed*: after ``put`` returned, a new search sees the documents.
    5. *counts facets over all hits*, not over the page.
    6. *sorts newest first*, by ``received_at``, then by case id ascending.
    7. *finds parts of plates and phones*, with look-alike characters folded.
    8. *rebuilds beside*: while ``rebuild`` runs, searches see the old index; then all of the new one at once.
    9. *counts hits by day*: the cases that ``search`` would find, by the day (UTC) on which the newest tip of each came.
    """

    @abstractmethod
    def put(self, documents: Sequence[CaseDocument]) -> None:
        """Add or replace the documents."""

    @abstractmethod
    def search(self, viewer: Viewer, query: Node, limit: int = 20, offset: int = 0, facets: Sequence[Field] = ()) -> Results:
        """Search on behalf of ``viewer``."""

    @abstractmethod
    def by_day(self, viewer: Viewer, query: Node) -> tuple[tuple[date, int], ...]:
        """The days with hits, earliest first, each with their number."""

    @abstractmethod
    def rebuild(self, documents: Iterable[CaseDocument], progress: Callable[[int], None]) -> int:
        """Build a new index from the documents, swap it in, return how many it holds."""

    @abstractmethod
    def count(self) -> int:
        """How many documents it holds."""


class SearchMatcher(ABC):
    """Which saved searches a changed case matches: the index asked the other way round.

    1. *matches what the index finds*: a search matches a document exactly if ``CaseIndex.search`` on behalf of its desks finds it.
    2. *put replaces*, and *forgets what was removed*.
    3. *follows every process*: after ``put`` or ``remove`` returned, every process that matches knows of it.
    """

    @abstractmethod
    def put(self, searches: Sequence[SavedSearch]) -> None:
        """Know these searches from now on."""

    @abstractmethod
    def remove(self, search_ids: Sequence[str]) -> None:
        """Forget them; unknown ones are no error."""

    @abstractmethod
    def match(self, documents: Sequence[CaseDocument]) -> Mapping[str, tuple[str, ...]]:
        """For each case that some search matches, the ids of those searches in order."""
