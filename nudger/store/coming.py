"""When is the next of each kind due, of everybody's?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from nudger.store.tables import (
    OUT_WAITING,
    PLANNED,
    UNANSWERED,
    UPDATE_WAITING,
    inbox,
    nudge,
    outbox,
)
from nudger.store.transaction import Transaction

# One statement, four looks at the ends of four partial indexes.
NEXT = select(
    select(func.min(nudge.c.due_at)).where(PLANNED).scalar_subquery().label("nudge"),
    select(func.min(nudge.c.useful_until)).where(UNANSWERED).scalar_subquery().label("silence"),
    select(func.min(inbox.c.next_try_at)).where(UPDATE_WAITING).scalar_subquery().label("update"),
    select(func.min(outbox.c.next_try_at)).where(OUT_WAITING).scalar_subquery().label("out"),
)


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A nudge to deliver, a silence to note, an update to handle, a message to send; or None."""

    nudge: datetime | None
    silence: datetime | None
    update: datetime | None
    out: datetime | None

    def soonest(self) -> datetime | None:
        """The first of them."""
        moments = (self.nudge, self.silence, self.update, self.out)
        return min((at for at in moments if at is not None), default=None)


async def next_moments(tx: Transaction) -> Coming:
    """The next moment of each kind, also where it has passed."""
    return Coming(**(await tx.connection.execute(NEXT)).mappings().one())
