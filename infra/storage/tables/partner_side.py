"""Partners, their people, keys, drafts, webhooks, imports, surveys and bulletins."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, LargeBinary, Table

from infra.storage.codec import NAME, Document, Moment
from infra.storage.tables.base import metadata
from ingest.domain.bulletin import Bulletin
from ingest.domain.field_map import FieldMap, ImportRun
from ingest.domain.partner import ApiKey, Partner, Staff
from ingest.domain.survey import SurveyAnswer
from ingest.domain.webhook import Delivery, Webhook

partners = Table(
    "partners",
    metadata,
    Column("slug", NAME, primary_key=True),
    Column("document", Document(Partner), nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("key_hash", NAME, nullable=False),
    Column("partner", NAME, ForeignKey("partners.slug"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("document", Document(ApiKey), nullable=False),
    Index("ux_api_keys_key_hash", "key_hash", unique=True),
    Index("ix_api_keys_partner", "partner", "created_at"),
)

staff = Table(
    "staff",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("folded_name", NAME, nullable=False),
    Column("partner", NAME, ForeignKey("partners.slug"), nullable=False),
    Column("document", Document(Staff), nullable=False),
    Index("ux_staff_folded_name", "folded_name", unique=True),
    Index("ix_staff_partner", "partner"),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", NAME, primary_key=True),
    Column("staff_id", NAME, ForeignKey("staff.id"), nullable=False),
    Column("expires_at", Moment, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("kind", NAME, nullable=False),
    Column("partner", NAME, nullable=False),
    Column("tip_id", NAME, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("sandbox", Boolean, nullable=False),
    Index("ix_drafts_expires_at", "expires_at"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("name", NAME, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("partner", NAME, ForeignKey("partners.slug"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("document", Document(Webhook), nullable=False),
    Index("ix_webhooks_partner", "partner", "created_at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("once", NAME, nullable=False),
    Column("webhook", NAME, ForeignKey("webhooks.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("waiting", Boolean, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("document", Document(Delivery), nullable=False),
    Index("ux_deliveries_once", "once", unique=True),
    Index("ix_deliveries_waiting_due_at", "waiting", "due_at"),
    Index("ix_deliveries_webhook_waiting_due_at", "webhook", "waiting", "due_at"),
    Index("ix_deliveries_webhook_at", "webhook", "at"),
)

field_maps = Table(
    "field_maps",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("partner", NAME, nullable=False),
    Column("name", NAME, nullable=False),
    Column("document", Document(FieldMap), nullable=False),
    Index("ix_field_maps_partner", "partner", "name"),
)

import_runs = Table(
    "import_runs",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("partner", NAME, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("document", Document(ImportRun), nullable=False),
    Index("ix_import_runs_partner", "partner", "begun_at"),
)

survey_answers = Table(
    "survey_answers",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("survey", NAME, nullable=False),
    Column("day", Date, nullable=False),
    Column("document", Document(SurveyAnswer), nullable=False),
    Index("ix_survey_answers_survey_day", "survey", "day"),
)

bulletins = Table(
    "bulletins",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("document", Document(Bulletin), nullable=False),
    Index("ix_bulletins_at", "at"),
)

bulletin_reads = Table(
    "bulletin_reads",
    metadata,
    Column("bulletin", NAME, ForeignKey("bulletins.id"), primary_key=True),
    Column("staff", NAME, primary_key=True),
    Column("partner", NAME, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_bulletin_reads_staff", "staff"),
)
