"""What did a person practise, fear and find?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, Table, select

from nudger.domain.practice import Attempt, Finding, Note, Prediction, Separation
from nudger.store import codec
from nudger.store.dialect import insert_or_update
from nudger.store.sealing import Context
from nudger.store.tables import attempt, note, separation
from nudger.store.transaction import Transaction

ATTEMPT = (
    *("id", "rung", "phase", "chosen_at", "started_at", "ends_at", "ask_at", "over_at"),
    "even_in_quiet",
)
SEPARATION = ("id", "logged_at", "until", "ask_at", "reflected_at")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What of a prediction and a finding is sealed: the fear, and all that was typed."""

    fear: str | None
    own: str
    helped: str
    line: str


async def save_attempt(tx: Transaction, person: str, one: Attempt) -> None:
    """Write it down, new or known. A second one under way is refused by the table."""
    await _save(tx, attempt, person, one, ATTEMPT)


async def save_separation(tx: Transaction, person: str, one: Separation) -> None:
    """Write it down, new or known."""
    await _save(tx, separation, person, one, SEPARATION)


async def add_note(tx: Transaction, person: str, one: Note) -> None:
    """Keep plain words as they are."""
    words = await tx.seal(one.words, _words_of(note, one.id, person))
    await tx.connection.execute(
        note.insert().values(id=one.id, person=person, at=one.at, words=words)
    )


async def attempt_by_id(tx: Transaction, id: str, *, person: str) -> Attempt | None:
    """That attempt, if it is this person's."""
    row = await _row(tx, attempt, id, person)
    return None if row is None else await _attempt(tx, row)


async def separation_by_id(tx: Transaction, id: str, *, person: str) -> Separation | None:
    """That separation, if it is this person's."""
    row = await _row(tx, separation, id, person)
    return None if row is None else await _separation(tx, row)


async def attempts(
    tx: Transaction, person: str, *, rung: str | None = None, limit: int | None = None
) -> Sequence[Attempt]:
    """All of them, or those on one rung, newest first."""
    query = select(attempt).where(attempt.c.person == person)
    if rung is not None:
        query = query.where(attempt.c.rung == rung)
    query = query.order_by(attempt.c.chosen_at.desc(), attempt.c.id).limit(limit)
    return [await _attempt(tx, row) for row in (await tx.connection.execute(query)).mappings()]


async def separations(
    tx: Transaction, person: str, *, limit: int | None = None
) -> Sequence[Separation]:
    """All of them, newest first."""
    query = select(separation).where(separation.c.person == person)
    query = query.order_by(separation.c.logged_at.desc(), separation.c.id).limit(limit)
    return [await _separation(tx, row) for row in (await tx.connection.execute(query)).mappings()]


async def notes(tx: Transaction, person: str, *, limit: int | None = None) -> Sequence[Note]:
    """All of them, newest first."""
    query = select(note).where(note.c.person == person)
    query = query.order_by(note.c.at.desc(), note.c.id).limit(limit)
    return [
        Note(
            id=row["id"],
            at=row["at"],
            words=await tx.open(row["words"], _words_of(note, row["id"], person)),
        )
        for row in (await tx.connection.execute(query)).mappings()
    ]


async def _save(
    tx: Transaction,
    table: Table,
    person: str,
    one: Attempt | Separation,
    columns: Sequence[str],
) -> None:
    before, after = one.prediction, one.finding
    words = Words(fear=before.fear, own=before.words, helped=after.helped, line=after.words)
    row = {
        **{name: getattr(one, name) for name in columns},
        "person": person,
        "likely": before.likely,
        "expected": before.expected,
        "how": after.how,
        "came_true": after.came_true,
        "peak": after.peak,
        "words": await tx.seal(codec.to_text(Words, words), _words_of(table, one.id, person)),
    }
    await tx.connection.execute(insert_or_update(tx.connection, table, row, on=["id"]))


async def _row(tx: Transaction, table: Table, id: str, person: str) -> RowMapping | None:
    query = select(table).where(table.c.id == id, table.c.person == person)
    return (await tx.connection.execute(query)).mappings().one_or_none()


async def _attempt(tx: Transaction, row: RowMapping) -> Attempt:
    before, after = await _opened(tx, attempt, row)
    return Attempt(**{name: row[name] for name in ATTEMPT}, prediction=before, finding=after)


async def _separation(tx: Transaction, row: RowMapping) -> Separation:
    before, after = await _opened(tx, separation, row)
    return Separation(**{name: row[name] for name in SEPARATION}, prediction=before, finding=after)


async def _opened(tx: Transaction, table: Table, row: RowMapping) -> tuple[Prediction, Finding]:
    text = await tx.open(row["words"], _words_of(table, row["id"], row["person"]))
    words = codec.from_text(Words, text)
    return (
        Prediction(
            fear=words.fear, words=words.own, likely=row["likely"], expected=row["expected"]
        ),
        Finding(
            how=row["how"],
            came_true=row["came_true"],
            peak=row["peak"],
            helped=words.helped,
            words=words.line,
        ),
    )


def _words_of(table: Table, id: str, person: str) -> Context:
    return Context(table=table.name, row=id, person=person, field="words")
