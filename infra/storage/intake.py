"""Where accepted tips are written: one transaction and at most nine statements for a whole group, however large."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from infra.storage import tables
from infra.storage.database import Database, insert, put, take_locks
from infra.storage.logs import append_events, audit_row
from infra.storage.records import tip_row
from ingest.ports import Acceptance, IntakeStore, Outcome, SealedAnswer, Verdict


class SqlIntakeStore(IntakeStore):
    """Acceptances in the tables of the database. Audit rows join the chain later, so that hashing never holds up an answer.

    An id or a receipt hash that is taken is no business of the sender's: it raises ``Conflict`` and stores none of the group.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        if not group:
            return []
        with self._database.writing() as connection:
            key_hashes = [a.answer.key_hash for a in group if a.answer]
            take_locks(connection, key_hashes)  # the same key may be on its way to another process at this moment
            first = _answers(connection, key_hashes, now)
            outcomes, stored = [], []
            for acceptance in group:
                outcome = _outcome(acceptance.answer, first)
                outcomes.append(outcome)
                if outcome.verdict is Verdict.STORED:
                    stored.append(acceptance)
            _store(connection, stored)
        return outcomes

    def tip_of_receipt(self, receipt_hash: str) -> str | None:
        with self._database.reading() as connection:
            return connection.scalar(select(tables.receipts.c.tip_id).where(tables.receipts.c.hash == receipt_hash))

    def contact_of(self, tip_id: str) -> bytes | None:
        with self._database.reading() as connection:
            return connection.scalar(select(tables.contacts.c.sealed).where(tables.contacts.c.tip_id == tip_id))

    def answer_of(self, key_hash: str, now: datetime) -> SealedAnswer | None:
        with self._database.reading() as connection:
            return _answers(connection, [key_hash], now).get(key_hash)

    def forget_answers(self, now: datetime) -> int:
        with self._database.writing() as connection:
            return connection.execute(delete(tables.answers).where(tables.answers.c.expires_at <= now)).rowcount


def _answers(connection: Connection, key_hashes: Sequence[str], now: datetime) -> dict[str, SealedAnswer]:
    """The first answers to these keys that are still kept, by key."""
    if not key_hashes:
        return {}
    table = tables.answers
    statement = select(table).where(table.c.key_hash.in_(key_hashes), table.c.expires_at > now)
    return {row.key_hash: SealedAnswer(*row) for row in connection.execute(statement)}


def _outcome(answer: SealedAnswer | None, first: dict[str, SealedAnswer]) -> Outcome:
    """What becomes of an acceptance, given the first answers so far; a new one is noted among them, so that repeats in the group see it."""
    if answer is None:
        return Outcome(Verdict.STORED)
    known = first.setdefault(answer.key_hash, answer)
    if known is answer:
        return Outcome(Verdict.STORED)
    return Outcome(Verdict.REPEATED, known) if known.body_hash == answer.body_hash else Outcome(Verdict.CONFLICT)


def _store(connection: Connection, stored: Sequence[Acceptance]) -> None:
    """Write all parts of the acceptances, a statement a table. An answer replaces one under the same key whose time is over."""
    insert(connection, tables.tips, [tip_row(a.tip) for a in stored])
    insert(connection, tables.contacts, [{"tip_id": a.tip.id, "sealed": a.sealed_contact} for a in stored if a.sealed_contact is not None])
    insert(connection, tables.receipts, [{"hash": a.receipt_hash, "tip_id": a.tip.id} for a in stored])
    insert(connection, tables.audit, [audit_row(a.audit) for a in stored])
    answers = [a.answer for a in stored if a.answer]
    rows = [{"key_hash": a.key_hash, "body_hash": a.body_hash, "sealed": a.sealed, "expires_at": a.expires_at} for a in answers]
    put(connection, tables.answers, rows)
    append_events(connection, [a.event for a in stored])
