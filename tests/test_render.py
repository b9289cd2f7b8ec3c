"""Does a screen read as it should on the phone: moments, nights, numbers, a person's own words?"""

import html
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.domain.dialogues.quiet import read_back
from nudger.domain.dialogues.telling import evidence
from nudger.domain.practice import Attempt, CameTrue, Finding, HowItWent, Prediction
from nudger.domain.screen import Choice, Label, Screen, Words, plain, row
from nudger.domain.time.quiet_hours import QuietHours, Window
from nudger.render.message import data_of, own_words, render
from nudger.render.values import MOST_WORDS, Speaker, Spoken
from tests.phones import EVENING, MOST_UNITS, Phone, joined, shown, units


def speaker(zone: str = "Europe/Berlin", now: datetime = EVENING) -> Speaker:
    """One who speaks English by that clock."""
    return Speaker(language="en", zone=ZoneInfo(zone), now=now)


def said(value: object, form: str = "", *, by: Speaker | None = None) -> str:
    """A value in a form."""
    return format(Spoken(value, by or speaker()), form)


# ------------------------------------------------------------------ moments

NOW = datetime(2026, 3, 2, 19, 14, tzinfo=UTC)  # Monday, 20:14 in Berlin
MOMENTS = [
    # label, zone, now, moment, "about", "when"
    ("today", "Europe/Berlin", NOW, NOW + timedelta(minutes=16), "today, about 20:30", "20:30"),
    (
        "after midnight is tomorrow",
        "Europe/Berlin",
        NOW,
        datetime(2026, 3, 2, 23, 30, tzinfo=UTC),
        "tomorrow, Tuesday, about 00:30",
        "tomorrow 00:30",
    ),
    (
        "this week",
        "Europe/Berlin",
        NOW,
        datetime(2026, 3, 8, 17, tzinfo=UTC),
        "on Sunday, about 18:00",
        "Sunday 18:00",
    ),
    (
        "a week on, a weekday alone would be wrong",
        "Europe/Berlin",
        NOW,
        datetime(2026, 3, 9, 17, tzinfo=UTC),
        "on Monday, 9 March, about 18:00",
        "9 March, 18:00",
    ),
    (
        "gone by",
        "Europe/Berlin",
        NOW,
        datetime(2026, 3, 1, 17, tzinfo=UTC),
        "on Sunday, 1 March, about 18:00",
        "1 March, 18:00",
    ),
    (
        "over the spring change",
        "Europe/Berlin",
        datetime(2026, 3, 28, 20, tzinfo=UTC),
        datetime(2026, 3, 29, 17, tzinfo=UTC),
        "tomorrow, Sunday, about 19:00",
        "tomorrow 19:00",
    ),
    (
        "over the autumn change",
        "Europe/Berlin",
        datetime(2026, 10, 24, 20, tzinfo=UTC),
        datetime(2026, 10, 25, 17, tzinfo=UTC),
        "tomorrow, Sunday, about 18:00",
        "tomorrow 18:00",
    ),
    (
        "half an hour off",
        "Asia/Kolkata",
        NOW,
        datetime(2026, 3, 3, 2, 38, tzinfo=UTC),
        "today, about 08:15",
        "08:08",
    ),
    (
        "three quarters off",
        "Asia/Kathmandu",
        NOW,
        datetime(2026, 3, 3, 2, 38, tzinfo=UTC),
        "today, about 08:30",
        "08:23",
    ),
    (
        "about midnight stays on its date",
        "Europe/Berlin",
        NOW,
        datetime(2026, 3, 2, 22, 55, tzinfo=UTC),
        "today, about 23:55",
        "23:55",
    ),
]


@pytest.mark.parametrize(
    ("zone", "now", "moment", "about", "when"),
    [m[1:] for m in MOMENTS],
    ids=[m[0] for m in MOMENTS],
)
def test_a_moment_reads_as_the_persons_clock_shows_it(
    zone: str, now: datetime, moment: datetime, about: str, when: str
) -> None:
    by = speaker(zone, now)
    assert (said(moment, "about", by=by), said(moment, "when", by=by)) == (about, when)


@pytest.mark.parametrize(
    ("ago", "reads"),
    [(0, "today"), (1, "yesterday"), (3, "Friday"), (6, "Tuesday"), (7, "23 February")],
)
def test_a_day_gone_by_reads_as_one_says_it(ago: int, reads: str) -> None:
    assert said(NOW - timedelta(days=ago), "day") == reads


@given(
    st.integers(0, 15 * 365 * 24 * 60).map(lambda n: NOW + timedelta(minutes=n)),
    st.sampled_from(("Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns")),
)
def test_about_is_never_further_off_than_eight_minutes_and_never_another_date(
    moment: datetime, zone: str
) -> None:
    there = moment.astimezone(ZoneInfo(zone))
    text = said(moment, "about", by=speaker(zone, moment))
    assert text.startswith("today, about ")
    clock = time.fromisoformat(text.removeprefix("today, about "))
    minutes = abs(clock.hour * 60 + clock.minute - there.hour * 60 - there.minute)
    assert minutes <= 8


# ------------------------------------------------------------------ nights, lengths, numbers

NIGHT = Window(time(22), time(8))
SHORT = Window(time(23), time(7))
WEEKEND = frozenset({5, 6})
NIGHTS = [
    ("every night", QuietHours.every_night(NIGHT), "Every night 22:00–08:00."),
    ("none", QuietHours.none(), "No quiet hours: I may write at any hour."),
    (
        "weekends differ",
        QuietHours.every_night(NIGHT).changed(WEEKEND, (SHORT,)),
        "The nights starting Saturday and Sunday: 23:00–07:00. Other nights: 22:00–08:00.",
    ),
    (
        "weekends open",
        QuietHours.every_night(NIGHT).changed(WEEKEND, ()),
        "The nights starting Saturday and Sunday: none. Other nights: 22:00–08:00.",
    ),
    (
        "only weekends",
        QuietHours.none().changed(WEEKEND, (NIGHT,)),
        "The nights starting Saturday and Sunday: 22:00–08:00. Other nights: none.",
    ),
    (
        "and over midday",
        QuietHours.every_night(NIGHT).changed(
            frozenset(range(7)), (Window(time(13), time(14)), NIGHT)
        ),
        "Every night 13:00–14:00 and 22:00–08:00.",
    ),
]


@pytest.mark.parametrize(("quiet", "reads"), [n[1:] for n in NIGHTS], ids=[n[0] for n in NIGHTS])
def test_quiet_hours_are_read_back_by_the_nights_they_start_on(
    quiet: QuietHours, reads: str
) -> None:
    assert said(read_back(quiet)["nights"], "nights") == reads


@pytest.mark.parametrize(
    ("span", "reads"),
    [
        (timedelta(minutes=5), "5 minutes"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_a_length_reads_in_its_largest_unit(span: timedelta, reads: str) -> None:
    assert said(span, "span") == reads


HALVES = [(0, "0"), (0.2, "0"), (0.5, "½"), (1, "1"), (3.4, "3½"), (3.75, "4"), (10, "10")]


@pytest.mark.parametrize(("number", "reads"), [*HALVES, (10.5, "10½")])
def test_an_average_is_told_in_halves(number: float, reads: str) -> None:
    assert said(number, "half") == reads


OTHERS = [
    (time(7, 5), "clock", "07:05"),
    ("DE", "country", "Germany"),
    ("XX", "country", "XX"),
    ("pt_BR", "language", "Português (Brasil)"),
    ("en", "language", "English"),
    (6, "weekday", "Sunday"),
    ("evening", "time_of_day", "in the evening"),
    ("a short walk.", "sentence", "A short walk."),
    ("", "after", ""),
    ("24/7", "after", " (24/7)"),
    (("one", "two"), "lines", "one\ntwo"),
    (("one", "two"), "paragraphs", "one\n\ntwo"),
    (("One.", "Two."), "run_on", "One. Two."),
    (None, "", ""),
    (4.0, "", "4"),
]


@pytest.mark.parametrize(("value", "form", "reads"), OTHERS)
def test_a_value_reads_in_the_form_that_is_asked(value: object, form: str, reads: str) -> None:
    assert said(value, form) == reads


def test_a_form_that_does_not_fit_the_value_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="cannot be said as 'span'"):
        said("soon", "span")


# ------------------------------------------------------------------ own words

HOSTILE = [
    "<b>bold</b> & <script>",
    "</i>",
    "👩‍👩‍👧 💔",
    "שלום, مرحبا",
    "\u202eright to left",
    "\ud83d",
    "\x00",
    "{text} {0} %s",
    "x" * 4096,
    "💔" * 2048,
    "<&>" * 1365,
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_own_words_come_back_as_they_were_and_never_as_markup(words: str) -> None:
    screen = Screen(key="asking.own_came_true", values={"fear": Words(text=words)})
    text = render(screen, person=joined(), now=EVENING).text
    inside = text.removeprefix("You feared: “").removesuffix("”. Did it happen?")
    assert not {"<", ">"} & set(inside)
    told = html.unescape(inside) if "\x00" not in words else words
    assert told == words or (told.endswith("…") and words.startswith(told[:-1]))
    assert len(told) <= MOST_WORDS


@given(st.text(max_size=5000))
def test_whatever_was_written_can_be_shown(words: str) -> None:
    screen = Screen(key="separation.feared", values={"fear": Words(text=words)})
    message = render(screen, person=joined(), now=EVENING)
    assert units(message.text) <= MOST_UNITS


def test_the_evidence_of_many_long_fears_fits_one_message() -> None:
    phone = Phone(joined())
    for n, words in enumerate(HOSTILE[-3:] * 4):
        phone.attempts[str(n)] = Attempt(
            id=str(n),
            rung="texting.5_minutes",
            chosen_at=EVENING,
            over_at=EVENING,
            prediction=Prediction(fear="own", words=words, likely=70, expected=6),
            finding=Finding(how=HowItWent.WAITED, came_true=CameTrue.NO, peak=3, words=words),
        )
    screen = evidence(phone.facts(""))
    assert own_words(screen)
    message = render(screen, person=joined(), now=EVENING)
    assert 1000 < units(shown(message)) <= MOST_UNITS


def test_what_is_liked_and_named_is_escaped_like_own_words() -> None:
    label = Label(key="asking.feared", values={"fear": "a & b <c>", "came": "no"})
    text = render(
        Screen(key="asking.found", values={"found": (label,)}), person=joined(), now=EVENING
    ).text
    assert "a &amp; b &lt;c&gt;" in text


# ------------------------------------------------------------------ messages


def test_screens_stand_one_under_the_other_and_the_last_has_the_buttons() -> None:
    above = Screen(key="asking.done", choices=(row("yes"),))
    below = Screen(
        key="asking.likely", above=(Screen(key="asking.line_kept"),), choices=(row("skip"),)
    )
    message = render(above, below, person=joined(), now=EVENING, dialogue="d1", step="likely")
    assert message.text == "Kept.\n\nAdded.\n\nHow sure is the alarm about that?"
    assert [[button.data for button in row] for row in message.buttons] == [["d1:likely:skip"]]


def test_a_button_is_plain_text() -> None:
    screen = Screen(key="asking.done", choices=((plain("x", "You & <me>"),), row("7")))
    labels = [row[0].label for row in render(screen, person=joined(), now=EVENING).buttons]
    assert labels == ["You & <me>", "7"]


def test_what_a_button_sends_back_fits_into_what_telegram_takes() -> None:
    assert len(data_of("d" * 16, "about_afraid", Choice(id="x" * 24)).encode()) <= 64
    with pytest.raises(ValueError, match="longer than Telegram takes"):
        data_of("d" * 16, "s" * 30, Choice(id="x" * 24))


def test_only_a_question_about_the_place_has_the_key_that_shares_it() -> None:
    asking = Screen(key="onboarding.place", asks_place=True)
    assert render(asking, person=joined(), now=EVENING).place_button == "Share my place"
    assert not render(Screen(key="asking.done"), person=joined(), now=EVENING).place_button


def test_a_zone_that_is_no_more_is_read_as_utc() -> None:
    lost = joined(zone="Europe/Atlantis")
    screen = Screen(key="pause.until", values={"until": EVENING + timedelta(minutes=1)})
    assert render(screen, person=lost, now=EVENING).text.startswith("Silent until 19:15.")
