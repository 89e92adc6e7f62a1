"""What can go wrong, as one small tree.

TipstreamError
├── InvalidInput            what was sent does not fit; ``errors`` says where and how to mend it
├── PolicyError             a policy file says something we cannot follow; names file, line and what to write instead
├── NotFound                no such record, or none that this viewer may know of
├── NotAllowed              the viewer may not do this
├── Conflict                somebody else was first
│   ├── AlreadyExists       the id is taken; an identical retry is not an error and does not raise this
│   └── StaleVersion        the record changed since it was read; read it again
├── TooMany                 too many tries; ``retry_after`` seconds
└── Unavailable             a store or service is out of reach or refuses to write; trying again can help

No message holds text of a tip, a contact detail, a receipt code or a key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class TipstreamError(Exception):
    """Base of all errors of the product. ``retryable`` says whether the same call can succeed later."""

    retryable = False


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing to mend in what was sent.

    ``path`` is dotted with list positions in brackets (``vehicles[0].plate``; empty for the whole body), ``code`` is stable
    and meant for machines, ``message`` tells a person what to write instead. None of them repeats what was sent.
    """

    path: str
    code: str
    message: str


class InvalidInput(TipstreamError):
    """The input was refused whole; nothing of it was stored."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(f"{e.path or 'body'}: {e.message}" for e in errors))
        self.errors = tuple(errors)


def invalid(path: str, code: str, message: str) -> InvalidInput:
    """The error for one field."""
    return InvalidInput([FieldError(path, code, message)])


class PolicyError(TipstreamError):
    """A policy file cannot be followed. ``line`` counts from 1."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.message = message
        self.file = file
        self.line = line


class NotFound(TipstreamError):
    """No such record for this viewer. Whether it exists at all is not said."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"there is no {kind} {id!r} that you may see. Check the id, or ask a supervisor of the desk that owns it.")


class NotAllowed(TipstreamError):
    """The viewer may not do this."""


class Conflict(TipstreamError):
    """Somebody else was first."""


class AlreadyExists(Conflict):
    """The id is taken by other content."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"{kind} {id!r} exists already with other content. Give the new one an id of its own.")


class StaleVersion(Conflict):
    """The record changed since it was read."""

    def __init__(self, kind: str, id: str, expected: int, found: int) -> None:
        super().__init__(f"{kind} {id!r} is at version {found}, not {expected}: somebody changed it meanwhile. Read it again, then repeat.")


class TooMany(TipstreamError):
    """Too many tries. ``retry_after`` is in seconds."""

    retryable = True

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many tries. Wait {retry_after} seconds, then try again.")
        self.retry_after = retry_after


class Unavailable(TipstreamError):
    """A store or service cannot be used now."""

    retryable = True
