"""What do SQLite and PostgreSQL say in different words?"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Interval, Table, func, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from nudger.store.types import Moment

Insert = postgresql.Insert | sqlite.Insert


def insert_or_update(
    connection: AsyncConnection, table: Table, values: Mapping[str, Any], *, on: Sequence[str]
) -> Insert:
    """Write a row, or bring the one with the same key up to date."""
    insert = _insert(connection, table).values(**values)
    changed = {name: insert.excluded[name] for name in values if name not in on}
    return insert.on_conflict_do_update(index_elements=on, set_=changed)


def insert_or_leave(connection: AsyncConnection, table: Table, *, on: Sequence[str]) -> Insert:
    """Write rows, given to `execute`, where there are none with the same key."""
    return _insert(connection, table).on_conflict_do_nothing(index_elements=on)


def lease_clock(connection: AsyncConnection, *, now: datetime) -> ColumnElement[datetime]:
    """The clock that leases run by: the server's, for workers' clocks differ.

    SQLite has one process, whose `now` may be moved in a rehearsal.
    """
    if connection.dialect.name == "postgresql":
        return func.now(type_=Moment)
    return literal(now, Moment)


def lease_end(
    connection: AsyncConnection, *, now: datetime, lease: timedelta
) -> ColumnElement[datetime]:
    """When a lease taken now is over."""
    if connection.dialect.name == "postgresql":
        return func.now(type_=Moment) + literal(lease, Interval)
    return literal(now + lease, Moment)


def _insert(connection: AsyncConnection, table: Table) -> Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
