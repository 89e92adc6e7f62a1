"""What people say about ties between tips: verdicts, merged cases; and pointers, by which desks learn of one another without content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.case import Case, QueueEntry


class Verdict(StrEnum):
    """Whether two tips are about the same thing."""

    SAME = "same"
    UNSURE = "unsure"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class LinkVerdict:
    """A person's answer about two tips; one a pair, the newest. ``reasons`` are the kinds of things that they share."""

    one: str
    two: str
    verdict: Verdict
    reasons: tuple[str, ...]
    by: str
    at: datetime
    note: str = ""

    @property
    def id(self) -> str:
        """The pair, the smaller id first."""
        return pair_id(self.one, self.two)

    @property
    def owner(self) -> str:
        """The tip whose id comes first."""
        return min(self.one, self.two)

    @property
    def other(self) -> str:
        """The other tip."""
        return max(self.one, self.two)


def pair_id(one: str, two: str) -> str:
    """How a pair of tips is called, whichever was looked at first."""
    return f"{min(one, two)}:{max(one, two)}"


@dataclass(frozen=True, slots=True)
class Merge:
    """Two cases made one: ``merged`` gave its ``tips`` to ``into``. Everything is kept that is needed to part them again.

    ``before`` is the merged case as it was, ``entries`` its tips' places in the queue; ``into_before`` and ``into_after`` are the other
    case before and after, ``shares`` the ids of what the merged case shared then.
    """

    id: str
    into: str
    merged: str
    tips: tuple[str, ...]
    before: Case
    entries: tuple[QueueEntry, ...]
    by: str
    at: datetime
    undone_by: str = ""
    undone_at: datetime | None = None
    into_before: Case | None = None
    into_after: Case | None = None
    shares: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """The case that holds the tips now."""
        return self.into

    @property
    def other(self) -> str:
        """The case that gave them."""
        return self.merged


@dataclass(frozen=True, slots=True)
class Pointer:
    """That a desk holds something, without saying what: ``digest`` is a keyed hash of a plate, a phone, a handle ... of a case.

    ``silent`` pointers are of restricted cases: whoever asks is not told, the desk that holds it is.
    """

    digest: str
    kind: str
    case_id: str
    desk: str
    at: datetime
    silent: bool = False

    @property
    def id(self) -> str:
        """One a digest and case."""
        return f"{self.digest}:{self.case_id}"

    @property
    def owner(self) -> str:
        """The digest."""
        return self.digest

    @property
    def other(self) -> str:
        """The case."""
        return self.case_id
