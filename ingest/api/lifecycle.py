"""A report that a program fills bit by bit: open, change, add pictures, finish or drop; and taking a finished one back.

An open report is a draft under a key of the server's. Nobody reads it, no event tells of it, and after ``SAVED_FOR`` it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from ingest.api.merge_patch import merged
from ingest.api.own_tips import own_tip
from ingest.api.problems import Refused
from ingest.domain.draft import SAVED_FOR, Draft, DraftKind
from ingest.ports import PartnerStorage, PartnerWork, Purpose, Sealer
from ingest.receive import Sender
from ingest.schema import BODY_LIMIT, check
from triage.domain.audit import AuditRow
from triage.domain.errors import FieldError, InvalidInput, NotFound
from triage.domain.events import Event, EventType
from triage.domain.sender import SenderState
from triage.ports import Clock, Ids, UnitOfWork
from triage.telling import tell_holder

RETRACT_REASONS = ("sent_by_mistake", "not_true", "duplicate", "withdrawn_consent")
"""Why a partner takes a report back."""

_MAY_WAIT = frozenset({"required", "empty", "no_words"})
"""What an open report may still lack."""


class _Kept(msgspec.Struct):
    """What is sealed: what was sent so far, the pictures' ids by the sender's names for them, and whether it became a tip."""

    report: dict[str, Any] = {}
    pictures: dict[str, str] = {}
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """An open report. ``value`` is a submission as far as it is known, in plain values; ``tip_id`` the tip that it will be or is."""

    id: str
    partner: str
    tip_id: str
    expires_at: datetime
    sandbox: bool = False
    value: dict[str, Any] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    finished: bool = False


class Reports:
    """Keeps open reports. One of another partner, or on the other side of the sandbox, does not exist (``NotFound``)."""

    def __init__(self, storage: PartnerStorage, sealer: Sealer, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._sealer = sealer
        self._clock = clock
        self._ids = ids

    def open(self, sender: Sender, value: object) -> Report:
        """Open one with what is known already. Raises ``InvalidInput`` for what no tip can hold."""
        now = self._clock.now()
        report = Report(self._ids.new("rep"), sender.partner, self._ids.new("tip"), now + SAVED_FOR, sender.sandbox, _checked(value))
        with self._storage.writing() as work:
            self._put(work, report)
            self._write_down(work, report, sender.actor, "report.opened")
        return report

    def get(self, sender: Sender, report_id: str) -> Report:
        """It, as far as it has come."""
        with self._storage.reading() as work:
            return self._own(work, sender, report_id)

    def change(self, sender: Sender, report_id: str, patch: object) -> Report:
        """Lay a merge patch over it. Raises ``InvalidInput`` for what no tip can hold, ``Refused`` if it was finished."""
        if not isinstance(patch, dict):
            raise InvalidInput([FieldError("", "wrong_type", "Write an object in braces, with named fields.")])
        try:
            return self._change(sender, report_id, lambda report: replace(report, value=_checked(merged(report.value, patch))))
        except RecursionError as error:
            raise InvalidInput([FieldError("", "not_json", "The patch is nested too deeply. A tip needs three levels.")]) from error

    def add_picture(self, sender: Sender, report_id: str, name: str, picture_id: str) -> Report:
        """Note that the picture of this name is kept under this id."""
        return self._change(sender, report_id, lambda report: replace(report, pictures={**report.pictures, name: picture_id}))

    def finished(self, sender: Sender, report_id: str) -> None:
        """Note that it is a tip now. Its words are kept there, so nothing of them is left here."""
        with self._storage.writing() as work:
            report = self._held(work, sender, report_id)
            if not report.finished:
                self._put(work, replace(report, value={}, finished=True))

    def drop(self, sender: Sender, report_id: str, reason: str) -> list[str]:
        """Forget it, with what is known of its pictures. Raises ``Refused`` once finished.

        Return the pictures' ids; the caller destroys their bytes.
        """
        check_reason(reason)
        with self._storage.writing() as work:
            report = _unfinished(self._held(work, sender, report_id))
            pictures = [picture.id for picture in work.attachments.of_tip(report.tip_id)]
            work.attachments.forget(pictures)
            work.drafts.remove(report.id)
            self._write_down(work, report, sender.actor, "report.dropped", reason)
        return pictures

    def retract(self, tip_id: str, slug: str, reason: str, actor: str) -> SenderState:
        """Take a finished one back: noted, audited and told to the desk, which decides. Again changes nothing.

        ``slug`` is what the tip must be stored under, ``actor`` who acts, for the audit log.
        """
        check_reason(reason)
        with self._storage.writing() as work:
            work.hold([f"sender:{tip_id}"])
            own_tip(tip_id, slug, work)
            state, now = work.senders.get(tip_id), self._clock.now()
            if state.retracted_at is not None:
                return state
            state = replace(state, retracted_at=now, retract_reason=reason)
            work.senders.put(state)
            change = {"tip": tip_id, "change": "tip.retracted", "reason": reason}
            work.events.append([Event(self._ids.new("evt"), EventType.TIP_AMENDED, tip_id, now, tip_id, change)])
            tell_holder(work, self._ids, now, tip_id, "retracted")
            work.audit.append([AuditRow(self._ids.new("aud"), now, actor, "tip.retracted", f"tip:{tip_id}", detail={"reason": reason})])
        return state

    def _change(self, sender: Sender, report_id: str, how: Callable[[Report], Report]) -> Report:
        with self._storage.writing() as work:
            report = how(_unfinished(self._held(work, sender, report_id)))
            self._put(work, report)
        return report

    def _held(self, work: PartnerWork, sender: Sender, report_id: str) -> Report:
        work.hold([f"report:{report_id}"])
        return self._own(work, sender, report_id)

    def _own(self, work: PartnerWork, sender: Sender, report_id: str) -> Report:
        draft = work.drafts.get(report_id, self._clock.now())
        if draft is None or (draft.kind, draft.partner, draft.sandbox) != (DraftKind.OPEN, sender.partner, sender.sandbox):
            raise NotFound("report", report_id)
        kept = msgspec.json.decode(self._sealer.open(Purpose.DRAFT, draft.id, draft.sealed), type=_Kept)
        return Report(draft.id, draft.partner, draft.tip_id, draft.expires_at, draft.sandbox, kept.report, kept.pictures, kept.finished)

    def _put(self, work: PartnerWork, report: Report) -> None:
        plain = msgspec.json.encode(_Kept(report.value, report.pictures, report.finished))
        sealed = self._sealer.seal(Purpose.DRAFT, report.id, plain)
        draft = Draft(report.id, DraftKind.OPEN, report.partner, report.tip_id, sealed, report.expires_at, report.sandbox)
        work.drafts.put(draft)

    def _write_down(self, work: UnitOfWork, report: Report, actor: str, action: str, reason: str = "") -> None:
        detail = {"tip": report.tip_id} | ({"reason": reason} if reason else {}) | ({"sandbox": "true"} if report.sandbox else {})
        row = AuditRow(self._ids.new("aud"), self._clock.now(), actor, action, f"report:{report.id}", detail=detail)
        work.audit.append([row])


def check_reason(reason: str) -> None:
    """Raises ``InvalidInput`` for a reason that is none of ``RETRACT_REASONS``."""
    if reason not in RETRACT_REASONS:
        raise InvalidInput([FieldError("reason", "not_a_choice", f"Use one of: {', '.join(RETRACT_REASONS)}.")])


def to_mend(report: Report) -> list[FieldError]:
    """What must be mended before it can be finished."""
    return [] if report.finished else check(report.value)


def _checked(value: object) -> dict[str, Any]:
    """A part of a submission: everything there must fit; what is missing may come later."""
    errors = [error for error in check(value) if error.code not in _MAY_WAIT]
    if errors or not isinstance(value, dict):
        raise InvalidInput(errors)
    if len(msgspec.json.encode(value)) > BODY_LIMIT:
        raise Refused("too_large", f"a report holds at most {BODY_LIMIT // 1024} kB.")
    return value


def _unfinished(report: Report) -> Report:
    if report.finished:
        raise Refused("already_finished", f"this report is the tip {report.tip_id} now.")
    return report
