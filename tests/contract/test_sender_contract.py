"""What concerns senders on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update

from infra.storage import tables
from infra.storage.partner_records import SqlContacts
from infra.storage.senders import SqlAttachments, SqlOutcomes, SqlSenders
from tests.contract.on_postgres import OnPostgresPart, OnPostgresPartnerPart
from tests.contract.on_sqlite import OnSqlitePart, OnSqlitePartnerPart
from tests.contract.saboteurs import caught, expected
from tests.contract.sender_suite import AttachmentsSuite, ContactsSuite, OutcomesSuite, SendersSuite
from triage.domain.attachment import Attachment
from triage.domain.sender import Outcome, SenderState


class SqliteAttachments(OnSqlitePart, AttachmentsSuite):
    part, adapter = "attachments", SqlAttachments


class TestSqliteAttachments(SqliteAttachments):
    pass


class TestPostgresAttachments(OnPostgresPart, AttachmentsSuite):
    part, adapter = "attachments", SqlAttachments


class SqliteSenders(OnSqlitePart, SendersSuite):
    part, adapter = "senders", SqlSenders


class TestSqliteSenders(SqliteSenders):
    pass


class TestPostgresSenders(OnPostgresPart, SendersSuite):
    part, adapter = "senders", SqlSenders


class SqliteOutcomes(OnSqlitePart, OutcomesSuite):
    part, adapter = "outcomes", SqlOutcomes


class TestSqliteOutcomes(SqliteOutcomes):
    pass


class TestPostgresOutcomes(OnPostgresPart, OutcomesSuite):
    part, adapter = "outcomes", SqlOutcomes


class SqliteContacts(OnSqlitePartnerPart, ContactsSuite):
    part, adapter = "contacts", SqlContacts


class TestSqliteContacts(SqliteContacts):
    pass


class TestPostgresContacts(OnPostgresPartnerPart, ContactsSuite):
    part, adapter = "contacts", SqlContacts


class LosesTheReason(SqlAttachments):
    def get(self, attachment_id: str) -> Attachment | None:
        found = super().get(attachment_id)
        return replace(found, reason="") if found else None


class KeepsTheFirstPicture(SqlAttachments):
    def put(self, attachment: Attachment) -> None:
        if self.get(attachment.id) is None:
            super().put(attachment)


class ListsNewestFirst(SqlAttachments):
    def of_tip(self, tip_id: str) -> list[Attachment]:
        found = super().of_tip(tip_id)
        return found if len(found) < 3 else found[::-1]


class ForgetsTheWholeTip(SqlAttachments):
    def forget(self, attachment_ids: Sequence[str]) -> None:
        whole = [id for asked in attachment_ids if (found := self.get(asked)) for id in [each.id for each in self.of_tip(found.tip_id)]]
        super().forget(whole)


class CountsDestroyedOnes(SqlAttachments):
    def kept(self, attachment_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(self._connection.scalars(select(tables.attachments.c.id))) & set(attachment_ids)


BREAKS_ATTACHMENTS = {
    LosesTheReason: "test_keeps_one_as_it_was",
    KeepsTheFirstPicture: "test_put_replaces",
    ListsNewestFirst: "test_lists_those_of_a_tip",
    ForgetsTheWholeTip: "test_forgets_what_was_never_finished",
    CountsDestroyedOnes: "test_knows_which_are_kept",
}


class ThinksTheyStopped(SqlSenders):
    def get(self, tip_id: str) -> SenderState:
        found = super().get(tip_id)
        return found if found != SenderState(tip_id) else SenderState(tip_id, stopped=True)


class KeepsTheFirstChoice(SqlSenders):
    def put(self, state: SenderState) -> None:
        if self.get(state.tip_id) == SenderState(state.tip_id):
            super().put(state)


BREAKS_SENDERS = {ThinksTheyStopped: "test_knows_nobodys_choice_at_first", KeepsTheFirstChoice: "test_put_replaces"}


class KeepsTheFirstOutcome(SqlOutcomes):
    def put(self, outcome: Outcome) -> None:
        if not self.get_many([outcome.tip_id]):
            super().put(outcome)


class FindsOne(SqlOutcomes):
    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, Outcome]:
        return super().get_many(tip_ids[:1])


BREAKS_OUTCOMES = {KeepsTheFirstOutcome: "test_put_replaces", FindsOne: "test_finds_many"}


class KeepsTheFirstContact(SqlContacts):
    def put(self, tip_id: str, sealed: bytes) -> None:
        if self.get(tip_id) is None:
            super().put(tip_id, sealed)


class LeavesAnEmptyRow(SqlContacts):
    def get(self, tip_id: str) -> bytes | None:
        return super().get(tip_id) or None

    def remove(self, tip_id: str) -> None:
        self._connection.execute(update(tables.contacts).where(tables.contacts.c.tip_id == tip_id).values(sealed=b""))


class RemovesEverybodys(SqlContacts):
    def remove(self, tip_id: str) -> None:
        self._connection.execute(delete(tables.contacts))


BREAKS_CONTACTS = {
    KeepsTheFirstContact: "test_put_replaces",
    LeavesAnEmptyRow: "test_forgets_for_good",
    RemovesEverybodys: "test_forgets_for_good",
}


@pytest.mark.parametrize(
    ("suite", "breaks"),
    [
        (SqliteAttachments, BREAKS_ATTACHMENTS),
        (SqliteSenders, BREAKS_SENDERS),
        (SqliteOutcomes, BREAKS_OUTCOMES),
        (SqliteContacts, BREAKS_CONTACTS),
    ],
)
def test_the_suite_catches(pytester: pytest.Pytester, suite: type, breaks: dict[type, str]) -> None:
    assert caught(pytester, suite, breaks) == expected(breaks)
