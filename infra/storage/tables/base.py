"""What all tables share."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData

metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"})


def number() -> Column[int]:
    """A number that grows with every row and is never given twice. SQLite counts by itself only in a column of type INTEGER."""
    return Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
