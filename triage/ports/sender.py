"""What concerns the sender of a tip: pictures, choices made later, released outcomes (parts of a ``UnitOfWork``), and what is sealed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from triage.domain.attachment import Attachment
from triage.domain.sender import Outcome, SenderState
from triage.domain.tip import Contact


class Attachments(ABC):
    """What is known about the pictures of tips; their bytes are in ``Blobs``.

    1. *keeps one as it was*. 2. *put replaces*. 3. *lists those of a tip*, oldest first; destroyed ones too. 4. *forgets what was never
    finished*: afterwards it is unknown. 5. *knows which are kept*: of many, however many, those that exist and were not destroyed.
    """

    @abstractmethod
    def put(self, attachment: Attachment) -> None:
        """Add or replace it."""

    @abstractmethod
    def get(self, attachment_id: str) -> Attachment | None:
        """The one with this id."""

    @abstractmethod
    def of_tip(self, tip_id: str) -> list[Attachment]:
        """Those of the tip."""

    @abstractmethod
    def forget(self, attachment_ids: Sequence[str]) -> None:
        """Forget those of a report that was never finished; unknown ones are no error."""

    @abstractmethod
    def kept(self, attachment_ids: Sequence[str]) -> frozenset[str]:
        """Those whose bytes must be there."""


class Senders(ABC):
    """The choices that senders made after sending. 1. *knows nobody's choice at first*: ``get`` gives the default. 2. *put replaces*."""

    @abstractmethod
    def get(self, tip_id: str) -> SenderState:
        """The choices about the tip."""

    @abstractmethod
    def put(self, state: SenderState) -> None:
        """Keep them."""


class Outcomes(ABC):
    """What was released about tips; one a tip. 1. *put replaces*. 2. *finds many*: tips without one are absent."""

    @abstractmethod
    def put(self, outcome: Outcome) -> None:
        """Keep it."""

    @abstractmethod
    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, Outcome]:
        """Those that exist, by tip."""


class Vault(ABC):
    """What senders gave that is kept sealed: pictures and contact details. Whoever opens it writes that down first.

    1. *opens what was sealed*: the picture or the contact details, exactly. 2. *has nothing it was not given*: None for what is unknown,
    was destroyed or taken back. 3. *destroys for good*: afterwards there is no picture; destroying what is not there is no error.
    4. *opens nothing under another id*: sealed bytes that belong to something else raise ``ValueError``.
    """

    @abstractmethod
    def picture(self, attachment_id: str) -> bytes | None:
        """The clean copy of a picture. Raises ``Unavailable``."""

    @abstractmethod
    def destroy_picture(self, attachment_id: str) -> None:
        """Destroy its bytes."""

    @abstractmethod
    def contact(self, tip_id: str) -> Contact | None:
        """The contact details of the tip's sender."""
