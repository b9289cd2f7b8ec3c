"""How does a value read inside a sentence: a moment, a length, a window, a person's own words?"""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_timedelta, get_day_names
from babel.lists import format_list

from nudger.domain.screen import Label, Words
from nudger.render.words import sentence

QUARTER = timedelta(minutes=15)  # "about seven" is no promise to the minute
MOST_WORDS = 200  # characters of a person's own words inside a sentence: enough to know them again
DAYS_BY_NAME = 6  # from then on a weekday alone could be the wrong one


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """Says keys and values in one language, on one clock; ``escape`` makes text fit its place."""

    language: str
    zone: ZoneInfo
    now: datetime
    escape: Callable[[str], str] = field(default=lambda text: html.escape(text, quote=False))

    def say(self, key: str, values: Mapping[str, object] | None = None) -> str:
        """The sentence of a key with its values."""
        spoken = {name: Spoken(value, self) for name, value in (values or {}).items()}
        return sentence(key, self.language, values).format(**spoken)

    def text_of(self, value: object) -> str:
        """A value as it reads when nothing else is asked."""
        match value:
            case None:
                return ""
            case Label():
                return self.say(value.key, value.values)
            case Words():
                return self.escape(_shortened(value.text))
            case datetime():
                return self.moment(value, "when")
            case time():
                return f"{value:%H:%M}"
            case timedelta():
                return self.span(value)
            case float():
                return f"{value:g}"
            case tuple():
                return "\n".join(self.text_of(each) for each in value)
        return self.escape(str(value))

    def moment(self, moment: datetime, form: str) -> str:
        """A moment on the person's clock: "tomorrow, Tuesday, about 19:00"."""
        there = moment.astimezone(self.zone)
        if form == "about":
            there = _quarter(there)
        today = self.now.astimezone(self.zone).date()
        ahead = (there.date() - today).days
        near = {0: "today", 1: "tomorrow"}.get(ahead)
        which = near or ("this_week" if 0 < ahead <= DAYS_BY_NAME else "date")
        return self.say(f"{form}.{which}", self._day(there.date()) | {"clock": there.time()})

    def day(self, moment: datetime) -> str:
        """A day gone by: "yesterday", "Tuesday", "3 November"."""
        there, today = moment.astimezone(self.zone).date(), self.now.astimezone(self.zone).date()
        ago = (today - there).days
        near = {0: "today", 1: "yesterday"}.get(ago)
        which = near or ("last_week" if 0 < ago <= DAYS_BY_NAME else "date")
        return self.say(f"day.{which}", self._day(there))

    def span(self, span: timedelta) -> str:
        """A length, in its largest unit: "3 hours"."""
        return format_timedelta(span, threshold=2, locale=self.language)

    def nights(
        self, groups: tuple[tuple[tuple[int, ...], tuple[tuple[time, time], ...]], ...]
    ) -> str:
        """Quiet hours read back: which nights, which windows."""
        said = []
        ordered = sorted(groups, key=lambda group: len(group[0]))
        for n, (days, windows) in enumerate(ordered):
            hours = self._list([f"{start:%H:%M}–{end:%H:%M}" for start, end in windows])
            values: dict[str, object] = {"days": self._days(days), "windows": hours}
            if len(ordered) == 1:
                key = "nights.all" if windows else "nights.none"
            elif n == len(ordered) - 1:
                key = "nights.others" if windows else "nights.others_open"
            else:
                key = "nights.some" if windows else "nights.open"
            said.append(self.say(key, values))
        return " ".join(said)

    def weekday(self, day: int) -> str:
        """0 is Monday."""
        return str(get_day_names("wide", locale=self.language)[day])

    def country(self, code: str) -> str:
        """An ISO code by its name; the code itself where there is none."""
        return str(Locale.parse(self.language).territories.get(code, code))

    def _day(self, day: date) -> dict[str, object]:
        return {
            "weekday": self.weekday(day.weekday()),
            "date": format_date(day, "d MMMM", locale=self.language),
        }

    def _days(self, days: tuple[int, ...]) -> str:
        return self._list([self.weekday(day) for day in days])

    def _list(self, items: list[str]) -> str:
        return format_list(items, locale=self.language) if items else ""


class Spoken:
    """A value on its way into a sentence; ``{name:form:form}`` says how it shall read."""

    def __init__(self, value: object, speaker: Speaker) -> None:
        self._value = value
        self._speaker = speaker

    def __format__(self, forms: str) -> str:
        value, speaker = self._value, self._speaker
        text = speaker.text_of(value) if not forms else ""
        for form in filter(None, forms.split(":")):
            match form, value:
                case "about" | "when", datetime():
                    text = speaker.moment(value, form)
                case "clock", _:
                    text = speaker.text_of(value)
                case "day", datetime():
                    text = speaker.day(value)
                case "nights", tuple():
                    text = speaker.nights(value)
                case "span", timedelta():
                    text = speaker.span(value)
                case "half", float() | int():
                    whole, half = divmod(round(value * 2), 2)
                    text = f"{whole or '' if half else whole}{'½' if half else ''}"
                case "weekday", int():
                    text = speaker.weekday(value)
                case "country", str():
                    text = speaker.country(value)
                case "language", str():
                    text = _capital(str(Locale.parse(value).get_display_name()))
                case "time_of_day", str():
                    text = speaker.say(f"time_of_day.{value}")
                case "sentence", str():
                    text = _capital(speaker.escape(value)).removesuffix(".") + "."
                case "after", str():
                    text = speaker.say("hours_after", {"hours": value}) if value else ""
                case "lines", tuple():
                    text = "\n".join(speaker.text_of(each) for each in value)
                case "paragraphs", tuple():
                    text = "\n\n".join(speaker.text_of(each) for each in value)
                case "run_on", tuple():
                    text = " ".join(speaker.text_of(each) for each in value)
                case "capital", _:
                    text = _capital(text)
                case _:
                    raise ValueError(f"{value!r} cannot be said as {form!r}")
        return text


def _shortened(words: str) -> str:
    return words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1].rstrip() + "…"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _quarter(there: datetime) -> datetime:
    """To the nearest quarter of an hour, on the same date."""
    minutes = timedelta(hours=there.hour, minutes=there.minute)
    rounded = round(minutes / QUARTER) * QUARTER
    if rounded >= timedelta(days=1):
        return there
    return there.replace(hour=0, minute=0, second=0, microsecond=0) + rounded
