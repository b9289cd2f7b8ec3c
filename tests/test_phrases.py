"""Is what a person typed read as they meant it, and refused where that is open?"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.domain.time.local_time import local, use_pinned_zone_data
from nudger.domain.time.phrases import (
    LONGEST,
    Cause,
    NotUnderstood,
    QuietPhrase,
    Span,
    read_clock,
    read_duration,
    read_end,
    read_past,
    read_quiet,
)
from nudger.domain.time.quiet_hours import EVERY_DAY, Window
from nudger.domain.time.vocabulary import ENGLISH, Wanted

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)  # a Saturday, 16:30 in Berlin
WEEKDAYS, WEEKEND = frozenset(range(5)), frozenset({5, 6})


@pytest.fixture(autouse=True, scope="module")
def pinned_zone_data() -> None:
    use_pinned_zone_data()


def window(said: str) -> Window:
    start, end = said.split("-")
    return Window(time.fromisoformat(start), time.fromisoformat(end))


def shown(moment: datetime | NotUnderstood) -> str:
    """A moment as a clock in Berlin shows it, or the cause of a refusal."""
    if isinstance(moment, NotUnderstood):
        return moment.cause
    assert moment.utcoffset() == timedelta(), "moments are UTC"
    return f"{local(moment, BERLIN):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "days", "windows"),
    [
        ("22-8", EVERY_DAY, "22:00-08:00"),
        ("22 - 8", EVERY_DAY, "22:00-08:00"),
        ("10pm to 7am", EVERY_DAY, "22:00-07:00"),
        ("10:30 p.m. until 7 A.M.", EVERY_DAY, "22:30-07:00"),
        ("from 22 to 7", EVERY_DAY, "22:00-07:00"),
        ("22h30-7h", EVERY_DAY, "22:30-07:00"),
        ("22.30-7.00", EVERY_DAY, "22:30-07:00"),
        ("half past 10 pm - quarter to 8 am", EVERY_DAY, "22:30-07:45"),
        ("22-24", EVERY_DAY, "22:00-00:00"),
        ("midnight to noon", EVERY_DAY, "00:00-12:00"),
        ("12am-12pm", EVERY_DAY, "00:00-12:00"),
        ("22:30–07:00", EVERY_DAY, "22:30-07:00"),
        ("22:30—07:00", EVERY_DAY, "22:30-07:00"),
        ("22:30−07:00", EVERY_DAY, "22:30-07:00"),
        ("２２：３０－０７：００", EVERY_DAY, "22:30-07:00"),
        ("22:30\N{NO-BREAK SPACE}-\N{NARROW NO-BREAK SPACE}7:00", EVERY_DAY, "22:30-07:00"),
        ("weekdays 22:30–07:00", WEEKDAYS, "22:30-07:00"),
        ("weekdays: 22:30–07:00", WEEKDAYS, "22:30-07:00"),
        ("Weekends 23-7", WEEKEND, "23:00-07:00"),
        ("23-7 weekends", WEEKEND, "23:00-07:00"),
        ("23-7 on weekends", WEEKEND, "23:00-07:00"),
        ("fri,sat 23-8", frozenset({4, 5}), "23:00-08:00"),
        ("fri and sat 23-8", frozenset({4, 5}), "23:00-08:00"),
        ("sunday to thursday 22-7", frozenset({6, 0, 1, 2, 3}), "22:00-07:00"),
        ("mon-wed, sat 22-7", frozenset({0, 1, 2, 5}), "22:00-07:00"),
        ("every night 22-7", EVERY_DAY, "22:00-07:00"),
        ("22-8, 12-13", EVERY_DAY, "22:00-08:00 12:00-13:00"),
        ("22-8 and 12:00-13:30 weekdays", WEEKDAYS, "22:00-08:00 12:00-13:30"),
        ("off", EVERY_DAY, ""),
        ("none", EVERY_DAY, ""),
        ("weekends off", WEEKEND, ""),
        ("off on sundays", frozenset({6}), ""),
    ],
)  # fmt: skip
def test_quiet_hours_are_read_as_typed(text: str, days: frozenset[int], windows: str) -> None:
    expected = tuple(window(said) for said in windows.split())
    assert read_quiet(text) == QuietPhrase(days=days, windows=expected)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", Cause.UNKNOWN),
        ("22", Cause.UNKNOWN),
        ("22-", Cause.UNKNOWN),
        ("22-8 please", Cause.UNKNOWN),
        ("22-8-9", Cause.UNKNOWN),
        ("22:00:15-8", Cause.UNKNOWN),
        ("2230-0700", Cause.NO_SUCH_TIME),
        ("-22-8", Cause.UNKNOWN),
        ("at at 22-8", Cause.UNKNOWN),
        ("weekdays 22-8 weekends", Cause.UNKNOWN),
        ("weekdays", Cause.UNKNOWN),
        ("3 days", Cause.UNKNOWN),
        ("22-8" + " " * 200, Cause.UNKNOWN),
        ("25-7", Cause.NO_SUCH_TIME),
        ("22:60-7", Cause.NO_SUCH_TIME),
        ("13pm-7am", Cause.NO_SUCH_TIME),
        ("0am-7am", Cause.NO_SUCH_TIME),
        ("10-7", Cause.AMBIGUOUS),
        ("10pm-7", Cause.AMBIGUOUS),
        ("12-2", Cause.AMBIGUOUS),
    ],
)  # fmt: skip
def test_quiet_hours_that_are_not_wholly_understood_are_refused(text: str, cause: Cause) -> None:
    assert read_quiet(text) == NotUnderstood(wanted=Wanted.QUIET, cause=cause)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("3 days", Span(days=3)),
        ("for 3 days", Span(days=3)),
        ("a week", Span(days=7)),
        ("two weeks and 3 days", Span(days=17)),
        ("2h30", Span(elapsed=timedelta(hours=2.5))),
        ("2h", Span(elapsed=timedelta(hours=2))),
        ("2 h 30 min", Span(elapsed=timedelta(hours=2.5))),
        ("2 hours, 30 minutes", Span(elapsed=timedelta(hours=2.5))),
        ("90 min", Span(elapsed=timedelta(hours=1.5))),
        ("90min", Span(elapsed=timedelta(hours=1.5))),
        ("1.5 h", Span(elapsed=timedelta(hours=1.5))),
        ("1,5 hours", Span(elapsed=timedelta(hours=1.5))),
        ("half an hour", Span(elapsed=timedelta(minutes=30))),
        ("an hour", Span(elapsed=timedelta(hours=1))),
        ("an hour and a half", Span(elapsed=timedelta(hours=1.5))),
        ("1 day 3 hours", Span(days=1, elapsed=timedelta(hours=3))),
        ("366 days", Span(days=366)),
        ("45", Cause.AMBIGUOUS),
        ("a", Cause.AMBIGUOUS),
        ("1.5 days", Cause.UNKNOWN),
        ("3 months", Cause.UNKNOWN),
        ("-3 days", Cause.UNKNOWN),
        ("3 days or so", Cause.UNKNOWN),
        ("2 h ago", Cause.UNKNOWN),
        ("0 min", Cause.NOT_AHEAD),
        ("367 days", Cause.TOO_FAR),
        ("366 days and 1 minute", Cause.TOO_FAR),
        ("999999 weeks", Cause.TOO_FAR),
    ],
)  # fmt: skip
def test_a_length_is_elapsed_time_or_calendar_days(text: str, span: Span | Cause) -> None:
    expected = (
        NotUnderstood(wanted=Wanted.DURATION, cause=span) if isinstance(span, Cause) else span
    )
    assert read_duration(text) == expected


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("until 21:00", "Sat 2026-11-21 21:00"),
        ("till 9pm", "Sat 2026-11-21 21:00"),
        ("until 21h", "Sat 2026-11-21 21:00"),
        ("until 21h30", "Sat 2026-11-21 21:30"),
        ("until 15:00", "Sun 2026-11-22 15:00"),
        ("until 16:30", "Sun 2026-11-22 16:30"),
        ("until half past 7", "Sun 2026-11-22 07:30"),
        ("until midnight", "Sun 2026-11-22 00:00"),
        ("until 24:00", "Sun 2026-11-22 00:00"),
        ("until sunday", "Sun 2026-11-22 08:00"),
        ("Until  SUNDAY 18:00", "Sun 2026-11-22 18:00"),
        ("until sunday at 18:00", "Sun 2026-11-22 18:00"),
        ("until 18:00 on sunday", "Sun 2026-11-22 18:00"),
        ("sunday 18:00", "Sun 2026-11-22 18:00"),
        ("until sunday 24:00", "Mon 2026-11-23 00:00"),
        ("until saturday", "Sat 2026-11-28 08:00"),
        ("until saturday 18:00", "Sat 2026-11-21 18:00"),
        ("until tomorrow", "Sun 2026-11-22 08:00"),
        ("until tomorrow evening", "Sun 2026-11-22 18:00"),
        ("until tomorrow 9 am", "Sun 2026-11-22 09:00"),
        ("until this evening", "Sat 2026-11-21 18:00"),
        ("until 24 dec", "Thu 2026-12-24 08:00"),
        ("until the 24th of December at 7pm", "Thu 2026-12-24 19:00"),
        ("until dec 24, 2026 19:00", "Thu 2026-12-24 19:00"),
        ("until 24 dec 18h30", "Thu 2026-12-24 18:30"),
        ("until 2026-12-24 9:00", "Thu 2026-12-24 09:00"),
        ("until 1 june", "Tue 2027-06-01 08:00"),
        ("until tonight", "Sat 2026-11-21 20:00"),
        ("tonight", "Sun 2026-11-22 08:00"),
        ("this weekend", "Mon 2026-11-23 08:00"),
        ("3 days", "Tue 2026-11-24 16:30"),
        ("in 2h30", "Sat 2026-11-21 19:00"),
        ("until 21", Cause.AMBIGUOUS),
        ("until tomorrow 7", Cause.AMBIGUOUS),
        ("45", Cause.AMBIGUOUS),
        ("until 25:00", Cause.NO_SUCH_TIME),
        ("until sunday 18:75", Cause.NO_SUCH_TIME),
        ("until 30 feb", Cause.NO_SUCH_DATE),
        ("until 2026-13-01", Cause.NO_SUCH_DATE),
        ("until yesterday", Cause.NOT_AHEAD),
        ("until today 15:00", Cause.NOT_AHEAD),
        ("until 20 nov", Cause.NOT_AHEAD),
        ("until 24 dec 2025", Cause.NOT_AHEAD),
        ("until 0001-01-01", Cause.NOT_AHEAD),
        ("until 9999-12-31", Cause.TOO_FAR),
        ("400 days", Cause.TOO_FAR),
        ("until 2 hours", Cause.UNKNOWN),
        ("until next sunday", Cause.UNKNOWN),
        ("until they answer", Cause.UNKNOWN),
        ("until", Cause.UNKNOWN),
        ("", Cause.UNKNOWN),
        ("24/12", Cause.UNKNOWN),
    ],
)  # fmt: skip
def test_an_end_is_the_next_such_moment(text: str, end: str) -> None:
    found = read_end(text, now=NOW, zone=BERLIN)
    assert shown(found) == end
    assert not isinstance(found, NotUnderstood) or found.wanted is Wanted.END


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("yesterday", "Fri 2026-11-20 12:00"),
        ("yesterday evening", "Fri 2026-11-20 18:00"),
        ("yesterday at 19:30", "Fri 2026-11-20 19:30"),
        ("last night", "Fri 2026-11-20 22:00"),
        ("this morning", "Sat 2026-11-21 08:00"),
        ("on sunday", "Sun 2026-11-15 12:00"),
        ("last sunday", "Sun 2026-11-15 12:00"),
        ("on sunday evening", "Sun 2026-11-15 18:00"),
        ("at 15:00", "Sat 2026-11-21 15:00"),
        ("20:00", "Fri 2026-11-20 20:00"),
        ("2 hours ago", "Sat 2026-11-21 14:30"),
        ("half an hour ago", "Sat 2026-11-21 16:00"),
        ("a week ago", "Sat 2026-11-14 16:30"),
        ("just now", "Sat 2026-11-21 16:30"),
        ("3 nov 18:00", "Tue 2026-11-03 18:00"),
        ("tomorrow", Cause.NOT_PAST),
        ("this evening", Cause.NOT_PAST),
        ("24 dec", Cause.NOT_PAST),
        ("400 days ago", Cause.TOO_FAR),
        ("1990-01-01", Cause.TOO_FAR),
        ("yesterday at 7", Cause.AMBIGUOUS),
        ("2h30", Cause.AMBIGUOUS),
        ("yesterday tomorrow", Cause.UNKNOWN),
        ("until yesterday", Cause.UNKNOWN),
    ],
)  # fmt: skip
def test_a_past_is_the_last_such_moment(text: str, past: str) -> None:
    found = read_past(text, now=NOW, zone=BERLIN)
    assert shown(found) == past
    assert not isinstance(found, NotUnderstood) or found.wanted is Wanted.PAST


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("19:30", time(19, 30)),
        ("19.30", time(19, 30)),
        ("19h30", time(19, 30)),
        ("7pm", time(19)),
        ("at 7 p.m.", time(19)),
        ("12 am", time(0)),
        ("12:15 pm", time(12, 15)),
        ("half past 7", time(7, 30)),
        ("quarter to 8 pm", time(19, 45)),
        ("noon", time(12)),
        ("24:00", time(0)),
        ("7", Cause.AMBIGUOUS),
        ("25:00", Cause.NO_SUCH_TIME),
        ("24:01", Cause.NO_SUCH_TIME),
        ("13pm", Cause.NO_SUCH_TIME),
        ("noon am", Cause.UNKNOWN),
        ("7:5", Cause.UNKNOWN),
        ("soon", Cause.UNKNOWN),
    ],
)  # fmt: skip
def test_a_clock_time_is_read_alone(text: str, clock: time | Cause) -> None:
    expected = (
        NotUnderstood(wanted=Wanted.CLOCK, cause=clock) if isinstance(clock, Cause) else clock
    )
    assert read_clock(text) == expected


@pytest.mark.parametrize(
    ("label", "text", "now", "end"),
    [
        ("spring, days", "2 days", "2026-03-28T12:00+01:00", "2026-03-30T12:00+02:00"),
        ("spring, hours", "48 hours", "2026-03-28T12:00+01:00", "2026-03-30T13:00+02:00"),
        ("autumn, days", "a week", "2026-10-24T12:00+02:00", "2026-10-31T12:00+01:00"),
        ("autumn, hours", "24h", "2026-10-24T12:00+02:00", "2026-10-25T11:00+01:00"),
        ("left out", "until 2:30", "2026-03-28T23:00+01:00", "2026-03-29T03:30+02:00"),
        ("a day later, left out", "1 day", "2026-03-28T02:30+01:00", "2026-03-29T03:30+02:00"),
        ("comes twice", "until 2:30", "2026-10-24T23:00+02:00", "2026-10-25T02:30+02:00"),
        ("the second", "until 2:30", "2026-10-25T02:40+02:00", "2026-10-25T02:30+01:00"),
        ("the night that runs", "tonight", "2026-11-22T01:00+01:00", "2026-11-22T08:00+01:00"),
        ("the night to come", "tonight", "2026-11-22T07:00+01:00", "2026-11-23T08:00+01:00"),
        ("on a leap day", "until 29 feb", "2027-12-01T12:00+01:00", "2028-02-29T08:00+01:00"),
    ],
)
def test_days_keep_the_clock_time_and_hours_their_length_when_clocks_change(
    label: str, text: str, now: str, end: str
) -> None:
    found = read_end(text, now=datetime.fromisoformat(now), zone=BERLIN)
    assert found == datetime.fromisoformat(end), label


def test_days_ago_keep_the_clock_time_too() -> None:
    now = datetime.fromisoformat("2026-03-30T12:00+02:00")
    found = read_past("2 days ago", now=now, zone=BERLIN)
    assert found == datetime.fromisoformat("2026-03-28T12:00+01:00")


def read_as(wanted: Wanted, text: str) -> object:
    match wanted:
        case Wanted.QUIET:
            return read_quiet(text)
        case Wanted.DURATION:
            return read_duration(text)
        case Wanted.CLOCK:
            return read_clock(text)
        case Wanted.END:
            return read_end(text, now=NOW, zone=BERLIN)
        case Wanted.PAST:
            return read_past(text, now=NOW, zone=BERLIN)


@pytest.mark.parametrize("wanted", Wanted)
def test_the_two_examples_of_a_refusal_are_understood(wanted: Wanted) -> None:
    for example in ENGLISH.examples[wanted]:
        assert not isinstance(read_as(wanted, example), NotUnderstood)


# ------------------------------------------------------------------------------------ never

FORMS = [
    *ENGLISH.meanings,
    *("0", "7", "12", "22", "24", "30", "60", "366", "2026", "999999"),
    *("22:30", "9.15", "1.5", "-", "–", ",", ":", ".", "/", "2026-12-24"),
]
phrases = (
    st.text()
    | st.lists(st.sampled_from(FORMS), max_size=8).map(" ".join)
    | st.lists(st.sampled_from(FORMS), max_size=8).map("".join)
)
moments = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
zones = st.sampled_from(
    ("UTC", "Europe/Berlin", "Pacific/Apia", "America/Santiago", "Pacific/Kiritimati")
).map(ZoneInfo)


@given(text=phrases, now=moments, zone=zones)
def test_no_text_whatever_breaks_the_reading_or_passes_its_limits(
    text: str, now: datetime, zone: ZoneInfo
) -> None:
    read_quiet(text)
    read_clock(text)
    span = read_duration(text)
    if isinstance(span, Span):
        assert timedelta() < timedelta(days=span.days) + span.elapsed <= LONGEST
    end, past = read_end(text, now=now, zone=zone), read_past(text, now=now, zone=zone)
    if isinstance(end, datetime):
        assert now < end <= now + LONGEST
    if isinstance(past, datetime):
        assert now - LONGEST <= past <= now


@given(
    wanted=st.sampled_from(Wanted),
    which=st.integers(0, 1),
    junk=st.text("bjxz/()?=%🙂é", min_size=1),
)
def test_what_is_understood_is_no_longer_with_anything_unknown_around_it(
    wanted: Wanted, which: int, junk: str
) -> None:
    example = ENGLISH.examples[wanted][which]
    for text in (f"{example} {junk}", f"{junk} {example}", f"{example}{junk}"):
        assert read_as(wanted, text) == NotUnderstood(wanted=wanted, cause=Cause.UNKNOWN)


times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
names = dict(
    enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
)


@given(
    windows=st.lists(st.builds(Window, times, times), min_size=1, max_size=2),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    dash=st.sampled_from(["-", "–", " to ", " — "]),
    clock=st.sampled_from(["%H:%M", "%H.%M", "%Hh%M", "%I:%M %p", "%I.%M%p"]),
)
def test_quiet_hours_as_they_are_read_back_mean_the_same_when_typed(
    windows: list[Window], days: frozenset[int], dash: str, clock: str
) -> None:
    said = ", ".join(f"{w.start.strftime(clock)}{dash}{w.end.strftime(clock)}" for w in windows)
    nights = ", ".join(names[day] for day in sorted(days))
    expected = QuietPhrase(days=days, windows=tuple(windows))
    assert read_quiet(f"{nights} {said}") == expected
    assert read_quiet(f"{said} {nights}") == expected


@given(now=moments, zone=zones, days=st.integers(1, 300), clock=times)
def test_an_end_as_it_is_read_back_means_the_same_when_typed(
    now: datetime, zone: ZoneInfo, days: int, clock: time
) -> None:
    day: date = local(now, zone).date() + timedelta(days=days)
    by_number = read_end(f"until {day} {clock:%H:%M}", now=now, zone=zone)
    by_name = read_end(f"until {day:%-d %B} {clock:%H:%M}", now=now, zone=zone)
    assert isinstance(by_number, datetime)
    assert by_number == by_name
    assert abs(local(by_number, zone).replace(tzinfo=None) - datetime.combine(day, clock)) <= (
        timedelta(days=1) if zone.key == "Pacific/Apia" else timedelta(hours=1)
    )
