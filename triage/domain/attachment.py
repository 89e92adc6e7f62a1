"""A picture that a sender added to a tip. Only a re-encoded copy is kept, sealed, apart from the tip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is known about a picture; its bytes are in the blobs under ``id``.

    ``sha256`` is over the bytes as they came and stays when the picture is destroyed; ``media_type``, ``size`` (bytes), ``width`` and
    ``height`` (pixels) are of the copy that was kept. ``destroyed_at`` is when a person had the bytes destroyed, and ``reason`` why.
    """

    id: str
    tip_id: str
    at: datetime
    sha256: str
    media_type: str
    size: int
    width: int
    height: int
    destroyed_at: datetime | None = None
    destroyed_by: str = ""
    reason: str = ""
