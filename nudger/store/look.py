"""What would opening the store find? Changes nothing, and makes nothing."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from nudger.store import migrate
from nudger.store.address import Address, read_address
from nudger.store.alone import refuse_company
from nudger.store.engine import PATIENCE
from nudger.store.master_key import FILE_NAME, find_master_key, open_vault
from nudger.store.refusal import StoreRefusal, refusing
from nudger.store.sealing import SERVICE_KEY
from nudger.store.tables import service
from nudger.store.types import Sealed


@dataclass(frozen=True, kw_only=True)
class Found:
    """What is there. ``tables`` is the number of the last migration, None where there are none yet.

    ``key_to_make`` is the file that the first start would write a new master key to.
    """

    where: str
    tables: str | None
    newest: str
    key_to_make: Path | None


async def look(*, url: str, key: str | None = None, data_dir: Path) -> Found:
    """Look where `Store.open` would, and raise the StoreRefusal that it would raise."""
    address = read_address(url)
    tables, wrapped = None, None
    if address.file is None or address.file.exists():
        tables, wrapped = await _read(address)
    if address.file is not None:
        _refuse_no_room(address.file)
        refuse_company(address.file)
    return Found(
        where=str(address),
        tables=tables,
        newest=migrate.KNOWN[-1],
        key_to_make=_try_key(address, key, data_dir, wrapped),
    )


async def _read(address: Address) -> tuple[str | None, Sealed | None]:
    with refusing(str(address)):
        async with _connected(address) as connection:
            return await connection.run_sync(_tables_and_key)


@asynccontextmanager
async def _connected(address: Address) -> AsyncIterator[AsyncConnection]:
    url, connect_args = address.url, {"connect_timeout": PATIENCE}
    if address.file is not None:
        file = f"file:{quote(str(address.file))}"
        url = url.set(database=file, query={"mode": "ro", "uri": "true"})
        connect_args = {"timeout": PATIENCE}
    engine = create_async_engine(
        url, hide_parameters=True, poolclass=NullPool, connect_args=connect_args
    )
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


def _tables_and_key(connection: Connection) -> tuple[str | None, Sealed | None]:
    migrate.check(connection)
    tables = migrate.revision(connection)
    if tables is None:
        return None, None
    wrapped = connection.scalar(select(service.c.sealed).where(service.c.key == SERVICE_KEY.row))
    return tables, wrapped


def _try_key(
    address: Address, key: str | None, data_dir: Path, wrapped: Sealed | None
) -> Path | None:
    file = data_dir.absolute() / FILE_NAME
    inside = address.file is not None and address.file.parent == file.parent
    if inside and not (key or wrapped or file.exists()):
        return file
    master = find_master_key(
        given=key, address=address, data_dir=data_dir, in_use=wrapped is not None
    )
    if wrapped is not None:
        open_vault(master, wrapped)
    return None


def _refuse_no_room(database: Path) -> None:
    """Refuse where the first start could not make the folder, or write in it."""
    folder = next(parent for parent in database.parents if parent.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise StoreRefusal(
            f"The folder {database.parent} cannot be written. Let the user that runs nudger write "
            "there, or set NUDGER_DATA_DIR to another folder."
        )
