"""Accepting one tip: everything that it writes is made here, handed to the writer as one piece, and answered after the commit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from ingest.lanes import EVENTS, STANDARD, Lanes, Shares
from ingest.ports import Acceptance, Outcome, SealedAnswer, Sealer, Verdict
from ingest.receipts import new_code
from ingest.submission import Submission
from ingest.writer import GroupWriter
from triage.domain.audit import AuditRow
from triage.domain.errors import Conflict
from triage.domain.events import Event, EventType
from triage.domain.sender import Progress
from triage.domain.tip import Contact
from triage.ports import Clock, Ids

KEEP_ANSWER = timedelta(hours=24)
"""How long the first answer to an idempotency key is repeated."""


PUBLIC = "public"
"""The actor of a report by an open form."""

SANDBOX = "~sandbox"
"""What is added to the slug of a partner for tips sent with a sandbox key; no slug holds such a sign."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose key or form it came by: the partner's slug, and the actor for the audit log (``partner:<slug>`` or ``public``).

    A ``sandbox`` sender's tips are stored apart, under the slug and ``SANDBOX``, and reach nobody: no event has them read or routed.
    ``source`` stands for who sends within the partner, a blinded address or the id of a key, for shares of lanes; it is never stored.
    """

    partner: str
    actor: str
    sandbox: bool = False
    source: str = ""

    @property
    def slug(self) -> str:
        """The slug that the tip is stored under."""
        return self.partner + SANDBOX if self.sandbox else self.partner


@dataclass(frozen=True, slots=True)
class Reserved:
    """What was promised before the tip was finished: its id, and the receipt code that was given already. Empty means a new one."""

    tip_id: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Once:
    """What makes a repeat recognisable: the caller's secret (API key or form token) and the key that it chose for this report.

    Neither is stored. Their hash names the answer, and only both together open it. The answer is kept for ``keep``.
    """

    caller: str
    key: str
    keep: timedelta = KEEP_ANSWER

    @property
    def hash(self) -> str:
        """SHA-256 over both in hex; the length stands between them, so that no two pairs run together."""
        return hashlib.sha256(f"{len(self.caller)}:{self.caller}{self.key}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to an accepted tip. ``repeated`` says that this is the first answer, given again."""

    id: str
    code: str
    repeated: bool = False


class Receiver:
    """Accepts tips. ``random`` gives that many random bytes, for receipt codes; ``shares`` is who may fill which lane how far."""

    def __init__(
        self, writer: GroupWriter, sealer: Sealer, clock: Clock, ids: Ids, random: Callable[[int], bytes], shares: Shares = STANDARD
    ) -> None:
        self._writer = writer
        self._sealer = sealer
        self._clock = clock
        self._ids = ids
        self._random = random
        self._lanes = Lanes(clock, shares)

    @property
    def ready(self) -> bool:
        """Whether tips can be accepted now."""
        return self._writer.ready

    async def receive(self, submission: Submission, sender: Sender, once: Once | None = None, reserved: Reserved = Reserved()) -> Receipt:
        """Accept, and return after the commit.

        Raises ``Conflict`` if ``once`` was used with another body, ``Unavailable`` if nothing can be written now.
        """
        receipt, acceptance = self._prepare(submission, sender, once, reserved)
        return self._conclude(receipt, await self._writer.write(acceptance), once)

    def receive_blocking(
        self, submission: Submission, sender: Sender, once: Once | None = None, reserved: Reserved = Reserved()
    ) -> Receipt:
        """The same for callers in a thread."""
        receipt, acceptance = self._prepare(submission, sender, once, reserved)
        return self._conclude(receipt, self._writer.write_blocking(acceptance), once)

    def _prepare(self, submission: Submission, sender: Sender, once: Once | None, reserved: Reserved) -> tuple[Receipt, Acceptance]:
        now = self._clock.now()
        tip = submission.to_tip(reserved.tip_id or self._ids.new("tip"), now, sender.slug)
        receipt = Receipt(tip.id, reserved.code or new_code(self._random))
        contact = submission.to_contact()
        facts = {"partner": sender.slug, "channel": tip.channel.value}
        if sender.sandbox:
            type, payload = EventType.TIP_PROGRESSED, {"tip": tip.id, "step": Progress.RECEIVED.value}
        else:
            lane = self._lanes.choose(submission, sender.partner, sender.source, public=sender.actor == PUBLIC)
            type, payload = EVENTS[lane], {"tip": tip.id, "partner": sender.slug}
        acceptance = Acceptance(
            tip=tip,
            sealed_contact=None if contact is None else self._sealer.seal_contact(tip.id, encode_contact(contact)),
            receipt_hash=self._sealer.receipt_hash(receipt.code),
            audit=AuditRow(self._ids.new("aud"), now, sender.actor, "tip.received", f"tip:{tip.id}", detail=facts),
            event=Event(self._ids.new("evt"), type, tip.id, now, tip.id, payload),
            answer=None if once is None else self._seal(receipt, submission, once),
        )
        return receipt, acceptance

    def _seal(self, receipt: Receipt, submission: Submission, once: Once) -> SealedAnswer:
        sealed = self._sealer.seal_answer(once.caller, once.key, msgspec.json.encode(receipt))
        body_hash = hashlib.sha256(submission.canonical()).hexdigest()
        return SealedAnswer(once.hash, body_hash, sealed, self._clock.now() + once.keep)

    def _conclude(self, receipt: Receipt, outcome: Outcome, once: Once | None) -> Receipt:
        if outcome.verdict is Verdict.CONFLICT:
            raise Conflict("this idempotency key was used for another report within 24 hours. Give each report a key of its own.")
        if outcome.verdict is Verdict.REPEATED and once is not None and outcome.answer is not None:
            return first_receipt(once, outcome.answer, self._sealer)
        return receipt


def first_receipt(once: Once, answer: SealedAnswer, sealer: Sealer) -> Receipt:
    """The receipt that was given the first time. Raises ``Conflict`` if the keys that sealed it are gone."""
    try:
        first = msgspec.json.decode(sealer.open_answer(once.caller, once.key, answer.sealed), type=Receipt)
    except ValueError:
        raise Conflict(
            "this report was accepted before, but the server's keys were replaced since, so its first answer cannot be given again."
        ) from None
    return Receipt(first.id, first.code, repeated=True)


def encode_contact(contact: Contact) -> bytes:
    """Contact details as JSON, to be sealed."""
    return msgspec.json.encode(contact)


def decode_contact(plain: bytes) -> Contact:
    """Contact details from the JSON that was sealed."""
    return msgspec.json.decode(plain, type=Contact)
