"""What is practised, feared and found: attempts, separations, and the evidence they leave?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from nudger.domain.time.local_time import local_date

UNANSWERED = timedelta(hours=2)  # as long as "how did it go?" is of use


class CameTrue(StrEnum):
    """Did the feared thing happen?"""

    NO = "no"
    A_LITTLE = "a_little"
    YES = "yes"
    UNKNOWN = "unknown"


class HowItWent(StrEnum):
    """The outcome of an attempt, as the person tells it."""

    WAITED = "waited"
    BROKE_OFF = "broke_off"
    OTHER = "other"
    UNSAFE = "unsafe"  # it was no longer practice: steps rest


class Phase(StrEnum):
    """Where an attempt is: chosen but not begun, running, or over."""

    CHOSEN = "chosen"
    RUNNING = "running"
    OVER = "over"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """Said before. ``fear`` is the id of an offered fear, or "own" with the words in ``words``.

    ``likely`` is 0-100 %, ``expected`` distress 0-10; None where the person left it out.
    """

    fear: str | None = None
    words: str = ""
    likely: int | None = None
    expected: int | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Said after: what happened, the worst moment (0-10), what helped, a line of their own."""

    how: HowItWent | None = None
    came_true: CameTrue | None = None
    peak: int | None = None
    helped: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One go at a rung, from yes to outcome. ``ends_at`` is None for a rung without a length.

    ``ask_at`` is when "how did it go?" is asked: the end, or later where the person chose so.
    ``even_in_quiet`` is their word to be asked then although quiet hours hold.
    """

    id: str
    rung: str
    chosen_at: datetime
    phase: Phase = Phase.CHOSEN
    started_at: datetime | None = None
    ends_at: datetime | None = None
    ask_at: datetime | None = None
    over_at: datetime | None = None
    even_in_quiet: bool = False
    prediction: Prediction = Prediction()
    finding: Finding = Finding()


def begun_on(attempts: Iterable[Attempt], day: date, zone: ZoneInfo) -> bool:
    """Whether one of them was started on a local date."""
    return any(
        each.started_at is not None and local_date(each.started_at, zone) == day
        for each in attempts
    )


def under_way(attempt: Attempt, *, now: datetime) -> bool:
    """Whether an attempt is on; one whose end was asked about in vain is over after a while."""
    waits_until = attempt.ask_at and attempt.ask_at + UNANSWERED
    return attempt.phase is Phase.RUNNING and (waits_until is None or now < waits_until)


@dataclass(frozen=True, kw_only=True)
class Separation:
    """A time apart that the person logged. ``until`` is None where it is over already, or open.

    ``ask_at`` is when the reflection is offered (None: never, or answered).
    """

    id: str
    logged_at: datetime
    until: datetime | None = None
    ask_at: datetime | None = None
    reflected_at: datetime | None = None
    prediction: Prediction = Prediction()
    finding: Finding = Finding()


@dataclass(frozen=True, kw_only=True)
class Note:
    """Plain words a person wrote at any time, kept as they are."""

    id: str
    at: datetime
    words: str
