"""What else the partners' side keeps: contacts, drafts, imports, answers to surveys, bulletins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, select

from infra.storage import tables
from infra.storage.database import insert_new, put
from infra.storage.once import add_once
from ingest.domain.bulletin import Bulletin, ReadReceipt
from ingest.domain.draft import Draft, DraftKind
from ingest.domain.field_map import FieldMap, ImportRun
from ingest.domain.survey import SurveyAnswer
from ingest.ports import Bulletins, Contacts, Drafts, Imports, SurveyAnswers


class SqlContacts(Contacts):
    """Sealed contact details in their own table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, tip_id: str, sealed: bytes) -> None:
        put(self._connection, tables.contacts, [{"tip_id": tip_id, "sealed": sealed}])

    def get(self, tip_id: str) -> bytes | None:
        return self._connection.scalar(select(tables.contacts.c.sealed).where(tables.contacts.c.tip_id == tip_id))

    def remove(self, tip_id: str) -> None:
        self._connection.execute(delete(tables.contacts).where(tables.contacts.c.tip_id == tip_id))


class SqlDrafts(Drafts):
    """Drafts in a table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, draft: Draft) -> None:
        row = {
            "id": draft.id,
            "kind": draft.kind.value,
            "partner": draft.partner,
            "tip_id": draft.tip_id,
            "sealed": draft.sealed,
            "expires_at": draft.expires_at,
            "sandbox": draft.sandbox,
        }
        put(self._connection, tables.drafts, [row])

    def get(self, draft_id: str, now: datetime) -> Draft | None:
        table = tables.drafts
        row = self._connection.execute(select(table).where(table.c.id == draft_id, table.c.expires_at > now)).one_or_none()
        if row is None:
            return None
        return Draft(row.id, DraftKind(row.kind), row.partner, row.tip_id, row.sealed, row.expires_at, row.sandbox)

    def remove(self, draft_id: str) -> None:
        self._connection.execute(delete(tables.drafts).where(tables.drafts.c.id == draft_id))

    def forget(self, now: datetime) -> list[str]:
        table = tables.drafts.c
        over = list(self._connection.scalars(select(table.tip_id).where(table.expires_at <= now, table.tip_id != "")))
        self._connection.execute(delete(tables.drafts).where(table.expires_at <= now))
        return over


class SqlImports(Imports):
    """Field maps and runs in tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put_map(self, field_map: FieldMap) -> None:
        row = {"id": field_map.id, "partner": field_map.partner, "name": field_map.name, "document": field_map}
        put(self._connection, tables.field_maps, [row])

    def maps(self, slug: str) -> list[FieldMap]:
        table = tables.field_maps.c
        return list(self._connection.scalars(select(table.document).where(table.partner == slug).order_by(table.name, table.id)))

    def remove_map(self, map_id: str) -> None:
        self._connection.execute(delete(tables.field_maps).where(tables.field_maps.c.id == map_id))

    def put_run(self, run: ImportRun) -> None:
        put(self._connection, tables.import_runs, [{"id": run.id, "partner": run.partner, "begun_at": run.begun_at, "document": run}])

    def get_run(self, run_id: str) -> ImportRun | None:
        table = tables.import_runs.c
        run: ImportRun | None = self._connection.scalar(select(table.document).where(table.id == run_id))
        return run

    def runs(self, slug: str, limit: int) -> list[ImportRun]:
        table = tables.import_runs.c
        newest_first = (table.begun_at.desc(), table.id.desc())
        statement = select(table.document).where(table.partner == slug).order_by(*newest_first).limit(limit)
        return list(self._connection.scalars(statement))


class SqlSurveyAnswers(SurveyAnswers):
    """Answers in a table under their day."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, answer: SurveyAnswer) -> None:
        row = {"id": answer.id, "survey": answer.survey, "day": answer.day, "document": answer}
        add_once(self._connection, "answer", tables.survey_answers, [row])

    def of_survey(self, survey: str, since: date, until: date) -> list[SurveyAnswer]:
        table = tables.survey_answers.c
        within = (table.survey == survey, table.day >= since, table.day <= until)
        return list(self._connection.scalars(select(table.document).where(*within).order_by(table.day, table.id)))

    def counts(self) -> Mapping[str, int]:
        table = tables.survey_answers.c
        statement = select(table.survey, func.count().label("answers")).group_by(table.survey)
        return {row.survey: row.answers for row in self._connection.execute(statement)}


class SqlBulletins(Bulletins):
    """Bulletins and read receipts in tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, bulletin: Bulletin) -> None:
        put(self._connection, tables.bulletins, [{"id": bulletin.id, "at": bulletin.at, "document": bulletin}])

    def get(self, bulletin_id: str) -> Bulletin | None:
        table = tables.bulletins.c
        bulletin: Bulletin | None = self._connection.scalar(select(table.document).where(table.id == bulletin_id))
        return bulletin

    def all(self, limit: int) -> list[Bulletin]:
        table = tables.bulletins.c
        return list(self._connection.scalars(select(table.document).order_by(table.at.desc(), table.id.desc()).limit(limit)))

    def mark_read(self, receipt: ReadReceipt) -> None:
        row = {"bulletin": receipt.bulletin, "staff": receipt.staff, "partner": receipt.partner, "at": receipt.at}
        insert_new(self._connection, tables.bulletin_reads, [row], ["bulletin", "staff"])

    def receipts(self, bulletin_id: str) -> list[ReadReceipt]:
        table = tables.bulletin_reads
        statement = select(table).where(table.c.bulletin == bulletin_id).order_by(table.c.at, table.c.staff)
        return [ReadReceipt(row.bulletin, row.staff, row.partner, row.at) for row in self._connection.execute(statement)]

    def read_by(self, staff_id: str) -> frozenset[str]:
        table = tables.bulletin_reads.c
        return frozenset(self._connection.scalars(select(table.bulletin).where(table.staff == staff_id)))
