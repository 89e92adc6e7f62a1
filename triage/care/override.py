"""The way by which somebody of an enforcement desk or of intake may look at a referral that is not for them: once, with a reason.

A supervisor names a ground and writes why. What is shown is the least that serves the ground; nothing of it stays open afterwards. The look
is written down with the reason before anything is shown, everybody of the care desk is told, and it stands on the referral's own page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from triage.care.allowed import needs_of
from triage.cases import CARE_NATURES, TEXT_LIMIT
from triage.domain.access import Role, Viewer
from triage.domain.alert import Alert, AlertKind
from triage.domain.assessment import Urgency
from triage.domain.audit import AuditRow
from triage.domain.care import Ground
from triage.domain.case import Case
from triage.domain.errors import Conflict, FieldError, InvalidInput, NotAllowed, NotFound
from triage.domain.policy import DeskNature, Policy
from triage.domain.tip import Place
from triage.domain.work import CaseAct, CaseActKind
from triage.ports import Clock, Ids, Storage, UnitOfWork
from triage.redaction import redact
from triage.taxonomy.taxonomy import Taxonomy

SHORTEST_REASON = 20
"""Characters; a word alone proves nothing later."""
REFERENCE_LIMIT = 100
ACTION = "referral.override"
MOST_SHOWN = 500
"""Entries of a tip's audit log that are looked through for overrides."""

_MAY_ASK = frozenset({DeskNature.ENFORCEMENT, DeskNature.INTAKE})


@dataclass(frozen=True, slots=True)
class OverrideLook:
    """What is shown once. ``text`` and ``place`` are None for a court order: what it names, the care desk hands over itself."""

    tip_id: str
    desk: str
    needs: tuple[str, ...]
    county: str
    state: str
    urgency: Urgency
    life_threat: bool
    received_at: datetime
    language: str
    place: Place | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """That somebody opened a referral: who, when, on which ground, and why in their words."""

    by: str
    at: datetime
    ground: str
    reason: str


class Overrides:
    """Opens referrals against the rule, and says who did."""

    def __init__(self, storage: Storage, policy: Policy, taxonomy: Taxonomy, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._policy = policy
        self._taxonomy = taxonomy
        self._clock = clock
        self._ids = ids

    def may_ask(self, viewer: Viewer) -> bool:
        """Whether the viewer is somebody who can open a referral at all: a supervisor at an enforcement desk or at intake."""
        natures = {self._policy.desks[desk].nature for desk in viewer.desks if desk in self._policy.desks}
        return viewer.role is Role.SUPERVISOR and not natures.isdisjoint(_MAY_ASK)

    def open(self, viewer: Viewer, record: str, ground: Ground, reason: str, reference: str = "") -> OverrideLook:
        """Look once at the referral with this id, or that holds the tip with this id; of several tips, at the newest.

        Raises ``NotAllowed`` for anybody who cannot ask, ``InvalidInput`` without a reason, ``NotFound`` for what is no care desk's record
        (and for a restricted case), ``Conflict`` for what the viewer may read anyway.
        """
        if not self.may_ask(viewer):
            raise NotAllowed("only supervisors of enforcement desks and of intake can open a referral, and only for a reason.")
        _check(ground, reason, reference)
        with self._storage.writing() as work:
            case, tip_id = _found(work, record.strip())
            owner = self._policy.desks.get(case.desk)
            if owner is None or owner.nature not in CARE_NATURES or case.restricted_to:
                raise NotFound("referral", record)
            if viewer.reads(case.readers):
                raise Conflict("your desk may read this already, so there is nothing to override. Open its page.")
            look = self._look(work, case, tip_id, ground)
            self._write_down(work, viewer, case, tip_id, ground, _words(reason, reference))
        return look

    def of_tip(self, viewer: Viewer, tip_id: str) -> tuple[Opened, ...]:
        """Who opened it, oldest first; for those who may read the tip."""
        with self._storage.reading() as work:
            case = work.cases.of_tip(tip_id)
            if case is None:
                raise NotFound("tip", tip_id)
            viewer.check_reads("tip", tip_id, case.readers)
            rows = [row for row in work.audit.of_object(f"tip:{tip_id}", MOST_SHOWN) if row.action == ACTION]
            names = {row.actor: work.users.by_id(row.actor.removeprefix("user:")) for row in rows}
        who = {actor: user.display_name if user else actor for actor, user in names.items()}
        return tuple(Opened(who[row.actor], row.at, row.detail["ground"], row.purpose) for row in rows)

    def _look(self, work: UnitOfWork, case: Case, tip_id: str, ground: Ground) -> OverrideLook:
        tip, entry = work.tips.get(tip_id), work.queue.get(tip_id)
        if tip is None or entry is None:
            raise NotFound("tip", tip_id)
        reading = work.assessments.get_many([tip_id]).get(tip_id)
        shows_text = ground is not Ground.COURT_ORDER and reading is not None  # unread, nobody knows what in it tells of its sender
        return OverrideLook(
            tip_id=tip_id,
            desk=case.desk,
            needs=needs_of(reading, self._policy.desks[case.desk].nature, self._taxonomy),
            county=case.county,
            state=case.state,
            urgency=entry.urgency,
            life_threat=entry.life_threat,
            received_at=tip.received_at,
            language=(reading.language if reading else "") or tip.language,
            place=None if ground is Ground.COURT_ORDER else tip.place,
            text=redact(tip.text, reading.entities) if shows_text and reading is not None else None,
        )

    def _write_down(self, work: UnitOfWork, viewer: Viewer, case: Case, tip_id: str, ground: Ground, why: str) -> None:
        now, actor = self._clock.now(), f"user:{viewer.user}"
        detail = {"ground": ground.value, "case": case.id, "desk": case.desk}
        row = AuditRow(self._ids.new("aud"), now, actor, ACTION, f"tip:{tip_id}", why, detail)
        work.audit.append([row, replace(row, id=self._ids.new("aud"), object=f"case:{case.id}", detail={**detail, "tip": tip_id})])
        act = CaseAct(self._ids.new("cac"), case.id, CaseActKind.OVERRIDE, viewer.user, now, why, tip_id, ground.value)
        work.case_acts.put(act)
        told = [user for user in work.users.all() if case.desk in Viewer.of(user).desks]
        work.alerts.add([Alert(self._ids.new("alr"), user.id, AlertKind.OVERRIDE, now, case.id, tip_id, "", row.id) for user in told])


def _found(work: UnitOfWork, record: str) -> tuple[Case, str]:
    of_tip = work.cases.of_tip(record)
    if of_tip is not None:
        return of_tip, record
    case = work.cases.get(record)
    if case is None or not case.tips:
        raise NotFound("referral", record)
    return case, case.tips[-1]


def _words(reason: str, reference: str) -> str:
    return f"{reference.strip()}: {reason.strip()}" if reference.strip() else reason.strip()


def _check(ground: Ground, reason: str, reference: str) -> None:
    wrong = []
    if len(reason.strip()) < SHORTEST_REASON:
        wrong.append(FieldError("reason", "too_short", f"Write why, in at least {SHORTEST_REASON} characters: it is read later."))
    if len(reason) > TEXT_LIMIT:
        wrong.append(FieldError("reason", "too_long", f"Write at most {TEXT_LIMIT} characters."))
    if ground is Ground.COURT_ORDER and not reference.strip():
        wrong.append(FieldError("reference", "required", "Write the court and the number of the order."))
    if len(reference) > REFERENCE_LIMIT:
        wrong.append(FieldError("reference", "too_long", f"Write at most {REFERENCE_LIMIT} characters."))
    if wrong:
        raise InvalidInput(wrong)
