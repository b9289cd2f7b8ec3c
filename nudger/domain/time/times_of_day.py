"""At which moment of a local date does a morning, midday or evening nudge come?"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from nudger.domain.person import Person, TimeOfDay
from nudger.domain.time.local_time import moment_at

Part = tuple[datetime, datetime]

WINDOWS: Mapping[TimeOfDay, tuple[time, time]] = {
    TimeOfDay.MORNING: (time(8), time(10, 30)),
    TimeOfDay.MIDDAY: (time(12), time(14)),
    TimeOfDay.EVENING: (time(17, 30), time(20, 30)),
}
# Where a second nudge of the same date goes: far enough for the usual rest.
ANOTHER: Mapping[TimeOfDay, TimeOfDay] = {
    TimeOfDay.MORNING: TimeOfDay.EVENING,
    TimeOfDay.MIDDAY: TimeOfDay.EVENING,
    TimeOfDay.EVENING: TimeOfDay.MORNING,
}
# [A] What comes later than this before quiet hours could hardly be taken up.
LEAST_USEFUL = timedelta(minutes=30)
# [A] From one day to the next: "about seven" stays true, and seven is not a bell.
SWAY = timedelta(minutes=8)


def chance(seed: int, *what: object) -> Random:
    """The same luck for the same person and matter, in every process."""
    return Random(":".join(map(str, (seed, *what))))


def time_of_day_on(day: date, person: Person) -> TimeOfDay:
    """The person's own time of day; a surprise is another one from date to date."""
    if person.time_of_day is not TimeOfDay.SURPRISE:
        return person.time_of_day
    return chance(person.seed, "surprise", day).choice(tuple(WINDOWS))


def part_of(day: date, time_of_day: TimeOfDay, *, person: Person, zone: ZoneInfo) -> Part | None:
    """What quiet hours leave of that time of day, or else the nearest part of what they leave."""
    opens, closes = (moment_at(day, clock, zone) for clock in WINDOWS[time_of_day])
    stretches = open_parts(day, person=person, zone=zone)
    left = [(max(opens, start), min(closes, end)) for start, end in stretches]
    left = [(start, end) for start, end in left if start < end]
    if left:
        return max(left, key=lambda part: part[1] - part[0])
    if not stretches:
        return None
    long = closes - opens
    start, end = min(stretches, key=lambda s: max(s[0] - closes, opens - s[1]))
    return (start, min(end, start + long)) if start >= closes else (max(start, end - long), end)


def open_parts(day: date, *, person: Person, zone: ZoneInfo) -> tuple[Part, ...]:
    """All of a local date in which a nudge may come and still be of some use."""
    stretches = person.quiet.open_stretches(day, zone)
    parts = ((start, end - LEAST_USEFUL) for start, end in stretches)
    return tuple((start, end) for start, end in parts if start < end)


def usual_moment(day: date, part: Part, *, person: Person) -> datetime:
    """The person's own moment within a part of the day, a little different from day to day.

    Each person has another one, so that no clock time is a wall of messages.
    """
    start, end = part
    own = start + (end - start) * chance(person.seed, "own moment").random()
    sway = SWAY * chance(person.seed, "sway", day).uniform(-1, 1)
    return min(max(own + sway, start), end).replace(microsecond=0)


def first_free(
    wanted: datetime, part: Part, *, taken: Iterable[datetime], rest: timedelta
) -> datetime | None:
    """The first moment from the wanted one on that rests from all that is taken; None if none."""
    start, end = part
    moment = max(wanted, start)
    for other in sorted(taken):
        if abs(moment - other) < rest:
            moment = other + rest
    return moment if moment <= end else None
