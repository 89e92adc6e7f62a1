"""Two cases made one, and parted again.

What was kept under the merged case's id (acts, tasks, file, ended shares) stays there: ``triage.merged.case_ids`` says which ids belong to
a case. Everything of the tips themselves (threads, pictures, acts, answers, who sent them) hangs on the tips and goes with them; and so do
living shares, which show the tips of their case and end with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from triage.apart import APART
from triage.case_turn import CaseTurn, case_turn
from triage.desk_turn import last_decision, reckoned, settled
from triage.domain.access import Viewer
from triage.domain.case import ActKind, Case, CaseKind, CaseStatus, QueueEntry
from triage.domain.errors import Conflict, FieldError, InvalidInput, NotFound, StaleVersion
from triage.domain.links import Merge
from triage.domain.policy import Policy
from triage.domain.share import ShareMode
from triage.domain.work import CaseActKind
from triage.merged import merges_into
from triage.ports import Clock, Ids, Storage, UnitOfWork

NOTE_LIMIT = 2000


class Merging:
    """The two acts. Each names the version of both cases as the viewer saw them."""

    def __init__(self, storage: Storage, policy: Policy, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._policy = policy
        self._clock = clock
        self._ids = ids

    def merge(self, viewer: Viewer, into: str, version: int, merged: str, merged_version: int, note: str = "") -> Merge:
        """Every tip of ``merged`` goes to ``into``, with its place in the queue; ``merged`` closes, empty.

        Raises ``Conflict`` with words where the two may not become one (see ``why_not``), ``StaleVersion``, ``NotFound``, ``NotAllowed``.
        """
        _check_note(note)
        with case_turn(self._storage, self._clock, self._ids, viewer, into, version) as now:
            other = _second(now, merged, merged_version)
            if reason := why_not(viewer, self._policy, now.case, other):
                raise Conflict(reason)
            entries = _entries(now.work, other)
            emptied = now.save(replace(other, tips=(), joint=(), status=CaseStatus.CLOSED, outcome=f"merged:{into}"))
            whole = now.save(_together(now.case, other))
            for entry in entries:
                now.work.queue.put(replace(entry, case_id=into))
            shares = [share.id for share in now.work.shares.of(merged) if share.lives(now.now)]
            _give(now.work, shares, into)
            merge = Merge(
                id=now.new_id("mrg"),
                into=into,
                merged=merged,
                tips=other.tips,
                before=other,
                entries=entries,
                by=viewer.user,
                at=now.now,
                into_before=now.case,
                into_after=whole,
                shares=tuple(shares),
            )
            now.work.merges.put(merge)
            now.record(CaseActKind.MERGE, note=note.strip(), target=merged, tips=str(len(other.tips)))
            now.record(CaseActKind.MERGE, note=note.strip(), target=into, case_id=emptied.id, tips=str(len(other.tips)))
            return merge

    def unmerge(self, viewer: Viewer, merge_id: str, version: int, merged_version: int, note: str = "") -> Merge:
        """The tips go back to the case that gave them; those that came later stay. What was decided about a tip meanwhile stays decided.

        Where nothing was done meanwhile, both cases are as they were. Raises ``Conflict`` with words where somebody has moved one of the
        tips or the whole case since.
        """
        _check_note(note)
        with self._storage.reading() as work:
            known = work.merges.get(merge_id)
        if known is None:
            raise NotFound("merge", merge_id)
        with case_turn(self._storage, self._clock, self._ids, viewer, known.into, version) as now:
            merge = now.work.merges.get(merge_id)
            emptied = _second(now, known.merged, merged_version)
            if merge is None or merge.undone_at is not None:
                raise Conflict("these two were parted already.")
            _check_parts(now.case, emptied, merge)
            entries = [entry for tip in merge.tips if (entry := now.work.queue.get(tip)) is not None]
            for entry in entries:
                now.work.queue.put(replace(entry, case_id=merge.merged))
            _give(now.work, merge.shares, merge.merged)
            now.save(_rest(now, merge))
            now.save(_given_back(now, emptied, merge, entries))
            undone = replace(merge, undone_by=viewer.user, undone_at=now.now)
            now.work.merges.put(undone)
            now.record(CaseActKind.UNMERGE, note=note.strip(), target=merge.merged, tips=str(len(merge.tips)))
            now.record(CaseActKind.UNMERGE, note=note.strip(), target=merge.into, case_id=merge.merged, tips=str(len(merge.tips)))
            return undone

    def history(self, case_id: str) -> tuple[list[tuple[Merge, int]], Mapping[str, str]]:
        """What was merged into a case, newest first, parted ones too, each with the version that the merged case has now; and how the
        people are called who did it. For a page of that case alone, which has checked that its viewer may read it.
        """
        with self._storage.reading() as work:
            merges = work.merges.of(case_id)
            cases = work.cases.get_many([merge.merged for merge in merges])
            people = [work.users.by_id(person) for merge in merges for person in {merge.by, merge.undone_by} if person]
        found = [(merge, cases[merge.merged].version) for merge in reversed(merges) if merge.merged in cases]
        return found, {user.id: user.display_name for user in people if user is not None}

    def count(self, case_id: str) -> int:
        """How many cases are merged into it and not parted again."""
        with self._storage.reading() as work:
            return len(merges_into(work, case_id))


def why_not(viewer: Viewer, policy: Policy, into: Case, merged: Case) -> str:
    """Why the viewer cannot make the two cases one, in words; empty if nothing stands against it.

    Nobody may read more by it than a rule or a person has let them: what is shared with, or restricted to, others than the other case is
    stays apart, and referrals, holds and what is with oversight open to no further desk.
    """
    desk = policy.desks.get(into.desk)
    guarded = into.kind is not CaseKind.CASE or (desk is not None and desk.nature in APART)
    if into.id == merged.id:
        return "these tips are in one case already."
    if into.kind is not merged.kind:
        return f"one is a {into.kind.value}, the other a {merged.kind.value}: bring them to one kind first."
    if into.desk != merged.desk:
        return "the cases are at two desks: transfer one of them first, with a reason."
    if into.desk not in viewer.desks:
        return "only people of the desk that owns both cases can merge them."
    if set(into.restricted_to) != set(merged.restricted_to):
        return "the cases are not restricted to the same people: restrict both alike first."
    if set(into.joint) != set(merged.joint):
        return "one of the cases is shared jointly with a desk that does not read the other: recall that share first."
    if guarded and set(into.also) != set(merged.also):
        return "other desks may read along in one of the two and not in the other, so they stay apart."
    if CaseStatus.CLOSED in (into.status, merged.status):
        return "one of the cases is closed: take it up again first."
    return ""


def _together(into: Case, merged: Case) -> Case:
    """The case with the tips of both: as urgent as the more urgent one, active if one is, open to whoever read along in either."""
    return replace(
        into,
        also=tuple(dict.fromkeys((*into.also, *merged.also))),
        status=CaseStatus.ACTIVE if CaseStatus.ACTIVE in (into.status, merged.status) else into.status,
        urgency=min(into.urgency, merged.urgency, key=lambda level: level.rank),
        life_threat=into.life_threat or merged.life_threat,
        band=min(into.band, merged.band, key=lambda band: band.rank),
        categories=tuple(dict.fromkeys((*into.categories, *merged.categories))),
        county=into.county or merged.county,
        state=into.state or merged.state,
        opened_at=min(into.opened_at, merged.opened_at),
        due_at=min(into.due_at, merged.due_at),
        tips=(*into.tips, *merged.tips),
        owner=into.owner or merged.owner,
    )


def _check_parts(into: Case, emptied: Case, merge: Merge) -> None:
    if not set(merge.tips) <= set(into.tips):
        raise Conflict("somebody has moved one of the tips to another case since. Bring it back first, or part the cases made later.")
    if emptied.tips or emptied.status is not CaseStatus.CLOSED:
        raise Conflict("the case that was merged holds tips again, so the two can no longer be parted.")
    if into.desk != merge.before.desk or into.kind is not merge.before.kind:
        raise Conflict("the case has gone to another desk, or become a case of another kind, since. Part its tips there one by one.")
    if into.status is CaseStatus.CLOSED:
        raise Conflict("the case is closed. Take it up again first, then part it.")


def _rest(now: CaseTurn, merge: Merge) -> Case:
    """What is left when the tips are gone: as before the merge where nothing was done since, else each field that the merge alone set."""
    work, into, before, after = now.work, now.case, merge.into_before, merge.into_after
    tips = tuple(tip for tip in into.tips if tip not in merge.tips)
    if before is None or after is None or not tips:
        return settled(work, reckoned(work, replace(into, tips=tips)), merged_into=merge.merged)
    if into == after:
        return replace(before, version=into.version)
    rest = replace(
        into,
        tips=tips,
        also=tuple(desk for desk in into.also if desk in before.also or desk not in after.also),
        owner=before.owner if into.owner == after.owner else into.owner,
        county=before.county if into.county == after.county else into.county,
        state=before.state if into.state == after.state else into.state,
        opened_at=before.opened_at,
        joint=_joint(now, into.id),
        status=before.status if into.status is after.status else into.status,
    )
    return _standing(work, reckoned(work, rest))


def _given_back(now: CaseTurn, emptied: Case, merge: Merge, entries: list[QueueEntry]) -> Case:
    """The merged case with its tips: as it was where nothing was done with them since. Who may know of it follows what holds now."""
    back = replace(merge.before, version=emptied.version, restricted_to=now.case.restricted_to, joint=_joint(now, merge.merged))
    if [replace(entry, case_id=merge.merged) for entry in entries] == list(merge.entries):
        return back
    return _standing(now.work, reckoned(now.work, back))


def _give(work: UnitOfWork, shares: Iterable[str], case_id: str) -> None:
    """Let these shares be of that case."""
    for share in work.shares.get_many(list(shares)).values():
        work.shares.put(replace(share, case_id=case_id))


def _joint(now: CaseTurn, case_id: str) -> tuple[str, ...]:
    """The desks that read along in the case by a share that lives."""
    shares = [share for share in now.work.shares.of(case_id) if share.mode is ShareMode.JOINT and share.lives(now.now)]
    return tuple(dict.fromkeys(share.to for share in shares))


def _standing(work: UnitOfWork, case: Case) -> Case:
    """The case with the status that its tips ask for: active if one was accepted, closed if none keeps it open."""
    decided = [last_decision(work, tip) for tip in case.tips]
    if any(act is not None and act.kind is ActKind.ACCEPT for act in decided):
        return replace(case, status=CaseStatus.ACTIVE)
    return settled(work, case, merged_into=case.id)


def _second(now: CaseTurn, case_id: str, version: int) -> Case:
    """The other case of the act, under the same conditions as the first; held until the end."""
    case = now.work.cases.get(case_id)
    if case is None:
        raise NotFound("case", case_id)
    now.viewer.check_reads("case", case_id, case.readers)
    if case.version != version:
        raise StaleVersion("case", case_id, version, case.version)
    return case


def _entries(work: UnitOfWork, case: Case) -> tuple[QueueEntry, ...]:
    return tuple(entry for tip in case.tips if (entry := work.queue.get(tip)) is not None)


def _check_note(note: str) -> None:
    if len(note) > NOTE_LIMIT:
        raise InvalidInput([FieldError("note", "too_long", f"Write at most {NOTE_LIMIT} characters.")])
