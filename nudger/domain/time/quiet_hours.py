"""When does nothing unasked arrive?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from nudger.domain.time.local_time import clock_reaches, local_date, moment_at

LEAST_OPEN = timedelta(hours=3)  # a day with less leaves no room for a good moment
EVERY_DAY = frozenset(range(7))

DAY = timedelta(days=1)
# A window may end two dates later where the calendar skips one (Samoa 2011), and a weekly window
# that falls on a skipped date comes two weeks after the one before it.
FURTHEST_BACK, FURTHEST_AHEAD = -2, 15


@dataclass(frozen=True, order=True)
class Window:
    """From a clock time to another; past midnight where the end is not after the start.

    It belongs to the day on which it starts. Equal times are 24 hours.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("a window is made of plain clock times: the zone is the person's")

    @property
    def crosses_midnight(self) -> bool:
        """Whether it ends on the day after it starts."""
        return self.end <= self.start


STANDARD = Window(time(22), time(8))  # quiet hours at the start


@dataclass(frozen=True, kw_only=True)
class TooLittleOpen:
    """Refused: on ``weekday`` (0 = Monday) only ``open`` would be left, less than `LEAST_OPEN`."""

    weekday: int
    open: timedelta


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """The windows that start on each day of the week, Monday first."""

    nights: tuple[tuple[Window, ...], ...]

    def __post_init__(self) -> None:
        if len(self.nights) != 7:
            raise ValueError(f"quiet hours need seven days, Monday first, not {len(self.nights)}")

    @classmethod
    def standard(cls) -> "QuietHours":
        """As everyone begins."""
        return cls.every_night(STANDARD)

    @classmethod
    def none(cls) -> "QuietHours":
        """Open at any hour."""
        return cls(nights=((),) * 7)

    @classmethod
    def every_night(cls, window: Window) -> "QuietHours":
        """The same window on all days."""
        return cls(nights=((window,),) * 7)

    def changed(self, days: frozenset[int], windows: tuple[Window, ...]) -> "QuietHours":
        """With these windows on these days (0 = Monday) in place of what was there."""
        return QuietHours(
            nights=tuple(windows if day in days else night for day, night in enumerate(self.nights))
        )

    def covers(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Nothing unasked may arrive then."""
        return self.next_quiet(moment, zone) == moment

    def next_open(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """That moment where it is open, or the first one after it that is."""
        opens = moment
        for start, end in self._spans_around(moment, zone):
            if start > opens:
                return opens
            opens = max(opens, end)
        if opens > moment + FURTHEST_AHEAD * DAY - DAY:
            raise ValueError("these quiet hours never end: refuse them with `refused` when set")
        return opens

    def next_quiet(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """That moment where it is quiet, or the first one after it that is; None where none is."""
        for start, end in self._spans_around(moment, zone):
            if end > moment:
                return max(start, moment)
        return None

    def open_stretches(self, day: date, zone: ZoneInfo) -> tuple[tuple[datetime, datetime], ...]:
        """What quiet hours leave of a local date, in UTC and in order."""
        opens, ends = clock_reaches(day, time(), zone), clock_reaches(day + DAY, time(), zone)
        stretches = []
        for start, end in self._spans(day, range(FURTHEST_BACK, 2), zone):
            if opens < min(start, ends):
                stretches.append((opens, min(start, ends)))
            opens = max(opens, end)
        if opens < ends:
            stretches.append((opens, ends))
        return tuple(stretches)

    def least_open(self) -> timedelta:
        """How much the most covered day of a week without clock changes leaves open."""
        return min(self._open_on(weekday) for weekday in range(7))

    def refused(self) -> TooLittleOpen | None:
        """Why such quiet hours cannot be set, or None where they can."""
        for weekday in range(7):
            if self._open_on(weekday) < LEAST_OPEN:
                return TooLittleOpen(weekday=weekday, open=self._open_on(weekday))
        return None

    def grouped(self) -> tuple[tuple[frozenset[int], tuple[Window, ...]], ...]:
        """Days with equal windows together, in the order of the week, to read back."""
        return tuple(
            (frozenset(day for day in range(7) if self.nights[day] == windows), windows)
            for windows in dict.fromkeys(self.nights)
        )

    def _spans_around(
        self, moment: datetime, zone: ZoneInfo
    ) -> Iterator[tuple[datetime, datetime]]:
        days = range(FURTHEST_BACK, FURTHEST_AHEAD + 1)
        return self._spans(local_date(moment, zone), days, zone)

    def _spans(
        self, day: date, around: range, zone: ZoneInfo
    ) -> Iterator[tuple[datetime, datetime]]:
        """Quiet spans that start on dates around a day, in order of their start; may overlap.

        Where the clock changes, quiet is never shorter than the clock shows: a start left out in
        spring is the change itself, an end left out moves later, an end that comes twice is the
        second.
        """
        for date_ in (day + DAY * n for n in around):
            windows = self.nights[date_.weekday()]
            if not windows or _skipped(date_, zone):
                continue
            for window in sorted(windows):
                end_date = date_ + DAY if window.crosses_midnight else date_
                yield (
                    clock_reaches(date_, window.start, zone),
                    moment_at(end_date, window.end, zone, second=True),
                )

    def _open_on(self, weekday: int) -> timedelta:
        """What a day without a clock change has open."""
        plain = date(2001, 1, 1) + weekday * DAY  # a Monday
        return sum(
            (end - start for start, end in self.open_stretches(plain, ZoneInfo("UTC"))), timedelta()
        )


def _skipped(day: date, zone: ZoneInfo) -> bool:
    """Where the date line moved, a date is left out, and with it the windows that start on it."""
    return clock_reaches(day, time(), zone) == clock_reaches(day + DAY, time(), zone)
