"""How is the store opened, and a transaction had?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from nudger.store import migrate
from nudger.store.address import Address, read_address
from nudger.store.alone import alone_with
from nudger.store.engine import WITHOUT_TRANSACTION, Engines, make_engines
from nudger.store.master_key import MasterKey, find_master_key, open_vault
from nudger.store.presence import Presence
from nudger.store.refusal import StoreRefusal, refusing
from nudger.store.sealing import SERVICE_KEY, Key, Vault
from nudger.store.tables import service
from nudger.store.transaction import Transaction
from nudger.store.types import Sealed

SHREDS, BETWEEN_SHREDS = 20, 0.05  # tries, and seconds between them


class Store:
    """The open store. ``key_made`` is the file of a new master key, which must be said aloud."""

    def __init__(
        self,
        *,
        address: Address,
        engines: Engines,
        vault: Vault,
        presence: Presence,
        key_made: Path | None,
    ) -> None:
        self.address = address
        self._presence = presence
        self.key_made = key_made
        self._engines = engines
        self._vault = vault
        self._closing = AsyncExitStack()

    @classmethod
    async def open(cls, *, url: str, key: str | None = None, data_dir: Path) -> Self:
        """Connect, bring the tables up to date, prove the key; or raise StoreRefusal.

        ``url`` is NUDGER_DATABASE_URL, ``key`` NUDGER_ENCRYPTION_KEY, as the operator wrote them.
        """
        address = read_address(url)
        async with AsyncExitStack() as closing:
            if address.file is not None:
                closing.enter_context(alone_with(address.file))
            engines = make_engines(address)
            closing.push_async_callback(engines.dispose)
            with refusing(str(address)):
                # One transaction: processes that start together wait for the first in `upgrade`,
                # so that there is one service key.
                async with engines.writing.begin() as connection:
                    await _refuse_damage(connection, address)
                    await connection.run_sync(migrate.upgrade)
                    wrapped = await _wrapped_service_key(connection)
                    master = find_master_key(
                        given=key, address=address, data_dir=data_dir, in_use=wrapped is not None
                    )
                    wrapped = wrapped or await _make_service_key(connection, master)
                    vault = open_vault(master, wrapped)
                presence = Presence(None if address.file is not None else engines.writing)
                closing.push_async_callback(presence.close)
                await presence.renew()
            store = cls(
                address=address,
                engines=engines,
                vault=vault,
                presence=presence,
                key_made=master.made,
            )
            await store.shred()  # what a crash after a /forget left in the log
            store._closing = closing.pop_all()
        return store

    @property
    def single_process(self) -> bool:
        """SQLite: whatever is claimed at the start was claimed by a process that is dead."""
        return self.address.file is not None

    @property
    def owner(self) -> str:
        """What this process writes on what it claims."""
        return self._presence.owner

    async def still_here(self) -> None:
        """Show the other processes that this one lives; to be called now and then."""
        with refusing(str(self.address)):
            await self._presence.renew()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """One transaction that may write; an error inside undoes all of it."""
        with refusing(str(self.address)):
            async with self._engines.writing.begin() as connection:
                yield Transaction(connection=connection, vault=self._vault, writes=True)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """One transaction that sees the store as it is at one moment, and cannot write."""
        with refusing(str(self.address)):
            async with self._engines.reading.begin() as connection:
                yield Transaction(connection=connection, vault=self._vault, writes=False)

    async def shred(self) -> None:
        """After something was forgotten: empty SQLite's log, which still holds the old pages.

        Whoever reads at the moment keeps it busy: then again, and in the end at the next sweep.
        """
        if not self.single_process:
            return
        for _ in range(SHREDS):
            with refusing(str(self.address)):
                async with self._engines.writing.connect() as connection:
                    bare = await connection.execution_options(**{WITHOUT_TRANSACTION: True})
                    checkpoint = await bare.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
                    (busy, *_rest) = checkpoint.one()
            if not busy:
                return
            await asyncio.sleep(BETWEEN_SHREDS)

    async def close(self) -> None:
        """Close all connections, and let another process have the database."""
        await self._closing.aclose()


async def _refuse_damage(connection: AsyncConnection, address: Address) -> None:
    if address.file is None:
        return
    found = await connection.scalar(text("PRAGMA quick_check(1)"))
    if found != "ok":
        raise StoreRefusal(f"{address} is damaged. Stop nudger and put a backup in its place.")


async def _wrapped_service_key(connection: AsyncConnection) -> Sealed | None:
    wrapped: Sealed | None = await connection.scalar(
        select(service.c.sealed).where(service.c.key == SERVICE_KEY.row)
    )
    return wrapped


async def _make_service_key(connection: AsyncConnection, master: MasterKey) -> Sealed:
    _, wrapped = Key(master.secret).wrap_new(SERVICE_KEY)
    await connection.execute(service.insert().values(key=SERVICE_KEY.row, sealed=wrapped))
    return wrapped
