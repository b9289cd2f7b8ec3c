"""How is the database spoken to?"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from nudger.store.address import Address

PATIENCE = 10  # seconds to wait for a lock or a connection before saying so
READERS = 4  # connections, and threads, that read SQLite at the same time

# A deleted row is overwritten, and what was said to be stored survives a power cut.
SQLITE = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
)


@dataclass(frozen=True, kw_only=True)
class Engines:
    """One way to write and one to read."""

    writing: AsyncEngine
    reading: AsyncEngine

    async def dispose(self) -> None:
        """Close all connections."""
        await self.writing.dispose()
        await self.reading.dispose()


def make_engines(address: Address) -> Engines:
    """Nothing is connected yet. Parameters stay out of errors: a chat's id is nobody's business."""
    return _sqlite(address) if address.file is not None else _postgresql(address)


def _sqlite(address: Address) -> Engines:
    """One connection writes: others wait for it in order, where SQLite lets them sleep and race.

    pysqlite opens a transaction only at the first write, so that what was read before may be old
    by then (updates get lost, silently). Ours begin by themselves: BEGIN IMMEDIATE to write.
    """
    shared: dict[str, Any] = {
        "hide_parameters": True,
        "connect_args": {"timeout": PATIENCE},
        "max_overflow": 0,
    }
    writing = create_async_engine(address.url, pool_size=1, pool_timeout=3 * PATIENCE, **shared)
    reading = create_async_engine(address.url, pool_size=READERS, **shared)
    _begin_with(writing, "BEGIN IMMEDIATE", pragmas=SQLITE)
    _begin_with(reading, "BEGIN", pragmas=(*SQLITE, "PRAGMA query_only=ON"))
    return Engines(writing=writing, reading=reading)


def _begin_with(engine: AsyncEngine, begin: str, *, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        if not connection.get_execution_options().get(WITHOUT_TRANSACTION):
            connection.exec_driver_sql(begin)


# A checkpoint and VACUUM are refused inside a transaction.
WITHOUT_TRANSACTION = "nudger_without_transaction"


def _postgresql(address: Address) -> Engines:
    """Readers see one moment throughout, as in SQLite; writers lock the rows that they decide on."""
    writing = create_async_engine(
        address.url,
        hide_parameters=True,
        pool_pre_ping=True,  # the server may have been restarted meanwhile
        connect_args={"connect_timeout": PATIENCE},
    )
    reading = writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(writing=writing, reading=reading)
