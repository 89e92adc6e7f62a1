"""Case records, and which tip is in which."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select, update

from infra.storage import tables
from infra.storage.backend import may_write
from infra.storage.database import put
from infra.storage.once import add_once
from triage.domain.case import Case, CaseStatus
from triage.domain.errors import StaleVersion
from triage.ports import Cases


class SqlCases(Cases):
    """Cases in a table. ``case_tips`` says where each tip is: adding or updating a case points the tips that it lists to it.

    A tip moves from one case to another when both are updated, the one without it and the other with it, in either order.
    In a writing transaction a case that was read is held: where several write at once, nobody changes it until the end.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, case: Case) -> None:
        add_once(self._connection, "case", tables.cases, [_row(case)])
        self._point_tips_to(case)

    def update(self, case: Case) -> None:
        table, read = tables.cases, case.version - 1
        same = (table.c.id == case.id) & (table.c.version == read)
        if self._connection.execute(update(table).where(same).values(_row(case))).rowcount == 0:
            found = self._connection.scalar(select(table.c.version).where(table.c.id == case.id))
            raise StaleVersion("case", case.id, read, found or 0)
        self._point_tips_to(case)

    def get(self, case_id: str) -> Case | None:
        return self.get_many([case_id]).get(case_id)

    def get_many(self, case_ids: Sequence[str]) -> Mapping[str, Case]:
        table = tables.cases
        statement = select(table.c.document).where(table.c.id.in_(case_ids)).order_by(table.c.id)
        if may_write(self._connection):
            statement = statement.with_for_update(key_share=True)
        return {case.id: case for case in self._connection.scalars(statement)}

    def of_tip(self, tip_id: str) -> Case | None:
        """The one case that holds the tip. Who waited for the case looks again where the tip is: it may have moved meanwhile."""
        asked, case = "", None
        while (case_id := self._case_id_of(tip_id)) != asked:
            asked, case = case_id, self.get(case_id)
        return case

    def ids(self, after: str, limit: int) -> list[str]:
        table = tables.cases
        return list(self._connection.scalars(select(table.c.id).where(table.c.id > after).order_by(table.c.id).limit(limit)))

    def listed(self, desks: Collection[str], statuses: Collection[CaseStatus], limit: int, before: str = "", owner: str = "") -> list[Case]:
        column = tables.cases.c
        found = select(column.id).where(column.desk.in_(sorted(desks)), column.status.in_(sorted(statuses)))
        found = found.where(column.id < before) if before else found
        found = found.where(column.owner == owner) if owner else found
        ids = list(self._connection.scalars(found.order_by(column.id.desc()).limit(limit)))
        cases = self.get_many(ids)
        return [cases[id] for id in ids if id in cases]

    def _case_id_of(self, tip_id: str) -> str:
        """The id of the tip's case; empty if it has none."""
        return self._connection.scalar(select(tables.case_tips.c.case_id).where(tables.case_tips.c.tip_id == tip_id)) or ""

    def _point_tips_to(self, case: Case) -> None:
        put(self._connection, tables.case_tips, [{"tip_id": tip_id, "case_id": case.id} for tip_id in case.tips])


def _row(case: Case) -> dict[str, object]:
    return {
        "id": case.id,
        "version": case.version,
        "kind": case.kind.value,
        "desk": case.desk,
        "status": case.status.value,
        "document": case,
        "owner": case.owner,
    }
