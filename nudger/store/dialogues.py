"""Which conversation is a person in, and where in it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, select, update

from nudger.store.dialect import insert_or_update
from nudger.store.sealing import Context
from nudger.store.states import DialogueStatus
from nudger.store.tables import OPEN_DIALOGUE, dialogue
from nudger.store.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    """One conversation. ``id`` is the token in its buttons, ``state`` JSON that it alone reads.

    ``message`` is the message that shows it now.
    """

    id: str
    person: str
    kind: str
    step: str
    state: str
    opened_at: datetime
    last_word_at: datetime
    status: DialogueStatus = DialogueStatus.OPEN
    message: int | None = None


async def save(tx: Transaction, talk: Dialogue) -> None:
    """Write it down, new or known. A second open one of a person is refused by the table."""
    row = {
        "id": talk.id,
        "person": talk.person,
        "kind": talk.kind,
        "step": talk.step,
        "state": await tx.seal(talk.state, _state_of(talk.id, talk.person)),
        "status": talk.status,
        "opened_at": talk.opened_at,
        "last_word_at": talk.last_word_at,
        "message": talk.message,
    }
    await tx.connection.execute(insert_or_update(tx.connection, dialogue, row, on=["id"]))


async def by_id(tx: Transaction, id: str, *, person: str) -> Dialogue | None:
    """That conversation, if it is this person's: the id in a button can be forged."""
    return await _one(tx, dialogue.c.id == id, dialogue.c.person == person)


async def all_of(tx: Transaction, person: str) -> Sequence[Dialogue]:
    """All of a person's, the latest first."""
    query = select(dialogue).where(dialogue.c.person == person)
    rows = await tx.connection.execute(query.order_by(dialogue.c.last_word_at.desc()))
    return [await _opened(tx, row) for row in rows.mappings()]


async def open_of(tx: Transaction, person: str) -> Dialogue | None:
    """The one they are in."""
    return await _one(tx, dialogue.c.person == person, OPEN_DIALOGUE)


async def newest_parked(
    tx: Transaction, person: str, *, kind: str | None = None
) -> Dialogue | None:
    """The conversation that was interrupted last, of that kind or of any."""
    conditions = [dialogue.c.person == person, dialogue.c.status == DialogueStatus.PARKED]
    if kind is not None:
        conditions.append(dialogue.c.kind == kind)
    return await _one(tx, *conditions)


async def park(tx: Transaction, person: str) -> None:
    """Lay aside the open one, so that another may begin; its buttons still work."""
    open_ = update(dialogue).where(dialogue.c.person == person, OPEN_DIALOGUE)
    await tx.connection.execute(open_.values(status=DialogueStatus.PARKED))


async def close(tx: Transaction, id: str, *, now: datetime) -> None:
    """It is over; its buttons are old from now on."""
    over = update(dialogue).where(dialogue.c.id == id)
    await tx.connection.execute(over.values(status=DialogueStatus.CLOSED, last_word_at=now))


async def shown(tx: Transaction, id: str, message: int) -> None:
    """It is shown by that message now."""
    await tx.connection.execute(update(dialogue).where(dialogue.c.id == id).values(message=message))


async def _one(tx: Transaction, *conditions: ColumnElement[bool]) -> Dialogue | None:
    newest = select(dialogue).where(*conditions).order_by(dialogue.c.last_word_at.desc()).limit(1)
    row = (await tx.connection.execute(newest)).mappings().one_or_none()
    return None if row is None else await _opened(tx, row)


async def _opened(tx: Transaction, row: RowMapping) -> Dialogue:
    state = await tx.open(row["state"], _state_of(row["id"], row["person"]))
    return Dialogue(**{**row, "state": state})


def _state_of(id: str, person: str) -> Context:
    return Context(table="dialogue", row=id, person=person, field="state")
