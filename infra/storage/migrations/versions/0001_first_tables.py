"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger
DOCUMENT = sa.Text
NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def number() -> sa.Column[int]:
    return sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)


def text(name: str, primary_key: bool = False, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, NAME, primary_key=primary_key, nullable=nullable)


def document(name: str = "document") -> sa.Column[str]:
    return sa.Column(name, DOCUMENT, nullable=False)


def moment(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, MOMENT, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "tips",
        text("id", primary_key=True),
        moment("received_at"),
        text("partner"),
        text("channel"),
        text("partner_reference"),
        document(),
    )
    op.create_index("ix_tips_partner_reference", "tips", ["partner", "partner_reference"])

    op.create_table(
        "contacts",
        sa.Column("tip_id", NAME, sa.ForeignKey("tips.id"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "receipts",
        text("hash", primary_key=True),
        sa.Column("tip_id", NAME, sa.ForeignKey("tips.id"), nullable=False),
    )
    op.create_table(
        "answers",
        text("key_hash", primary_key=True),
        text("body_hash"),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        moment("expires_at"),
    )
    op.create_index("ix_answers_expires_at", "answers", ["expires_at"])

    op.create_table("assessments", text("tip_id", primary_key=True), document())
    op.create_table("decisions", text("tip_id", primary_key=True), document())
    op.create_table("policies", text("version", primary_key=True), document("files"))

    op.create_table(
        "link_keys",
        text("tip_id", primary_key=True),
        text("kind", primary_key=True),
        text("value", primary_key=True),
        sa.Column("joins", sa.Boolean, nullable=False),
        moment("at"),
    )
    op.create_index("ix_link_keys_kind_value_at", "link_keys", ["kind", "value", "at"])
    op.create_table(
        "fingerprints",
        text("tip_id", primary_key=True),
        moment("at"),
        sa.Column("minhash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "fingerprint_bands",
        sa.Column("bucket", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", MOMENT, primary_key=True, autoincrement=False),
        text("tip_id", primary_key=True),
    )

    op.create_table(
        "cases",
        text("id", primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        text("kind"),
        text("desk"),
        text("status"),
        document(),
    )
    op.create_table(
        "case_tips",
        text("tip_id", primary_key=True),
        sa.Column("case_id", NAME, sa.ForeignKey("cases.id"), nullable=False),
    )
    op.create_index("ix_case_tips_case_id", "case_tips", ["case_id"])

    op.create_table(
        "queue",
        text("tip_id", primary_key=True),
        text("desk"),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("life_threat", sa.Boolean, nullable=False),
        moment("due_at"),
        sa.Column("band_rank", sa.SmallInteger, nullable=False),
        moment("entered_at"),
        document(),
    )
    order = [sa.text(column) for column in ("open", "desk", "life_threat DESC", "due_at", "band_rank", "entered_at", "tip_id")]
    op.create_index("ix_queue_order", "queue", order)

    op.create_table(
        "notices",
        number(),
        text("id"),
        text("tip_id"),
        text("desk"),
        moment("at"),
        document(),
        sqlite_autoincrement=True,
    )
    op.create_index("ux_notices_id", "notices", ["id"], unique=True)
    op.create_index("ix_notices_desk_at", "notices", ["desk", "at"])
    op.create_index("ix_notices_tip_id", "notices", ["tip_id"])

    for name in ("acts", "messages"):
        op.create_table(name, number(), text("id"), text("tip_id"), moment("at"), document(), sqlite_autoincrement=True)
        op.create_index(f"ux_{name}_id", name, ["id"], unique=True)
        op.create_index(f"ix_{name}_tip_id_at", name, ["tip_id", "at"])

    op.create_table(
        "audit",
        number(),
        text("id"),
        moment("at"),
        text("actor"),
        text("action"),
        text("object"),
        text("purpose"),
        document("detail"),
        sa.Column("position", sa.BigInteger),
        text("hash", nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ux_audit_id", "audit", ["id"], unique=True)
    op.create_index("ix_audit_object", "audit", ["object", "number"])
    op.create_index("ux_audit_position", "audit", ["position"], unique=True)

    op.create_table(
        "events",
        number(),
        text("id"),
        text("type"),
        text("key"),
        moment("at"),
        text("trace"),
        sa.Column("version", sa.Integer, nullable=False),
        document("payload"),
        sqlite_autoincrement=True,
    )
    op.create_index("ux_events_id", "events", ["id"], unique=True)
    op.create_index("ix_events_type", "events", ["type", "number"])
    op.create_table("readers", text("name", primary_key=True), sa.Column("position", sa.BigInteger, nullable=False))
    op.create_table(
        "dead_letters",
        text("id", primary_key=True),
        text("reader"),
        text("event_id"),
        moment("at"),
        moment("replayed_at", nullable=True),
        document(),
    )
    op.create_index("ux_dead_letters_reader_event", "dead_letters", ["reader", "event_id"], unique=True)

    op.create_table("users", text("id", primary_key=True), text("folded_name"), document())
    op.create_index("ux_users_folded_name", "users", ["folded_name"], unique=True)
    op.create_table(
        "sessions",
        text("token_hash", primary_key=True),
        sa.Column("user_id", NAME, sa.ForeignKey("users.id"), nullable=False),
        moment("expires_at"),
    )

    op.create_table("partners", text("slug", primary_key=True), document())
    op.create_table(
        "api_keys",
        text("id", primary_key=True),
        text("key_hash"),
        sa.Column("partner", NAME, sa.ForeignKey("partners.slug"), nullable=False),
        moment("created_at"),
        document(),
    )
    op.create_index("ux_api_keys_key_hash", "api_keys", ["key_hash"], unique=True)
    op.create_index("ix_api_keys_partner", "api_keys", ["partner", "created_at"])


TABLES = (
    "tips contacts receipts answers assessments decisions policies link_keys fingerprints fingerprint_bands cases case_tips "
    "queue notices acts messages audit events readers dead_letters users sessions partners api_keys"
)


def downgrade() -> None:
    for name in reversed(TABLES.split()):
        op.drop_table(name)
