"""Tips, and what was read and decided about each: written once, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from infra.storage import tables
from infra.storage.database import insert_new
from infra.storage.once import add_once
from triage.domain.assessment import Assessment
from triage.domain.decision import DecisionRecord
from triage.domain.errors import AlreadyExists
from triage.domain.tip import Tip
from triage.ports import Assessments, Decisions, Policies, Tips


def tip_row(tip: Tip) -> dict[str, object]:
    """The tip as a row."""
    return {
        "id": tip.id,
        "received_at": tip.received_at,
        "partner": tip.partner,
        "channel": tip.channel.value,
        "partner_reference": tip.partner_reference,
        "document": tip,
    }


class SqlTips(Tips):
    """Tips in a table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, tip: Tip) -> None:
        add_once(self._connection, "tip", tables.tips, [tip_row(tip)])

    def get(self, tip_id: str) -> Tip | None:
        return self.get_many([tip_id]).get(tip_id)

    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, Tip]:
        table = tables.tips
        return {tip.id: tip for tip in self._connection.scalars(select(table.c.document).where(table.c.id.in_(tip_ids)))}


class SqlAssessments(Assessments):
    """Assessments in a table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, assessment: Assessment) -> None:
        row = {"tip_id": assessment.tip_id, "document": assessment}
        add_once(self._connection, "assessment of tip", tables.assessments, [row], "tip_id")

    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, Assessment]:
        table = tables.assessments
        found = self._connection.scalars(select(table.c.document).where(table.c.tip_id.in_(tip_ids)))
        return {assessment.tip_id: assessment for assessment in found}


class SqlDecisions(Decisions):
    """Decision records in a table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, record: DecisionRecord) -> None:
        row = {"tip_id": record.tip_id, "document": record}
        if not insert_new(self._connection, tables.decisions, [row], ["tip_id"]):
            raise AlreadyExists("decision about tip", record.tip_id)

    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, DecisionRecord]:
        table = tables.decisions
        found = self._connection.scalars(select(table.c.document).where(table.c.tip_id.in_(tip_ids)))
        return {record.tip_id: record for record in found}


class SqlPolicies(Policies):
    """Policy texts in a table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, version: str, files: Mapping[str, str]) -> None:
        insert_new(self._connection, tables.policies, [{"version": version, "files": dict(files)}], ["version"])

    def get(self, version: str) -> Mapping[str, str] | None:
        files: Mapping[str, str] | None = self._connection.scalar(
            select(tables.policies.c.files).where(tables.policies.c.version == version)
        )
        return files
