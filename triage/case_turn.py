"""One act of one person on a case as a whole: what was read, what it changes, and the trail that every change leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.case import Case
from triage.domain.errors import NotFound, StaleVersion
from triage.domain.events import Event, EventType
from triage.domain.work import CaseAct, CaseActKind
from triage.ports import Clock, Ids, Storage, UnitOfWork


class CaseTurn:
    """A case in the hands of one viewer, inside one writing unit of work. ``case`` is as it was read.

    Cases are written through ``save``, and every act through ``record``, so that none goes without its audit row.
    """

    def __init__(self, work: UnitOfWork, viewer: Viewer, case: Case, now: datetime, ids: Ids) -> None:
        self.work = work
        self.viewer = viewer
        self.case = case
        self.now = now
        self._ids = ids

    def new_id(self, prefix: str) -> str:
        """An identifier for something that the act makes."""
        return self._ids.new(prefix)

    def save(self, case: Case) -> Case:
        """Write a case under its next version and tell the index; return it as saved."""
        saved = replace(case, version=case.version + 1, updated_at=self.now)
        self.work.cases.update(saved)
        self.announce(EventType.CASE_CHANGED, saved.id, {"case": saved.id, "version": str(saved.version)})
        return saved

    def touch(self) -> Case:
        """Give the case its next version though nothing of it changed, so that nobody acts on a page that is older than this act."""
        return self.save(self.case)

    def record(self, kind: CaseActKind, *, note: str = "", target: str = "", before: str = "", case_id: str = "", **codes: str) -> CaseAct:
        """Keep the act and its audit row. The audit row holds codes only: a note stays with the act."""
        case = case_id or self.case.id
        act = CaseAct(self._ids.new("cac"), case, kind, self.viewer.user, self.now, note, target, before)
        self.work.case_acts.put(act)
        detail = {"act": act.id, "desk": self.case.desk, **codes}
        detail |= {"target": target} if target else {}
        detail |= {"before": before} if before else {}
        self.write_down(f"case.{kind.value}", f"case:{case}", detail)
        return act

    def write_down(self, action: str, object: str, detail: Mapping[str, str]) -> None:
        """Keep an audit row; ``detail`` holds codes only."""
        actor = f"user:{self.viewer.user}"
        self.work.audit.append([AuditRow(self._ids.new("aud"), self.now, actor, action, object, self.viewer.purpose, detail)])

    def announce(self, type: EventType, key: str, payload: Mapping[str, str], trace: str = "") -> None:
        """Append an event; its trace is the case's first tip where none is named."""
        trace = trace or (self.case.tips[0] if self.case.tips else self.case.id)
        self.work.events.append([Event(self._ids.new("evt"), type, key, self.now, trace, payload)])


@contextmanager
def case_turn(
    storage: Storage, clock: Clock, ids: Ids, viewer: Viewer, case_id: str, version: int | None, *, decides: bool = True
) -> Iterator[CaseTurn]:
    """Open one act: the case must be readable for the viewer and unchanged since the viewer saw ``version`` of it (None: in any version).

    ``decides``: the viewer must work at the owning desk. Raises ``NotFound``, ``NotAllowed`` or ``StaleVersion``.
    """
    with storage.writing() as work:
        case = work.cases.get(case_id)
        if case is None:
            raise NotFound("case", case_id)
        viewer.check_reads("case", case_id, case.readers)
        if decides:
            viewer.check_works_at(case.desk)
        if version is not None and case.version != version:
            raise StaleVersion("case", case.id, version, case.version)
        yield CaseTurn(work, viewer, case, clock.now(), ids)
