"""What does a message show, before there are words?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True, kw_only=True)
class Words:
    """A person's own words: never in a message they did not ask for."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Label:
    """A sentence or name out of the interface texts, by its key, put inside another."""

    key: str
    values: "Mapping[str, Value]" = field(default_factory=dict)


Value = (
    str
    | int
    | float
    | bool
    | date
    | datetime
    | time
    | timedelta
    | Words
    | Label
    | tuple["Value", ...]
    | None
)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One button: ``id`` comes back when it is tapped, ``label`` is the key of its words.

    An id has at most 24 characters out of ``a-z 0-9 _ . -``: Telegram allows 64 bytes of
    callback data, which also carry the dialogue and the step.
    """

    id: str
    label: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What to say, as a key with values, and what can be tapped, in rows.

    ``above`` is said first, in the same message (an answer to what was just said).
    ``asks_place`` puts the phone's own "share location" button under the text.
    """

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
    choices: tuple[tuple[Choice, ...], ...] = ()
    above: tuple["Screen", ...] = ()
    asks_place: bool = False


def plain(id: str, text: str) -> Choice:
    """A button whose words come from the library, not from the interface texts."""
    return Choice(id=id, label="text", values={"text": text})


def row(*ids: str) -> tuple[Choice, ...]:
    """One row of buttons whose labels are named like their ids."""
    return tuple(Choice(id=i) for i in ids)


# Telegram shows eight buttons in a row at most: 0-10 is two rows.
SCALE: tuple[tuple[Choice, ...], ...] = (row(*map(str, range(6))), row(*map(str, range(6, 11))))
