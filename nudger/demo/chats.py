"""What stands in the chats of the made-up people?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from nudger.demo.refusals import Json


class Key(NamedTuple):
    """One button under a message; ``data`` is empty for a link."""

    label: str
    data: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class File:
    """A picture or document that was sent."""

    id: str
    name: str
    body: bytes = field(repr=False)
    type: str
    picture: bool = False

    @property
    def path(self) -> str:
        """Where the Bot API serves it."""
        return f"{'photos' if self.picture else 'documents'}/{self.id}/{self.name}"


@dataclass(frozen=True, kw_only=True)
class Account:
    """Someone made up, with a Telegram account."""

    id: int
    first_name: str
    language_code: str = "en"

    def json(self) -> Json:
        """As Telegram names the sender."""
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "language_code": self.language_code,
        }


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One message as a phone shows it now.

    ``text`` is plain, ``html`` the same in clean HTML. ``mine`` are the person's own. ``content``
    is what Telegram's JSON says of it besides who and when. ``change`` counts all changes of all
    chats: the higher, the later. ``tapped`` holds the data of buttons tapped since it last changed.
    """

    id: int
    at: datetime
    change: int
    mine: bool = False
    text: str = ""
    html: str = ""
    content: Mapping[str, object] = field(default_factory=dict, repr=False)
    buttons: tuple[tuple[Key, ...], ...] = ()
    file: File | None = None
    silent: bool = False
    edited_at: datetime | None = None
    deleted: bool = False
    tapped: frozenset[str] = frozenset()

    @property
    def edited(self) -> bool:
        """Whether the bot changed it since it was sent."""
        return self.edited_at is not None

    @property
    def keys(self) -> tuple[Key, ...]:
        """All buttons, without their rows."""
        return tuple(key for row in self.buttons for key in row)

    def markup(self) -> Json | None:
        """The buttons as Telegram gives them back."""
        if not self.buttons:
            return None
        return {
            "inline_keyboard": [
                [
                    {"text": key.label}
                    | ({"url": key.url} if key.url else {"callback_data": key.data})
                    for key in row
                ]
                for row in self.buttons
            ]
        }


@dataclass(frozen=True, kw_only=True)
class PlainKey:
    """One key of the keyboard under the chat; it types its label, or shares the place."""

    label: str
    asks_place: bool = False


@dataclass(kw_only=True)
class Chat:
    """One chat. ``account`` is the person in it, or who speaks in a group."""

    id: int
    account: Account
    group: str = ""
    messages: dict[int, Shown] = field(default_factory=dict)
    blocked: bool = False
    keyboard: tuple[tuple[PlainKey, ...], ...] = ()
    notices: list[str] = field(default_factory=list)

    def next_id(self) -> int:
        """The id of the next message; ids are never used again."""
        return max(self.messages, default=0) + 1

    def put(self, shown: Shown) -> Shown:
        """Show a message, or show it anew."""
        self.messages[shown.id] = shown
        return shown

    def json(self) -> Json:
        """As Telegram names the chat."""
        if self.group:
            return {"id": self.id, "title": self.group, "type": "supergroup"}
        return {"id": self.id, "first_name": self.account.first_name, "type": "private"}

    def message_json(self, shown: Shown, *, bot: Json) -> Json:
        """A message as Telegram gives it to the bot."""
        message: Json = {
            "message_id": shown.id,
            "from": self.account.json() if shown.mine else bot,
            "chat": self.json(),
            "date": int(shown.at.timestamp()),
            **shown.content,
        }
        if shown.edited_at is not None:
            message["edit_date"] = int(shown.edited_at.timestamp())
        if markup := shown.markup():
            message["reply_markup"] = markup
        return message

    def tap(self, id: int, data: str) -> None:
        """Remember that a button was tapped as the message stands."""
        shown = self.messages[id]
        self.messages[id] = replace(shown, tapped=shown.tapped | {data})
