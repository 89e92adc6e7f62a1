"""Coming back with a receipt code: see where the report stands, read the thread, add to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ingest.ports import IntakeStore, Sealer
from ingest.receipts import read_code
from ingest.status import PublicStatus, status_of
from triage.domain.audit import AuditRow
from triage.domain.case import Message
from triage.domain.events import Event, EventType
from triage.ports import Clock, Ids, Storage


@dataclass(frozen=True, slots=True)
class Visit:
    """What a sender sees of a report: the status word, when it came, and the thread. Never a fact of the case."""

    tip_id: str
    status: PublicStatus
    received_at: datetime
    thread: tuple[Message, ...]


def tip_of_code(typed: str, store: IntakeStore, sealer: Sealer) -> str | None:
    """The tip whose receipt was typed. What is no code at all is looked up like a wrong one, so that it takes as long."""
    return store.tip_of_receipt(sealer.receipt_hash(read_code(typed) or ""))


def visit(tip_id: str, storage: Storage) -> Visit | None:
    """The report as its sender sees it; None if it does not exist (any more)."""
    with storage.reading() as work:
        tip = work.tips.get(tip_id)
        if tip is None:
            return None
        return Visit(tip_id, status_of(tip_id, work), tip.received_at, tuple(work.messages.of_tip(tip_id)))


def amend(tip_id: str, text: str, storage: Storage, clock: Clock, ids: Ids) -> None:
    """Add what the sender writes to the thread: message, event and audit row in one transaction.

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
        work.events.append([Event(ids.new("evt"), EventType.TIP_AMENDED, tip_id, now, tip_id, {"tip": tip_id, "message": message.id})])
        work.audit.append([AuditRow(ids.new("aud"), now, "public", "tip.amended", f"tip:{tip_id}", detail={"message": message.id})])
