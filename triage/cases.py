"""What people do with tips: claim, decide, move, raise. Each act is one transaction of state, act, audit row and events.

Every act names the version of the case that the person saw; if it changed meanwhile, ``StaleVersion`` is raised and nothing
happens. Only people of the owning desk act (``NotAllowed``); whoever may not even read the tip gets ``NotFound``.

Where a tip stands: waiting -> claimed -> done. Accept, decline and duplicate end a tip's turn in the queue; refer and transfer
make it wait again at another desk; a claim takes a decided tip up again. An open entry always means an open case.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta

from triage.apart import APART, HELPING, agreed_to_police, from_victim, names_own
from triage.colleagues import check_colleague
from triage.desk_turn import Turn, last_decision, reckoned, reopened, settled, turn
from triage.domain.access import Role, Viewer
from triage.domain.alert import Alert, AlertKind
from triage.domain.assessment import Band, Urgency
from triage.domain.case import DECLINE_REASONS, Act, ActKind, Case, CaseKind, CaseStatus, EntryState, QueueEntry
from triage.domain.errors import Conflict, NotFound, invalid
from triage.domain.policy import Desk, DeskNature, Policy
from triage.ports import Clock, Ids, Storage

CARE_NATURES = HELPING
"""Desks that help people; what comes to them is a referral, never a case by itself."""

LONGEST_SNOOZE = 72
"""Hours that a tip can be put off at once."""
TEXT_LIMIT = 2000
"""The most characters of a note or a reason."""


class Casework:
    """The acts. ``version`` is always the version of the tip's case as the viewer saw it."""

    def __init__(self, storage: Storage, policy: Policy, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._policy = policy
        self._clock = clock
        self._ids = ids

    def claim(self, viewer: Viewer, tip_id: str, version: int, note: str = "") -> Act:
        """Take the tip in hand; a decided one is taken up again and its closed case opens. ``Conflict`` if somebody holds it."""
        with self._turn(viewer, tip_id, version, note) as now:
            if now.entry.state is EntryState.CLAIMED:
                raise Conflict("this tip is claimed already. Whoever holds it can release it; so can a supervisor.")
            now.put(replace(now.entry, state=EntryState.CLAIMED, claimed_by=viewer.user, snoozed_until=None))
            now.save(reopened(now.case))
            return now.record(ActKind.CLAIM, note=note, before=now.entry.state.value)

    def assign(self, viewer: Viewer, tip_id: str, version: int, person: str, note: str = "") -> Act:
        """Give the tip to a colleague, who holds it from then on and is told. A supervisor may also give what somebody else holds.

        A threat to life is given to nobody who may not be there: who cannot stay with it releases it, and everybody is told again.
        """
        with self._turn(viewer, tip_id, version, note) as now:
            now.check_free()
            if now.entry.life_threat:
                raise invalid("person", "life_threat", "A threat to life is given to nobody who may not be there: claim or release it.")
            check_colleague(now.work, now.case, "person", person)
            if person in ("", now.entry.claimed_by, viewer.user):
                raise invalid("person", "same_person", "Choose somebody else; to take it yourself, claim it.")
            now.put(replace(now.entry, state=EntryState.CLAIMED, claimed_by=person, snoozed_until=None))
            now.save(now.case)
            act = now.record(ActKind.ASSIGN, note=note, target=person, before=now.entry.claimed_by)
            now.work.alerts.add([Alert(now.new_id("alr"), person, AlertKind.GIVEN, now.now, now.case.id, tip_id, "tip", act.id)])
            return act

    def release(self, viewer: Viewer, tip_id: str, version: int, note: str = "") -> Act:
        """Let the tip wait again. Whoever claimed it may, and a supervisor of the desk."""
        with self._turn(viewer, tip_id, version, note) as now:
            if now.entry.state is not EntryState.CLAIMED:
                raise Conflict("nobody holds this tip, so there is nothing to release.")
            if now.entry.claimed_by != viewer.user and viewer.role is not Role.SUPERVISOR:
                raise Conflict("somebody else has claimed this tip. Ask that person to release it, or a supervisor to step in.")
            now.put(replace(now.entry, state=EntryState.WAITING, claimed_by=""))
            now.save(now.case)
            return now.record(ActKind.RELEASE, note=note, before=now.entry.claimed_by)

    def accept(self, viewer: Viewer, tip_id: str, version: int, note: str = "") -> Act:
        """The desk takes the tip on: its case becomes active, and belongs to the viewer if it belonged to nobody."""
        with self._turn(viewer, tip_id, version, note) as now:
            now.check_free()
            now.put(_done(now.entry))
            now.save(replace(now.case, status=CaseStatus.ACTIVE, owner=now.case.owner or viewer.user, outcome=""))
            return now.record(ActKind.ACCEPT, note=note)

    def decline(self, viewer: Viewer, tip_id: str, version: int, reason: str, note: str = "") -> Act:
        """Not worked on, for one of ``DECLINE_REASONS``. The case closes unless another of its tips is open or accepted.

        Against a life-threat mark or a "likely" reading it takes two people, each with a reason and a note: the first one's decline is a
        proposal, and the tip waits on for somebody else, who declines it too or decides otherwise. ``Conflict`` if that would be the same
        person again.
        """
        if reason not in DECLINE_REASONS:
            raise invalid("reason", "unknown_reason", "Choose one of the reasons.")
        with self._turn(viewer, tip_id, version, note) as now:
            now.check_free()
            if now.entry.life_threat or now.entry.band is Band.LIKELY:
                if not note.strip():
                    raise invalid("note", "required", "Write why: this tip is marked as a threat to life or reads as likely.")
                if now.entry.proposed_by == viewer.user:
                    raise Conflict("you have asked to decline this tip already. Somebody else must agree, or decide otherwise.")
                if not now.entry.proposed_by:
                    now.put(replace(now.entry, state=EntryState.WAITING, claimed_by="", snoozed_until=None, proposed_by=viewer.user))
                    now.save(now.case)
                    return now.record(ActKind.PROPOSE, reason=reason, note=note)
            now.put(_done(now.entry))
            act = now.record(ActKind.DECLINE, reason=reason, note=note, before=now.entry.proposed_by)
            now.save(settled(now.work, now.case, merged_into=now.case.id))
            return act

    def duplicate_of(self, viewer: Viewer, tip_id: str, version: int, other: str, note: str = "") -> Act:
        """The tip says what another one said: it moves to that tip's case. Its own case, if now empty, closes as merged.

        Both records must be of the same kind. At another desk the tip waits for that desk's look; with oversight nothing leaves
        the desk this way.
        """
        with self._turn(viewer, tip_id, version, note) as now:
            now.check_free()
            target = now.work.cases.of_tip(other)
            if target is None:
                raise NotFound("tip", other)
            viewer.check_reads("tip", other, target.readers)
            self._check_merge(now, target, other)
            act = now.record(ActKind.DUPLICATE, note=note, target=other, before=now.case.id, case_id=target.id)
            stays = target.desk == now.entry.desk
            entry = _done(now.entry) if stays else self._waiting_at(now.entry, target.desk, now.now)
            if target.id == now.case.id:
                now.put(entry)
                now.save(settled(now.work, now.case, merged_into=now.case.id))
            else:
                self._move(now, replace(entry, case_id=target.id), target)
            return act

    def refer(self, viewer: Viewer, tip_id: str, version: int, desk: str, note: str = "") -> Act:
        """Hand the tip to a care or victim-services desk, as a referral. Among several tips it gets a record of its own.

        Other desks no longer read along: what people need help with is not for police to browse. Where life is at risk they do,
        and so does the desk that referred it.
        """
        to = self._desk(desk)
        if to.nature not in CARE_NATURES:
            raise invalid("desk", "not_care", "Choose a care or victim-services desk; to any other desk, transfer it.")
        with self._turn(viewer, tip_id, version, note) as now:
            now.check_free()
            _check_leaves(now, desk)
            before, entry = now.entry.desk, self._waiting_at(now.entry, desk, now.now)
            also = tuple(d for d in dict.fromkeys((before, *now.case.also)) if d != desk) if now.entry.life_threat else ()
            if len(now.case.tips) == 1:
                now.enter(entry)
                referral = replace(now.case, kind=CaseKind.REFERRAL, desk=desk, also=also, joint=(), owner="", outcome="")
                now.save(reckoned(now.work, replace(referral, status=CaseStatus.NEW)))
                return now.record(ActKind.REFER, note=note, target=desk, before=before)
            referral = self._split(now, replace(entry, case_id=now.new_id("case")), CaseKind.REFERRAL, also)
            return now.record(ActKind.REFER, note=note, target=desk, before=before, case_id=referral.id)

    def transfer(self, viewer: Viewer, tip_id: str, version: int, desk: str, reason: str, note: str = "") -> Act:
        """Not for us: the case with all its tips goes to another desk, where what was open waits again, due anew.

        Referrals and holds stay away from enforcement until a person has opened a case from them.
        """
        _check_text("reason", reason, required="Write why it belongs to that desk.")
        with self._turn(viewer, tip_id, version, note) as now:
            now.check_free()
            return self.hand_on(now, desk, reason, note)

    def hand_on(self, now: Turn, desk: str, reason: str, note: str = "", reads_along: tuple[str, ...] = ()) -> Act:
        """Transfer inside a turn that somebody else has opened; desks that read along are added to those that do."""
        to = self._desk(desk)
        _check_leaves(now, desk)
        self._check_follows(now, to)
        if to.nature in CARE_NATURES and now.case.kind is not CaseKind.REFERRAL:
            raise invalid("desk", "care_desk", "That is a care desk: refer the tip to it instead.")
        if to.nature is DeskNature.ENFORCEMENT and now.case.kind is not CaseKind.CASE:
            raise invalid("desk", "not_a_case", "Open a case from it first: only cases go to that desk.")
        before = now.entry.desk
        also = tuple(
            d for d in (*now.case.also, *reads_along) if d != desk and (to.nature is not DeskNature.OVERSIGHT or self._is_apart(d))
        )
        for tip in now.case.tips:
            sibling = now.work.queue.get(tip)
            if sibling is None:
                continue
            if sibling.state is EntryState.DONE:
                now.put(replace(sibling, desk=desk))
            else:
                now.enter(self._waiting_at(sibling, desk, now.now))
        moved = replace(now.case, desk=desk, also=also, joint=(), status=CaseStatus.NEW, owner="", outcome="")
        now.save(reckoned(now.work, moved))
        return now.record(ActKind.TRANSFER, reason=reason.strip(), note=note, target=desk, before=before)

    def open_case(self, viewer: Viewer, tip_id: str, version: int, reason: str, note: str = "") -> Act:
        """Make a referral or a hold a case: only a person can, and says why."""
        _check_text("reason", reason, required="Write why this is a case.")
        with self._turn(viewer, tip_id, version, note) as now:
            now.check_free()
            if now.case.kind is CaseKind.CASE:
                raise Conflict("this is a case already.")
            before = now.case.kind.value
            now.save(replace(now.case, kind=CaseKind.CASE))
            return now.record(ActKind.OPEN_CASE, reason=reason.strip(), note=note, before=before)

    def snooze(self, viewer: Viewer, tip_id: str, version: int, hours: int, reason: str, note: str = "") -> Act:
        """Put the tip off for 1 to ``LONGEST_SNOOZE`` hours, with a reason; its target stays, and a threat to life cannot be put off."""
        _check_text("reason", reason, required="Write what the tip waits for.")
        if not 1 <= hours <= LONGEST_SNOOZE:
            raise invalid("hours", "out_of_range", f"Choose 1 to {LONGEST_SNOOZE} hours.")
        with self._turn(viewer, tip_id, version, note) as now:
            now.check_free()
            if now.entry.life_threat:
                raise invalid("hours", "life_threat", "A threat to life is not put off: decide about it, or hand it over.")
            until = now.now + timedelta(hours=hours)
            now.put(replace(now.entry, state=EntryState.WAITING, claimed_by="", snoozed_until=until))
            now.save(now.case)
            return now.record(ActKind.SNOOZE, reason=reason.strip(), note=note, target=until.isoformat(timespec="minutes"))

    def set_urgency(self, viewer: Viewer, tip_id: str, version: int, level: Urgency, reason: str = "", note: str = "") -> Act:
        """Raise the tip's level freely, or lower it with a reason. The target moves with it; raising never puts it off."""
        _check_text("reason", reason)
        with self._turn(viewer, tip_id, version, note) as now:
            before = now.entry.urgency
            if level is before:
                raise invalid("level", "unchanged", "The tip has this level already; choose another.")
            raised = level.at_least(before)
            if not raised and not reason.strip():
                raise invalid("reason", "required", "Write why it can wait longer.")
            due = self._policy.due(level, now.entry.desk, now.now if raised else now.entry.entered_at)
            due = min(now.entry.due_at, due) if raised else due
            entry = replace(now.entry, urgency=level, due_at=due)
            now.put(entry)
            now.save(reckoned(now.work, now.case))
            if raised:
                now.alert(entry)
            return now.record(ActKind.SET_URGENCY, reason=reason.strip(), note=note, target=level.value, before=before.value)

    def _turn(self, viewer: Viewer, tip_id: str, version: int, note: str) -> AbstractContextManager[Turn]:
        _check_text("note", note)
        return turn(self._storage, self._clock, self._ids, viewer, tip_id, version)

    def _desk(self, desk: str) -> Desk:
        found = self._policy.desks.get(desk)
        if found is None:
            raise invalid("desk", "unknown_desk", "Choose one of the desks.")
        return found

    def _is_apart(self, desk: str) -> bool:
        return desk in self._policy.desks and self._policy.desks[desk].nature in APART

    def _check_follows(self, now: Turn, to: Desk) -> None:
        """Raise where the case may not go: a bureau owns nothing, and what names somebody's own goes on only by oversight's word."""
        if to.nature is DeskNature.BUREAU:
            raise invalid("desk", "bureau", "A bureau owns no tips: share the case with an agency that it speaks for.")
        oversight = {desk.id for desk in self._policy.desks.values() if desk.nature is DeskNature.OVERSIGHT}
        if to.nature in APART or not oversight or now.entry.desk in oversight:
            return
        if names_own(now.work.assessments.get_many(now.case.tips).values()):
            raise invalid("desk", "names_own", "It names an official or somebody's own staff: transfer it to oversight, who decide.")
        self._check_victim_agreed(now, to)

    def _check_reads_along(self, now: Turn, reader: Desk) -> None:
        """Raise where police would read along in what a care desk has, only because it joins a case in which they do."""
        if now.case.kind is CaseKind.REFERRAL and reader.nature is DeskNature.ENFORCEMENT and not now.case.life_threat:
            raise invalid("other", "opens", "Police read along in that tip's referral and may not in this one, so they stay apart.")
        self._check_victim_agreed(now, reader)

    def _check_victim_agreed(self, now: Turn, to: Desk) -> None:
        """Raise where a care desk would send police an adult's own account of what was done to them, and they did not agree to that.

        A life or a child in danger comes first.
        """
        here = self._policy.desks.get(now.entry.desk)
        if to.nature is not DeskNature.ENFORCEMENT or here is None or here.nature not in CARE_NATURES or now.case.life_threat:
            return
        tips, readings = now.work.tips.get_many(now.case.tips), now.work.assessments.get_many(now.case.tips)
        for tip in tips.values():
            reading = readings.get(tip.id)
            child = reading is not None and "minor_involved" in reading.flags
            if from_victim(tip, reading) and not child and not agreed_to_police(tip, now.work.senders.get(tip.id), reading):
                words = "The person to whom it was done did not agree that police may know. Ask them in the thread first."
                raise invalid("desk", "not_agreed", words)

    def _check_merge(self, now: Turn, target: Case, other: str) -> None:
        case, own = now.case, self._policy.desks.get(now.case.desk)
        if other == now.entry.tip_id:
            raise invalid("other", "same_tip", "A tip cannot be its own duplicate; write the other tip's id.")
        if target.kind is not case.kind:
            kinds = f"That tip is in a {target.kind.value}, this one in a {case.kind.value}"
            raise invalid("other", "other_kind", f"{kinds}: bring them to one kind first.")
        if set(target.restricted_to) != set(case.restricted_to):
            raise invalid("other", "other_readers", "One of the cases is restricted: let both have the same readers first.")
        if target.desk != case.desk and own is not None and own.nature is DeskNature.OVERSIGHT:
            raise invalid("other", "leaves_oversight", "That tip is at another desk: transfer this one there first, with a reason.")
        if target.desk != case.desk:
            self._check_follows(now, self._desk(target.desk))
        for desk in set(target.also) - set(case.desks):
            if desk in self._policy.desks:
                self._check_reads_along(now, self._policy.desks[desk])
        entry, last = now.work.queue.get(other), last_decision(now.work, other)
        if entry is not None and entry.state is EntryState.DONE and last is not None and last.kind is ActKind.DUPLICATE:
            # Two tips that are each other's duplicates would both be done without anybody having decided about either.
            raise invalid("other", "is_duplicate", f"That tip is itself a duplicate: name {last.target}, or claim that tip first.")

    def _waiting_at(self, entry: QueueEntry, desk: str, now: datetime) -> QueueEntry:
        due = self._policy.due(entry.urgency, desk, now)
        return replace(
            entry, desk=desk, state=EntryState.WAITING, claimed_by="", entered_at=now, due_at=due, snoozed_until=None, proposed_by=""
        )

    def _move(self, now: Turn, entry: QueueEntry, target: Case) -> None:
        """Take the tip out of its case and into ``target``, whose desk the entry names already."""
        left = replace(now.case, tips=tuple(tip for tip in now.case.tips if tip != entry.tip_id))
        if entry.state is EntryState.DONE:
            now.put(entry)
        else:
            now.enter(entry)
            target = reopened(target)
        now.save(settled(now.work, reckoned(now.work, left), merged_into=target.id))
        now.save(reckoned(now.work, replace(target, tips=(*target.tips, entry.tip_id))))

    def _split(self, now: Turn, entry: QueueEntry, kind: CaseKind, also: tuple[str, ...]) -> Case:
        """Take the tip out of its case into a new record of its own at the entry's desk."""
        decided = now.work.decisions.get_many([entry.tip_id]).get(entry.tip_id)
        place = (decided.jurisdiction.county, decided.jurisdiction.state) if decided else (now.case.county, now.case.state)
        left = replace(now.case, tips=tuple(tip for tip in now.case.tips if tip != entry.tip_id))
        new = replace(
            now.case,
            id=entry.case_id,
            kind=kind,
            desk=entry.desk,
            also=also,
            joint=(),
            status=CaseStatus.NEW,
            county=place[0],
            state=place[1],
            opened_at=now.now,
            updated_at=now.now,
            tips=(entry.tip_id,),
            owner="",
            outcome="",
            version=1,
        )
        now.enter(entry)
        now.save(settled(now.work, reckoned(now.work, left), merged_into=new.id))
        new = reckoned(now.work, new)
        now.add(new)
        return new


def _check_leaves(now: Turn, desk: str) -> None:
    if desk == now.entry.desk:
        raise invalid("desk", "same_desk", "The tip is at that desk already; choose another.")
    if now.case.restricted_to:
        raise Conflict("the case is restricted to named people of this desk. One of them who leads it opens it up first.")


def _done(entry: QueueEntry) -> QueueEntry:
    return replace(entry, state=EntryState.DONE, claimed_by="", snoozed_until=None, proposed_by="")


def _check_text(path: str, text: str, required: str = "") -> None:
    if required and not text.strip():
        raise invalid(path, "required", required)
    if len(text) > TEXT_LIMIT:
        raise invalid(path, "too_long", f"Write at most {TEXT_LIMIT} characters.")
