"""What the partner API answers and takes besides a tip, as wire structs: the published schemas come from here.

New fields may be added within a version; what is there keeps its name and meaning.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from ingest.domain.partner import Scope
from ingest.status import PublicStatus
from triage.domain.sender import OutcomeCode, Progress
from triage.domain.tip import Channel

Moment = Annotated[datetime, Meta(tz=True)]
"""A time with its offset, as RFC 3339 writes it; ours are in UTC."""

MESSAGE_LIMIT = 10_000
"""Characters of one message in a thread."""


class Accepted(Struct, frozen=True):
    """A tip that is stored. ``receipt_code`` is for the person who reported: the only way back without your key."""

    id: str
    receipt_code: str
    status_url: str


class Advice(Struct, frozen=True):
    """Something that would make a tip more useful, as a stable code and in words. Never needed."""

    code: str
    message: str


class Checked(Struct, frozen=True):
    """A tip that would be taken. Nothing was stored."""

    valid: bool
    advice: list[Advice]


class ProblemError(Struct, frozen=True):
    """One thing to mend: where (``vehicles[0].plate``; empty for the whole), a stable code, and what to write instead."""

    path: str
    code: str
    message: str


class Problem(Struct, frozen=True, omit_defaults=True):
    """A problem (RFC 9457). ``type`` and ``code`` are stable and listed at ``/api/v1/problems``."""

    type: str
    code: str
    title: str
    status: int
    detail: str
    errors: list[ProblemError] = []


class BatchItem(Struct, frozen=True, omit_defaults=True):
    """What became of one tip of a batch, by its place in it (from 0). ``status`` is what it would have been answered alone."""

    index: int
    status: int
    id: str | None = None
    receipt_code: str | None = None
    repeated: bool = False
    advice: list[Advice] = []
    problem: Problem | None = None


class BatchAnswer(Struct, frozen=True):
    """What became of a batch: some may be accepted and others refused. ``items`` stand in the order of the batch."""

    accepted: int
    refused: int
    items: list[BatchItem]


class OwnWords(Struct, frozen=True):
    """What your staff said about themselves: role and your own reference."""

    role: str
    reference: str


class TipHead(Struct, frozen=True):
    """One of your own tips in a list."""

    id: str
    status: PublicStatus
    received_at: Moment
    channel: Channel
    partner: OwnWords


class TipPage(Struct, frozen=True):
    """Your own tips, newest first. ``next`` is the address of the next page, null on the last; so is the header ``Link``."""

    tips: list[TipHead]
    next: str | None


class StepTaken(Struct, frozen=True):
    """A step that the tip has come, and when; ``at`` is null where the time is not told."""

    step: Progress
    at: Moment | None


class ReleasedOutcome(Struct, frozen=True):
    """What the desk has released: what came of the tip (null if only its usefulness was told), and when."""

    code: OutcomeCode | None
    useful: str
    released_at: Moment


class Retraction(Struct, frozen=True):
    """That and why you took a tip back. It is not deleted; the desk decides what that means."""

    reason: str
    retracted_at: Moment


class TipView(Struct, frozen=True):
    """Where one of your own tips stands. ``unread_messages`` counts what the desk wrote and you have not read yet."""

    id: str
    status: PublicStatus
    received_at: Moment
    channel: Channel
    partner: OwnWords
    steps: list[StepTaken]
    outcome: ReleasedOutcome | None
    unread_messages: int
    retracted: Retraction | None


class ThreadMessage(Struct, frozen=True):
    """A message: ``side`` says who wrote, ``agency`` or ``partner``."""

    id: str
    at: Moment
    side: str
    text: str


class Thread(Struct, frozen=True):
    """The messages about a tip, oldest first."""

    messages: list[ThreadMessage]


class MessageIn(Struct, frozen=True, forbid_unknown_fields=True):
    """What you answer, or add."""

    text: Annotated[str, Meta(min_length=1, max_length=MESSAGE_LIMIT)]


class RetractIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Why you take a tip back: ``sent_by_mistake``, ``not_true``, ``duplicate`` or ``withdrawn_consent``."""

    reason: str


class PictureView(Struct, frozen=True):
    """A picture of a report: your name for it, and the clean copy that was kept. ``size`` is in bytes."""

    name: str
    id: str
    media_type: str
    size: int
    width: int
    height: int


class ReportView(Struct, frozen=True):
    """A report that was opened. ``to_mend`` must be mended before it can be finished; ``tip`` is its id among tips once it is."""

    id: str
    state: str
    expires_at: Moment
    report: dict[str, Any]
    attachments: list[PictureView]
    to_mend: list[ProblemError]
    advice: list[Advice]
    tip: str | None


class QuotaLeft(Struct, frozen=True):
    """What may still be done until ``resets_at``."""

    limit: int
    left: int
    resets_at: Moment


class KeyView(Struct, frozen=True):
    """The key that was used: never the key itself."""

    id: str
    label: str
    sandbox: bool
    scopes: list[Scope]
    created_at: Moment
    expires_at: Moment | None


class PartnerView(Struct, frozen=True):
    """Your organisation as the agency knows it. ``agreed_fields`` empty means all."""

    slug: str
    title: str
    sector: str
    agreed_fields: list[str]
    agreement_until: date | None
    photos: bool


class Me(Struct, frozen=True):
    """Who calls, and what is left."""

    partner: PartnerView
    key: KeyView
    tips_today: QuotaLeft
    requests: QuotaLeft


class ProblemEntry(Struct, frozen=True):
    """One kind of problem of the catalogue."""

    type: str
    code: str
    status: int
    title: str
    mend: str


class ProblemCatalogue(Struct, frozen=True):
    """Every kind of problem that the API answers with."""

    problems: list[ProblemEntry]
