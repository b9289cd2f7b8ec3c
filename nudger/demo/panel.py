"""What stands beside the phone: what a person cannot see, but whoever watches the demo can?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

SPEEDS = (1, 60, 600)


@dataclass(frozen=True, kw_only=True)
class PlannedFact:
    """One nudge to come: when on the person's clock, in which lane, and why."""

    local_time: str
    lane: str
    why: str


@dataclass(frozen=True, kw_only=True)
class PanelFacts:
    """What is known of one person, in words for the panel.

    ``zone`` is their IANA zone; ``time`` and ``day`` are their clock ("19:02", "Tuesday 3 March").
    ``quiet`` says whether quiet hours hold now, ``quiet_text`` when they are. ``paused`` is empty
    where nothing is paused.
    """

    zone: str
    time: str
    day: str
    quiet: bool
    quiet_text: str
    planned: tuple[PlannedFact, ...] = ()
    paused: str = ""


class Panel(Protocol):
    """Who knows the facts and moves the clock: the service behind the demo."""

    speed: float

    def now(self) -> datetime:
        """The demo's clock."""
        ...

    async def about(self, chat: int) -> PanelFacts | None:
        """The facts of the person in a chat, or None while they are unknown."""
        ...

    async def skip(self) -> datetime | None:
        """Leap to the next nudge of anyone; the new moment, or None where nothing is planned."""
        ...
