"""Does nothing unasked arrive at night, whatever the clocks do?"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from nudger.domain.time.local_time import clock_reaches, local, use_pinned_zone_data
from nudger.domain.time.quiet_hours import LEAST_OPEN, QuietHours, TooLittleOpen, Window

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True, scope="module")
def pinned_zone_data() -> None:
    use_pinned_zone_data()


def every_night(said: str) -> QuietHours:
    start, end = said.split("-")
    return QuietHours.every_night(Window(time.fromisoformat(start), time.fromisoformat(end)))


@pytest.mark.parametrize(
    ("label", "zone", "quiet", "moment", "opens"),
    [
        ("by day", "Europe/Berlin", "22:00-08:00", "2026-01-10T12:00", "2026-01-10T12:00"),
        ("the first quiet moment", "Europe/Berlin", "22:00-08:00", "2026-01-10T21:00", "2026-01-11T07:00"),
        ("the last open one", "Europe/Berlin", "22:00-08:00", "2026-01-10T20:59", "2026-01-10T20:59"),
        ("the first open one", "Europe/Berlin", "22:00-08:00", "2026-01-11T07:00", "2026-01-11T07:00"),
        ("Berlin, a short night", "Europe/Berlin", "22:00-08:00", "2026-03-28T22:00", "2026-03-29T06:00"),
        ("Berlin, a long night", "Europe/Berlin", "22:00-08:00", "2026-10-24T21:00", "2026-10-25T07:00"),
        ("Berlin, an end left out", "Europe/Berlin", "22:00-02:30", "2026-03-29T00:59", "2026-03-29T01:30"),
        ("Berlin, a start left out", "Europe/Berlin", "02:30-09:00", "2026-03-29T01:00", "2026-03-29T07:00"),
        ("Berlin, all left out", "Europe/Berlin", "02:10-02:50", "2026-03-29T01:05", "2026-03-29T01:50"),
        ("Berlin, an end that comes twice", "Europe/Berlin", "22:00-02:30", "2026-10-25T00:40", "2026-10-25T01:30"),
        ("Berlin, a start that comes twice", "Europe/Berlin", "02:30-09:00", "2026-10-25T00:30", "2026-10-25T08:00"),
        ("New York, an end left out", "America/New_York", "22:00-02:30", "2026-03-08T06:59", "2026-03-08T07:30"),
        ("New York, an end that comes twice", "America/New_York", "22:00-01:30", "2026-11-01T05:40", "2026-11-01T06:30"),
        ("Lord Howe, an end left out", "Australia/Lord_Howe", "22:00-02:15", "2026-10-03T15:29", "2026-10-03T15:45"),
        ("Lord Howe, an end that comes twice", "Australia/Lord_Howe", "22:00-01:45", "2026-04-04T14:50", "2026-04-04T15:15"),
        ("Santiago, no midnight", "America/Santiago", "00:00-08:00", "2026-09-06T04:00", "2026-09-06T11:00"),
        ("Santiago, 23:00 twice", "America/Santiago", "20:00-23:30", "2026-04-05T02:45", "2026-04-05T03:30"),
        ("Cairo, no midnight", "Africa/Cairo", "22:00-00:30", "2026-04-23T21:30", "2026-04-23T22:30"),
        ("Beirut, no midnight", "Asia/Beirut", "00:00-07:00", "2026-03-28T22:00", "2026-03-29T04:00"),
        ("Azores, midnight twice", "Atlantic/Azores", "20:00-00:00", "2026-10-25T00:30", "2026-10-25T01:00"),
        ("Apia, the night over the lost date", "Pacific/Apia", "22:00-08:00", "2011-12-30T09:00", "2011-12-30T18:00"),
        ("Apia, no nap on a lost date", "Pacific/Apia", "12:00-14:00", "2011-12-30T20:00", "2011-12-30T20:00"),
        ("Kathmandu, a quarter hour", "Asia/Kathmandu", "22:00-08:00", "2026-01-10T16:15", "2026-01-11T02:15"),
    ],
)  # fmt: skip
def test_quiet_hours_end_when_a_clock_there_says_so(
    label: str, zone: str, quiet: str, moment: str, opens: str
) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    opens_at = datetime.fromisoformat(opens).replace(tzinfo=UTC)
    assert every_night(quiet).next_open(at, ZoneInfo(zone)) == opens_at, label
    assert every_night(quiet).covers(at, ZoneInfo(zone)) is (opens_at != at), label


@pytest.mark.parametrize(
    ("label", "zone", "day", "stretches"),
    [
        ("an ordinary day", "Europe/Berlin", date(2026, 1, 10), ["07:00-21:00"]),
        ("the short day", "Europe/Berlin", date(2026, 3, 29), ["06:00-20:00"]),
        ("the long day", "Europe/Berlin", date(2026, 10, 25), ["07:00-21:00"]),
        ("a date that never was", "Pacific/Apia", date(2011, 12, 30), []),
        ("the date after it", "Pacific/Apia", date(2011, 12, 31), ["18:00-08:00"]),
    ],
)  # fmt: skip
def test_a_date_is_open_between_its_quiet_hours(
    label: str, zone: str, day: date, stretches: list[str]
) -> None:
    found = QuietHours.standard().open_stretches(day, ZoneInfo(zone))
    assert [f"{start:%H:%M}-{end:%H:%M}" for start, end in found] == stretches, label


def test_a_window_belongs_to_the_night_on_which_it_starts() -> None:
    weekend = QuietHours.none().changed(frozenset({5, 6}), (Window(time(23), time(7)),))
    saturday = date(2026, 1, 10)
    quiet = [
        day - saturday
        for day in (saturday + DAY * n for n in range(7))
        if weekend.covers(datetime.combine(day, time(2), UTC), ZoneInfo("UTC"))
    ]
    assert quiet == [DAY, 2 * DAY]  # early on Sunday and Monday, not on Saturday


def test_several_windows_of_a_day_are_all_kept() -> None:
    windows = (Window(time(22), time(8)), Window(time(12), time(13)), Window(time(7), time(9)))
    quiet = QuietHours.none().changed(frozenset(range(7)), windows)
    found = quiet.open_stretches(date(2026, 1, 10), BERLIN)
    assert [(local(a, BERLIN).hour, local(b, BERLIN).hour) for a, b in found] == [(9, 12), (13, 22)]


def test_without_quiet_hours_all_is_open_and_stays_so() -> None:
    now = datetime(2026, 1, 10, 1, tzinfo=UTC)
    assert QuietHours.none().next_open(now, BERLIN) == now
    assert QuietHours.none().next_quiet(now, BERLIN) is None
    assert QuietHours.none().least_open() == DAY


@pytest.mark.parametrize(
    ("quiet", "refused"),
    [
        (QuietHours.standard(), None),
        (every_night("10:00-07:00"), None),
        (every_night("10:00-07:01"), TooLittleOpen(weekday=0, open=3 * HOUR - HOUR / 60)),
        (every_night("08:00-08:00"), TooLittleOpen(weekday=0, open=timedelta())),
        (
            QuietHours.none().changed(frozenset({2}), (Window(time(1), time(23)),)),
            TooLittleOpen(weekday=2, open=2 * HOUR),
        ),
        (
            # Tuesday has three hours open by its own windows, but Monday's night eats one of them.
            QuietHours.none().changed(frozenset({0}), (Window(time(20), time(1)),))
            .changed(frozenset({1}), (Window(time(3), time(0)),)),
            TooLittleOpen(weekday=1, open=2 * HOUR),
        ),
    ],
)  # fmt: skip
def test_less_than_three_open_hours_a_day_are_refused_with_the_day_and_what_was_left(
    quiet: QuietHours, refused: TooLittleOpen | None
) -> None:
    assert quiet.refused() == refused
    assert (quiet.least_open() < LEAST_OPEN) is (refused is not None)


def test_quiet_hours_that_never_end_are_an_error_and_no_endless_search() -> None:
    with pytest.raises(ValueError, match="never end"):
        every_night("08:00-08:00").next_open(datetime(2026, 1, 10, tzinfo=UTC), BERLIN)


def test_days_with_equal_windows_are_read_back_together() -> None:
    late = (Window(time(23), time(7)),)
    quiet = QuietHours.standard().changed(frozenset({5, 6}), late)
    weekdays, weekend = quiet.grouped()
    assert weekdays == (frozenset(range(5)), (Window(time(22), time(8)),))
    assert weekend == (frozenset({5, 6}), late)


# ------------------------------------------------------------------------------------ never

ZONES = (
    "UTC Europe/Berlin America/New_York Australia/Lord_Howe America/Santiago Africa/Cairo "
    "Asia/Beirut Pacific/Apia Asia/Kathmandu America/St_Johns Atlantic/Azores Antarctica/Troll"
)
CHANGES = [
    datetime(2011, 12, 30, 10, tzinfo=UTC),
    *(datetime(2026, 3, day, 1, tzinfo=UTC) for day in (8, 29)),
    *(datetime(2026, month, 5, 4, tzinfo=UTC) for month in (4, 9)),
    datetime(2026, 4, 23, 22, tzinfo=UTC),
    *(datetime(2026, month, day, 2, tzinfo=UTC) for month, day in ((10, 4), (10, 25), (11, 1))),
]
zones = st.sampled_from(ZONES.split()).map(ZoneInfo)
times = st.builds(time, st.integers(0, 23), st.sampled_from((0, 1, 15, 30, 45, 59)))
windows = st.lists(st.builds(Window, times, times), max_size=2).map(tuple)
settings = st.lists(windows, min_size=7, max_size=7).map(lambda n: QuietHours(nights=tuple(n)))
near_a_change = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from(CHANGES),
    st.integers(-48 * 60, 48 * 60),
)


@given(quiet=settings, moment=near_a_change, zone=zones)
@example(
    quiet=QuietHours.standard(), moment=datetime(2011, 12, 30, 12, tzinfo=UTC), zone=ZoneInfo("Pacific/Apia")
)  # fmt: skip
def test_the_next_open_moment_is_never_quiet_and_none_before_it_is_open(
    quiet: QuietHours, moment: datetime, zone: ZoneInfo
) -> None:
    assume(quiet.refused() is None)
    opens = quiet.next_open(moment, zone)
    assert opens >= moment
    assert not quiet.covers(opens, zone)
    assert all(quiet.covers(moment + (opens - moment) * n / 20, zone) for n in range(20)) or (
        opens == moment
    )


@given(quiet=settings, moment=near_a_change, zone=zones)
def test_whenever_the_clock_shows_a_quiet_time_it_is_quiet(
    quiet: QuietHours, moment: datetime, zone: ZoneInfo
) -> None:
    there = local(moment, zone)
    yesterday = clock_reaches(there.date(), time(), zone) - timedelta(seconds=1)
    tonight = quiet.nights[there.weekday()]
    last_night = quiet.nights[local(yesterday, zone).weekday()]
    clock = there.time()
    shown = any(w.start <= clock and (clock < w.end or w.crosses_midnight) for w in tonight) or any(
        w.crosses_midnight and clock < w.end for w in last_night
    )
    assert quiet.covers(moment, zone) or not shown


@given(quiet=settings, moment=near_a_change, zone=zones)
def test_quiet_begins_at_the_next_quiet_moment_and_not_before(
    quiet: QuietHours, moment: datetime, zone: ZoneInfo
) -> None:
    begins = quiet.next_quiet(moment, zone)
    if begins is not None:
        assert quiet.covers(begins, zone)
    until = begins or moment + 14 * DAY
    assert begins == moment or not any(
        quiet.covers(moment + (until - moment) * n / 20, zone) for n in range(20)
    )


@given(quiet=settings, moment=near_a_change, zone=zones)
def test_a_moment_of_a_date_is_in_one_of_its_open_stretches_or_quiet(
    quiet: QuietHours, moment: datetime, zone: ZoneInfo
) -> None:
    day = local(moment, zone).date()
    assume(
        clock_reaches(day + DAY, time(), zone) > moment
    )  # St John's once went back a minute past midnight
    stretches = quiet.open_stretches(day, zone)
    assert quiet.covers(moment, zone) is not any(a <= moment < b for a, b in stretches)
    assert all(a < b for a, b in stretches)
    assert all(end < start for (_, end), (start, _) in pairwise(stretches))


stored = TypeAdapter(QuietHours)


@given(quiet=settings)
def test_quiet_hours_come_back_from_the_store_as_they_went_in(quiet: QuietHours) -> None:
    assert stored.validate_json(stored.dump_json(quiet)) == quiet


@given(quiet=settings)
def test_the_days_read_back_are_each_day_once(quiet: QuietHours) -> None:
    again = QuietHours.none()
    for days, night in quiet.grouped():
        again = again.changed(days, night)
    assert again == quiet
    assert sum(len(days) for days, _ in quiet.grouped()) == 7


def test_a_week_has_seven_nights() -> None:
    with pytest.raises(ValueError, match="seven days"):
        QuietHours(nights=((),) * 6)
    with pytest.raises(ValidationError):
        stored.validate_json('{"nights": []}')
    with pytest.raises(ValueError, match="plain clock times"):
        Window(time(8, tzinfo=UTC), time(9))
