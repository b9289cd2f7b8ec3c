"""Which updates have come from Telegram, and which still wait to be handled?

Whatever was told to Telegram as received is here first. Bodies are erased once handled; the ids
stay for a while, so that a second copy is known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, bindparam, delete, exists, select, update

from nudger.store.dialect import insert_or_leave
from nudger.store.sealing import Context
from nudger.store.states import UpdateState
from nudger.store.tables import UPDATE_WAITING, inbox
from nudger.store.transaction import Transaction
from nudger.store.types import Moment

IDS_KEPT_FOR = timedelta(days=6)  # of what was laid aside
KEPT_FOR = timedelta(hours=48)  # Telegram itself keeps an update that it still has to give for 24


@dataclass(frozen=True, kw_only=True)
class Update:
    """One update. ``body`` is its JSON; ``chat`` is None where it names no chat of a person.

    ``tries`` counts how often handling it has failed.
    """

    update_id: int
    chat: int | None
    body: str
    tries: int = 0


# Made once: it is asked again after every update.
_first = inbox.alias("first")
FIRST_ONES = (
    select(inbox)
    .where(
        UPDATE_WAITING,
        inbox.c.next_try_at <= bindparam("moment", type_=Moment),
        ~exists().where(
            _first.c.chat == inbox.c.chat, UPDATE_WAITING, _first.c.serial < inbox.c.serial
        ),
    )
    .order_by(inbox.c.serial)
    .limit(bindparam("most", type_=Integer))
)


async def keep(tx: Transaction, updates: Iterable[Update], *, now: datetime) -> None:
    """Write down what came, in that order; what is there already is left as it is."""
    rows = [
        {
            "update_id": one.update_id,
            "chat": one.chat,
            "received_at": now,
            "next_try_at": now,
            "body": await tx.seal(one.body, _body_of(one.update_id)),
            "state": UpdateState.WAITING,
        }
        for one in updates
    ]
    if rows:
        statement = insert_or_leave(tx.connection, inbox, on=["update_id"])
        await tx.connection.execute(statement, rows)


async def waiting(tx: Transaction, *, now: datetime, limit: int) -> Sequence[Update]:
    """What may be handled now: the first that waits of each chat, in the order of arrival.

    Where that one is not to be tried again yet, the chat's others wait behind it.
    """
    found = await tx.connection.execute(FIRST_ONES, {"moment": now, "most": limit})
    return [
        Update(
            update_id=row["update_id"],
            chat=row["chat"],
            body=await tx.open(row["body"], _body_of(row["update_id"])),
            tries=row["tries"],
        )
        for row in found.mappings()
    ]


async def hold(tx: Transaction, update_id: int) -> bool:
    """Take an update for the transaction that handles it.

    False where it is handled already, or another worker is at it.
    """
    row = select(inbox.c.serial).where(inbox.c.update_id == update_id, UPDATE_WAITING)
    return await tx.connection.scalar(row.with_for_update(skip_locked=True)) is not None


async def handled(tx: Transaction, update_id: int) -> None:
    """It is done with, in the transaction that holds all its effects: nothing of it is kept."""
    await _set(tx, update_id, state=UpdateState.HANDLED, body=None, chat=None, error=None)


async def failed(tx: Transaction, update_id: int, *, error: str, next_try_at: datetime) -> None:
    """Handling it raised ``error``, the name of a class; try again from that moment on."""
    await _set(tx, update_id, tries=inbox.c.tries + 1, error=error, next_try_at=next_try_at)


async def quarantine(tx: Transaction, update_id: int, *, error: str) -> None:
    """It was tried often enough: lay it aside, so that the chat's next one is handled."""
    await _set(tx, update_id, state=UpdateState.QUARANTINED, error=error)


async def erase_old(tx: Transaction, *, now: datetime) -> None:
    """Forget the ids of what was handled long ago, and the bodies of what never was."""
    old = inbox.c.received_at <= now - KEPT_FOR
    await tx.connection.execute(delete(inbox).where(old, inbox.c.state == UpdateState.HANDLED))
    await tx.connection.execute(
        update(inbox)
        .where(old, inbox.c.state == UpdateState.QUARANTINED)
        .values(body=None, chat=None)
    )
    # After a quiet week Telegram's ids begin anywhere: an old one must not stand in the way.
    older = inbox.c.received_at <= now - IDS_KEPT_FOR
    await tx.connection.execute(delete(inbox).where(older, inbox.c.state != UpdateState.WAITING))


async def _set(tx: Transaction, update_id: int, **values: object) -> None:
    await tx.connection.execute(
        update(inbox).where(inbox.c.update_id == update_id).values(**values)
    )


def _body_of(update_id: int) -> Context:
    return Context(table="inbox", row=str(update_id), field="body")
