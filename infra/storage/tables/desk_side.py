"""Tips, what was read and decided, what people at the desks do, and the logs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, SmallInteger, Table

from infra.storage.codec import NAME, Document, Fingerprint, Moment
from infra.storage.tables.base import metadata, number
from streams.ports import DeadLetter
from triage.domain.access import User
from triage.domain.alert import Alert
from triage.domain.assessment import Assessment
from triage.domain.attachment import Attachment
from triage.domain.case import Act, Case, Message, Notice, QueueEntry
from triage.domain.decision import DecisionRecord
from triage.domain.query import SavedSearch
from triage.domain.sender import Outcome, SenderState
from triage.domain.tip import Tip
from triage.domain.undo import Before

_TEXTS = dict[str, str]


tips = Table(
    "tips",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("received_at", Moment, nullable=False),
    Column("partner", NAME, nullable=False),
    Column("channel", NAME, nullable=False),
    Column("partner_reference", NAME, nullable=False),
    Column("document", Document(Tip), nullable=False),
    Index("ix_tips_partner_reference", "partner", "partner_reference"),
    Index("ix_tips_partner_received_at", "partner", "received_at", "id"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("tip_id", NAME, ForeignKey("tips.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    Column("hash", NAME, primary_key=True),
    Column("tip_id", NAME, ForeignKey("tips.id"), nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("key_hash", NAME, primary_key=True),
    Column("body_hash", NAME, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("ix_answers_expires_at", "expires_at"),
)

assessments = Table(
    "assessments",
    metadata,
    Column("tip_id", NAME, primary_key=True),
    Column("document", Document(Assessment), nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("tip_id", NAME, primary_key=True),
    Column("document", Document(DecisionRecord), nullable=False),
)

policies = Table(
    "policies",
    metadata,
    Column("version", NAME, primary_key=True),
    Column("files", Document(_TEXTS), nullable=False),
)

link_keys = Table(
    "link_keys",
    metadata,
    Column("tip_id", NAME, primary_key=True),
    Column("kind", NAME, primary_key=True),
    Column("value", NAME, primary_key=True),
    Column("joins", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_link_keys_kind_value_at", "kind", "value", "at"),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("tip_id", NAME, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("minhash", Fingerprint, nullable=False),
)

fingerprint_bands = Table(
    "fingerprint_bands",
    metadata,
    Column("bucket", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, primary_key=True, autoincrement=False),
    Column("tip_id", NAME, primary_key=True),
)

cases = Table(
    "cases",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kind", NAME, nullable=False),
    Column("desk", NAME, nullable=False),
    Column("status", NAME, nullable=False),
    Column("document", Document(Case), nullable=False),
    Column("owner", NAME),
    Index("ix_cases_desk_status_id", "desk", "status", "id"),
    Index("ix_cases_owner_status_id", "owner", "status", "id"),
)

case_tips = Table(
    "case_tips",
    metadata,
    Column("tip_id", NAME, primary_key=True),
    Column("case_id", NAME, ForeignKey("cases.id"), nullable=False),
    Index("ix_case_tips_case_id", "case_id"),
)

queue = Table(
    "queue",
    metadata,
    Column("tip_id", NAME, primary_key=True),
    Column("desk", NAME, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("life_threat", Boolean, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("band_rank", SmallInteger, nullable=False),
    Column("entered_at", Moment, nullable=False),
    Column("document", Document(QueueEntry), nullable=False),
    Column("snoozed_until", Moment),
)
Index(
    "ix_queue_order",
    queue.c.open,
    queue.c.desk,
    queue.c.life_threat.desc(),
    queue.c.due_at,
    queue.c.band_rank,
    queue.c.entered_at,
    queue.c.tip_id,
)
Index("ix_queue_snoozed", queue.c.open, queue.c.desk, queue.c.snoozed_until, queue.c.life_threat)

notices = Table(
    "notices",
    metadata,
    number(),
    Column("id", NAME, nullable=False),
    Column("tip_id", NAME, nullable=False),
    Column("desk", NAME, nullable=False),
    Column("at", Moment, nullable=False),
    Column("document", Document(Notice), nullable=False),
    Index("ux_notices_id", "id", unique=True),
    Index("ix_notices_desk_at", "desk", "at"),
    Index("ix_notices_tip_id", "tip_id"),
    sqlite_autoincrement=True,
)

acts = Table(
    "acts",
    metadata,
    number(),
    Column("id", NAME, nullable=False),
    Column("tip_id", NAME, nullable=False),
    Column("at", Moment, nullable=False),
    Column("document", Document(Act), nullable=False),
    Index("ux_acts_id", "id", unique=True),
    Index("ix_acts_tip_id_at", "tip_id", "at"),
    sqlite_autoincrement=True,
)

messages = Table(
    "messages",
    metadata,
    number(),
    Column("id", NAME, nullable=False),
    Column("tip_id", NAME, nullable=False),
    Column("at", Moment, nullable=False),
    Column("document", Document(Message), nullable=False),
    Index("ux_messages_id", "id", unique=True),
    Index("ix_messages_tip_id_at", "tip_id", "at"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    number(),
    Column("id", NAME, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", NAME, nullable=False),
    Column("action", NAME, nullable=False),
    Column("object", NAME, nullable=False),
    Column("purpose", NAME, nullable=False),
    Column("detail", Document(_TEXTS), nullable=False),
    Column("position", BigInteger),
    Column("hash", NAME),
    Index("ux_audit_id", "id", unique=True),
    Index("ix_audit_object", "object", "number"),
    Index("ux_audit_position", "position", unique=True),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    number(),
    Column("id", NAME, nullable=False),
    Column("type", NAME, nullable=False),
    Column("key", NAME, nullable=False),
    Column("at", Moment, nullable=False),
    Column("trace", NAME, nullable=False),
    Column("version", Integer, nullable=False),
    Column("payload", Document(_TEXTS), nullable=False),
    Index("ux_events_id", "id", unique=True),
    Index("ix_events_type", "type", "number"),
    sqlite_autoincrement=True,
)

readers = Table(
    "readers",
    metadata,
    Column("name", NAME, primary_key=True),
    Column("position", BigInteger, nullable=False),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("reader", NAME, nullable=False),
    Column("event_id", NAME, nullable=False),
    Column("at", Moment, nullable=False),
    Column("replayed_at", Moment),
    Column("document", Document(DeadLetter), nullable=False),
    Index("ux_dead_letters_reader_event", "reader", "event_id", unique=True),
)

users = Table(
    "users",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("folded_name", NAME, nullable=False),
    Column("document", Document(User), nullable=False),
    Index("ux_users_folded_name", "folded_name", unique=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", NAME, primary_key=True),
    Column("user_id", NAME, ForeignKey("users.id"), nullable=False),
    Column("expires_at", Moment, nullable=False),
)

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("user_id", NAME, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("document", Document(SavedSearch), nullable=False),
    Index("ix_saved_searches_user_id", "user_id", "created_at"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("tip_id", NAME, nullable=False),
    Column("at", Moment, nullable=False),
    Column("document", Document(Attachment), nullable=False),
    Index("ix_attachments_tip_id_at", "tip_id", "at"),
)

sender_states = Table(
    "sender_states",
    metadata,
    Column("tip_id", NAME, primary_key=True),
    Column("document", Document(SenderState), nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("tip_id", NAME, primary_key=True),
    Column("document", Document(Outcome), nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("once", NAME, nullable=False),
    Column("user_id", NAME, nullable=False),
    Column("source", NAME, nullable=False),
    Column("seen", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Column("document", Document(Alert), nullable=False),
    Index("ux_alerts_once", "once", unique=True),
    Index("ix_alerts_user_id", "user_id", "seen", "at"),
)

undo_notes = Table(
    "undo_notes",
    metadata,
    Column("act_id", NAME, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("document", Document(Before), nullable=False),
    Index("ix_undo_notes_at", "at"),
)
