"""Where does a person stand, and how does that change with what they say?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.person import StopCause

VERSION = 1  # of the shape and the rules below: a stored pace of another version is replayed

OVERWHELM = 8.0  # [A] the worst moment from which on a step was too much
STOPPING = 9.0  # [A] one of these and steps rest
ALARM_DAYS = timedelta(days=7)  # [A] two hard evenings within these stop steps as well
CALM = 5.0  # [A] a completion with no worse moment counts towards mastery
RETURN_AFTER = 2  # [A] completions before a rung that was too much comes back
DECLINES = 2  # [A] "too hard" said of so many offers running means: lower
REPORTS_KEPT = 60  # [A] older ones weigh nothing in what is expected
MEMORY_KEPT = timedelta(days=125)  # five half-lives of the dose's memory: 3 % of its weight is left


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was said of a rung after a try, or of an offer of it."""

    rung: str
    on: date
    outcome: Outcome
    value: float | None = None
    quick: bool = False


@dataclass(frozen=True, kw_only=True)
class Done:
    """How often a rung was waited out. ``calm`` counts the different days of calm completions.

    A mastered rung comes back some days after ``last_on``; ``returns`` is how often it did.
    """

    times: int
    last_on: date
    calm: int = 0
    calm_on: date | None = None
    returns: int = 0

    @property
    def mastered(self) -> bool:
        """Calm on two different days."""
        return self.calm >= 2


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Nothing above a rung (nor the rung itself, unless ``itself``) until ``left`` completions."""

    rule: str
    rung: str
    on: date
    left: int
    itself: bool = False


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """Something that stops steps when it comes twice within `ALARM_DAYS`."""

    cause: StopCause
    on: date


@dataclass(frozen=True, kw_only=True)
class Pace:
    """All that pacing knows of a person; the newest comes last.

    ``declined`` are the rungs called too hard since the last try; ``declined_on`` is the date of
    the last "not today", whatever was meant by it. ``kind_until`` is the last date
    that gets only kindness. ``stop`` is why steps should rest. ``answered_on`` and ``silent_on`` are the
    dates on which something was answered, or only silence came of what was sent.
    """

    version: int = VERSION
    ratings: Mapping[str, float] = field(default_factory=dict)
    reports: tuple[Report, ...] = ()
    done: Mapping[str, Done] = field(default_factory=dict)
    tried: str | None = None
    tried_on: date | None = None
    holds: tuple[Hold, ...] = ()
    declined: tuple[str, ...] = ()
    declined_on: date | None = None
    kind_until: date | None = None
    alarms: tuple[Alarm, ...] = ()
    stop: StopCause | None = None
    answered_on: tuple[date, ...] = ()
    silent_on: tuple[date, ...] = ()


def replay(events: Iterable[Event]) -> Pace:
    """The pace that a person's events lead to, in the order in which they were first told.

    A corrected answer bears the id of the one it corrects, and takes its place.
    """
    pace = Pace()
    for event in {event.id: event for event in events}.values():
        pace = learn(pace, event)
    return pace


def learn(pace: Pace, event: Event) -> Pace:
    """The pace after one more event. Bad times and plain nos say nothing about fear."""
    pace = _day_counted(pace, event)
    match event.outcome:
        case Outcome.RESUMED:
            return replace(pace, stop=None, alarms=())
        case Outcome.UNSAFE:
            return replace(pace, stop=StopCause.UNSAFE)
        case Outcome.DECLINED_TOO_HARD | Outcome.BAD_TIME | Outcome.NOT_FOR_ME | Outcome.JUST_NO:
            pace = replace(pace, declined_on=event.local_date)
        case Outcome.DONE | Outcome.BROKE_OFF | Outcome.TOO_HARD | Outcome.ANSWERED:
            pace = _alarmed(pace, event)
    if event.rung is None:
        return pace
    match event.outcome:
        case Outcome.RATED if event.value is not None:
            return replace(pace, ratings={**pace.ratings, event.rung: event.value})
        case Outcome.DONE | Outcome.BROKE_OFF | Outcome.TOO_HARD:
            return _tried(_reported(pace, event, event.rung), event, event.rung)
        case Outcome.DECLINED_TOO_HARD:
            return _declined(_reported(pace, event, event.rung), event, event.rung)
        case Outcome.TOO_EASY:
            return _reported(pace, event, event.rung)
    return pace


def overwhelmed(event: Event) -> bool:
    """A step was too much: it reached `OVERWHELM`, was broken off, or called too hard."""
    return event.outcome in {Outcome.BROKE_OFF, Outcome.TOO_HARD} or _worst(event) >= OVERWHELM


def _worst(event: Event) -> float:
    return event.value if event.value is not None else 0.0


def _reported(pace: Pace, event: Event, rung: str) -> Pace:
    report = Report(
        rung=rung,
        on=event.local_date,
        outcome=event.outcome,
        value=event.value,
        quick=event.quick,
    )
    return replace(pace, reports=(*pace.reports, report)[-REPORTS_KEPT:])


def _tried(pace: Pace, event: Event, rung: str) -> Pace:
    pace = replace(pace, tried=rung, tried_on=event.local_date, declined=())
    if overwhelmed(event):
        return _held(pace, event, rung, rule="coherence", left=RETURN_AFTER)
    if event.came_true:
        return _held(pace, event, rung, rule="came_true", left=1, itself=True)
    return _completed(pace, event, rung)


def _completed(pace: Pace, event: Event, rung: str) -> Pace:
    """Only what was neither too much nor ended as feared is a completion: it lifts holds."""
    before = pace.done.get(rung)
    calm = event.value is not None and event.value <= CALM
    if before is None:
        after = Done(times=1, last_on=event.local_date)
    else:
        back = before.mastered and before.last_on != event.local_date
        after = replace(
            before, times=before.times + 1, last_on=event.local_date, returns=before.returns + back
        )
    if calm and after.calm_on != event.local_date:
        after = replace(after, calm=after.calm + 1, calm_on=event.local_date)
    elif not calm and after.mastered and event.value is not None:
        after = replace(after, calm=0, returns=0)  # hard again: it is no longer mastered
    holds = (replace(hold, left=hold.left - 1) for hold in pace.holds)
    return replace(
        pace, done={**pace.done, rung: after}, holds=tuple(h for h in holds if h.left > 0)
    )


def _declined(pace: Pace, event: Event, rung: str) -> Pace:
    declined = (*pace.declined, rung)
    if len(declined) < DECLINES:
        return replace(pace, declined=declined)
    for each in declined:
        pace = _held(pace, event, each, rule="skips", left=1)
    return replace(pace, declined=())


def _held(
    pace: Pace, event: Event, rung: str, *, rule: str, left: int, itself: bool = False
) -> Pace:
    hold = Hold(rule=rule, rung=rung, on=event.local_date, left=left, itself=itself)
    others = (h for h in pace.holds if (h.rule, h.rung) != (rule, rung))
    return replace(pace, holds=(*others, hold))


def _alarmed(pace: Pace, event: Event) -> Pace:
    """What a hard evening asks for, whether it was a step or a time apart of their own.

    The next day is kind, and steps rest where it was far too much, or not the first of late.
    """
    if overwhelmed(event):
        pace = replace(pace, kind_until=event.local_date + timedelta(days=1))
    new = []
    if _worst(event) >= OVERWHELM:
        new.append(Alarm(cause=StopCause.TWO_EIGHTS, on=event.local_date))
    if event.came_true:
        new.append(Alarm(cause=StopCause.FEAR_TWICE, on=event.local_date))
    recent = (a for a in pace.alarms if event.local_date - a.on < ALARM_DAYS)
    pace = replace(pace, alarms=(*recent, *new))
    if _worst(event) >= STOPPING:
        return replace(pace, stop=StopCause.NINE)
    for cause in (alarm.cause for alarm in new):
        if sum(alarm.cause is cause for alarm in pace.alarms) >= 2:
            return replace(pace, stop=cause)
    return pace


def _day_counted(pace: Pace, event: Event) -> Pace:
    """One more day with an answer, or one with only silence."""
    day = event.local_date
    answered, silent = set(pace.answered_on), set(pace.silent_on)
    if event.outcome is Outcome.SILENT:
        silent.add(day)
    else:
        answered.add(day)
    oldest = max(answered | silent) - MEMORY_KEPT
    return replace(
        pace,
        answered_on=tuple(sorted(d for d in answered if d >= oldest)),
        silent_on=tuple(sorted(d for d in silent - answered if d >= oldest)),
    )
