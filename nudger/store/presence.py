"""Which of the processes that share a database are alive?

On PostgreSQL each holds an advisory lock under a number of its own for as long as it lives. The
server lets go of it when the connection breaks: so what a killed process held is taken back at the
next beat, not when its lease is over. The lease remains for one that lives but stands still.
"""

import secrets

from sqlalchemy import ColumnElement, Text, and_, column, false, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

NUDGER = 0x6E756467  # "nudg": which advisory locks are ours
ALIVE = "alive-"  # an owner whose life can be told from outside begins so

HOLD = text("SELECT pg_advisory_lock(:ours, :number)")
LET_GO = text("SELECT pg_advisory_unlock_all()")
LIVING = (
    text(
        "SELECT 'alive-' || objid FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND classid = :ours"
    )
    .bindparams(ours=NUDGER)
    .columns(column("owner", Text))
)


class Presence:
    """This process's own lock. Without ``engine`` (SQLite) there is nobody else to show it to."""

    def __init__(self, engine: AsyncEngine | None) -> None:
        self._engine = engine
        self._number = secrets.randbelow(2**31)
        self._connection: AsyncConnection | None = None

    @property
    def owner(self) -> str:
        """What this process writes on what it claims."""
        return f"{ALIVE}{self._number}" if self._engine is not None else f"only-{self._number}"

    async def renew(self) -> None:
        """Hold the lock, anew where the connection broke meanwhile."""
        if self._engine is None:
            return
        if self._connection is not None:
            try:
                await self._connection.execute(text("SELECT 1"))
            except DBAPIError:  # it broke, and the pool knows: with it went the lock
                await self._connection.close()
            else:
                return
        # A connection that is never in a transaction keeps no old rows from being vacuumed.
        connection = await self._engine.connect()
        self._connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await self._connection.execute(HOLD, {"ours": NUDGER, "number": self._number})

    async def close(self) -> None:
        """Let go of it."""
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        try:
            await connection.execute(LET_GO)  # back in the pool it would still be held
        except DBAPIError:
            return  # it broke: the server has let go by itself
        finally:
            await connection.close()


def died(connection: AsyncConnection, claimed_by: ColumnElement[str | None]) -> ColumnElement[bool]:
    """Whether what is claimed so was claimed by a process that is no more."""
    if connection.dialect.name != "postgresql":
        return false()
    return and_(claimed_by.startswith(ALIVE), claimed_by.not_in(LIVING.scalar_subquery()))
