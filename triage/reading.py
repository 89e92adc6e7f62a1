"""What people of a desk look at: a queue, a tip, a case. Every look is written down with its purpose before anything is shown.

Unknown and forbidden records look the same: ``NotFound``. The picture is read without blocking writers; only the audit row is
a write, and a look that cannot be written down is refused (``Unavailable``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.access import Viewer
from triage.domain.assessment import Assessment
from triage.domain.attachment import Attachment
from triage.domain.audit import AuditRow
from triage.domain.case import Act, Case, EntryState, Message, Notice, QueueEntry
from triage.domain.decision import DecisionRecord, LinkMatch
from triage.domain.errors import NotFound
from triage.domain.policy import Desk, Policy
from triage.domain.sender import Outcome, SenderState
from triage.domain.tip import Tip
from triage.linking import SIMILAR_AT
from triage.ports import Clock, Ids, Storage, UnitOfWork

LANE_LIMIT = 50
"""The most life threats that stand in the pinned lane; further ones lead the list below it."""
PUT_OFF_LIMIT = 100
HANDOVER_LIMIT = 200
SHIFT = timedelta(hours=12)
NOTICE_LIMIT = 20
SIMILAR_LIMIT = 5
MATCH_LIMIT = 50
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

    ``desks`` are the viewer's desks with the numbers of open entries and life threats. ``names`` shows user ids as people.
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
class SimilarTip:
    """Another tip that shares something, where it is now, and what it shares."""

    tip: Tip
    case: Case
    matches: tuple[LinkMatch, ...]


@dataclass(frozen=True, slots=True)
class TipPage:
    """Everything about one tip. ``hidden_similar`` counts similar tips that the viewer may not read. ``may_act``: at the owning desk.

    ``sender`` are the sender's choices, ``pictures`` what was added (destroyed ones too), ``outcome`` what was released.
    """

    tip: Tip
    case: Case
    entry: QueueEntry
    assessment: Assessment | None
    decision: DecisionRecord | None
    similar: tuple[SimilarTip, ...]
    hidden_similar: int
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

    def desks(self, viewer: Viewer) -> tuple[Desk, ...]:
        """The desks where the viewer works, in the order of the policy."""
        return tuple(desk for desk in self._policy.desks.values() if desk.id in viewer.desks)

    def queue(self, viewer: Viewer, desk: str, offset: int = 0, limit: int = 50) -> QueuePage:
        """The open tips of a desk where the viewer works, life threats apart and first."""
        if desk not in viewer.desks or desk not in self._policy.desks:
            raise NotFound("queue", desk)
        with self._storage.reading() as work:
            now = self._clock.now()
            counts = work.queue.counts(now)
            total, threats = counts.get(desk, (0, 0))
            pinned = min(threats, LANE_LIMIT)
            lane = work.queue.open(desk, pinned, now=now) if pinned else []
            rest = work.queue.open(desk, limit, pinned + offset, now)
            put_off = work.queue.put_off(desk, now, PUT_OFF_LIMIT)
            page = QueuePage(
                desk=self._policy.desks[desk],
                desks=tuple((d, *counts.get(d.id, (0, 0))) for d in self.desks(viewer)),
                lane=_rows(work, viewer, lane),
                rows=_rows(work, viewer, rest),
                put_off=_rows(work, viewer, put_off),
                offset=offset,
                total=total - pinned,
                notices=_readable_notices(work, viewer, desk),
                names=_names(work, (entry.claimed_by for entry in (*lane, *rest))),
                now=now,
            )
        self._write_down(viewer, "queue.read", f"desk:{desk}", {"shown": str(len(page.lane) + len(page.rows)), "offset": str(offset)})
        return page

    def handover(self, viewer: Viewer, desk: str) -> Handover:
        """What the next shift must know; of the first ``HANDOVER_LIMIT`` open tips."""
        if desk not in viewer.desks or desk not in self._policy.desks:
            raise NotFound("queue", desk)
        with self._storage.reading() as work:
            now = self._clock.now()
            rows = _rows(work, viewer, work.queue.open(desk, HANDOVER_LIMIT, now=now))
            back = _rows(
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
            similar, hidden = self._similar(work, viewer, tip, assessment, decision)
            acts, audit, messages = (
                work.acts.of_tip(tip_id),
                work.audit.of_object(f"tip:{tip_id}", AUDIT_LIMIT),
                work.messages.of_tip(tip_id),
            )
            people = [entry.claimed_by, entry.proposed_by, case.owner, *(act.by for act in acts), *(message.by for message in messages)]
            people += [row.actor.removeprefix("user:") for row in audit]
            page = TipPage(
                tip=tip,
                case=case,
                entry=entry,
                assessment=assessment,
                decision=decision,
                similar=similar,
                hidden_similar=hidden,
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
            entries = [entry for tip in shown if (entry := work.queue.get(tip)) is not None]
            acts = sorted((act for tip in shown for act in work.acts.of_tip(tip)), key=lambda act: (act.at, act.id))
            audit = work.audit.of_object(f"case:{case_id}", AUDIT_LIMIT)
            people = [case.owner, *(entry.claimed_by for entry in entries), *(act.by for act in acts)]
            people += [row.actor.removeprefix("user:") for row in audit]
            page = CasePage(
                case,
                len(case.tips) - len(shown),
                _rows(work, viewer, entries),
                tuple(acts),
                tuple(audit),
                _names(work, people),
                self._clock.now(),
            )
        self._write_down(viewer, "case.read", f"case:{case_id}", {"desk": case.desk, "tips": str(len(case.tips))})
        return page

    def _similar(
        self, work: UnitOfWork, viewer: Viewer, tip: Tip, assessment: Assessment | None, decision: DecisionRecord | None
    ) -> tuple[tuple[SimilarTip, ...], int]:
        """Tips that share something as things stand now, so that later arrivals are seen too; those with most in common first."""
        since = tip.received_at - self._policy.link_window
        matches = work.links.find(tip.id, decision.keys, since, MATCH_LIMIT) if decision else []
        if assessment is not None and assessment.fingerprint:
            matches += work.links.similar(tip.id, assessment.fingerprint, since, SIMILAR_AT, MATCH_LIMIT)
        by_tip: dict[str, list[LinkMatch]] = {}
        for match in matches:
            by_tip.setdefault(match.tip_id, []).append(match)
        tips, cases = work.tips.get_many(list(by_tip)), work.cases.get_many(sorted({match.case_id for match in matches}))
        readable = [
            SimilarTip(tips[id], cases[found[0].case_id], tuple(found))
            for id, found in by_tip.items()
            if id in tips and found[0].case_id in cases and viewer.reads(cases[found[0].case_id].readers)
        ]
        hidden = len(by_tip) - len(readable)
        readable.sort(key=lambda other: (-len(other.matches), -other.tip.received_at.timestamp(), other.tip.id))
        return tuple(readable[:SIMILAR_LIMIT]), hidden

    def _write_down(self, viewer: Viewer, action: str, object: str, detail: Mapping[str, str]) -> None:
        row = AuditRow(self._ids.new("aud"), self._clock.now(), f"user:{viewer.user}", action, object, viewer.purpose, detail)
        with self._storage.writing() as work:
            work.audit.append([row])


def _rows(work: UnitOfWork, viewer: Viewer, entries: Iterable[QueueEntry]) -> tuple[QueueRow, ...]:
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


def _readable_notices(work: UnitOfWork, viewer: Viewer, desk: str) -> tuple[Notice, ...]:
    """The desk's newest notices whose tip the viewer may still read: a tip can have gone where the desk may not follow."""
    notices = work.notices.of_desk(desk, NOTICE_LIMIT)
    open_to_viewer = (work.cases.of_tip(notice.tip_id) for notice in notices)
    return tuple(notice for notice, case in zip(notices, open_to_viewer, strict=True) if case is not None and viewer.reads(case.readers))


def _names(work: UnitOfWork, users: Iterable[str]) -> Mapping[str, str]:
    """How people are called, by user id; ids that belong to nobody are absent."""
    found = (work.users.by_id(user) for user in dict.fromkeys(users) if user and ":" not in user)
    return {user.id: user.display_name for user in found if user is not None}
