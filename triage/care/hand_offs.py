"""Asking a service to help, with no more said than may be said, and keeping what came of it. The sender is told nothing by itself.

Only people of the care or victim-services desk that owns the tip do it. Each step is one transaction of the hand-off, an act of the case,
an audit row and an event; the audit row holds codes only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from triage.care.allowed import Allowance, allowance, needs_of
from triage.cases import CARE_NATURES, TEXT_LIMIT
from triage.desk_turn import Turn, turn
from triage.domain.access import Viewer
from triage.domain.assessment import Assessment
from triage.domain.audit import AuditRow
from triage.domain.care import AWAITS_ANSWER, NEXT_STATES, CareDirectory, CarePart, HandOff, HandOffState, HandOffStep
from triage.domain.case import Case, QueueEntry
from triage.domain.errors import Conflict, NotAllowed, NotFound, invalid
from triage.domain.policy import Policy
from triage.domain.tip import Tip
from triage.domain.work import CaseAct, CaseActKind
from triage.ports import Clock, Ids, Storage, UnitOfWork
from triage.taxonomy.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Plan:
    """What a hand-off of this tip begins with: what is needed, where, in which language, and what may be told."""

    tip: Tip
    case: Case
    entry: QueueEntry
    reading: Assessment | None
    needs: tuple[str, ...]
    language: str
    allowed: Allowance
    so_far: tuple[HandOff, ...]

    @property
    def county(self) -> str:
        """``ST/County``; empty where it is not known."""
        return f"{self.case.state}/{self.case.county}" if self.case.county else ""


class HandOffs:
    """Hand-offs of referrals to the services of ``directory``."""

    def __init__(self, storage: Storage, policy: Policy, taxonomy: Taxonomy, directory: CareDirectory, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._policy = policy
        self._taxonomy = taxonomy
        self._directory = directory
        self._clock = clock
        self._ids = ids

    def plan(self, viewer: Viewer, tip_id: str) -> Plan:
        """What there is to hand on, as things stand now. Not a look by itself: the page around it writes its own down."""
        with self._storage.reading() as work:
            case, entry = work.cases.of_tip(tip_id), work.queue.get(tip_id)
            if case is None or entry is None:
                raise NotFound("tip", tip_id)
            viewer.check_reads("tip", tip_id, case.readers)
            self._check_care(viewer, entry.desk)
            return self._plan(work, case, entry)

    def prepare(self, viewer: Viewer, tip_id: str, service: str, parts: Sequence[str]) -> Plan:
        """Look at what would be told to the service; the look is written down. Raises as ``offer`` does."""
        plan = self.plan(viewer, tip_id)
        told = self._told(plan, service, parts)
        row = AuditRow(
            self._ids.new("aud"),
            self._clock.now(),
            f"user:{viewer.user}",
            "care.prepared",
            f"tip:{tip_id}",
            viewer.purpose,
            {"desk": plan.entry.desk, "service": service, "parts": ",".join(told)},
        )
        with self._storage.writing() as work:
            work.audit.append([row])
        return plan

    def offer(self, viewer: Viewer, tip_id: str, version: int, service: str, parts: Sequence[str], note: str = "") -> HandOff:
        """Keep that the service was asked, and the kinds of details that it was told.

        Raises ``InvalidInput`` for an unknown service or for details that may not be told, ``Conflict`` where the service was asked already
        and has not said no.
        """
        _check_note(note)
        with turn(self._storage, self._clock, self._ids, viewer, tip_id, version) as now:
            self._check_care(viewer, now.entry.desk)
            plan = self._plan(now.work, now.case, now.entry)
            told = self._told(plan, service, parts)
            if any(one.service == service and one.state in AWAITS_ANSWER for one in plan.so_far):
                raise Conflict("this service was asked already. Write down what came of that first.")
            step = HandOffStep(HandOffState.OFFERED, viewer.user, now.now, note.strip())
            made = HandOff(
                id=now.new_id("hof"),
                tip_id=tip_id,
                case_id=now.case.id,
                desk=now.entry.desk,
                service=service,
                state=HandOffState.OFFERED,
                basis=plan.allowed.basis.value,
                parts=told,
                by=viewer.user,
                at=now.now,
                note=note.strip(),
                need=plan.needs[0] if plan.needs else "",
                steps=(step,),
            )
            self._keep(now, made, {"basis": made.basis, "parts": ",".join(told)})
            return made

    def answer(self, viewer: Viewer, id: str, seen: HandOffState, state: HandOffState, note: str = "") -> HandOff:
        """Keep what came of it; ``seen`` is the state that the person saw. Raises ``Conflict`` if it changed, or cannot become so."""
        _check_note(note)
        with self._storage.reading() as work:
            found = work.hand_offs.get(id)
        if found is None:
            raise NotFound("hand-off", id)
        with turn(self._storage, self._clock, self._ids, viewer, found.tip_id, None) as now:
            self._check_care(viewer, now.entry.desk)
            before = now.work.hand_offs.get(id)
            if before is None:
                raise NotFound("hand-off", id)
            if before.state is not seen:
                raise Conflict("somebody has written down meanwhile what came of it. Look at it as it is now.")
            if state not in NEXT_STATES[before.state]:
                raise Conflict("that cannot follow what is written down so far. Ask the service anew instead.")
            step = HandOffStep(state, viewer.user, now.now, note.strip())
            after = replace(before, state=state, updated_by=viewer.user, updated_at=now.now, note=note.strip(), steps=(*before.steps, step))
            self._keep(now, after, {"before": before.state.value})
            return after

    def of_tip(self, viewer: Viewer, tip_id: str) -> tuple[HandOff, ...]:
        """The hand-offs of a tip that the viewer reads."""
        with self._storage.reading() as work:
            case = work.cases.of_tip(tip_id)
            if case is None:
                raise NotFound("tip", tip_id)
            viewer.check_reads("tip", tip_id, case.readers)
            return tuple(work.hand_offs.of(tip_id))

    def _keep(self, now: Turn, made: HandOff, codes: dict[str, str]) -> None:
        now.work.hand_offs.put(made)
        state = made.state.value
        act = CaseAct(now.new_id("cac"), now.case.id, CaseActKind.HAND_OFF, now.viewer.user, now.now, made.note, made.tip_id, state)
        now.work.case_acts.put(act)
        now.write_down(f"care.{state}", {"hand_off": made.id, "service": made.service, **codes})
        now.save(now.case)

    def _plan(self, work: UnitOfWork, case: Case, entry: QueueEntry) -> Plan:
        tip = work.tips.get(entry.tip_id)
        if tip is None:
            raise NotFound("tip", entry.tip_id)
        reading = work.assessments.get_many([tip.id]).get(tip.id)
        nature = self._policy.desks[entry.desk].nature
        return Plan(
            tip=tip,
            case=case,
            entry=entry,
            reading=reading,
            needs=needs_of(reading, nature, self._taxonomy),
            language=(reading.language if reading else "") or tip.language,
            allowed=allowance(tip, work.senders.get(tip.id), reading, entry.life_threat),
            so_far=tuple(work.hand_offs.of(tip.id)),
        )

    def _told(self, plan: Plan, service: str, parts: Sequence[str]) -> tuple[str, ...]:
        """The parts in their order, once all of this was found to be allowed."""
        if self._directory.find(service) is None:
            raise invalid("service", "unknown_service", "Choose one of the services.")
        told = tuple(part.value for part in CarePart if part.value in parts)
        if not told:
            raise invalid("parts", "required", "Choose what the service is told; without the need nobody can help.")
        if unknown := set(parts) - set(plan.allowed.parts):
            raise invalid("parts", "not_allowed", f"Nothing allows telling this: {', '.join(sorted(unknown))}. Ask the sender first.")
        return told

    def _check_care(self, viewer: Viewer, desk: str) -> None:
        viewer.check_works_at(desk)
        known = self._policy.desks.get(desk)
        if known is None or known.nature not in CARE_NATURES:
            raise NotAllowed("only care and victim-services desks hand people on to services. Refer the tip to one of them.")


def _check_note(note: str) -> None:
    if len(note) > TEXT_LIMIT:
        raise invalid("note", "too_long", f"Write at most {TEXT_LIMIT} characters.")
