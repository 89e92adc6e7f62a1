"""Sealing, cleaning pictures, calling partners' programs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What is sealed, besides contact details and answers. Each has a key of its own."""

    PHOTO = "photo"  # under the contacts' root key: it can show whoever sent it
    DRAFT = "draft"
    WEBHOOK = "webhook"


class Sealer(ABC):
    """Seals what only some may read. Each purpose has a key of its own.

    1. *opens what it sealed*. 2. *refuses what was changed* with ``ValueError``. 3. *purposes do not open each other*.
    4. *receipts and tokens are keyed hashes*: without the key they cannot be computed.
    """

    @abstractmethod
    def seal_contact(self, tip_id: str, plain: bytes) -> bytes:
        """Seal contact details, bound to the tip."""

    @abstractmethod
    def open_contact(self, tip_id: str, sealed: bytes) -> bytes:
        """Open them again."""

    @abstractmethod
    def seal_answer(self, caller_key: str, idempotency_key: str, plain: bytes) -> bytes:
        """Seal an answer under the caller's key and the idempotency key together; the server alone cannot open it."""

    @abstractmethod
    def open_answer(self, caller_key: str, idempotency_key: str, sealed: bytes) -> bytes:
        """Open it again."""

    @abstractmethod
    def seal(self, purpose: Purpose, bound_to: str, plain: bytes) -> bytes:
        """Seal for one purpose, bound to the id of what it belongs to."""

    @abstractmethod
    def open(self, purpose: Purpose, bound_to: str, sealed: bytes) -> bytes:
        """Open it again."""

    @abstractmethod
    def receipt_hash(self, code: str) -> str:
        """HMAC-SHA-256 of a receipt code under the receipts' own key, in hex."""

    @abstractmethod
    def blind(self, value: str, day: str) -> str:
        """A token for rate limits that changes every day and does not give the value back (HMAC, 16 hex digits)."""

    @abstractmethod
    def sign(self, value: str) -> str:
        """A signed, time-stamped form token."""

    @abstractmethod
    def unsign(self, token: str, max_age_seconds: int) -> str | None:
        """The value, or None if the token was changed or is too old."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was decoded and encoded anew: pixels only, no metadata. ``width`` and ``height`` are in pixels."""

    content: bytes
    media_type: str
    width: int
    height: int


class PictureCleaner(ABC):
    """Makes a clean copy of a picture.

    1. *keeps pixels only*: no EXIF, GPS, colour profile, comment, hidden colour or trailing bytes of what came; turned upright first.
    2. *takes what phones and screens make*: JPEG, PNG, WebP and HEIC. 3. *refuses what is no picture*: another kind, a broken one, or
    one that would need too much memory raises ``InvalidInput`` with code ``not_a_picture``, ``broken``, ``too_many_pixels`` or
    ``too_large``. 4. *keeps nothing of what else it is*: of bytes that are a picture and also a page or an archive, only the picture
    is left.
    5. *raises nothing else*, whatever comes. 6. *keeps the size bounded*: at most 4,096 pixels a side.
    """

    @abstractmethod
    def clean(self, content: bytes) -> Picture:
        """The clean copy."""


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What a partner's program answered: the HTTP status, or 0 and the kind of failure."""

    status: int
    failure: str = ""


class HookCaller(ABC):
    """Posts to a partner's address.

    1. *posts what it is given*, under the name in the address. 2. *calls https only*. 3. *calls only public addresses*: a name is resolved
       first, and one of whose addresses is loopback, private, shared, link-local, multicast or reserved is refused as ``refused_address``.
    4. *goes to the address that was checked*: the name is resolved once. 5. *tries every address* until one can be connected to.
    6. *follows no redirect*. 7. *never waits long*: 10 s in all, *for a name* too. 8. *never raises*: a failure is an answer with status 0
       and one of ``not_https``, ``refused_address``, ``no_such_host``, ``no_connection``, ``certificate``, ``timeout``, ``broken_off``,
       ``failed``.
    """

    @abstractmethod
    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        """Post and wait for the status."""
