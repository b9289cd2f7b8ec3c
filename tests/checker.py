"""What did really arrive on the phone? Counted from the Bot API's call log alone.

Imports nothing from nudger: works out local time with an independent library.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import yaml
from whenever import Instant

ASKED_WITHIN = timedelta(seconds=90)  # what follows the person's own deed so soon was asked for
NEW, CHANGED = "sendMessage", "editMessageText"


class Call(Protocol):
    """One line of the log."""

    @property
    def method(self) -> str: ...
    @property
    def params(self) -> Mapping[str, object]: ...
    @property
    def chat(self) -> int | None: ...
    @property
    def at(self) -> datetime: ...
    @property
    def status(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """One message that reached the phone, on the person's clock, with the labels of its buttons."""

    at: datetime
    day: str
    clock: time
    text: str
    labels: tuple[str, ...]
    asked: bool


def arrived(
    calls: Iterable[Call],
    *,
    chat: int,
    zone: str,
    deeds: Sequence[datetime] = (),
    methods: Sequence[str] = (NEW,),
) -> list[Arrived]:
    """New messages of a chat (or changed ones too), and whether the person had just done something."""
    messages = []
    for call in calls:
        if call.method not in methods or (call.chat, call.status) != (chat, 200):
            continue
        local = Instant(call.at).to_tz(zone)
        messages.append(
            Arrived(
                at=call.at,
                day=str(local.date()),
                clock=local.time().to_stdlib(),
                text=str(call.params.get("text", "")),
                labels=tuple(_labels(call.params.get("reply_markup"))),
                asked=any(timedelta(0) <= call.at - deed <= ASKED_WITHIN for deed in deeds),
            )
        )
    return messages


def unasked(messages: Iterable[Arrived]) -> list[Arrived]:
    """Those nobody had just asked for."""
    return [each for each in messages if not each.asked]


def offering(messages: Iterable[Arrived], label: str) -> list[Arrived]:
    """Those with a button that says so."""
    return [each for each in messages if label in each.labels]


def in_quiet_hours(messages: Iterable[Arrived], *, start: time, end: time) -> list[Arrived]:
    """Those within a window that crosses midnight."""
    return [each for each in messages if each.clock >= start or each.clock < end]


def too_close(messages: Sequence[Arrived], *, rest: timedelta) -> list[tuple[Arrived, Arrived]]:
    """Pairs in a row with less than the rest between them."""
    return [(a, b) for a, b in pairwise(messages) if b.at - a.at < rest]


def a_day(messages: Iterable[Arrived]) -> dict[str, int]:
    """How many on each local date."""
    days: dict[str, int] = {}
    for each in messages:
        days[each.day] = days.get(each.day, 0) + 1
    return days


def offered(messages: Iterable[Arrived]) -> list[tuple[str, tuple[str, ...]]]:
    """The steps of each offer of two, in half a line each, with its date."""
    return [
        (each.day, tuple(re.findall(r"^[AB] · (.+)$", each.text, flags=re.MULTILINE)))
        for each in messages
        if re.search(r"^A · ", each.text, flags=re.MULTILINE)
    ]


def rated(messages: Iterable[Arrived], ratings: Iterable[int]) -> dict[str, int]:
    """What was asked about at the beginning, by half a line in small letters, and the answers."""
    asked = [each.text for each in messages if "would this be" in each.text]
    names = [re.sub(r"<[^>]+>", "", text).strip().splitlines()[-1].rstrip(".") for text in asked]
    return {name.casefold(): rating for name, rating in zip(names, ratings, strict=True)}


def minutes_of_steps(prompts: Path) -> dict[str, float]:
    """How long each step lasts that has a length, by half a line in small letters."""
    units = {"min": 1.0, "h": 60.0, "day": 1440.0, "days": 1440.0}
    lasting = {}
    for file in prompts.glob("*/*/*.yaml"):
        for rung in yaml.safe_load(file.read_text("utf-8")).get("rungs", ()):
            if "lasts" in rung:
                number, unit = str(rung["lasts"]).split()
                lasting[rung["short"].casefold()] = float(number) * units[unit]
    return lasting


def _labels(markup: object) -> Iterable[str]:
    rows = markup.get("inline_keyboard", ()) if isinstance(markup, Mapping) else ()
    return (str(button.get("text", "")) for row in rows for button in row)
