"""The partners' side: people, drafts, webhooks, imports, surveys, bulletins; what senders add to a tip or are told; people's alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _name(column: str) -> sa.Column[str]:
    return sa.Column(column, NAME, nullable=False)


def _key(column: str = "id") -> sa.Column[str]:
    return sa.Column(column, NAME, primary_key=True)


def _moment(column: str) -> sa.Column[int]:
    return sa.Column(column, sa.BigInteger, nullable=False)


def _flag(column: str) -> sa.Column[bool]:
    return sa.Column(column, sa.Boolean, nullable=False)


def _document() -> sa.Column[str]:
    return sa.Column("document", sa.Text, nullable=False)


def _partner() -> sa.Column[str]:
    return sa.Column("partner", NAME, sa.ForeignKey("partners.slug"), nullable=False)


def upgrade() -> None:
    op.create_index("ix_tips_partner_received_at", "tips", ["partner", "received_at", "id"])
    op.create_table("attachments", _key(), _name("tip_id"), _moment("at"), _document())
    op.create_index("ix_attachments_tip_id_at", "attachments", ["tip_id", "at"])
    op.create_table("sender_states", _key("tip_id"), _document())
    op.create_table("outcomes", _key("tip_id"), _document())
    op.create_table(
        "alerts", _key(), _name("once"), _name("user_id"), _name("source"), _flag("seen"), _moment("at"), _document()
    )
    op.create_index("ux_alerts_once", "alerts", ["once"], unique=True)
    op.create_index("ix_alerts_user_id", "alerts", ["user_id", "seen", "at"])
    op.add_column("queue", sa.Column("snoozed_until", sa.BigInteger))
    op.create_table("undo_notes", _key("act_id"), _moment("at"), _document())
    op.create_index("ix_undo_notes_at", "undo_notes", ["at"])
    op.create_table("staff", _key(), _name("folded_name"), _partner(), _document())
    op.create_index("ux_staff_folded_name", "staff", ["folded_name"], unique=True)
    op.create_index("ix_staff_partner", "staff", ["partner"])
    staff = sa.Column("staff_id", NAME, sa.ForeignKey("staff.id"), nullable=False)
    op.create_table("staff_sessions", _key("token_hash"), staff, _moment("expires_at"))
    sealed = sa.Column("sealed", sa.LargeBinary, nullable=False)
    op.create_table("drafts", _key(), _name("kind"), _name("partner"), _name("tip_id"), sealed, _moment("expires_at"), _flag("sandbox"))
    op.create_index("ix_drafts_expires_at", "drafts", ["expires_at"])
    op.create_table("blobs", _key("name"), sa.Column("content", sa.LargeBinary, nullable=False))
    op.create_table("webhooks", _key(), _partner(), _moment("created_at"), _flag("active"), _document())
    op.create_index("ix_webhooks_partner", "webhooks", ["partner", "created_at"])
    webhook = sa.Column("webhook", NAME, sa.ForeignKey("webhooks.id"), nullable=False)
    op.create_table("deliveries", _key(), _name("once"), webhook, _moment("at"), _flag("waiting"), _moment("due_at"), _document())
    op.create_index("ux_deliveries_once", "deliveries", ["once"], unique=True)
    op.create_index("ix_deliveries_waiting_due_at", "deliveries", ["waiting", "due_at"])
    op.create_index("ix_deliveries_webhook_waiting_due_at", "deliveries", ["webhook", "waiting", "due_at"])
    op.create_index("ix_deliveries_webhook_at", "deliveries", ["webhook", "at"])
    op.create_table("field_maps", _key(), _name("partner"), _name("name"), _document())
    op.create_index("ix_field_maps_partner", "field_maps", ["partner", "name"])
    op.create_table("import_runs", _key(), _name("partner"), _moment("begun_at"), _document())
    op.create_index("ix_import_runs_partner", "import_runs", ["partner", "begun_at"])
    op.create_table("survey_answers", _key(), _name("survey"), sa.Column("day", sa.Date, nullable=False), _document())
    op.create_index("ix_survey_answers_survey_day", "survey_answers", ["survey", "day"])
    op.create_table("bulletins", _key(), _moment("at"), _document())
    op.create_index("ix_bulletins_at", "bulletins", ["at"])
    bulletin = sa.Column("bulletin", NAME, sa.ForeignKey("bulletins.id"), primary_key=True)
    op.create_table("bulletin_reads", bulletin, _key("staff"), _name("partner"), _moment("at"))
    op.create_index("ix_bulletin_reads_staff", "bulletin_reads", ["staff"])


def downgrade() -> None:
    for table in (
        "bulletin_reads",
        "bulletins",
        "survey_answers",
        "import_runs",
        "field_maps",
        "deliveries",
        "webhooks",
        "blobs",
        "drafts",
        "staff_sessions",
        "staff",
        "outcomes",
        "sender_states",
        "attachments",
        "alerts",
        "undo_notes",
    ):
        op.drop_table(table)
    op.drop_column("queue", "snoozed_until")
    op.drop_index("ix_tips_partner_received_at", "tips")
