"""Does a clock somewhere mean the moment that an independent library says it means?"""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import whenever
from hypothesis import example, given
from hypothesis import strategies as st

from nudger.domain.time.local_time import (
    clock_reaches,
    local,
    local_date,
    moment_at,
    use_pinned_zone_data,
    zone_data_version,
    zone_named,
)

DAY = timedelta(days=1)


@pytest.fixture(autouse=True, scope="module")
def pinned_zone_data() -> None:
    use_pinned_zone_data()
    whenever.reset_tzpath([])


@pytest.mark.parametrize(
    ("label", "zone", "day", "clock", "first", "second"),
    [
        ("an ordinary day", "Europe/Berlin", "2026-01-10", "08:00", "10T07:00", "10T07:00"),
        ("Berlin, left out", "Europe/Berlin", "2026-03-29", "02:30", "29T01:30", "29T01:30"),
        ("Berlin, twice", "Europe/Berlin", "2026-10-25", "02:30", "25T00:30", "25T01:30"),
        ("New York, left out", "America/New_York", "2026-03-08", "02:00", "08T07:00", "08T07:00"),
        ("New York, twice", "America/New_York", "2026-11-01", "01:59", "01T05:59", "01T06:59"),
        ("Lord Howe, half left out", "Australia/Lord_Howe", "2026-10-04", "02:15", "03T15:45", "03T15:45"),
        ("Lord Howe, half twice", "Australia/Lord_Howe", "2026-04-05", "01:45", "04T14:45", "04T15:15"),
        ("Santiago, no midnight", "America/Santiago", "2026-09-06", "00:00", "06T04:00", "06T04:00"),
        ("Cairo, no midnight", "Africa/Cairo", "2026-04-24", "00:30", "23T22:30", "23T22:30"),
        ("Beirut, no midnight", "Asia/Beirut", "2026-03-29", "00:00", "28T22:00", "28T22:00"),
        ("Apia, no such date", "Pacific/Apia", "2011-12-30", "08:00", "30T18:00", "30T18:00"),
    ],
)  # fmt: skip
def test_a_clock_time_left_out_moves_later_and_one_that_comes_twice_is_the_first(
    label: str, zone: str, day: str, clock: str, first: str, second: str
) -> None:
    at = date.fromisoformat(day), time.fromisoformat(clock), ZoneInfo(zone)
    assert moment_at(*at).isoformat()[8:16] == first, label
    assert moment_at(*at, second=True).isoformat()[8:16] == second, label


def clock_change_days(zone: str) -> Iterator[date]:
    """Local dates in 17 years on which, by whenever, the offset became a new one."""
    at = whenever.Instant.from_utc(2010, 1, 1)
    offset = at.to_tz(zone).offset
    while at < whenever.Instant.from_utc(2027, 1, 1):
        week = [at.add(hours=24 * n).to_tz(zone) for n in range(1, 8)]
        if week[-1].offset != offset:
            changed = next(there for there in week if there.offset != offset)
            yield changed.date().to_stdlib()
        at, offset = at.add(hours=24 * 7), week[-1].offset


def test_every_zone_agrees_with_an_independent_library_on_all_its_clock_changes() -> None:
    differences, cases = [], 0
    for name in sorted(zoneinfo.available_timezones() - {"Factory", "localtime"}):
        zone = ZoneInfo(name)
        for day in clock_change_days(name):
            midnight = datetime.combine(day, time())
            for minutes in range(-24 * 60, 6 * 60, 30):
                wall = midnight + timedelta(minutes=minutes, seconds=1)
                plain = whenever.PlainDateTime(wall)
                compatible = plain.assume_tz(name, disambiguation="compatible")
                exists = compatible.to_plain() == plain
                last = plain.assume_tz(name, disambiguation="later") if exists else compatible
                ours = moment_at(wall.date(), wall.time(), zone)
                ours_last = moment_at(wall.date(), wall.time(), zone, second=True)
                if (ours, ours_last) != (
                    compatible.to_instant().to_stdlib(),
                    last.to_instant().to_stdlib(),
                ):
                    differences.append((name, wall))
                cases += 1
    assert not differences
    assert cases > 100_000


ZONES = (
    "UTC Europe/Berlin America/New_York Australia/Lord_Howe America/Santiago Africa/Cairo "
    "Asia/Beirut Pacific/Apia Asia/Kathmandu America/St_Johns Atlantic/Azores"
)
zones = st.sampled_from(ZONES.split()).map(ZoneInfo)
moments = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
dates = st.dates(date(2008, 1, 1), date(2030, 12, 31))


@given(day=dates, clock=st.times(), zone=zones)
@example(day=date(2011, 12, 30), clock=time(8), zone=ZoneInfo("Pacific/Apia"))
@example(day=date(2026, 3, 29), clock=time(2, 30), zone=ZoneInfo("Europe/Berlin"))
def test_a_clock_has_not_reached_a_time_before_the_moment_it_is_said_to(
    day: date, clock: time, zone: ZoneInfo
) -> None:
    reached, wall = clock_reaches(day, clock, zone), datetime.combine(day, clock)
    assert local(reached, zone).replace(tzinfo=None) >= wall
    assert local(reached - timedelta(seconds=1), zone).replace(tzinfo=None) < wall
    assert reached <= moment_at(day, clock, zone) <= moment_at(day, clock, zone, second=True)


@given(moment=moments, zone=zones)
def test_what_a_clock_shows_leads_back_to_the_moment_or_to_its_twin(
    moment: datetime, zone: ZoneInfo
) -> None:
    there = local(moment, zone)
    at = there.date(), there.time(), zone
    assert moment in {moment_at(*at), moment_at(*at, second=True)}
    assert local_date(moment, zone) == there.date()


@pytest.mark.parametrize(
    "name",
    [
        *("", "../../etc/passwd", "/etc/passwd", "x" * 10_000, "\0", "\udc80", "Europe/Berlin\n"),
        *("America", "Berlin", "Factory", "localtime", "zone.tab", "tzdata.zi", "__init__.py"),
    ],
)
def test_a_name_that_is_no_zone_is_none(name: str) -> None:
    assert zone_named(name) is None


@given(name=st.text())
def test_no_name_whatever_breaks_the_search_for_a_zone(name: str) -> None:
    assert zone_named(name) is None or name in zoneinfo.available_timezones()


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC"])
def test_a_known_zone_is_found(name: str) -> None:
    zone = zone_named(name)
    assert zone is not None
    assert zone.key == name


def test_a_moment_without_a_zone_is_refused_aloud() -> None:
    with pytest.raises(ValueError, match="pass an aware moment"):
        local(datetime(2026, 1, 1), ZoneInfo("UTC"))  # noqa: DTZ001 -- the mistake in question
    with pytest.raises(ValueError, match="pass a plain clock time"):
        moment_at(date(2026, 1, 1), time(8, tzinfo=timezone(DAY / 24)), ZoneInfo("UTC"))


def test_the_pinned_zone_data_is_read_and_has_a_version() -> None:
    use_pinned_zone_data()
    assert zoneinfo.TZPATH == ()
    # British Columbia stays on summer time from 2026 on: data from before says otherwise.
    assert moment_at(date(2027, 1, 1), time(12), ZoneInfo("America/Vancouver")).hour == 19
    assert zone_data_version() >= "2026.6"
