"""What else the partners' side keeps. Parts of a ``PartnerWork``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date, datetime

from ingest.domain.bulletin import Bulletin, ReadReceipt
from ingest.domain.draft import Draft
from ingest.domain.field_map import FieldMap, ImportRun
from ingest.domain.survey import SurveyAnswer
from ingest.domain.webhook import Delivery, Webhook


class Contacts(ABC):
    """Sealed contact details by tip. 1. *put replaces*. 2. *forgets for good*: after ``remove`` no row of it is left."""

    @abstractmethod
    def put(self, tip_id: str, sealed: bytes) -> None:
        """Keep them."""

    @abstractmethod
    def get(self, tip_id: str) -> bytes | None:
        """Them, or None."""

    @abstractmethod
    def remove(self, tip_id: str) -> None:
        """Delete them; none there is no error."""


class Drafts(ABC):
    """Reports that are not finished.

    1. *put replaces*. 2. *forgets in time*: from ``expires_at`` on a draft is not found. 3. *forgets what was removed*. 4. *says what it
    forgot*: ``forget`` deletes those whose time is over and returns their tip ids, for their pictures; a form has none.
    """

    @abstractmethod
    def put(self, draft: Draft) -> None:
        """Keep it."""

    @abstractmethod
    def get(self, draft_id: str, now: datetime) -> Draft | None:
        """It, if its time is not over."""

    @abstractmethod
    def remove(self, draft_id: str) -> None:
        """Delete it; an unknown one is no error."""

    @abstractmethod
    def forget(self, now: datetime) -> list[str]:
        """Delete what is over."""


class Webhooks(ABC):
    """Webhooks and their deliveries.

    1. *put replaces*. 2. *lists a partner's*, oldest first. 3. *lists those at work*: of all partners, without the disabled ones.
    4. *adds a delivery once*: another one under the same ``once`` changes nothing and gives False. 5. *keeps a delivery as it became*.
    6. *names whose turn it is*: webhooks at work for which something is due, each once, those that wait longest first. 7. *gives what is
    due next* at a webhook, oldest first. 8. *lists the newest deliveries* of a webhook. 9. *forgets old ones*: sent or failed deliveries
    from before a time. 10. *removes a webhook with its deliveries*, and no other's.
    """

    @abstractmethod
    def put(self, webhook: Webhook) -> None:
        """Add or replace it."""

    @abstractmethod
    def get(self, webhook_id: str) -> Webhook | None:
        """It, or None."""

    @abstractmethod
    def of_partner(self, slug: str) -> list[Webhook]:
        """The partner's."""

    @abstractmethod
    def at_work(self) -> list[Webhook]:
        """Those that are not disabled."""

    @abstractmethod
    def remove(self, webhook_id: str) -> None:
        """Delete it with its deliveries; an unknown one is no error."""

    @abstractmethod
    def add_delivery(self, delivery: Delivery, once: str) -> bool:
        """Add it unless one with the same ``once`` exists; whether it was added."""

    @abstractmethod
    def put_delivery(self, delivery: Delivery) -> None:
        """Replace it; nothing happens if it was removed meanwhile."""

    @abstractmethod
    def get_delivery(self, delivery_id: str) -> Delivery | None:
        """It, or None."""

    @abstractmethod
    def turns(self, now: datetime, limit: int) -> list[tuple[str, datetime]]:
        """Webhooks for which something is due, each with since when."""

    @abstractmethod
    def next_due(self, webhook_id: str, now: datetime) -> Delivery | None:
        """What the webhook should be sent now."""

    @abstractmethod
    def deliveries(self, webhook_id: str, limit: int) -> list[Delivery]:
        """Its newest deliveries."""

    @abstractmethod
    def forget_deliveries(self, before: datetime) -> int:
        """Delete those that ended and are older; return how many."""


class Imports(ABC):
    """Field maps and runs.

    1. *put replaces*. 2. *lists a partner's*: maps by name, runs newest first, no more than asked for. 3. *finds a run* by its id.
    4. *forgets a removed map* and no other.
    """

    @abstractmethod
    def put_map(self, field_map: FieldMap) -> None:
        """Keep it."""

    @abstractmethod
    def maps(self, slug: str) -> list[FieldMap]:
        """The partner's."""

    @abstractmethod
    def remove_map(self, map_id: str) -> None:
        """Delete it; an unknown one is no error."""

    @abstractmethod
    def put_run(self, run: ImportRun) -> None:
        """Keep it."""

    @abstractmethod
    def get_run(self, run_id: str) -> ImportRun | None:
        """It, or None."""

    @abstractmethod
    def runs(self, slug: str, limit: int) -> list[ImportRun]:
        """The partner's newest."""


class SurveyAnswers(ABC):
    """Answers to surveys. 1. *adds once*. 2. *gives those of a survey* between two days, both included, by day and id."""

    @abstractmethod
    def add(self, answer: SurveyAnswer) -> None:
        """Keep it."""

    @abstractmethod
    def of_survey(self, survey: str, since: date, until: date) -> list[SurveyAnswer]:
        """Its answers."""

    @abstractmethod
    def counts(self) -> Mapping[str, int]:
        """How many answers each survey has."""


class Bulletins(ABC):
    """Bulletins and who read them.

    1. *put replaces*. 2. *lists newest first*, withdrawn ones too. 3. *keeps the first reading*: a second receipt of the same person
    changes nothing; receipts come in the order of reading. 4. *says what a person has read*.
    """

    @abstractmethod
    def put(self, bulletin: Bulletin) -> None:
        """Add or replace it."""

    @abstractmethod
    def get(self, bulletin_id: str) -> Bulletin | None:
        """It, or None."""

    @abstractmethod
    def all(self, limit: int) -> list[Bulletin]:
        """The newest."""

    @abstractmethod
    def mark_read(self, receipt: ReadReceipt) -> None:
        """Keep that somebody has read it."""

    @abstractmethod
    def receipts(self, bulletin_id: str) -> list[ReadReceipt]:
        """Who has read it, first readers first."""

    @abstractmethod
    def read_by(self, staff_id: str) -> frozenset[str]:
        """The ids of what this person has read."""
