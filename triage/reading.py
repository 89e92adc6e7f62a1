"""What people of a desk look at: a queue, a tip, a case. Every look is written down with its purpose before anything is shown.

Unknown and forbidden records look the same: ``NotFound``. The picture is read without blocking writers; only the audit row is
a write, and a look that cannot be written down is refused (``Unavailable``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.colleagues import colleagues
from triage.domain.access import Viewer
from triage.domain.assessment import Assessment
from triage.domain.attachment import Attachment
from triage.domain.audit import AuditRow
from triage.domain.case import Act, ActKind, Case, EntryState, Message, Notice, QueueEntry
from triage.domain.decision import DecisionRecord
from triage.domain.errors import NotFound
from triage.domain.policy import Desk, Policy
from triage.domain.sender import Outcome, SenderState
from triage.domain.tip import Tip
from triage.links.candidates import Candidate, Weights, find_candidates
from triage.links.reasons import Read
from triage.ports import Clock, Ids, Storage, UnitOfWork

LANE_LIMIT = 50
"""The most life threats that stand in the pinned lane; further ones lead the list below it."""
PUT_OFF_LIMIT = 100
HANDOVER_LIMIT = 200
SHIFT = timedelta(hours=12)
NOTICE_LIMIT = 20
LOOKED = 500
"""The most open tips, besides the lane, among which those that a view wants are looked for."""
JUST_NOW = timedelta(minutes=5)
TIES_LIMIT = 20
"""The most ties of one tip that a row counts."""
AUDIT_LIMIT = 30
CASE_LIMIT = 200
"""The most tips of one case that a page shows, the newest of them."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A queue entry with what is needed to recognise the tip."""

    entry: QueueEntry
    tip: Tip
    case: Case
    assessment: Assessment | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A desk's queue: the pinned lane, one page of the rest (``offset`` of ``total``), what the desk was told of others' tips.

    ``desks`` are the viewer's desks with the numbers of open entries and life threats. ``names`` shows user ids as people. By tip
    ``looking`` says who else opened it within ``JUST_NOW``, and ``ties`` how many earlier tips it may belong with. Of a page that shows
    only what is wanted, ``left_out`` counts the open tips that are not, and ``beyond`` those behind the ``LOOKED`` that were looked at.
    """

    desk: Desk
    desks: tuple[tuple[Desk, int, int], ...]
    lane: tuple[QueueRow, ...]
    rows: tuple[QueueRow, ...]
    put_off: tuple[QueueRow, ...]
    offset: int
    total: int
    notices: tuple[Notice, ...]
    names: Mapping[str, str]
    now: datetime
    looking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ties: Mapping[str, int] = field(default_factory=dict)
    left_out: int = 0
    beyond: int = 0


Wanted = Callable[[QueueRow, datetime], bool]
"""Whether a row is to be shown at this time."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What the next shift must know of a desk. A tip can stand in several parts.

    ``threats``: open life threats. ``late``: past their target. ``held``: claimed, by whom. ``second``: a decline waits for a second
    person. ``back``: put off, and back within ``SHIFT``.
    """

    desk: Desk
    threats: tuple[QueueRow, ...]
    late: tuple[QueueRow, ...]
    held: tuple[QueueRow, ...]
    second: tuple[QueueRow, ...]
    back: tuple[QueueRow, ...]
    total: int
    names: Mapping[str, str]
    now: datetime


@dataclass(frozen=True, slots=True)
class TipPage:
    """Everything about one tip. ``similar`` are tips that share something, also those that somebody called different (``rejected``).
    ``may_act``: at the owning desk.

    ``sender`` are the sender's choices, ``pictures`` what was added (destroyed ones too), ``outcome`` what was released. ``colleagues``, id
    and name, can be given the tip.
    """

    tip: Tip
    case: Case
    entry: QueueEntry
    assessment: Assessment | None
    decision: DecisionRecord | None
    similar: tuple[Candidate, ...]
    notices: tuple[Notice, ...]
    messages: tuple[Message, ...]
    acts: tuple[Act, ...]
    audit: tuple[AuditRow, ...]
    names: Mapping[str, str]
    may_act: bool
    now: datetime
    sender: SenderState
    pictures: tuple[Attachment, ...] = ()
    outcome: Outcome | None = None
    colleagues: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case, its newest tips in the order in which they joined (``earlier`` counts those left out), and what people did with them."""

    case: Case
    earlier: int
    rows: tuple[QueueRow, ...]
    acts: tuple[Act, ...]
    audit: tuple[AuditRow, ...]
    names: Mapping[str, str]
    now: datetime


class Reading:
    """The audited looks. The viewer is the first argument of each; its purpose goes into the audit row."""

    def __init__(self, storage: Storage, policy: Policy, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._policy = policy
        self._clock = clock
        self._ids = ids
        self._weights = Weights()

    def desks(self, viewer: Viewer) -> tuple[Desk, ...]:
        """The desks where the viewer works, in the order of the policy."""
        return tuple(desk for desk in self._policy.desks.values() if desk.id in viewer.desks)

    def queue(self, viewer: Viewer, desk: str, offset: int = 0, limit: int = 50, wanted: Wanted | None = None) -> QueuePage:
        """The open tips of a desk where the viewer works, life threats apart and first; below these only what is ``wanted``, if that is
        said, among the first ``LOOKED``.
        """
        if desk not in viewer.desks or desk not in self._policy.desks:
            raise NotFound("queue", desk)
        with self._storage.reading() as work:
            now = self._clock.now()
            counts = work.queue.counts(now)
            total, threats = counts.get(desk, (0, 0))
            pinned = min(threats, LANE_LIMIT)
            lane = work.queue.open(desk, pinned, now=now) if pinned else []
            found = rows_of(work, viewer, work.queue.open(desk, *((LOOKED, pinned) if wanted else (limit, pinned + offset)), now))
            chosen = tuple(row for row in found if wanted(row, now)) if wanted else found
            put_off = work.queue.put_off(desk, now, PUT_OFF_LIMIT)
            first = rows_of(work, viewer, lane)
            shown = (*first, *(chosen[offset : offset + limit] if wanted else chosen))
            looking = _looking(work, viewer, shown, now - JUST_NOW)
            people = [*(row.entry.claimed_by for row in shown), *(who for others in looking.values() for who in others)]
            page = QueuePage(
                desk=self._policy.desks[desk],
                desks=tuple((d, *counts.get(d.id, (0, 0))) for d in self.desks(viewer)),
                lane=first,
                rows=shown[len(first) :],
                put_off=rows_of(work, viewer, put_off),
                offset=offset,
                total=len(chosen) if wanted else total - pinned,
                notices=_readable_notices(work, viewer, desk, now),
                names=_names(work, people),
                now=now,
                looking=looking,
                ties=_ties(work, viewer, shown),
                left_out=len(found) - len(chosen),
                beyond=max(0, total - pinned - LOOKED) if wanted else 0,
            )
        self._write_down(viewer, "queue.read", f"desk:{desk}", {"shown": str(len(page.lane) + len(page.rows)), "offset": str(offset)})
        return page

    def picked(self, viewer: Viewer, desk: str, tip_ids: Sequence[str]) -> tuple[QueueRow, ...]:
        """Those of the tips that stood in the desk's queue and that the viewer may read, wherever they are now, in this order."""
        if desk not in viewer.desks or desk not in self._policy.desks:
            raise NotFound("queue", desk)
        with self._storage.reading() as work:
            rows = rows_of(work, viewer, [entry for tip in tip_ids if (entry := work.queue.get(tip)) is not None])
        self._write_down(viewer, "queue.read", f"desk:{desk}", {"shown": str(len(rows)), "picked": "yes"})
        return rows

    def handover(self, viewer: Viewer, desk: str) -> Handover:
        """What the next shift must know; of the first ``HANDOVER_LIMIT`` open tips."""
        if desk not in viewer.desks or desk not in self._policy.desks:
            raise NotFound("queue", desk)
        with self._storage.reading() as work:
            now = self._clock.now()
            rows = rows_of(work, viewer, work.queue.open(desk, HANDOVER_LIMIT, now=now))
            back = rows_of(
                work,
                viewer,
                [e for e in work.queue.put_off(desk, now, PUT_OFF_LIMIT) if e.snoozed_until and e.snoozed_until <= now + SHIFT],
            )
            people = [person for row in (*rows, *back) for person in (row.entry.claimed_by, row.entry.proposed_by)]
            found = Handover(
                desk=self._policy.desks[desk],
                threats=tuple(row for row in rows if row.entry.life_threat),
                late=tuple(row for row in rows if row.entry.due_at <= now and row.entry.state is EntryState.WAITING),
                held=tuple(row for row in rows if row.entry.state is EntryState.CLAIMED),
                second=tuple(row for row in rows if row.entry.proposed_by),
                back=back,
                total=work.queue.counts(now).get(desk, (0, 0))[0],
                names=_names(work, people),
                now=now,
            )
        self._write_down(viewer, "handover.read", f"desk:{desk}", {"shown": str(len(rows) + len(back))})
        return found

    def news(self, viewer: Viewer, desk: str, since: datetime) -> tuple[int, int]:
        """How many tips came to the desk after ``since`` and wait, and how many of these are life threats: numbers, so no look at a tip."""
        if desk not in viewer.desks:
            raise NotFound("queue", desk)
        with self._storage.reading() as work:
            return work.queue.came(desk, since)

    def tip(self, viewer: Viewer, tip_id: str) -> TipPage:
        """The tip with all that is known about it."""
        with self._storage.reading() as work:
            tip, case, entry = work.tips.get(tip_id), work.cases.of_tip(tip_id), work.queue.get(tip_id)
            if tip is None or case is None or entry is None:
                raise NotFound("tip", tip_id)
            viewer.check_reads("tip", tip_id, case.readers)
            assessment = work.assessments.get_many([tip_id]).get(tip_id)
            decision = work.decisions.get_many([tip_id]).get(tip_id)
            asked = Read(tip, assessment, decision)
            similar = find_candidates(work, viewer, self._policy, self._weights.now(work, self._clock.now()), asked)
            acts, audit, messages = (
                work.acts.of_tip(tip_id),
                work.audit.of_object(f"tip:{tip_id}", AUDIT_LIMIT),
                work.messages.of_tip(tip_id),
            )
            people = [entry.claimed_by, entry.proposed_by, case.owner, *_people(acts), *(message.by for message in messages)]
            people += [row.actor.removeprefix("user:") for row in audit]
            people += [other.verdict.by for other in similar if other.verdict]
            page = TipPage(
                tip=tip,
                case=case,
                entry=entry,
                assessment=assessment,
                decision=decision,
                similar=similar,
                notices=tuple(work.notices.of_tip(tip_id)),
                messages=tuple(messages),
                acts=tuple(acts),
                audit=tuple(audit),
                names=_names(work, people),
                may_act=entry.desk in viewer.desks,
                now=self._clock.now(),
                sender=work.senders.get(tip_id),
                pictures=tuple(work.attachments.of_tip(tip_id)),
                outcome=work.outcomes.get_many([tip_id]).get(tip_id),
                colleagues=_colleagues(work, viewer, case),
            )
        self._write_down(viewer, "tip.read", f"tip:{tip_id}", {"case": case.id, "desk": case.desk})
        return page

    def case(self, viewer: Viewer, case_id: str) -> CasePage:
        """The case with its tips."""
        with self._storage.reading() as work:
            case = work.cases.get(case_id)
            if case is None:
                raise NotFound("case", case_id)
            viewer.check_reads("case", case_id, case.readers)
            shown = case.tips[-CASE_LIMIT:]
            found = work.queue.get_many(shown)
            entries = [found[tip] for tip in shown if tip in found]
            acts = work.acts.of_tips(shown)
            audit = work.audit.of_object(f"case:{case_id}", AUDIT_LIMIT)
            people = [case.owner, *(entry.claimed_by for entry in entries), *_people(acts)]
            people += [row.actor.removeprefix("user:") for row in audit]
            page = CasePage(
                case,
                len(case.tips) - len(shown),
                rows_of(work, viewer, entries),
                tuple(acts),
                tuple(audit),
                _names(work, people),
                self._clock.now(),
            )
        self._write_down(viewer, "case.read", f"case:{case_id}", {"desk": case.desk, "tips": str(len(case.tips))})
        return page

    def _write_down(self, viewer: Viewer, action: str, object: str, detail: Mapping[str, str]) -> None:
        row = AuditRow(self._ids.new("aud"), self._clock.now(), f"user:{viewer.user}", action, object, viewer.purpose, detail)
        with self._storage.writing() as work:
            work.audit.append([row])


def _people(acts: Iterable[Act]) -> Iterator[str]:
    """Everybody whom these acts name."""
    for act in acts:
        yield act.by
        if act.kind is ActKind.ASSIGN:
            yield act.target


def _colleagues(work: UnitOfWork, viewer: Viewer, case: Case) -> tuple[tuple[str, str], ...]:
    """Whom the viewer can give a tip of the case, where the viewer works at its desk."""
    people = colleagues(work, case) if case.desk in viewer.desks else []
    return tuple((user.id, user.display_name) for user in people if user.id != viewer.user)


def rows_of(work: UnitOfWork, viewer: Viewer, entries: Iterable[QueueEntry]) -> tuple[QueueRow, ...]:
    """The entries as rows, without those of cases that are restricted to others."""
    entries = list(entries)
    ids = [entry.tip_id for entry in entries]
    tips, readings = work.tips.get_many(ids), work.assessments.get_many(ids)
    cases = work.cases.get_many(sorted({entry.case_id for entry in entries}))
    return tuple(
        QueueRow(entry, tips[entry.tip_id], cases[entry.case_id], readings.get(entry.tip_id))
        for entry in entries
        if entry.tip_id in tips and entry.case_id in cases and viewer.reads(cases[entry.case_id].readers)
    )


def _looking(work: UnitOfWork, viewer: Viewer, rows: Sequence[QueueRow], since: datetime) -> Mapping[str, tuple[str, ...]]:
    """By tip who else has opened it since then."""
    objects = {row.entry.tip_id: f"tip:{row.entry.tip_id}" for row in rows}
    actors, own = work.audit.actors(list(objects.values()), "tip.read", since), f"user:{viewer.user}"
    others = {tip: [who for who in actors.get(object, ()) if who != own] for tip, object in objects.items()}
    return {tip: tuple(who.removeprefix("user:") for who in people) for tip, people in others.items() if people}


def _ties(work: UnitOfWork, viewer: Viewer, rows: Sequence[QueueRow]) -> Mapping[str, int]:
    """By tip how many earlier tips share something with it, as was found when it came; only such as the viewer may read."""
    records = work.decisions.get_many([row.entry.tip_id for row in rows])
    found = {tip: record.suggested[:TIES_LIMIT] for tip, record in records.items() if record.suggested}
    cases = work.cases.get_many(sorted({match.case_id for matches in found.values() for match in matches}))
    open_to_viewer = {id for id, case in cases.items() if viewer.reads(case.readers)}
    ties = {tip: len({match.tip_id for match in matches if match.case_id in open_to_viewer}) for tip, matches in found.items()}
    return {tip: count for tip, count in ties.items() if count}


def _readable_notices(work: UnitOfWork, viewer: Viewer, desk: str, now: datetime) -> tuple[Notice, ...]:
    """The desk's newest notices whose tip the viewer may still read: a tip can have gone where the desk may not follow.

    One that tells of a share stands as long as the share does; its reader reads the share, not the tip.
    """

    def stands(notice: Notice) -> bool:
        share = work.shares.get(notice.share) if notice.share else None
        if notice.share:
            shared = work.cases.get(notice.case_id)
            return share is not None and share.lives(now) and shared is not None and shared.desk == share.desk
        case = work.cases.of_tip(notice.tip_id)
        return case is not None and viewer.reads(case.readers)

    return tuple(filter(stands, work.notices.of_desk(desk, NOTICE_LIMIT)))


def _names(work: UnitOfWork, users: Iterable[str]) -> Mapping[str, str]:
    """How people are called, by user id; ids that belong to nobody are absent."""
    found = (work.users.by_id(user) for user in dict.fromkeys(users) if user and ":" not in user)
    return {user.id: user.display_name for user in found if user is not None}
