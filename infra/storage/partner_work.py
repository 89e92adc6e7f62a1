"""One transaction over the partners' side and the desk side together."""

from __future__ import annotations

from sqlalchemy import Connection

from infra.storage.database import Database, InHand
from infra.storage.own_tips import SqlOwnTips
from infra.storage.partner_records import SqlBulletins, SqlContacts, SqlDrafts, SqlImports, SqlSurveyAnswers
from infra.storage.partners import SqlPartners
from infra.storage.staff import SqlStaffAccounts
from infra.storage.unit_of_work import SqlUnitOfWork
from infra.storage.webhooks import SqlWebhooks
from ingest.ports import PartnerStorage, PartnerWork


class SqlPartnerWork(SqlUnitOfWork, PartnerWork):
    """The unit of work of the desk side, with the partners' parts on the same connection."""

    def _speak_through(self, connection: Connection) -> None:
        super()._speak_through(connection)
        self.partners = SqlPartners(InHand(connection))
        self.staff = SqlStaffAccounts(connection)
        self.own = SqlOwnTips(connection)
        self.contacts = SqlContacts(connection)
        self.drafts = SqlDrafts(connection)
        self.webhooks = SqlWebhooks(connection)
        self.imports = SqlImports(connection)
        self.surveys = SqlSurveyAnswers(connection)
        self.bulletins = SqlBulletins(connection)


class SqlPartnerStorage(PartnerStorage):
    """Partner works on a database whose tables the migrations have made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def writing(self) -> PartnerWork:
        return SqlPartnerWork(self._database.writing())

    def reading(self) -> PartnerWork:
        return SqlPartnerWork(self._database.reading())
