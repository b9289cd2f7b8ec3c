"""Who is a person to nudger: what they told it, and what they set?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from nudger.domain.time.quiet_hours import QuietHours

REST = timedelta(hours=3)  # least time between two unasked messages, whatever the lanes
CAP = 2  # unasked messages a local date; follow-ups of what the person began do not count
CAP_WITH_SECOND_CHANCE = 3  # never above this, whatever is set
LOSS_WEEKS = timedelta(days=14)  # after a recent break-up or loss: kindness only


class Phase(StrEnum):
    """How far someone has come: still answering the first questions, joined, or gone (blocked)."""

    JOINING = "joining"
    JOINED = "joined"
    GONE = "gone"


class About(StrEnum):
    """Whom it is mostly about."""

    PARTNER = "partner"
    EX = "ex"
    FRIEND = "friend"
    FAMILY = "family"
    NOBODY = "nobody"


class Style(StrEnum):
    """Which sounds most like them, in their own choice; never a label put on them."""

    ANXIOUS = "anxious"
    AVOIDANT = "avoidant"
    BOTH = "both"
    UNSURE = "unsure"


class Afraid(StrEnum):
    """The answer to "are you afraid of being hurt or controlled?"; all but ``NO`` count as yes."""

    NO = "no"
    YES = "yes"
    UNSAID = "unsaid"


class TimeOfDay(StrEnum):
    """When one small thing a day is welcome."""

    MORNING = "morning"
    MIDDAY = "midday"
    EVENING = "evening"
    SURPRISE = "surprise"


class Tempo(StrEnum):
    """A person's own word on how often, over what silence would lead to."""

    AS_IT_COMES = "as_it_comes"
    DAILY = "daily"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What reveals a person: sealed in the store, opened only to decide.

    ``afraid`` is None until it was asked; None and everything but ``NO`` count as yes.
    ``loss_at`` is when they said that a loss lies behind it. ``country`` is an ISO 3166 code for
    help lines, empty for the world.
    """

    adult: bool = False
    about: About | None = None
    afraid: Afraid | None = None
    loss_at: datetime | None = None
    style: Style | None = None
    country: str = ""


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Silence from ``since`` to ``until`` (None: until they say so)."""

    since: datetime
    until: datetime | None


class StopCause(StrEnum):
    """Why steps rest until the person resumes them; each has a sentence of its own."""

    NINE = "nine"
    TWO_EIGHTS = "two_eights"
    FEAR_TWICE = "fear_twice"
    UNSAFE = "unsafe"


@dataclass(frozen=True, kw_only=True)
class StepsStopped:
    """Steps rest since ``at``. ``asked_again`` is True once "steps again?" has been asked."""

    at: datetime
    cause: StopCause
    asked_again: bool = False


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone who agreed to be nudged, or is about to.

    ``zone`` is an IANA name; UTC until they told. ``families`` are those their ladder is made of
    (empty: chosen for them). ``set_aside`` are rungs they said are not for them. ``weekdays_off``
    are days without anything unasked, 0 = Monday; ``skipped`` are single
    local dates without, and ``moved`` those on which it comes sooner (negative) or later. ``seed`` decides what is left to chance, so that
    planning again gives the same plan. ``language`` is a locale with texts.
    """

    id: str
    chat: int
    seed: int
    joined_at: datetime
    phase: Phase = Phase.JOINING
    language: str = "en"
    zone: str = "UTC"
    quiet: QuietHours = field(default_factory=QuietHours.standard)
    time_of_day: TimeOfDay = TimeOfDay.EVENING
    tempo: Tempo = Tempo.AS_IT_COMES
    cap: int = CAP
    rest: timedelta = REST
    steps_wanted: bool = True
    kindness_wanted: bool = True
    weekdays_off: frozenset[int] = frozenset()
    silently: bool = False
    families: tuple[str, ...] = ()
    set_aside: frozenset[str] = frozenset()
    pause: Pause | None = None
    stopped: StepsStopped | None = None
    skipped: frozenset[date] = frozenset()
    moved: Mapping[date, timedelta] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)

    @property
    def single(self) -> bool:
        """Whether texts speak to someone with nobody right now."""
        return self.profile.about in {About.NOBODY, About.EX}

    def paused(self, *, now: datetime) -> bool:
        """A pause holds; it ends by itself at the moment it said."""
        return self.pause is not None and (self.pause.until is None or now < self.pause.until)


def steps_barred(person: Person, *, now: datetime) -> str | None:
    """Why this person gets no step by any way at all, or None where steps are right.

    The one rule of safety over steps: every lane, command and dialogue asks it. The answer is a
    reason's name; "steps rest" (``stopped``) is not here, for the person may lift that alone.
    """
    profile = person.profile
    if not profile.adult:
        return "not_adult"
    if profile.afraid is None:
        return "unasked"
    if profile.afraid is not Afraid.NO:
        return "afraid"
    if profile.loss_at is not None and now < profile.loss_at + LOSS_WEEKS:
        return "loss"
    return None
