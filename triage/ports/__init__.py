"""What the decisions need from the outside. Every rule in a docstring is a test of the suite in ``tests/contract`` of the same name."""

from __future__ import annotations

from triage.ports.search import CaseIndex, SearchMatcher
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
    SavedSearches,
    Storage,
    Tips,
    UnitOfWork,
    Users,
)
from triage.ports.surroundings import Clock, Ids, Notifier, Passwords

__all__ = [
    "Acts",
    "Assessments",
    "Audit",
    "AuditChain",
    "CaseIndex",
    "Cases",
    "Clock",
    "Decisions",
    "Events",
    "Ids",
    "Links",
    "Messages",
    "Notices",
    "Notifier",
    "Passwords",
    "Policies",
    "Queue",
    "SavedSearches",
    "SearchMatcher",
    "Storage",
    "Tips",
    "UnitOfWork",
    "Users",
]
