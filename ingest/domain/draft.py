"""A report that is not finished yet: answers to the form's first questions, or a report that a program has opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FORM_IDLE = timedelta(minutes=60)
"""A form that nobody goes on with is forgotten after this time."""

LEFT_FOR = timedelta(hours=24)
"""A form that somebody has left in a hurry stays closed as long as its pages could be sent again."""

SAVED_FOR = timedelta(hours=72)
"""A form saved for later, and a report opened by a program, are kept this long."""


class DraftKind(StrEnum):
    """What it will become, and by which way."""

    FORM = "form"  # the id is the hash of a secret that only the page holds
    SAVED = "saved"  # the id is the receipt hash of a code that was given before sending
    OPEN = "open"  # opened by a program; the id is told to it


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft. ``sealed`` are the answers, unreadable without what its kind says.

    ``tip_id`` is the tip that an opened report will be, for its pictures; it is empty for a form's, which takes pictures only once it is
    sent. ``sandbox`` drafts become tips that reach nobody.
    """

    id: str
    kind: DraftKind
    partner: str
    tip_id: str
    sealed: bytes
    expires_at: datetime
    sandbox: bool = False
