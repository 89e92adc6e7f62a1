"""What people say about two tips: the same, unsure, different. An answer is remembered, and teaches what its reasons weigh."""

from __future__ import annotations

from dataclasses import dataclass

from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.case import Case, QueueEntry
from triage.domain.errors import FieldError, InvalidInput, NotFound
from triage.domain.links import LinkVerdict, Verdict
from triage.domain.policy import Policy
from triage.links.candidates import Candidate, Weights, answer_about, find_candidates, read_of
from triage.links.merging import why_not
from triage.links.reasons import Read, Reason, reasons_between
from triage.ports import Clock, Ids, Storage, UnitOfWork

NOTE_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Compared:
    """Two tips side by side, with what they share and what somebody said about them.

    ``around`` are the candidates of the first one, the weightiest first. ``may_answer``: the viewer works at the desk of one of the two.
    ``apart`` says why their cases cannot be made one, empty if they can.
    """

    one: Read
    two: Read
    cases: tuple[Case, Case]
    entries: tuple[QueueEntry, QueueEntry]
    reasons: tuple[Reason, ...]
    verdict: LinkVerdict | None
    around: tuple[Candidate, ...]
    may_answer: bool
    apart: str

    @property
    def same_case(self) -> bool:
        """Whether both are in one case already."""
        return self.cases[0].id == self.cases[1].id

    @property
    def next(self) -> str:
        """The next tip to compare with the first one, after this one and then from the beginning; empty without one."""
        ids = [other.tip.id for other in self.around]
        start = ids.index(self.two.tip.id) + 1 if self.two.tip.id in ids else 0
        turned = (*self.around[start:], *self.around[:start])
        return next((other.tip.id for other in turned if other.asks and other.tip.id != self.two.tip.id), "")


class Answering:
    """Looking at two tips, and saying whether they are about the same thing."""

    def __init__(self, storage: Storage, policy: Policy, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._policy = policy
        self._clock = clock
        self._ids = ids
        self._weights = Weights()

    def compare(self, viewer: Viewer, one: str, two: str) -> Compared:
        """The two side by side. Both must be readable, and both looks are written down."""
        compared = self.pair(viewer, one, two)
        both = zip((one, two), compared.cases, strict=True)
        rows = [self._row(viewer, "tip.read", id, {"case": case.id, "desk": case.desk}) for id, case in both]
        with self._storage.writing() as work:
            work.audit.append(rows)
        return compared

    def pair(self, viewer: Viewer, one: str, two: str) -> Compared:
        """The same, to say where to go on. It shows nobody a tip, so nothing is written down."""
        with self._storage.reading() as work:
            now = self._clock.now()
            first, case = _readable(work, viewer, one)
            second, other_case = _readable(work, viewer, two)
            around = find_candidates(work, viewer, self._policy, self._weights.now(work, now), first)
            return Compared(
                first,
                second,
                (case, other_case),
                (_entry(work, one), _entry(work, two)),
                reasons_between(first, second),
                answer_about(work, one, two),
                tuple(other for other in around if not other.same_case),
                bool({case.desk, other_case.desk} & viewer.desks),
                why_not(viewer, self._policy, case, other_case),
            )

    def answer(self, viewer: Viewer, one: str, two: str, verdict: Verdict, note: str = "") -> LinkVerdict:
        """Say it; an earlier answer about the two is replaced, and stays in the audit log.

        ``NotAllowed`` for somebody who works at the desk of neither.
        """
        if one == two:
            raise InvalidInput([FieldError("two", "same_tip", "Name another tip: these two are one and the same.")])
        if len(note) > NOTE_LIMIT:
            raise InvalidInput([FieldError("note", "too_long", f"Write at most {NOTE_LIMIT} characters.")])
        with self._storage.writing() as work:
            work.hold([f"pair:{min(one, two)}"])
            first, case = _readable(work, viewer, one)
            second, other_case = _readable(work, viewer, two)
            if other_case.desk not in viewer.desks:
                viewer.check_works_at(case.desk)
            shared = tuple(reason.kind.value for reason in reasons_between(first, second))
            given = LinkVerdict(one, two, verdict, shared, viewer.user, self._clock.now(), note.strip())
            work.verdicts.put(given)
            work.audit.append(
                [
                    self._row(viewer, "tip.link", id, {"verdict": verdict.value, "reasons": " ".join(shared), **_named(other, of)})
                    for id, other, of in ((one, two, other_case), (two, one, case))
                ]
            )
        return given

    def _row(self, viewer: Viewer, action: str, tip_id: str, detail: dict[str, str]) -> AuditRow:
        return AuditRow(self._ids.new("aud"), self._clock.now(), viewer.actor, action, f"tip:{tip_id}", viewer.purpose, detail)


def _readable(work: UnitOfWork, viewer: Viewer, tip_id: str) -> tuple[Read, Case]:
    tip, case = work.tips.get(tip_id), work.cases.of_tip(tip_id)
    if tip is None or case is None:
        raise NotFound("tip", tip_id)
    viewer.check_reads("tip", tip_id, case.readers)
    return read_of(work, tip), case


def _entry(work: UnitOfWork, tip_id: str) -> QueueEntry:
    entry = work.queue.get(tip_id)
    if entry is None:
        raise NotFound("tip", tip_id)
    return entry


def _named(other: str, case: Case) -> dict[str, str]:
    """The other tip, unless that is of a case that only single people may know of."""
    return {} if case.restricted_to else {"other": other}
