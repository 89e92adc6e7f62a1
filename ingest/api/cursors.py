"""Places in a list, as opaque signed words: a program can hand one back, and cannot make one or use it for another list."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import msgspec

from ingest.ports import Sealer
from triage.domain.errors import FieldError, InvalidInput

GOOD_FOR = timedelta(hours=24)
"""How long a place can be gone on from."""


class Cursors:
    """Gives and reads places. ``of`` names the list: whose it is, and its filters."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def give(self, of: tuple[str, ...], at: datetime, id: str) -> str:
        """The word for the place behind what has this time and id."""
        return self._sealer.sign(msgspec.json.encode((_name(of), at, id)).decode())

    def read(self, of: tuple[str, ...], word: str) -> tuple[datetime, str]:
        """Time and id of the place. Raises ``InvalidInput`` for a word of another list, one that is over, and one that is none."""
        value = self._sealer.unsign(word, int(GOOD_FOR.total_seconds())) if word.isascii() else None
        if value is not None:
            try:
                name, at, id = msgspec.json.decode(value, type=tuple[str, datetime, str])
            except (msgspec.DecodeError, msgspec.ValidationError):  # signed for another use
                name = ""
            if name == _name(of):
                return at, id
        message = "Take `cursor` from the answer before, with the same filters, within a day; or begin again without it."
        raise InvalidInput([FieldError("cursor", "not_a_cursor", message)])


def _name(of: tuple[str, ...]) -> str:
    return hashlib.sha256(msgspec.json.encode(of)).hexdigest()[:16]
