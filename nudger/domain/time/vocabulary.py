"""What does each word about time mean?

A text becomes tokens, a kind and a number each. The kinds, one letter each, spell a word that a
grammar can match as a whole:

    t 22:30 (minutes)    n bare number     f decimal (tenths) D 2026-12-24      < am, pm
    h in 2h30 (60)       u hour, minute    c day, week (1, 7) e half an hour    q half past
    w one weekday        s several (bits)  m month            # 24th            p part of day
    r today, tomorrow    k this            l last             N now             a ago
    M noon, midnight     T tonight         W this weekend     o off             U until
    - to                 , and             ~ at, from, on: dropped before what they lead to
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

LONGEST_TEXT = 200  # characters; every phrase is far shorter
NEVER = -1  # minutes that no clock shows, a date that no calendar has


class Wanted(StrEnum):
    """What kind of time was asked for."""

    QUIET = "quiet"
    DURATION = "duration"
    END = "end"
    PAST = "past"
    CLOCK = "clock"


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """A language: a table of kind, number and forms parted by "|", and two examples of each."""

    table: str
    examples: Mapping[Wanted, tuple[str, str]]

    @cached_property
    def meanings(self) -> Mapping[str, tuple[str, int]]:
        """Every form with its kind and number."""
        rows = (line.split(maxsplit=2) for line in self.table.strip().splitlines())
        return {
            form: (kind, int(number, 0))
            for kind, number, forms in rows
            for form in forms.split("|")
        }

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Any one token: longer words first, and none that goes on in more letters."""
        words = "|".join(map(re.escape, sorted(self.meanings, key=len, reverse=True)))
        return re.compile(
            r"(?P<D>\d{4}-\d\d?-\d\d?(?!\d))"
            r"|(?P<t>\d\d?[:.]\d\d(?![:.]?\d))"
            r"|(?P<f>\d{1,4}[.,]\d(?!\d)(?=\s*[^\W\d]))"
            r"|(?P<n>\d{1,6}(?!\d))"
            r"|(?P<to>-)|(?P<also>[,;&+]|:(?=\s))"
            rf"|(?P<word>(?:{words})(?![^\W\d]))"
        )


@dataclass(frozen=True)
class Said:
    """Tokens: the letters of their kinds, and a number for each."""

    kinds: str
    numbers: tuple[int, ...]

    def match(self, *patterns: str) -> re.Match[str] | None:
        """By the first of the patterns that all kinds together spell."""
        matches = (re.fullmatch(pattern, self.kinds) for pattern in patterns)
        return next((match for match in matches if match), None)

    def part(self, match: re.Match[str], group: str | int) -> "Said":
        """The tokens of a group, none where it took no part."""
        start, end = match.span(group)
        return Said(self.kinds[start:end], self.numbers[start:end])

    def pieces(self, pattern: str) -> list["Said"]:
        """The tokens of each place where the pattern fits."""
        return [self.part(match, 0) for match in re.finditer(pattern, self.kinds)]


def tokens(text: str, words: Vocabulary) -> Said:
    """What was typed, in any width, case and kind of dash; nothing where any of it is unknown."""
    if len(text) > LONGEST_TEXT:
        return Said("", ())
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join("-" if unicodedata.category(c) == "Pd" or c == "−" else c for c in plain)
    plain = " ".join(plain.split()).rstrip(".!")
    found: list[tuple[str, int]] = []
    at = 0
    while at < len(plain):
        match = words.pattern.match(plain, at)
        if match is None:
            return Said("", ())
        found.append(_token(match, words))
        at = match.end() + plain.startswith(" ", match.end())
    kinds = "".join(kind for kind, _ in found)
    idle = {match.start() for match in re.finditer("~(?=[tnfDhuceqwsmprklMTW])", kinds)}
    kept = [token for i, token in enumerate(found) if i not in idle]
    return Said("".join(kind for kind, _ in kept), tuple(number for _, number in kept))


def calendar_date(year: int, month: int, day: int) -> date | None:
    """That date, or None where a calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _token(match: re.Match[str], words: Vocabulary) -> tuple[str, int]:
    said = match.group()
    match match.lastgroup:
        case "D":
            found = calendar_date(*map(int, said.split("-")))
            return "D", found.toordinal() if found else NEVER
        case "t":
            hour, minute = map(int, re.split("[:.]", said))
            return "t", hour * 60 + minute if minute < 60 else NEVER
        case "f":
            return "f", int(re.sub("[.,]", "", said))
        case "n":
            return "n", int(said)
        case "to":
            return "-", 0
        case "also":
            return ",", 0
        case _:
            return words.meanings[said]


ENGLISH = Vocabulary(
    table="""
w 0 monday|mondays|mon
w 1 tuesday|tuesdays|tues|tue
w 2 wednesday|wednesdays|wed
w 3 thursday|thursdays|thurs|thur|thu
w 4 friday|fridays|fri
w 5 saturday|saturdays|sat
w 6 sunday|sundays|sun
s 0b0011111 weekdays|weekday|weeknights
s 0b1100000 weekends|weekend
s 0b1111111 every day|every night|daily|nightly|always
m 1 january|jan
m 2 february|feb
m 3 march|mar
m 4 april|apr
m 5 may
m 6 june|jun
m 7 july|jul
m 8 august|aug
m 9 september|sept|sep
m 10 october|oct
m 11 november|nov
m 12 december|dec
n 1 a|an|one
n 2 two
n 3 three
n 4 four
n 5 five
n 6 six
u 1 minutes|minute|mins|min|m
u 60 hours|hour|hrs|hr
h 60 h
c 1 days|day|d
c 7 weeks|week|w
e 30 half an hour|half hour|half-hour
e 90 an hour and a half
q 30 half past
q 15 quarter past
q -15 quarter to
< 0 am|a.m.|a.m
< 720 pm|p.m.|p.m
M 720 noon|midday
M 1440 midnight
p 480 morning
p 900 afternoon
p 1080 evening
p 1320 night
r -1 yesterday
r 0 today
r 1 tomorrow
k 0 this
l -1 last
T 1200 tonight
W 0 this weekend
N 0 now|just now|right now
a 0 ago
o 0 off|none
U 0 until|till|til
- 0 to
, 0 and
# 0 st|nd|rd|th
~ 0 at|from|on|in|for|the|of
""",
    examples={
        Wanted.QUIET: ("22-8", "weekdays 22:30-07:00"),
        Wanted.DURATION: ("3 days", "2h30"),
        Wanted.END: ("until 21:00", "until sunday 18:00"),
        Wanted.PAST: ("yesterday evening", "2 hours ago"),
        Wanted.CLOCK: ("19:30", "7pm"),
    },
)
