"""What care and victim-services desks see of their referrals in one list: no text of any tip, only need, county and how it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.care.allowed import Allowance, allowance, needs_of
from triage.cases import CARE_NATURES
from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.care import AWAITS_ANSWER, CareDirectory, HandOff
from triage.domain.case import Case, QueueEntry
from triage.domain.errors import NotFound
from triage.domain.policy import Desk, Policy
from triage.ports import Clock, Ids, Storage, UnitOfWork
from triage.taxonomy.taxonomy import Taxonomy
from triage.trends.suppression import hidden, shown

MOST = 200
"""Referrals of one desk that the list holds, the most urgent first."""
COUNTED = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Referral:
    """A row: the record without what anybody wrote."""

    entry: QueueEntry
    case: Case
    needs: tuple[str, ...]
    language: str
    allowed: Allowance
    hand_offs: tuple[HandOff, ...]
    put_off: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    """Hand-offs of the last year by need and by what came of them; None where a number is held back, of the total too."""

    total: int | None
    by_need: Mapping[str, int | None]
    by_state: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class ReferralsPage:
    """``waiting`` are the open referrals of the viewer's care desks, ``unanswered`` the hand-offs that nobody has answered for long."""

    desks: tuple[Desk, ...]
    waiting: tuple[Referral, ...]
    total: int
    unanswered: tuple[HandOff, ...]
    numbers: Numbers
    names: Mapping[str, str]
    now: datetime


class Referrals:
    """The list. Only people of care and victim-services desks have one."""

    def __init__(self, storage: Storage, policy: Policy, taxonomy: Taxonomy, directory: CareDirectory, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._policy = policy
        self._taxonomy = taxonomy
        self._directory = directory
        self._clock = clock
        self._ids = ids

    def desks(self, viewer: Viewer) -> tuple[Desk, ...]:
        """The care and victim-services desks where the viewer works."""
        return tuple(desk for desk in self._policy.desks.values() if desk.id in viewer.desks and desk.nature in CARE_NATURES)

    def page(self, viewer: Viewer) -> ReferralsPage:
        """Everything of the list; each desk's look is written down. Raises ``NotFound`` for people of other desks."""
        desks = self.desks(viewer)
        if not desks:
            raise NotFound("page", "referrals")
        with self._storage.reading() as work:
            now = self._clock.now()
            rows: list[Referral] = []
            for desk in desks:
                rows += self._rows(work, viewer, work.queue.open(desk.id, MOST, now=now), put_off=False)
                rows += self._rows(work, viewer, work.queue.put_off(desk.id, now, MOST), put_off=True)
            rows.sort(key=lambda row: (row.put_off, row.entry.order(now)))
            counts = work.queue.counts(now)
            made = self._readable(work, viewer, [one for desk in desks for one in work.hand_offs.beside(desk.id)])
            people = {one.updated_by or one.by for one in made} | {row.entry.claimed_by for row in rows}
            names = {user.id: user.display_name for id in people if id and (user := work.users.by_id(id))}
            line = now - timedelta(days=self._directory.follow_up_days)
            page = ReferralsPage(
                desks=desks,
                waiting=tuple(rows),
                total=sum(counts.get(desk.id, (0, 0))[0] for desk in desks),
                unanswered=tuple(one for one in made if one.state in AWAITS_ANSWER and one.changed_at <= line),
                numbers=numbers([one for one in made if one.at > now - COUNTED]),
                names=names,
                now=now,
            )
        self._write_down(viewer, desks, len(page.waiting))
        return page

    def _rows(self, work: UnitOfWork, viewer: Viewer, entries: Sequence[QueueEntry], *, put_off: bool) -> list[Referral]:
        ids = [entry.tip_id for entry in entries]
        tips, readings, made = work.tips.get_many(ids), work.assessments.get_many(ids), work.hand_offs.of_many(ids)
        cases = work.cases.get_many(sorted({entry.case_id for entry in entries}))
        rows = []
        for entry in entries:
            tip, case, reading = tips.get(entry.tip_id), cases.get(entry.case_id), readings.get(entry.tip_id)
            if tip is None or case is None or not viewer.reads(case.readers):
                continue
            rows.append(
                Referral(
                    entry=entry,
                    case=case,
                    needs=needs_of(reading, self._policy.desks[entry.desk].nature, self._taxonomy),
                    language=(reading.language if reading else "") or tip.language,
                    allowed=allowance(tip, work.senders.get(tip.id), reading, entry.life_threat),
                    hand_offs=tuple(made.get(tip.id, ())),
                    put_off=put_off,
                )
            )
        return rows

    def _readable(self, work: UnitOfWork, viewer: Viewer, made: Iterable[HandOff]) -> list[HandOff]:
        """Without those of tips that went where the viewer may not read them."""
        made = list(made)
        cases = work.cases.get_many(sorted({one.case_id for one in made}))
        return [one for one in made if one.case_id in cases and viewer.reads(cases[one.case_id].readers)]

    def _write_down(self, viewer: Viewer, desks: Sequence[Desk], rows: int) -> None:
        now, actor = self._clock.now(), f"user:{viewer.user}"
        detail = {"shown": str(rows)}
        found = [AuditRow(self._ids.new("aud"), now, actor, "referrals.read", f"desk:{desk.id}", viewer.purpose, detail) for desk in desks]
        with self._storage.writing() as work:
            work.audit.append(found)


def numbers(made: Sequence[HandOff]) -> Numbers:
    """How many, by need and by state. Numbers of a few are held back, and those that would give them away."""
    return Numbers(shown(len(made)), _counted(made, lambda one: one.need), _counted(made, lambda one: one.state.value))


def _counted(made: Sequence[HandOff], value_of: Callable[[HandOff], str]) -> Mapping[str, int | None]:
    counts = Counter(value_of(one) for one in made)
    held = hidden(counts)
    return {value: None if value in held else count for value, count in counts.most_common()}
