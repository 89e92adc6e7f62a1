"""How values of the domain become columns, the same on every engine, and come back exactly as they were."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Dialect, LargeBinary, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Name(TypeDecorator[str]):
    """Text by which records are found or sorted: code point by code point on every engine, never by the rules of the server's language.

    NUL, which PostgreSQL can neither hold nor be asked for, becomes U+FFFD: a text with it comes from no honest sender, and breaks nothing.
    ``collated`` is False where an engine takes no collation.
    """

    impl = String
    cache_ok = True

    def __init__(self, collated: bool = True) -> None:
        super().__init__()
        self.collated = collated

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """The engine's type."""
        return dialect.type_descriptor(String(collation="C" if self.collated and dialect.name == "postgresql" else None))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The text to store or to look for."""
        return value.replace("\0", "\ufffd") if value and "\0" in value else value


NAME = Name()


class Moment(TypeDecorator[datetime]):
    """An aware time as whole microseconds since 1970 in UTC: exact, and in the right order whatever the engine's collation is."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The number to store. Raise ``ValueError`` for a time without a zone: nobody could say later what it meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored. Take it from the Clock, or give it tzinfo=UTC.")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The time, in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class Document(TypeDecorator[Any]):
    """A value of ``kind`` (a frozen dataclass or a mapping) as JSON text.

    Fields that a newer release added take their default when an older document is read; fields that it does not know are skipped.
    """

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind
        self._decoder = msgspec.json.Decoder(kind)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The JSON text."""
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """The value again."""
        return None if value is None else self._decoder.decode(value)


class Fingerprint(TypeDecorator[tuple[int, ...]]):
    """A MinHash as little-endian unsigned 32-bit numbers."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Four bytes a number."""
        return None if value is None else struct.pack(f"<{len(value)}I", *value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> tuple[int, ...] | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The numbers again."""
        return None if value is None else struct.unpack(f"<{len(value) // 4}I", value)
