"""Which messages are to leave, in which order, and what came of them?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Integer,
    Update,
    bindparam,
    delete,
    exists,
    false,
    or_,
    select,
    true,
    update,
)

from nudger.domain.message_out import MessageOut
from nudger.domain.nudge import LEASE
from nudger.store import codec
from nudger.store.dialect import lease_clock, lease_end
from nudger.store.presence import died
from nudger.store.sealing import Context
from nudger.store.states import OutState
from nudger.store.tables import OUT_HELD, OUT_UNDER_WAY, OUT_WAITING, outbox
from nudger.store.transaction import Transaction
from nudger.store.types import Moment

KEPT_FOR = timedelta(hours=48)  # after that nobody asks what came of an answer


@dataclass(frozen=True, kw_only=True)
class Out:
    """One message out, as it was decided on.

    ``id`` is made by us; ``person`` is None for someone we know nothing of; ``tries`` counts how
    often it was claimed, ``created_at`` is when it was written down.
    """

    id: str
    message: MessageOut
    person: str | None = None
    nudge: str | None = None
    dialogue: str | None = None
    tries: int = 0
    created_at: datetime | None = None


COLUMNS = tuple(
    outbox.c[name] for name in ("id", "person", "nudge", "dialogue", "tries", "created_at", "body")
)


# Made once: it is asked after every send, and making it takes longer than asking it.
_first = outbox.alias("first")
_ready = (
    select(outbox.c.id)
    .where(
        OUT_WAITING,
        outbox.c.next_try_at <= bindparam("moment", type_=Moment),
        ~exists().where(
            _first.c.chat == outbox.c.chat, OUT_UNDER_WAY, _first.c.serial < outbox.c.serial
        ),
    )
    .order_by(outbox.c.nudge.is_not(None), outbox.c.serial)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
    .cte("ready")
)
READY_ONES = update(outbox).where(outbox.c.id.in_(select(_ready.c.id)), OUT_WAITING)


async def add(tx: Transaction, new: Out, *, now: datetime, owner: str | None = None) -> None:
    """Let it leave after whatever leaves for that chat before it.

    With an ``owner`` it leaves at once, sent by that process: a nudge in its moment.
    """
    held = {"claimed_by": owner, "lease_until": lease_end(tx.connection, now=now, lease=LEASE)}
    await tx.connection.execute(
        outbox.insert().values(
            id=new.id,
            person=new.person,
            chat=new.message.chat,
            nudge=new.nudge,
            dialogue=new.dialogue,
            body=await tx.seal(
                codec.to_text(MessageOut, new.message), _body_of(new.id, new.person)
            ),
            state=OutState.WAITING if owner is None else OutState.SENDING,
            created_at=now,
            next_try_at=now,
            **({} if owner is None else held),
        )
    )


async def claim(
    tx: Transaction, *, now: datetime, limit: int, owner: str, lease: timedelta = LEASE
) -> Sequence[Out]:
    """Take the first that waits of each chat, to be sent once this is committed.

    What somebody just asked for goes before what was planned. A chat whose first one is under way,
    or not to be tried again yet, gives none.
    """
    taken = READY_ONES.values(
        state=OutState.SENDING,
        tries=outbox.c.tries + 1,
        claimed_by=owner,
        lease_until=lease_end(tx.connection, now=now, lease=lease),
    )
    return await _change(tx, taken, {"moment": now, "most": limit})


async def delivered(
    tx: Transaction, id: str, *, owner: str, now: datetime, message: int | None
) -> bool:
    """It arrived, as that message; False where it is no longer this process's to say."""
    return await _end(
        tx, id, owner, state=OutState.DELIVERED, done_at=now, message=message, body=None
    )


async def refused(tx: Transaction, id: str, *, owner: str, now: datetime) -> bool:
    """It will never arrive."""
    return await _end(tx, id, owner, state=OutState.REFUSED, done_at=now, body=None)


async def unknown(tx: Transaction, id: str, *, owner: str, now: datetime) -> bool:
    """It may have arrived. The body stays, should the person wait for it."""
    return await _end(tx, id, owner, state=OutState.UNKNOWN, done_at=now)


async def again(tx: Transaction, id: str, *, owner: str, next_try_at: datetime) -> bool:
    """It never left: back to waiting, until that moment."""
    return await _end(tx, id, owner, state=OutState.WAITING, next_try_at=next_try_at)


async def once_more(tx: Transaction, id: str, *, next_try_at: datetime) -> bool:
    """Send again what may have arrived, because the person waits for it; False the second time."""
    fateless = update(outbox).where(
        outbox.c.id == id, outbox.c.state == OutState.UNKNOWN, outbox.c.sent_again == false()
    )
    return bool(
        await _ids(
            tx,
            fateless.values(
                state=OutState.WAITING, sent_again=true(), next_try_at=next_try_at, done_at=None
            ),
        )
    )


async def rescue(tx: Transaction, *, now: datetime) -> Sequence[Out]:
    """What is held beyond its lease, or by a process that died while sending: of unknown fate."""
    over = outbox.c.lease_until <= lease_clock(tx.connection, now=now)
    return await _rescue(tx, or_(over, died(tx.connection, outbox.c.claimed_by)), now=now)


async def rescue_all(tx: Transaction, *, now: datetime) -> Sequence[Out]:
    """All that is held: at the start of the only process there is (SQLite)."""
    return await _rescue(tx, true(), now=now)


async def erase_old(tx: Transaction, *, now: datetime) -> None:
    """Forget what was done with long ago."""
    await tx.connection.execute(delete(outbox).where(outbox.c.done_at <= now - KEPT_FOR))


async def _end(tx: Transaction, id: str, owner: str, **values: object) -> bool:
    mine = update(outbox).where(outbox.c.id == id, OUT_HELD, outbox.c.claimed_by == owner)
    ended = await _ids(tx, mine.values(claimed_by=None, lease_until=None, **values))
    if ended and values["state"] in {OutState.DELIVERED, OutState.REFUSED}:
        # A chat of which nothing is stored: not even that it was answered.
        await tx.connection.execute(
            delete(outbox).where(outbox.c.id == id, outbox.c.person.is_(None))
        )
    return bool(ended)


async def _rescue(
    tx: Transaction, condition: ColumnElement[bool], *, now: datetime
) -> Sequence[Out]:
    held = update(outbox).where(OUT_HELD, condition)
    return await _change(
        tx, held.values(state=OutState.UNKNOWN, done_at=now, claimed_by=None, lease_until=None)
    )


async def _ids(tx: Transaction, statement: Update) -> Sequence[str]:
    return (await tx.connection.scalars(statement.returning(outbox.c.id))).all()


async def _change(
    tx: Transaction, statement: Update, values: Mapping[str, object] | None = None
) -> Sequence[Out]:
    """In the order of the chats' rows: RETURNING promises none."""
    changed = statement.returning(outbox.c.serial, *COLUMNS)
    rows = await tx.connection.execute(changed, values)
    outs = []
    for row in sorted(rows.mappings(), key=lambda row: (row["nudge"] is not None, row["serial"])):
        body = await tx.open(row["body"], _body_of(row["id"], row["person"]))
        outs.append(
            Out(
                id=row["id"],
                message=codec.from_text(MessageOut, body),
                person=row["person"],
                nudge=row["nudge"],
                dialogue=row["dialogue"],
                tries=row["tries"],
                created_at=row["created_at"],
            )
        )
    return outs


def _body_of(id: str, person: str | None) -> Context:
    return Context(table="outbox", row=id, person=person or "", field="body")
