"""Which moment is meant by a date and a clock somewhere, and what does a clock there show?"""

import zoneinfo
from bisect import bisect_left
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.metadata import version
from zoneinfo import ZoneInfo


def moment_at(day: date, clock: time, zone: ZoneInfo, *, second: bool = False) -> datetime:
    """The moment at which a clock in ``zone`` shows ``clock`` on ``day``.

    A clock time that does not exist (spring) moves later by what was left out. One that exists
    twice (autumn) is the first, or the second where asked.
    """
    first, last = _readings(day, clock, zone)
    return last if second and last > first else first


def clock_reaches(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The first moment at which a clock in ``zone`` shows ``clock`` on ``day``, or has passed it.

    Unlike `moment_at` it does not move a time left out in spring beyond the end of the gap.
    """
    first, last = _readings(day, clock, zone)
    if first <= last:
        return first
    # In a gap `last` is before the change and `first` after it; changes are on whole seconds.
    before, after = int(last.timestamp()), int(first.timestamp())
    offset = local(first, zone).utcoffset()
    seconds = range(before, after)
    change = before + bisect_left(
        seconds, True, key=lambda s: datetime.fromtimestamp(s, zone).utcoffset() == offset
    )
    return datetime.fromtimestamp(change, UTC)


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """What a clock in ``zone`` shows then: to be shown, never compared."""
    if moment.utcoffset() is None:
        raise ValueError(
            f"{moment} has no zone: pass an aware moment, such as one ending in +00:00"
        )
    return moment.astimezone(zone)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """What a calendar in ``zone`` shows then."""
    return local(moment, zone).date()


def zone_named(name: str) -> ZoneInfo | None:
    """The zone of that IANA name, or None. Only known names ever reach the file system."""
    return ZoneInfo(name) if name in _zone_names() else None


def use_pinned_zone_data() -> None:
    """Read zones from the pinned tzdata package from here on.

    Python prefers the system's data, which is stale for a dozen zones on common machines.
    """
    zoneinfo.reset_tzpath([])
    ZoneInfo.clear_cache()
    _zone_names.cache_clear()


def zone_data_version() -> str:
    """The version of the pinned zone data; plans are made again when it changes."""
    return version("tzdata")


def _readings(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments by the offset before a change and by the one after it; equal far from changes."""
    if clock.tzinfo is not None:
        raise ValueError(f"{clock!r} carries a zone: pass a plain clock time")
    wall = datetime.combine(day, clock, zone)
    return wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC)


@cache
def _zone_names() -> frozenset[str]:
    # Factory stands for "not set up", localtime for whatever this machine has.
    return frozenset(zoneinfo.available_timezones() - {"Factory", "localtime"})
