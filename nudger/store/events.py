"""What has pacing to learn from?"""

from collections.abc import Sequence
from dataclasses import asdict, fields

from sqlalchemy import select

from nudger.domain.pacing.events import Event
from nudger.store.dialect import insert_or_update
from nudger.store.tables import event
from nudger.store.transaction import Transaction

COLUMNS = tuple(event.c[field.name] for field in fields(Event))


async def put(tx: Transaction, person: str, one: Event) -> None:
    """Add it, or let it take the place, in the order too, of the one with the same id."""
    row = {"person": person, **asdict(one)}
    await tx.connection.execute(insert_or_update(tx.connection, event, row, on=["person", "id"]))


async def known(tx: Transaction, person: str, *ids: str) -> bool:
    """Whether there is one with such an id, which a new one would take the place of."""
    query = select(event.c.id).where(event.c.person == person, event.c.id.in_(ids)).limit(1)
    return await tx.connection.scalar(query) is not None


async def all_of(tx: Transaction, person: str) -> Sequence[Event]:
    """All of a person's, in order: replayed, they lead to the present pace."""
    query = select(*COLUMNS).where(event.c.person == person).order_by(event.c.serial)
    return [Event(**row) for row in (await tx.connection.execute(query)).mappings()]
