"""The partners and their keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from infra.storage import tables
from infra.storage.database import Transactions, put
from ingest.domain.partner import ApiKey, Partner
from ingest.ports import Partners


class SqlPartners(Partners):
    """Partners and keys in tables. Whether a suspended partner may report is the caller's to say."""

    def __init__(self, database: Transactions) -> None:
        self._database = database

    def put(self, partner: Partner) -> None:
        with self._database.writing() as connection:
            put(connection, tables.partners, [{"slug": partner.slug, "document": partner}])

    def get(self, slug: str) -> Partner | None:
        with self._database.reading() as connection:
            partner: Partner | None = connection.scalar(select(tables.partners.c.document).where(tables.partners.c.slug == slug))
        return partner

    def all(self) -> list[Partner]:
        with self._database.reading() as connection:
            return list(connection.scalars(select(tables.partners.c.document).order_by(tables.partners.c.slug)))

    def put_key(self, key: ApiKey) -> None:
        """Add or replace a key. Raise ``Conflict`` if there is no such partner."""
        row = {"id": key.id, "key_hash": key.key_hash, "partner": key.partner, "created_at": key.created_at, "document": key}
        with self._database.writing() as connection:
            put(connection, tables.api_keys, [row])

    def by_key(self, key_hash: str, now: datetime) -> tuple[Partner, ApiKey] | None:
        partners, keys = tables.partners, tables.api_keys
        statement = select(partners.c.document, keys.c.document).join(keys, keys.c.partner == partners.c.slug)
        with self._database.reading() as connection:
            found = connection.execute(statement.where(keys.c.key_hash == key_hash)).one_or_none()
        if found is None:
            return None
        partner: Partner = found[0]
        key: ApiKey = found[1]
        expired = key.expires_at is not None and key.expires_at <= now
        return None if key.revoked or expired else (partner, key)

    def keys(self, slug: str) -> list[ApiKey]:
        key = tables.api_keys.c
        statement = select(key.document).where(key.partner == slug).order_by(key.created_at.desc(), key.id.desc())
        with self._database.reading() as connection:
            return list(connection.scalars(statement))

    def all_keys(self) -> list[ApiKey]:
        key = tables.api_keys.c
        with self._database.reading() as connection:
            return list(connection.scalars(select(key.document).order_by(key.created_at.desc(), key.id.desc())))
