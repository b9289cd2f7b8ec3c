"""What states may a nudge be in, and which arrows lead between them?

planned -> claimed | skipped | cancelled | expired
claimed -> sending | planned (lease over) | skipped | expired (the last look)
sending -> delivered | planned (429, never left) | refused | unknown
unknown -> delivered (a tap proves it) | sending (once, where the person waits)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

LEASE = timedelta(seconds=60)


class Lane(StrEnum):
    """One stream of nudges to one person."""

    CHALLENGE = "challenge"
    KINDNESS = "kindness"
    INSIGHT = "insight"
    REVIEW = "review"
    FOLLOW_UP = "follow_up"


DAILY_LANES = frozenset({Lane.CHALLENGE, Lane.KINDNESS})


class State(StrEnum):
    """Where a nudge is on its way."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENDING = "sending"
    DELIVERED = "delivered"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUSED = "refused"
    UNKNOWN = "unknown"


ARROWS: Mapping[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.CLAIMED, State.SKIPPED, State.CANCELLED, State.EXPIRED}),
    State.CLAIMED: frozenset({State.SENDING, State.PLANNED, State.SKIPPED, State.EXPIRED}),
    State.SENDING: frozenset({State.DELIVERED, State.PLANNED, State.REFUSED, State.UNKNOWN}),
    State.UNKNOWN: frozenset({State.DELIVERED, State.SENDING}),
}


class Delivery(StrEnum):
    """What came of a send.

    ``NOT_LEFT`` never reached Telegram (no connection, 429): it may be tried again.
    ``UNKNOWN`` may have arrived. ``BLOCKED`` the person blocked the bot; ``REFUSED`` our mistake.
    """

    DELIVERED = "delivered"
    NOT_LEFT = "not_left"
    BLOCKED = "blocked"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class FollowUp(StrEnum):
    """What a follow-up follows; the thing followed is named by its id."""

    ATTEMPT_END = "attempt_end"
    REFLECTION = "reflection"
    STEPS_AGAIN = "steps_again"
    WRITING_LESS = "writing_less"
    FAREWELL = "farewell"


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a nudge is about, so that it can be rendered in the moment of sending.

    ``rungs`` are the offered pair (gentle, stretch) in the challenge lane; ``prompt`` the id of the
    text in the kindness lane; ``follow_up`` and ``follows`` say what a follow-up follows.
    ``even_in_quiet`` is the end of an attempt of which they said "tell me then anyway".
    """

    prompt: str | None = None
    rungs: tuple[str, ...] = ()
    follow_up: FollowUp | None = None
    follows: str | None = None
    even_in_quiet: bool = False

    @property
    def awaited(self) -> bool:
        """It follows what the person began: rest and cap are no reason to hold it back."""
        return self.follow_up in {FollowUp.ATTEMPT_END, FollowUp.REFLECTION}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why the planner decided so: a name that /why has a sentence for, and its numbers."""

    name: str
    values: Mapping[str, str | int | float | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A nudge the planner wants, or the decision to send nothing in a lane (``content`` None)."""

    lane: Lane
    reason: Reason
    content: Content | None = None
    due_at: datetime | None = None
    useful_until: datetime | None = None
    local_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class Nudge:
    """A planned nudge as it stands in the store.

    ``sent_at`` is when it was last given to Telegram, whatever came of it: for a nudge whose fate
    is unknown, the only moment there is.
    """

    id: str
    person: str
    lane: Lane
    local_date: date
    due_at: datetime
    useful_until: datetime
    state: State
    content: Content
    reason: Reason
    fence: int = 0
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    answered_at: datetime | None = None
