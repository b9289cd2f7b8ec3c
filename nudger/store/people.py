"""Who is a person, as last told?"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, delete, exists, select, update

from nudger.domain.person import Person, Phase
from nudger.store import codec
from nudger.store.sealing import Context, key_of_person
from nudger.store.states import UpdateState
from nudger.store.tables import PLANNED, inbox, nudge, outbox, person
from nudger.store.transaction import Transaction

# The fields of a Person that are columns; all else is sealed: settings reveal someone too.
COLUMNS = ("id", "chat", "phase", "zone", "language", "seed", "joined_at")


async def add(tx: Transaction, new: Person) -> None:
    """Write someone down for the first time, with a data key of their own."""
    tx.keys[new.id], wrapped = tx.vault.master.wrap_new(key_of_person(new.id))
    await tx.connection.execute(person.insert().values(data_key=wrapped, **await _row(tx, new)))


async def by_chat(tx: Transaction, chat: int) -> Person | None:
    """The person of that chat, held until the end of a transaction that writes.

    Whoever decides something for a person reads them first. So two transactions of the same person
    come one after the other, in whichever processes they are.
    """
    return await _one(tx, person.c.chat == chat)


async def by_id(tx: Transaction, id: str) -> Person | None:
    """The person of that id, held as above."""
    return await _one(tx, person.c.id == id)


async def save(tx: Transaction, known: Person) -> None:
    """Write down a person as they are now."""
    await tx.connection.execute(
        update(person).where(person.c.id == known.id).values(**await _row(tx, known))
    )


async def all_ids(tx: Transaction, *, phase: Phase | None = None) -> Sequence[str]:
    """Everybody, or everybody who has come that far."""
    query = select(person.c.id).order_by(person.c.id)
    if phase is not None:
        query = query.where(person.c.phase == phase)
    return (await tx.connection.scalars(query)).all()


async def without_plan(tx: Transaction, *, after: str, limit: int) -> Sequence[str]:
    """Those who joined and have nothing planned, in the order of their ids, after one of them."""
    planned = exists().where(nudge.c.person == person.c.id, PLANNED)
    query = select(person.c.id).where(person.c.phase == Phase.JOINED, person.c.id > after, ~planned)
    return (await tx.connection.scalars(query.order_by(person.c.id).limit(limit))).all()


async def last_word_at(tx: Transaction, id: str) -> datetime | None:
    """When they last said or tapped something."""
    moment: datetime | None = await tx.connection.scalar(
        select(person.c.last_word_at).where(person.c.id == id)
    )
    return moment


async def heard(tx: Transaction, id: str, *, now: datetime) -> None:
    """They said or tapped something."""
    await tx.connection.execute(update(person).where(person.c.id == id).values(last_word_at=now))


async def load_pace(tx: Transaction, id: str) -> str | None:
    """Where they stand, in the JSON that pacing wrote."""
    pace: str | None = await tx.connection.scalar(select(person.c.pace).where(person.c.id == id))
    return pace


async def save_pace(tx: Transaction, id: str, pace: str) -> None:
    """Keep where they stand."""
    await tx.connection.execute(update(person).where(person.c.id == id).values(pace=pace))


async def forget(tx: Transaction, known: Person) -> None:
    """Erase all there is of a person. `Store.shred`, after the commit, empties the log of it too.

    What the chat sent after its /forget, and still waits to be handled, is a new beginning and
    stays; the update being handled is emptied by `inbox.handled`.
    """
    await tx.connection.execute(delete(person).where(person.c.id == known.id))
    await tx.connection.execute(delete(outbox).where(outbox.c.chat == known.chat))
    # The ids of updates stay for a while: a second copy of one must not bring the person back.
    await tx.connection.execute(
        update(inbox)
        .where(inbox.c.chat == known.chat, inbox.c.state != UpdateState.WAITING)
        .values(chat=None, body=None)
    )
    tx.keys.pop(known.id, None)


async def _one(tx: Transaction, condition: ColumnElement[bool]) -> Person | None:
    query = select(person).where(condition)
    if tx.writes:
        query = query.with_for_update()
    row = (await tx.connection.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    tx.keys[row["id"]] = tx.vault.master.unwrap(row["data_key"], key_of_person(row["id"]))
    return await _person(tx, row)


async def _person(tx: Transaction, row: RowMapping) -> Person:
    told = await tx.open(row["profile"], _profile_of(row["id"]))
    return codec.from_text(Person, told, **{name: row[name] for name in COLUMNS})


async def _row(tx: Transaction, known: Person) -> Mapping[str, object]:
    told = codec.to_text(Person, known, without=frozenset(COLUMNS))
    return {
        "profile": await tx.seal(told, _profile_of(known.id)),
        **{name: getattr(known, name) for name in COLUMNS},
    }


def _profile_of(id: str) -> Context:
    return Context(table="person", row=id, person=id, field="profile")
