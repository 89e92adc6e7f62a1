"""What the partners' side needs from the outside. Rules in docstrings are tests of the same name in ``tests/contract``."""

from __future__ import annotations

from ingest.ports.intake import Acceptance, IntakeStore, Outcome, SealedAnswer, Verdict
from ingest.ports.partners import OwnTips, Partners, StaffAccounts
from ingest.ports.records import Bulletins, Contacts, Drafts, Imports, SurveyAnswers, Webhooks
from ingest.ports.surroundings import HookAnswer, HookCaller, Picture, PictureCleaner, Purpose, Sealer
from ingest.ports.tables import Row, Table, TableReader
from ingest.ports.work import PartnerStorage, PartnerWork

__all__ = [
    "Acceptance",
    "Bulletins",
    "Contacts",
    "Drafts",
    "HookAnswer",
    "HookCaller",
    "Imports",
    "IntakeStore",
    "Outcome",
    "OwnTips",
    "PartnerStorage",
    "PartnerWork",
    "Partners",
    "Picture",
    "PictureCleaner",
    "Purpose",
    "Row",
    "SealedAnswer",
    "Sealer",
    "StaffAccounts",
    "SurveyAnswers",
    "Table",
    "TableReader",
    "Verdict",
    "Webhooks",
]
