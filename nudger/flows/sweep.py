"""What is kept no longer?"""

from datetime import datetime

from nudger.store import decisions, inbox, outbox
from nudger.store.store import Store


async def sweep(store: Store, *, now: datetime) -> None:
    """Erase what nobody asks for any more: ids of handled updates, messages out that are done."""
    async with store.begin() as tx:
        await inbox.erase_old(tx, now=now)
        await outbox.erase_old(tx, now=now)
        await decisions.erase_old(tx, now=now)
    await store.shred()
