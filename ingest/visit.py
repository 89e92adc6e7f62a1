"""Coming back to a report: see where it stands, read the thread, add to it, change one's mind about contact details and messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ingest.ports import IntakeStore, PartnerStorage, PartnerWork, Sealer
from ingest.receipts import read_code
from ingest.receive import SANDBOX, encode_contact
from ingest.status import PublicStatus, status_of
from triage.domain.audit import AuditRow
from triage.domain.case import Message
from triage.domain.errors import NotFound
from triage.domain.events import Event, EventType
from triage.domain.sender import OutcomeCode, SenderState
from triage.domain.tip import Consent, Contact, Tip
from triage.domain.undo import has_left
from triage.ports import Clock, Ids, Storage, UnitOfWork
from triage.telling import tell_holder

PUBLIC = "public"
"""The actor in the audit log when whoever holds the code has acted."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a sender sees of a report: the status word, when it came, the thread, own choices, what was released. Never a fact of the case.

    ``new`` are the ids of the messages of the desk that were not shown before. ``photos`` counts the pictures that are kept;
    ``takes_photos`` says whether more may be added.
    """

    tip_id: str
    status: PublicStatus
    received_at: datetime
    thread: tuple[Message, ...]
    new: frozenset[str] = frozenset()
    stopped: bool = False
    has_contact: bool = False
    consent: Consent = field(default_factory=Consent)
    photos: int = 0
    takes_photos: bool = False
    outcome: OutcomeCode | None = None


def tip_of_code(typed: str, store: IntakeStore, sealer: Sealer) -> str | None:
    """The tip whose receipt was typed. What is no code at all is looked up like a wrong one, so that it takes as long."""
    return store.tip_of_receipt(sealer.receipt_hash(read_code(typed) or ""))


def unseen(thread: tuple[Message, ...] | list[Message], state: SenderState) -> frozenset[str]:
    """The ids of the desk's messages that the sender was not shown yet."""
    return frozenset(message.id for message in thread if not message.from_source and not state.has_seen(message.at))


def amend(tip_id: str, text: str, storage: Storage, clock: Clock, ids: Ids, actor: str = PUBLIC) -> None:
    """Add what the sender writes to the thread: message, event and audit row in one transaction. ``actor`` is who wrote, for the audit row.

    The same words again, with nothing of the sender's in between, are a second press of the button and change nothing.
    """
    with storage.writing() as work:
        work.hold([f"thread:{tip_id}"])
        said = [message.text for message in work.messages.of_tip(tip_id) if message.from_source]
        if said and said[-1] == text:
            return
        now = clock.now()
        message = Message(ids.new("msg"), tip_id, now, from_source=True, text=text)
        work.messages.add(message)
        tell_holder(work, ids, now, tip_id, message.id)
        _told(work, ids, now, actor, "tip.amended", tip_id, {"message": message.id})


class Returns:
    """What a sender does who came back. Unknown tips raise ``NotFound``; each change is one transaction with its audit row and event."""

    def __init__(self, side: PartnerStorage, sealer: Sealer, clock: Clock, ids: Ids) -> None:
        self._side = side
        self._sealer = sealer
        self._clock = clock
        self._ids = ids

    def look(self, tip_id: str, actor: str = PUBLIC) -> Visit | None:
        """The report as its sender sees it, None if it does not exist (any more). What is new is remembered as seen."""
        with self._side.reading() as work:
            tip = work.tips.get(tip_id)
            if tip is None:
                return None
            seen = _visit(work, tip, self._clock.now())
        if seen.new:
            newest = max(message.at for message in seen.thread if message.id in seen.new)
            with self._side.writing() as work:
                state = self._state(work, tip_id)
                if not state.has_seen(newest):
                    work.senders.put(replace(state, seen_at=newest))
                    row = AuditRow(self._ids.new("aud"), self._clock.now(), actor, "thread.seen", f"tip:{tip_id}")
                    work.audit.append([row])
        return seen

    def leave_contact(self, tip_id: str, contact: Contact, consent: Consent) -> None:
        """Keep contact details, in place of any that were kept before, and who else may see them."""
        with self._side.writing() as work:
            state, now = self._state(work, tip_id), self._clock.now()
            action = "contact.left" if work.contacts.get(tip_id) is None else "contact.replaced"
            work.contacts.put(tip_id, self._sealer.seal_contact(tip_id, encode_contact(contact)))
            work.senders.put(replace(state, contact_at=now, withdrawn_at=None, consent=consent))
            _told(work, self._ids, now, PUBLIC, action, tip_id, _spelled(consent))

    def set_consent(self, tip_id: str, consent: Consent) -> None:
        """Change who else may see the contact details; what was said already changes nothing."""
        with self._side.writing() as work:
            state, tip = self._state(work, tip_id), work.tips.get(tip_id)
            if consent == (state.consent or (tip.consent if tip else None)):
                return
            work.senders.put(replace(state, consent=consent))
            _told(work, self._ids, self._clock.now(), PUBLIC, "contact.consent", tip_id, _spelled(consent))

    def withdraw_contact(self, tip_id: str) -> None:
        """Take the contact details back: they are deleted at once, and nobody else may see them. None there is no error."""
        with self._side.writing() as work:
            state, now = self._state(work, tip_id), self._clock.now()
            if work.contacts.get(tip_id) is None:
                return
            work.contacts.remove(tip_id)
            work.senders.put(replace(state, withdrawn_at=now, contact_at=None, consent=Consent()))
            _told(work, self._ids, now, PUBLIC, "contact.withdrawn", tip_id, {})

    def stop_messages(self, tip_id: str, stop: bool) -> None:
        """Want no more messages, or want them again."""
        with self._side.writing() as work:
            state = self._state(work, tip_id)
            if state.stopped is stop:
                return
            work.senders.put(replace(state, stopped=stop))
            _told(work, self._ids, self._clock.now(), PUBLIC, "messages.stopped" if stop else "messages.wanted", tip_id, {})

    def _state(self, work: PartnerWork, tip_id: str) -> SenderState:
        """The choices about the tip, held until the transaction ends."""
        work.hold([f"sender:{tip_id}"])
        if work.tips.get(tip_id) is None:
            raise NotFound("tip", tip_id)
        return work.senders.get(tip_id)


def _visit(work: PartnerWork, tip: Tip, now: datetime) -> Visit:
    state = work.senders.get(tip.id)
    thread = tuple(message for message in work.messages.of_tip(tip.id) if has_left(message, now))
    outcome, partner = work.outcomes.get_many([tip.id]).get(tip.id), work.partners.get(tip.partner.removesuffix(SANDBOX))
    return Visit(
        tip_id=tip.id,
        status=status_of(tip.id, work),
        received_at=tip.received_at,
        thread=thread,
        new=unseen(thread, state),
        stopped=state.stopped,
        has_contact=work.contacts.get(tip.id) is not None,
        consent=state.consent or tip.consent,
        photos=sum(picture.destroyed_at is None for picture in work.attachments.of_tip(tip.id)),
        takes_photos=partner is not None and partner.photos,
        outcome=outcome.code if outcome else None,
    )


def _spelled(consent: Consent) -> Mapping[str, str]:
    return {"police": str(consent.police).lower(), "support": str(consent.support).lower()}


def _told(work: UnitOfWork, ids: Ids, now: datetime, actor: str, action: str, tip_id: str, detail: Mapping[str, str]) -> None:
    """The audit row of a change, and the event that tells the desk's side that there was one."""
    payload = {"tip": tip_id, "change": action} | ({"message": detail["message"]} if "message" in detail else {})
    work.events.append([Event(ids.new("evt"), EventType.TIP_AMENDED, tip_id, now, tip_id, payload)])
    work.audit.append([AuditRow(ids.new("aud"), now, actor, action, f"tip:{tip_id}", detail=detail)])
