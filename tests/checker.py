"""What did really arrive on the phone? Counted from the Bot API's call log alone.

Imports nothing from nudger: works out local time with an independent library.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from whenever import Instant

ASKED_WITHIN = timedelta(seconds=90)  # what follows the person's own deed so soon was asked for


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """One message that reached the phone, on the person's clock."""

    at: datetime
    day: str
    clock: time
    text: str
    asked: bool


def arrived(
    calls: Iterable[object], *, chat: int, zone: str, deeds: Sequence[datetime]
) -> list[Arrived]:
    """New messages of a chat, and whether the person had just done something."""
    messages = []
    for call in calls:
        if (call.method, call.chat, call.status) != ("sendMessage", chat, 200):
            continue
        local = Instant(call.at).to_tz(zone)
        messages.append(
            Arrived(
                at=call.at,
                day=str(local.date()),
                clock=local.time().to_stdlib(),
                text=str(call.params.get("text", "")),
                asked=any(timedelta(0) <= call.at - deed <= ASKED_WITHIN for deed in deeds),
            )
        )
    return messages


def unasked(messages: Iterable[Arrived]) -> list[Arrived]:
    """Those nobody had just asked for."""
    return [each for each in messages if not each.asked]


def in_quiet_hours(messages: Iterable[Arrived], *, start: time, end: time) -> list[Arrived]:
    """Those within a window that crosses midnight."""
    return [each for each in messages if each.clock >= start or each.clock < end]


def too_close(messages: Sequence[Arrived], *, rest: timedelta) -> list[tuple[Arrived, Arrived]]:
    """Pairs in a row with less than the rest between them."""
    pairs = zip(messages, messages[1:], strict=False)
    return [(a, b) for a, b in pairs if b.at - a.at < rest]


def a_day(messages: Iterable[Arrived]) -> dict[str, int]:
    """How many on each local date."""
    days: dict[str, int] = {}
    for each in messages:
        days[each.day] = days.get(each.day, 0) + 1
    return days
