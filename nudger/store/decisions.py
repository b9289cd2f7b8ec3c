"""What has the planner decided, and why?"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, select

from nudger.domain.nudge import Lane, Reason
from nudger.store.tables import decision
from nudger.store.transaction import Transaction

KEPT_FOR = timedelta(days=60)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One decision for one lane. ``nudge`` is None where nothing is to be sent."""

    lane: Lane
    local_date: date
    at: datetime
    reason: Reason
    nudge: str | None = None


COLUMNS = tuple(decision.c[field.name] for field in fields(Decision))


async def add(tx: Transaction, person: str, one: Decision) -> None:
    """Write it down; decisions are never changed."""
    row = {field.name: getattr(one, field.name) for field in fields(Decision)}
    await tx.connection.execute(decision.insert().values(person=person, **row))


async def erase_old(tx: Transaction, *, now: datetime) -> None:
    """Forget the old ones to send nothing; those that led to a nudge are part of its history."""
    old = delete(decision).where(decision.c.nudge.is_(None), decision.c.at <= now - KEPT_FOR)
    await tx.connection.execute(old)


async def latest(tx: Transaction, person: str, lane: Lane) -> Decision | None:
    """The last one for that lane."""
    return next(
        iter(await _newest(tx, 1, decision.c.person == person, decision.c.lane == lane)), None
    )


async def all_of(
    tx: Transaction, person: str, *, lane: Lane | None = None, limit: int | None = None
) -> Sequence[Decision]:
    """All of a person's, or those for a lane, newest first."""
    conditions = [decision.c.person == person]
    if lane is not None:
        conditions.append(decision.c.lane == lane)
    return await _newest(tx, limit, *conditions)


async def _newest(
    tx: Transaction, limit: int | None, *conditions: ColumnElement[bool]
) -> Sequence[Decision]:
    query = select(*COLUMNS).where(*conditions).order_by(decision.c.serial.desc()).limit(limit)
    return [Decision(**row) for row in (await tx.connection.execute(query)).mappings()]
