"""What reading takes in. Everything that comes out is ``triage.domain.assessment``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TipText:
    """The text of one tip (``Tip.text``) and what helps to read it.

    ``received_at`` resolves relative times ("20 min ago"); ``language_hint`` is the language that the sender chose, used as a prior.
    Channel, sector and partner are deliberately missing: they are never features.
    """

    id: str
    text: str
    received_at: datetime | None = None
    language_hint: str = ""
