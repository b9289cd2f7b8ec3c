"""Which time is meant by what a person typed?

A closed grammar: what it does not wholly know it refuses, because a guess would wake someone at
night. The letters of its patterns are explained in `nudger.domain.time.vocabulary`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from nudger.domain.time.local_time import local, local_date, moment_at
from nudger.domain.time.quiet_hours import EVERY_DAY, Window
from nudger.domain.time.vocabulary import (
    ENGLISH,
    NEVER,
    Said,
    Vocabulary,
    Wanted,
    calendar_date,
    tokens,
)

LONGEST = timedelta(days=366)  # a pause, an end or a past beyond a year is a slip of the finger
YEARLESS = timedelta(days=300)  # "until 20 nov", typed a day late, is a slip and no year's pause
DAY = timedelta(days=1)
MORNING, NOON, MIDNIGHT = 8 * 60, 12 * 60, 24 * 60  # minutes of a day
NIGHT_IS_OVER = time(4)  # "tonight", typed before that, is the night that runs


class Cause(StrEnum):
    """Why a phrase is refused."""

    UNKNOWN = "unknown"  # none of our forms
    AMBIGUOUS = "ambiguous"  # 45 what? 7 in the morning or in the evening?
    NO_SUCH_TIME = "no_such_time"  # 25:00
    NO_SUCH_DATE = "no_such_date"  # 30 feb
    NOT_AHEAD = "not_ahead"  # an end that is over, a length of nothing
    NOT_PAST = "not_past"
    TOO_FAR = "too_far"  # more than `LONGEST` away


@dataclass(frozen=True, kw_only=True)
class NotUnderstood:
    """A refusal: what was wanted, and why this was not it."""

    wanted: Wanted
    cause: Cause


@dataclass(frozen=True, kw_only=True)
class QuietPhrase:
    """These windows on these days (0 = Monday); no windows means open."""

    days: frozenset[int]
    windows: tuple[Window, ...]


@dataclass(frozen=True, kw_only=True)
class Span:
    """A length: calendar days, which end at the same clock time, and elapsed time on top."""

    days: int = 0
    elapsed: timedelta = timedelta()

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The moment this long after another."""
        return self._from(moment, zone, 1)

    def before(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The moment this long before another."""
        return self._from(moment, zone, -1)

    def _from(self, moment: datetime, zone: ZoneInfo, sign: int) -> datetime:
        if self.days:
            there = local(moment, zone)
            day = there.date() + sign * timedelta(days=self.days)
            moment = moment_at(day, there.time(), zone)
        return moment.astimezone(UTC) + sign * self.elapsed


# What the letters may spell. Alternatives that take more come first.
_CLOCK = "(?:t<?|M|n<|nhn?|qn<?)"
_HOUR = f"(?:{_CLOCK}|n)"
_DAYS = "(?:w-w|w|s)(?:,*(?:w-w|w|s))*"
_PIECE = "nhn(?![huc])|[nf][hu]|nc|e"
_SPAN = f"(?:{_PIECE})(?:,?(?:{_PIECE}))*"
_DAY = "(?:[rw]|[kl](?=p)|D|n#?mn?|mn#?(?:,?n)?)"
_WHEN = (
    f"(?:(?P<day>{_DAY}),?)?(?P<clock>{_CLOCK}|p)",
    f"(?P<clock>{_CLOCK}|p)?,?(?P<day>{_DAY})",
)


def read_quiet(text: str, *, words: Vocabulary = ENGLISH) -> QuietPhrase | NotUnderstood:
    """``22-8``, ``weekdays 10pm to 7am``, ``23-7 fri,sat``, ``off``."""
    said = tokens(text, words)
    window = f"{_HOUR}[-U]{_HOUR}"
    match = said.match(
        f"(?P<days>{_DAYS}),?(?:o|(?P<windows>{window}(?:,+{window})*))",
        f"(?:o|(?P<windows>{window}(?:,+{window})*)),?(?P<days>{_DAYS})?",
    )
    if match is None:
        return NotUnderstood(wanted=Wanted.QUIET, cause=Cause.UNKNOWN)
    windows = []
    for piece in said.part(match, "windows").pieces(window):
        found = _window(*piece.pieces(_HOUR))
        if isinstance(found, Cause):
            return NotUnderstood(wanted=Wanted.QUIET, cause=found)
        windows.append(found)
    days = frozenset(
        day for piece in said.part(match, "days").pieces("w-w|w|s") for day in _days(piece)
    )
    return QuietPhrase(days=days or EVERY_DAY, windows=tuple(windows))


def read_duration(text: str, *, words: Vocabulary = ENGLISH) -> Span | NotUnderstood:
    """``3 days``, ``2h30``, ``90 min``, ``1.5 h``, ``a week``, ``half an hour``."""
    said = tokens(text, words)
    span = _span(said) if said.match(_SPAN) else _unmatched(said)
    return NotUnderstood(wanted=Wanted.DURATION, cause=span) if isinstance(span, Cause) else span


def read_end(
    text: str, *, now: datetime, zone: ZoneInfo, words: Vocabulary = ENGLISH
) -> datetime | NotUnderstood:
    """``until 21:00``, ``until sunday 18:00``, ``tonight``, or a duration from now.

    It is the next such moment after now; a day without a clock time ends its waiting in the
    morning. ``tonight`` and ``this weekend`` alone last until the morning after them.
    """
    end = _end(tokens(text, words), now, zone)
    if isinstance(end, datetime) and end > now + LONGEST:
        end = Cause.TOO_FAR
    return NotUnderstood(wanted=Wanted.END, cause=end) if isinstance(end, Cause) else end


def read_past(
    text: str, *, now: datetime, zone: ZoneInfo, words: Vocabulary = ENGLISH
) -> datetime | NotUnderstood:
    """``yesterday evening``, ``2 hours ago``, ``on sunday``: the last such moment until now."""
    past = _past(tokens(text, words), now, zone)
    if isinstance(past, datetime) and past < now - LONGEST:
        past = Cause.TOO_FAR
    return NotUnderstood(wanted=Wanted.PAST, cause=past) if isinstance(past, Cause) else past


def read_clock(text: str, *, words: Vocabulary = ENGLISH) -> time | NotUnderstood:
    """``19:30``, ``7pm``, ``half past 7``."""
    said = tokens(text, words)
    if not said.match(_CLOCK):
        return NotUnderstood(wanted=Wanted.CLOCK, cause=_unmatched(said))
    minutes = _minutes(said)
    if minutes is None:
        return NotUnderstood(wanted=Wanted.CLOCK, cause=Cause.NO_SUCH_TIME)
    return _clock(minutes)


def _unmatched(said: Said) -> Cause:
    """A number alone could be hours or minutes, morning or evening."""
    return Cause.AMBIGUOUS if said.match(f"U?(?:{_DAY},?)?n") else Cause.UNKNOWN


def _end(said: Said, now: datetime, zone: ZoneInfo) -> datetime | Cause:
    today = local_date(now, zone)
    if said.match(_SPAN):
        span = _span(said)
        return span if isinstance(span, Cause) else span.after(now, zone)
    if said.match("T"):
        tonight = today - DAY if local(now, zone).time() < NIGHT_IS_OVER else today
        return _at(tonight + DAY, MORNING, zone)
    if said.match("W"):
        return _at(today + DAY * (7 - today.weekday()), MORNING, zone)
    if said.match("UT"):
        moments: list[datetime] | Cause = [_at(today, said.numbers[1], zone)]
    elif match := said.match(*(f"U?{when}" for when in _WHEN)):
        moments = _moments(said, match, now, zone, unsaid=MORNING, ahead=True)
    else:
        return _unmatched(said)
    if isinstance(moments, Cause):
        return moments
    return min((moment for moment in moments if moment > now), default=Cause.NOT_AHEAD)


def _past(said: Said, now: datetime, zone: ZoneInfo) -> datetime | Cause:
    if said.match("N"):
        return now.astimezone(UTC)
    if match := said.match(f"(?P<span>{_SPAN})a"):
        span = _span(said.part(match, "span"))
        return span if isinstance(span, Cause) else span.before(now, zone)
    if said.match(_SPAN):
        return Cause.AMBIGUOUS  # 2h30 ago, or at 2:30?
    match = said.match(*(f"(?:l(?=w))?{when}" for when in _WHEN))
    if match is None:
        return _unmatched(said)
    moments = _moments(said, match, now, zone, unsaid=NOON, ahead=False)
    if isinstance(moments, Cause):
        return moments
    return max((moment for moment in moments if moment <= now), default=Cause.NOT_PAST)


def _moments(
    said: Said, match: re.Match[str], now: datetime, zone: ZoneInfo, *, unsaid: int, ahead: bool
) -> list[datetime] | Cause:
    """All moments that a day, a clock time or both may mean, around now.

    A clock time that comes twice is the first, unless the end looked for is still to come.
    """
    clock = said.part(match, "clock")
    minutes = _minutes(clock) if clock.kinds else unsaid
    if minutes is None:
        return Cause.NO_SUCH_TIME
    today = local_date(now, zone)
    dates = _dates(said.part(match, "day"), today)
    # Far dates come nearer, to the same side of every limit: time zones end with year 9999.
    near = {min(max(day, today - 2 * LONGEST), today + 2 * LONGEST) for day in dates}
    readings = (False, True) if ahead else (False,)
    moments = [_at(day, minutes, zone, second=second) for day in near for second in readings]
    return moments or Cause.NO_SUCH_DATE


def _dates(day: Said, today: date) -> list[date]:
    match day.kinds:
        case "":
            return [today - DAY, today, today + DAY]
        case "r" | "k" | "l":
            return [today + DAY * day.numbers[0]]
        case "w":
            week = (today + DAY * n for n in range(-7, 8))
            return [date_ for date_ in week if date_.weekday() == day.numbers[0]]
        case "D":
            return [date.fromordinal(n) for n in day.numbers if n != NEVER]
    month = day.numbers[day.kinds.index("m")]
    number, *year = (n for kind, n in zip(day.kinds, day.numbers, strict=True) if kind == "n")
    years = year or range(today.year - 1, today.year + 2)
    found = [date_ for y in years if (date_ := calendar_date(y, month, number))]
    return found if year else [date_ for date_ in found if abs(date_ - today) <= YEARLESS]


def _span(said: Said) -> Span | Cause:
    days = minutes = tenths = 0
    for piece in said.pieces(_PIECE):
        match piece.kinds, piece.numbers:
            case "nc", (n, unit):
                days += n * unit
            case "e", (n,):
                minutes += n
            case "nhn", (hours, _, more):
                minutes += hours * 60 + more
            case (("nh" | "nu"), (n, unit)):
                minutes += n * unit
            case _, (n, unit):
                tenths += n * unit
    elapsed = timedelta(minutes=minutes + tenths / 10)
    if timedelta(days=days) + elapsed > LONGEST:
        return Cause.TOO_FAR
    return Span(days=days, elapsed=elapsed) if days or elapsed else Cause.NOT_AHEAD


def _window(start: Said, end: Said) -> Window | Cause:
    first, last = _minutes(start), _minutes(end)
    if first is None or last is None:
        return Cause.NO_SUCH_TIME
    # 10-7 is ten in the morning to some and ten at night to others; 22-8 is the same to all.
    bare = [hour for hour in (start, end) if hour.kinds == "n" and hour.numbers[0] <= 12]
    long = (last - first) % MIDNIGHT > NOON
    if (len(bare) == 2 and long) or (bare and "<" in start.kinds + end.kinds):
        return Cause.AMBIGUOUS
    return Window(_clock(first), _clock(last))


def _days(said: Said) -> Iterator[int]:
    match said.kinds, said.numbers:
        case "w-w", (first, _, last):
            return ((first + n) % 7 for n in range((last - first) % 7 + 1))
        case "w", (day,):
            return iter((day,))
    return (day for day in range(7) if said.numbers[0] >> day & 1)


def _minutes(clock: Said) -> int | None:
    """Minutes of a day, up to 24:00; None where a clock never shows them."""
    match clock.kinds.rstrip("<"), clock.numbers:
        case (("t" | "M" | "p"), (minutes, *_)):
            pass
        case "nhn", (hour, _, minute):
            minutes = hour * 60 + minute if minute < 60 else NEVER
        case "qn", (quarters, hour, *_):
            minutes = hour * 60 + quarters
        case _:
            minutes = clock.numbers[0] * 60
    if clock.kinds.endswith("<"):
        minutes = minutes % NOON + clock.numbers[-1] if 0 < minutes < 13 * 60 else NEVER
    return minutes if 0 <= minutes <= MIDNIGHT else None


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _at(day: date, minutes: int, zone: ZoneInfo, *, second: bool = False) -> datetime:
    return moment_at(day + DAY * (minutes // MIDNIGHT), _clock(minutes), zone, second=second)
