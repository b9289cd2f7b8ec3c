"""Which nudges are planned, on their way, or have been sent?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, Update, false, or_, select, true, update

from nudger.domain.nudge import ARROWS, LEASE, Nudge, State
from nudger.store.dialect import lease_clock, lease_end
from nudger.store.presence import died
from nudger.store.tables import HELD, PLANNED, UNANSWERED, nudge
from nudger.store.transaction import Transaction

COLUMNS = tuple(nudge.c[field.name] for field in fields(Nudge))
# Given to Telegram. What it refused counts too: the same again would be refused again.
OUT = (State.SENDING, State.DELIVERED, State.UNKNOWN, State.REFUSED)
GIVEN_UP = (State.SKIPPED, State.EXPIRED)


async def add(tx: Transaction, new: Nudge) -> None:
    """Write down a plan. A second one under way in its lane is refused by the table."""
    row = {field.name: getattr(new, field.name) for field in fields(Nudge)}
    follow_up = new.content.follow_up
    # Nothing in particular is followed by some follow-ups; "nothing" is one thing to an index,
    # where two NULLs would be two.
    follows = None if follow_up is None else new.content.follows or ""
    await tx.connection.execute(nudge.insert().values(follow_up=follow_up, follows=follows, **row))


async def by_id(tx: Transaction, id: str) -> Nudge | None:
    """That nudge."""
    return next(iter(await _all(tx, select(*COLUMNS).where(nudge.c.id == id))), None)


async def planned_of(tx: Transaction, person: str) -> Sequence[Nudge]:
    """What is planned for a person, soonest first."""
    query = select(*COLUMNS).where(nudge.c.person == person, PLANNED)
    return await _all(tx, query.order_by(nudge.c.due_at, nudge.c.id))


async def recent(tx: Transaction, person: str, *, limit: int) -> Sequence[Nudge]:
    """A person's nudges in any state, the latest due first."""
    query = select(*COLUMNS).where(nudge.c.person == person)
    return await _all(tx, query.order_by(nudge.c.due_at.desc(), nudge.c.id).limit(limit))


async def of_dialogue(tx: Transaction, person: str, dialogue: str) -> Sequence[Nudge]:
    """The nudges that opened a dialogue, or went on with it."""
    query = select(*COLUMNS).where(
        nudge.c.person == person, or_(nudge.c.id == dialogue, nudge.c.follows == dialogue)
    )
    return await _all(tx, query.order_by(nudge.c.due_at, nudge.c.id))


async def under_way(tx: Transaction, person: str) -> Sequence[Nudge]:
    """What is being sent to a person at this moment."""
    return await _all(tx, select(*COLUMNS).where(nudge.c.person == person, HELD))


async def sent_since(tx: Transaction, person: str, *, since: datetime) -> Sequence[Nudge]:
    """What Telegram was given for a person from that moment on, in order; it may have refused."""
    query = select(*COLUMNS).where(
        nudge.c.person == person, nudge.c.state.in_(OUT), nudge.c.sent_at >= since
    )
    return await _all(tx, query.order_by(nudge.c.sent_at, nudge.c.id))


async def given_up_since(tx: Transaction, person: str, *, since: date) -> Sequence[Nudge]:
    """What was skipped or expired from that local date on."""
    query = select(*COLUMNS).where(
        nudge.c.person == person, nudge.c.state.in_(GIVEN_UP), nudge.c.local_date >= since
    )
    return await _all(tx, query.order_by(nudge.c.due_at, nudge.c.id))


async def claim_due(
    tx: Transaction, *, now: datetime, limit: int, owner: str, lease: timedelta = LEASE
) -> Sequence[Nudge]:
    """Take what is due for this process alone, soonest first, until the lease is over.

    One statement; workers at the same time step over each other's rows.
    """
    due = (
        select(nudge.c.id)
        .where(PLANNED, nudge.c.due_at <= now)
        .order_by(nudge.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        # A common table is read once; a subquery in its place may be read again for each row,
        # and claim more than the limit.
        .cte("due")
    )
    claim = update(nudge).where(nudge.c.id.in_(select(due.c.id)), PLANNED)
    claimed = await _change(
        tx,
        claim.values(
            state=State.CLAIMED,
            fence=nudge.c.fence + 1,
            claimed_by=owner,
            lease_until=lease_end(tx.connection, now=now, lease=lease),
        ),
    )
    return sorted(claimed, key=lambda one: (one.due_at, one.id))


async def move(
    tx: Transaction,
    known: Nudge,
    to: State,
    *,
    now: datetime,
    owner: str | None = None,
    message: int | None = None,
    due_at: datetime | None = None,
    lease: timedelta = LEASE,
) -> Nudge | None:
    """Follow one arrow: what the nudge is then, or None where the race is lost and one must stop.

    ``owner`` is needed to send once more what may have arrived; ``message`` belongs to what was
    delivered; ``due_at`` to what goes back to being planned, for as long as it is of use.
    """
    if to is State.CLAIMED:
        raise ValueError("a nudge is claimed by claim_due alone, or two would have it")
    if to not in ARROWS.get(known.state, frozenset()):
        raise ValueError(f"no arrow leads from {known.state} to {to}: see nudger/domain/nudge.py")
    mine = update(nudge).where(
        nudge.c.id == known.id, nudge.c.state == known.state, nudge.c.fence == known.fence
    )
    if known.state is State.UNKNOWN and to is State.SENDING:
        mine = mine.where(nudge.c.sent_again == false())
        mine = mine.values(sent_again=true(), fence=nudge.c.fence + 1, claimed_by=owner)
    if to is State.SENDING:
        over = lease_end(tx.connection, now=now, lease=lease)
        mine = mine.values(sent_at=now, lease_until=over)
    else:
        mine = mine.values(claimed_by=None, lease_until=None)
    if to is State.DELIVERED:
        mine = mine.values(delivered_at=now, message=message)
    if to is State.PLANNED and due_at is not None:
        mine = mine.values(due_at=min(due_at, known.useful_until))
    return next(iter(await _change(tx, mine.values(state=to))), None)


async def people_overdue(tx: Transaction, *, now: datetime, limit: int) -> Sequence[str]:
    """Whose nudges have lost their use: unsent, or without an answer."""
    unsent = select(nudge.c.person).where(
        PLANNED, nudge.c.due_at <= now, nudge.c.useful_until <= now
    )
    unanswered = select(nudge.c.person).where(UNANSWERED, nudge.c.useful_until <= now)
    return (await tx.connection.scalars(unsent.union(unanswered).limit(limit))).all()


async def expire(tx: Transaction, person: str, *, now: datetime) -> Sequence[Nudge]:
    """Give up what is planned for a person and has lost its use."""
    useless = update(nudge).where(
        nudge.c.person == person, PLANNED, nudge.c.due_at <= now, nudge.c.useful_until <= now
    )
    return await _change(tx, useless.values(state=State.EXPIRED))


async def answered(tx: Transaction, id: str, *, now: datetime) -> bool:
    """Write down that a delivered nudge was answered; False where it had been, or was not sent."""
    first = update(nudge).where(
        nudge.c.id == id, nudge.c.state == State.DELIVERED, nudge.c.answered_at.is_(None)
    )
    return bool(await _change(tx, first.values(answered_at=now)))


async def fall_silent(tx: Transaction, person: str, *, now: datetime) -> Sequence[Nudge]:
    """Count once, as silence, what lost its use without an answer, and say which that was."""
    silent = update(nudge).where(nudge.c.person == person, UNANSWERED, nudge.c.useful_until <= now)
    return await _change(tx, silent.values(silence_counted=True))


@dataclass(frozen=True, kw_only=True)
class Rescued:
    """What was taken back: planned again, or of unknown fate."""

    planned: Sequence[Nudge]
    unknown: Sequence[Nudge]


async def rescue(tx: Transaction, *, now: datetime) -> Rescued:
    """Take back what is held beyond its lease, or by a process that died."""
    over = nudge.c.lease_until <= lease_clock(tx.connection, now=now)
    return await _rescue(tx, or_(over, died(tx.connection, nudge.c.claimed_by)))


async def rescue_all(tx: Transaction) -> Rescued:
    """Take back all that is held: at the start of the only process there is (SQLite)."""
    return await _rescue(tx, true())


async def _rescue(tx: Transaction, condition: ColumnElement[bool]) -> Rescued:
    held = update(nudge).where(HELD, condition)
    free: Mapping[str, None] = {"claimed_by": None, "lease_until": None}
    return Rescued(
        planned=await _change(
            tx, held.where(nudge.c.state == State.CLAIMED).values(state=State.PLANNED, **free)
        ),
        unknown=await _change(
            tx, held.where(nudge.c.state == State.SENDING).values(state=State.UNKNOWN, **free)
        ),
    )


async def _all(tx: Transaction, query: Select[*tuple[object, ...]]) -> Sequence[Nudge]:
    return [Nudge(**row) for row in (await tx.connection.execute(query)).mappings()]


async def _change(tx: Transaction, statement: Update) -> Sequence[Nudge]:
    rows = (await tx.connection.execute(statement.returning(*COLUMNS))).mappings()
    return [Nudge(**row) for row in rows]
