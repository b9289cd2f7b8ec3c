"""What does a dialogue look at, and what does it answer?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from nudger.domain.help_line import HelpLine
from nudger.domain.nudge import Nudge, Reason
from nudger.domain.pacing.events import Event
from nudger.domain.pacing.pace import Pace
from nudger.domain.person import Person
from nudger.domain.practice import Attempt, Note, Separation
from nudger.domain.prompt import Library, Rung
from nudger.domain.said import Said, Tap, Typed
from nudger.domain.screen import Screen, Value
from nudger.domain.time.local_time import zone_named

State = Any  # each dialogue has a frozen dataclass of its own, with a field `step`


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a dialogue may look at.

    ``dialogue`` is the id of the dialogue itself: what it begets (an attempt, a separation) bears
    the same. ``ladder`` is the person's, easiest first. ``planned`` and ``recent`` are nudges,
    soonest and newest first; ``coming`` are the planned ones as they come after this conversation. ``learned`` is the pace as it would be with one more event (or a
    corrected one). ``zones_for`` finds the zones of a typed city, ``zones_at`` those where it is a
    given time now. ``languages`` are those nudger has texts in. ``offered``
    is the reason of the step that was offered last. ``barred`` is why no step is right at the
    moment, as `steps_barred` has it.
    """

    dialogue: str
    person: Person
    pace: Pace
    library: Library
    ladder: tuple[Rung, ...]
    learned: Callable[[Event], Pace]
    zones_for: Callable[[str], tuple[str, ...]] = lambda _: ()
    country_of: Callable[[str], str] = lambda _: ""
    help_lines: tuple[HelpLine, ...] = ()
    languages: tuple[str, ...] = ("en",)
    planned: tuple[Nudge, ...] = ()
    coming: tuple[Nudge, ...] = ()
    recent: tuple[Nudge, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    separations: tuple[Separation, ...] = ()
    offered: Reason | None = None
    barred: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The person's zone (UTC where the zone data no longer knows it)."""
        return zone_named(self.person.zone) or ZoneInfo("UTC")


@dataclass(frozen=True, kw_only=True)
class Begin:
    """Another dialogue goes on from here: in the same message, or in a new one ``beside`` it."""

    kind: str
    state: State
    beside: bool = False


@dataclass(frozen=True, kw_only=True)
class KeepNote:
    """Keep these words of the person as a note."""

    words: str


@dataclass(frozen=True, kw_only=True)
class Offered:
    """Steps were offered because the person asked: keep the reason, as the planner's is kept."""

    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Export:
    """Send the person all that is stored about them."""


@dataclass(frozen=True, kw_only=True)
class Forget:
    """Erase the person."""


Deed = Person | Attempt | Separation | Note | Event | KeepNote | Begin | Offered | Export | Forget


@dataclass(frozen=True, kw_only=True)
class Turn:
    """The answer to an answer.

    ``state`` is where the dialogue stands now (None: it is over). ``say`` stands above the next
    question, or alone where there is none. ``do`` is what is to be kept or begun.
    """

    state: State = None
    say: tuple[Screen, ...] = ()
    do: tuple[Deed, ...] = ()


def say(key: str, **values: Value) -> tuple[Screen, ...]:
    """One sentence, as `Turn.say` takes it."""
    return (Screen(key=key, values=values),)


def chosen(said: Said) -> str | None:
    """The id of the tapped choice, or None for anything else."""
    return said.choice if isinstance(said, Tap) else None


def written(said: Said) -> str | None:
    """The typed words, or None for anything else."""
    return said.text.strip() or None if isinstance(said, Typed) else None
