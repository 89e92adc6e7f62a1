"""What the decisions need from the outside. Every rule in a docstring is a test of the suite in ``tests/contract`` of the same name."""

from __future__ import annotations

from triage.ports.alerts import Alerts, UndoNotes
from triage.ports.people import SavedSearches, Users
from triage.ports.records import Kept, Records
from triage.ports.search import CaseIndex, SearchMatcher
from triage.ports.sender import Attachments, Outcomes, Senders, Vault
from triage.ports.storage import (
    Acts,
    Assessments,
    Audit,
    AuditChain,
    Cases,
    Decisions,
    Events,
    Links,
    Messages,
    Notices,
    Policies,
    Queue,
    Storage,
    Tips,
    UnitOfWork,
)
from triage.ports.surroundings import (
    Blinder,
    Blobs,
    Clock,
    Ids,
    Messenger,
    Notifier,
    Passwords,
    Reports,
    TableFiles,
    Translation,
    Translator,
)
from triage.ports.trends import TipFacts

__all__ = [
    "Acts",
    "Alerts",
    "Assessments",
    "Attachments",
    "Audit",
    "AuditChain",
    "Blinder",
    "Blobs",
    "CaseIndex",
    "Cases",
    "Clock",
    "Decisions",
    "Events",
    "Ids",
    "Kept",
    "Links",
    "Messages",
    "Messenger",
    "Notices",
    "Notifier",
    "Outcomes",
    "Passwords",
    "Policies",
    "Queue",
    "Records",
    "Reports",
    "SavedSearches",
    "SearchMatcher",
    "Senders",
    "Storage",
    "TableFiles",
    "TipFacts",
    "Tips",
    "Translation",
    "Translator",
    "UndoNotes",
    "UnitOfWork",
    "Users",
    "Vault",
]
