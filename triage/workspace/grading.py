"""How reliable the source of a tip is, and how credible what it says: two judgements of a person, each by itself (Admiralty code).

Grades order nothing and hold nothing back; they tell the next reader what a colleague thought, and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from triage.desk_turn import turn
from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.case import CaseStatus
from triage.domain.errors import NotFound, invalid
from triage.domain.query import Field, FieldIs
from triage.domain.sender import Useful
from triage.domain.work import ContentGrade, Grade, SourceGrade
from triage.ports import CaseIndex, Clock, Ids, Storage
from triage.workspace.checks import text

HISTORY = 200
"""The newest cases of a partner that its history looks at."""


@dataclass(frozen=True, slots=True)
class SourceHistory:
    """How the partner's earlier tips ended, as far as the viewer may read them: open ones, closed ones by outcome, and how useful.

    ``more`` is how many further cases of the partner there are that were not looked at.
    """

    partner: str
    open: int
    outcomes: Mapping[str, int]
    useful: Mapping[Useful, int]
    more: int

    @property
    def cases(self) -> int:
        """The cases that were looked at."""
        return self.open + sum(self.outcomes.values())


class Grading:
    """The acts and looks."""

    def __init__(self, storage: Storage, index: CaseIndex, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._index = index
        self._clock = clock
        self._ids = ids

    def grade(self, viewer: Viewer, tip_id: str, source: str, content: str, note: str = "") -> Grade:
        """Judge the tip's source (A to F) and its content (1 to 6). Earlier judgements are kept."""
        note = text("note", note)
        if source not in set(SourceGrade):
            raise invalid("source", "unknown", "Choose a letter for the source.")
        if content not in set(ContentGrade):
            raise invalid("content", "unknown", "Choose a number for the content.")
        with turn(self._storage, self._clock, self._ids, viewer, tip_id, None) as now:
            grade = Grade(now.new_id("grd"), tip_id, SourceGrade(source), ContentGrade(content), viewer.user, now.now, note)
            now.work.grades.put(grade)
            now.write_down("tip.grade", {"grade": f"{source}{content}"})
            return grade

    def of(self, viewer: Viewer, tip_id: str) -> list[Grade]:
        """The grades of a tip, oldest first."""
        with self._storage.reading() as work:
            case = work.cases.of_tip(tip_id)
            if case is None:
                raise NotFound("tip", tip_id)
            viewer.check_reads("tip", tip_id, case.readers)
            return work.grades.of(tip_id)

    def history(self, viewer: Viewer, tip_id: str) -> SourceHistory:
        """How earlier tips of the same partner ended: counts over what the viewer may read, never about a person. The look is audited."""
        with self._storage.reading() as work:
            tip, case = work.tips.get(tip_id), work.cases.of_tip(tip_id)
        if tip is None or case is None:
            raise NotFound("tip", tip_id)
        viewer.check_reads("tip", tip_id, case.readers)
        results = self._index.search(viewer, FieldIs(Field.PARTNER, tip.partner), HISTORY, 0)
        with self._storage.reading() as work:
            found = work.cases.get_many([hit.case_id for hit in results.hits if hit.case_id != case.id])
            cases = [each for each in found.values() if viewer.reads(each.readers)]
            tips = work.tips.get_many([tip for each in cases for tip in each.tips])
            own = [each.id for each in tips.values() if each.partner == tip.partner]
            useful = Counter(outcome.useful for outcome in work.outcomes.get_many(own).values())
        with self._storage.writing() as work:
            detail = {"cases": str(len(cases))}
            row = AuditRow(
                self._ids.new("aud"), self._clock.now(), f"user:{viewer.user}", "source.read", f"tip:{tip_id}", viewer.purpose, detail
            )
            work.audit.append([row])
        closed = [each for each in cases if each.status is CaseStatus.CLOSED]
        return SourceHistory(
            partner=tip.partner,
            open=len(cases) - len(closed),
            outcomes=dict(Counter(each.outcome for each in closed).most_common()),
            useful={kind: useful[kind] for kind in Useful if useful[kind]},
            more=max(0, results.total - len(results.hits)),
        )
