"""The work on cases: what people did with them, tasks, files, grades, ties, merges, pointers, shares, hand-offs; what people set for themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TABLES = (
    "case_acts",
    "tasks",
    "case_files",
    "grades",
    "verdicts",
    "merges",
    "pointers",
    "shares",
    "hand_offs",
    "desk_views",
    "preferences",
    "escalations",
)


def upgrade() -> None:
    for table in TABLES:
        op.create_table(
            table,
            sa.Column("id", NAME, primary_key=True),
            sa.Column("owner", NAME, nullable=False),
            sa.Column("other", NAME, nullable=False),
            sa.Column("at", sa.BigInteger, nullable=False),
            sa.Column("document", sa.Text, nullable=False),
        )
        op.create_index(f"ix_{table}_owner_at", table, ["owner", "at"])
        op.create_index(f"ix_{table}_other_at", table, ["other", "at"])
        op.create_index(f"ix_{table}_at", table, ["at"])
    op.add_column("cases", sa.Column("owner", NAME))
    owner = "json_extract(document, '$.owner')" if op.get_bind().dialect.name == "sqlite" else "document::json->>'owner'"
    op.execute(f"UPDATE cases SET owner = COALESCE({owner}, '')")
    op.create_index("ix_cases_desk_status_id", "cases", ["desk", "status", "id"])
    op.create_index("ix_cases_owner_status_id", "cases", ["owner", "status", "id"])
    op.create_index("ix_queue_snoozed", "queue", ["open", "desk", "snoozed_until", "life_threat"])


def downgrade() -> None:
    op.drop_index("ix_queue_snoozed", "queue")
    op.drop_index("ix_cases_owner_status_id", "cases")
    op.drop_index("ix_cases_desk_status_id", "cases")
    op.drop_column("cases", "owner")
    for table in reversed(TABLES):
        op.drop_table(table)
