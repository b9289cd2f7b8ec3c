"""What is remembered of the installation as a whole?"""

from sqlalchemy import select

from nudger.store.dialect import insert_or_update
from nudger.store.tables import service
from nudger.store.transaction import Transaction

ZONE_DATA = "zone_data"  # the version of tzdata that plans were made with
TEXTS = "texts"  # the fingerprint of the texts that plans were made with


async def get(tx: Transaction, key: str) -> str | None:
    """What was kept under that key."""
    value: str | None = await tx.connection.scalar(
        select(service.c.value).where(service.c.key == key)
    )
    return value


async def put(tx: Transaction, key: str, value: str) -> None:
    """Keep it, in place of what was there."""
    row = {"key": key, "value": value}
    await tx.connection.execute(insert_or_update(tx.connection, service, row, on=["key"]))
