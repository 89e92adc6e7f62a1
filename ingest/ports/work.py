"""One transaction over the partners' side and the desk side together."""

from __future__ import annotations

from abc import ABC, abstractmethod

from ingest.ports.partners import OwnTips, Partners, StaffAccounts
from ingest.ports.records import Bulletins, Contacts, Drafts, Imports, SurveyAnswers, Webhooks
from triage.ports import UnitOfWork


class PartnerWork(UnitOfWork):
    """A unit of work that also holds what the partners' side keeps: what changes there is audited in the same transaction."""

    partners: Partners
    staff: StaffAccounts
    own: OwnTips
    contacts: Contacts
    drafts: Drafts
    webhooks: Webhooks
    imports: Imports
    surveys: SurveyAnswers
    bulletins: Bulletins


class PartnerStorage(ABC):
    """Opens partner works; the rules are those of ``triage.ports.Storage``."""

    @abstractmethod
    def writing(self) -> PartnerWork:
        """One that may write."""

    @abstractmethod
    def reading(self) -> PartnerWork:
        """One that only reads."""
