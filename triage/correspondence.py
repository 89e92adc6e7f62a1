"""What a desk says to the sender of a tip: messages, and what came of it. What a desk may learn about the sender: how to reach them.

Only people of the owning desk write; whoever reads along reads the thread too.
"""

from __future__ import annotations

from triage.desk_turn import turn
from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.case import Case, Message
from triage.domain.errors import Conflict, FieldError, InvalidInput, NotAllowed, NotFound, invalid
from triage.domain.policy import DeskNature, Policy
from triage.domain.sender import Outcome, OutcomeCode, Progress, SenderState, Useful
from triage.domain.tip import Consent, Contact, Tip
from triage.domain.undo import has_left
from triage.ports import Clock, Ids, Storage, Vault
from triage.reply_check import Risk, risks

MESSAGE_LIMIT = 4000
"""The most characters of one message of a desk."""


class NeedsLook(InvalidInput):
    """A reply holds what should not leave unseen; ``risks`` says where. Nothing was sent."""

    def __init__(self, found: tuple[Risk, ...]) -> None:
        super().__init__(
            [FieldError("text", "look_again", "Look at what is marked, then send it all the same or write it in another way.")]
        )
        self.risks = found


class Correspondence:
    """The thread from the desk's side. The viewer is the first argument of each act; its purpose goes into the audit row."""

    def __init__(self, storage: Storage, policy: Policy, vault: Vault, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._policy = policy
        self._vault = vault
        self._clock = clock
        self._ids = ids

    def write(self, viewer: Viewer, tip_id: str, text: str, looked_at: str = "") -> Message:
        """Ask or tell the sender. ``looked_at`` is the text that the person has seen with its marks and sends all the same.

        Raises ``InvalidInput`` for no text or too much, ``NeedsLook`` if it holds something that was not looked at, ``Conflict`` if the
        sender wants no messages. The same words again, with nothing in between, are a second press and change nothing.
        """
        text = text.strip()
        if not text:
            raise invalid("text", "required", "Write what the sender shall read.")
        if len(text) > MESSAGE_LIMIT:
            raise invalid("text", "too_long", f"Write at most {MESSAGE_LIMIT} characters.")
        with turn(self._storage, self._clock, self._ids, viewer, tip_id, None) as now:
            now.work.hold([f"sender:{tip_id}"])  # a sender who stops messages at this moment is heard first or later, never passed over
            if now.work.senders.get(tip_id).stopped:
                raise Conflict("the sender asked for no more messages, so nothing can be sent. They can still add to their report.")
            tip, reading = now.work.tips.get(tip_id), now.work.assessments.get_many([tip_id]).get(tip_id)
            found = risks(text, tip, reading.entities if reading else ()) if tip else ()
            if found and looked_at.strip() != text:
                raise NeedsLook(found)
            thread = now.work.messages.of_tip(tip_id)
            if thread and not thread[-1].from_source and thread[-1].text == text:
                return thread[-1]
            message = Message(now.new_id("msg"), tip_id, now.now, from_source=False, text=text, by=viewer.user)
            now.work.messages.add(message)
            now.write_down("tip.message", {"message": message.id, "looked_at": str(len(found))})
            now.progress(tip_id, Progress.MESSAGE, message=message.id)
            return message

    def take_back(self, viewer: Viewer, message_id: str) -> Message:
        """Take back a message of the viewer's own before it has left. Raises ``NotFound``, or ``Conflict`` when it is too late."""
        with self._storage.reading() as work:
            written = work.messages.get(message_id)
        if written is None or written.by != viewer.user:
            raise NotFound("message", message_id)
        with turn(self._storage, self._clock, self._ids, viewer, written.tip_id, None) as now:
            now.work.hold([f"sender:{written.tip_id}"])
            if now.work.messages.get(message_id) is None:
                raise NotFound("message", message_id)
            if has_left(written, now.now):
                raise Conflict("the message has left already. You can write another one.")
            now.work.messages.remove(message_id)
            now.write_down("tip.message_undone", {"message": message_id})
        return written

    def release(self, viewer: Viewer, tip_id: str, useful: Useful, code: OutcomeCode | None) -> Outcome:
        """Say how useful the tip was, and what of its outcome the sender may know; None releases nothing, or takes it back."""
        with turn(self._storage, self._clock, self._ids, viewer, tip_id, None) as now:
            before = now.work.outcomes.get_many([tip_id]).get(tip_id)
            if before is not None and (before.useful, before.code) == (useful, code):
                return before
            outcome = Outcome(tip_id, useful, now.now, viewer.user, code)
            now.work.outcomes.put(outcome)
            now.write_down("tip.outcome", {"useful": useful.value, "outcome": code.value if code else "none"})
            if code is not None and (before is None or before.code is not code):
                now.progress(tip_id, Progress.OUTCOME, outcome=code.value)
            return outcome

    def contact(self, viewer: Viewer, tip_id: str) -> Contact | None:
        """How to reach the sender, for a purpose that the viewer names; None if there are no details. The look is written down first.

        Raises ``InvalidInput`` without a purpose, ``NotAllowed`` where the sender did not agree that this desk may know.
        """
        if not viewer.purpose.strip():
            raise invalid("purpose", "required", "Write why you need to reach the sender.")
        with self._storage.writing() as work:
            tip, case = work.tips.get(tip_id), work.cases.of_tip(tip_id)
            if tip is None or case is None:
                raise NotFound("tip", tip_id)
            viewer.check_reads("tip", tip_id, case.readers)
            desk = contact_desk(viewer, case, consent_of(tip, work.senders.get(tip_id)), self._policy)
            if not desk:
                raise NotAllowed("the sender did not agree that your desk may know who they are. You can ask them in the thread.")
            row = AuditRow(
                self._ids.new("aud"),
                self._clock.now(),
                f"user:{viewer.user}",
                "contact.read",
                f"tip:{tip_id}",
                viewer.purpose.strip(),
                {"desk": desk},
            )
            work.audit.append([row])
        return self._vault.contact(tip_id)


def consent_of(tip: Tip, sender: SenderState) -> Consent:
    """Who may see the sender's contact details, as the sender said it last."""
    return sender.consent or tip.consent


def has_contact(tip: Tip, sender: SenderState) -> bool:
    """Whether contact details are kept: left with the tip or after it, and not taken back."""
    return sender.contact_at is not None or (tip.has_contact and sender.withdrawn_at is None)


def contact_desk(viewer: Viewer, case: Case, consent: Consent, policy: Policy) -> str:
    """The desk by whose right the viewer may see contact details; empty if there is none.

    Desks that read reports and oversight always may; police desks and services only where the sender agreed; others never, nor does a
    desk that reads along by a share.
    """
    agreed = {
        DeskNature.INTAKE: True,
        DeskNature.OVERSIGHT: True,
        DeskNature.ENFORCEMENT: consent.police,
        DeskNature.CARE: consent.support,
        DeskNature.VICTIM_SERVICES: consent.support,
    }
    mine = (desk for desk in case.desks_by_rule if desk in viewer.desks and desk in policy.desks)
    return next((desk for desk in mine if agreed.get(policy.desks[desk].nature, False)), "")
