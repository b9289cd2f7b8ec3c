"""What came from the phone, once its envelope is off?"""

from dataclasses import dataclass
from enum import StrEnum


class Unreadable(StrEnum):
    """Kinds of message that nudger cannot take in, each with an answer of its own."""

    STICKER = "sticker"
    VOICE = "voice"
    PICTURE = "picture"
    FILE = "file"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Tap:
    """A button: which dialogue and step it belongs to, and what was chosen."""

    dialogue: str
    step: str
    choice: str


@dataclass(frozen=True, kw_only=True)
class Typed:
    """Plain words."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command such as /quiet, and the text behind it."""

    name: str
    rest: str = ""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A shared location, already reduced to its time zone; the position itself is never kept."""

    zone: str | None


@dataclass(frozen=True, kw_only=True)
class Left:
    """The person blocked the bot (or, with ``back``, unblocked it)."""

    back: bool = False


@dataclass(frozen=True, kw_only=True)
class Unread:
    """Something nudger cannot read: a sticker, a voice message, ..."""

    what: Unreadable


Said = Tap | Typed | Command | Place | Left | Unread


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One reply as the flows take it: who, in which chat, on which message, what.

    ``message`` is the id of the message that carried the tapped button (None for anything typed);
    ``query`` is Telegram's id to stop the button's spinner. ``language`` is the phone's language.
    """

    chat: int
    said: Said
    private: bool = True
    message: int | None = None
    query: str | None = None
    language: str | None = None
