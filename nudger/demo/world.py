"""What does this Telegram know, between two calls?"""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from nudger.demo.bell import Bell
from nudger.demo.chats import Account, Chat, File, Shown
from nudger.demo.refusals import Json, bad_request
from nudger.demo.updates import Updates

COMMAND = re.compile(r"(?<![^\s])/[A-Za-z0-9_]{1,64}(?:@\w+)?")
GROUP_IDS = -1_000_000_000_000  # how Telegram tells groups from people


@dataclass(kw_only=True)
class Profile:
    """What the bot says about itself."""

    name: str = "nudger"
    description: str = ""
    short_description: str = ""
    commands: dict[str, list[Json]] = field(default_factory=dict)
    menu_button: Json = field(default_factory=lambda: {"type": "default"})


@dataclass(frozen=True, kw_only=True)
class Tapped:
    """A button that was tapped and waits for its callback answer."""

    chat: int
    at: datetime


class World:
    """Chats, files, updates and the bot's profile; all that methods and phones change."""

    def __init__(self, *, bot_id: int, now: Callable[[], datetime]) -> None:
        self.now = now
        self.bell = Bell()
        self.updates = Updates(now=now, bell=self.bell)
        self.profile = Profile()
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.queries: dict[str, Tapped] = {}
        self.advice: list[str] = []
        self._bot_id = bot_id
        self._counts: Iterator[int] = itertools.count(1)

    @property
    def bot(self) -> Json:
        """The bot as a sender."""
        return {
            "id": self._bot_id,
            "is_bot": True,
            "first_name": self.profile.name,
            "username": "nudger_demo_bot",
        }

    def next_count(self) -> int:
        """A number higher than any before: for changes, queries and files."""
        return next(self._counts)

    def chat(self, id: int | None) -> Chat:
        """The chat of that id; refuses as Telegram does where there is none."""
        chat = self.chats.get(id) if id is not None else None
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def chat_of(self, account: Account) -> Chat:
        """The private chat of an account, made where it is new."""
        return self.chats.setdefault(account.id, Chat(id=account.id, account=account))

    def group_of(self, account: Account) -> Chat:
        """A group in which an account and the bot are, made where it is new."""
        group = GROUP_IDS - account.id
        return self.chats.setdefault(
            group, Chat(id=group, account=account, group=f"{account.first_name} and friends")
        )

    def show(self, chat: Chat, shown: Shown) -> Shown:
        """Put a new or changed message on the phone, and wake who waits for it."""
        shown = chat.put(replace(shown, change=self.next_count()))
        self.bell.ring()
        return shown

    def notice(self, chat: Chat, text: str) -> None:
        """Let a line appear over the chat, as callback answers do."""
        chat.notices.append(text)
        self.bell.ring()

    def say(self, chat: Chat, text: str, content: Json) -> Shown:
        """A message of the person, and the update it makes. ``text`` is how the phone shows it."""
        shown = self.show(
            chat,
            Shown(
                id=chat.next_id(), at=self.now(), change=0, mine=True, text=text, content=content
            ),
        )
        self.updates.put("message", chat.message_json(shown, bot=self.bot))
        return shown

    def tap(self, chat: Chat, message: int, data: str) -> None:
        """A tap on a button, and the update it makes; the message need not be there any more."""
        shown = chat.messages.get(message)
        there = shown is not None and not shown.deleted
        if shown is not None:
            chat.tap(message, data)
        query = str(4_000_000_000_000_000_000 + self.next_count())
        self.queries[query] = Tapped(chat=chat.id, at=self.now())
        self.updates.put(
            "callback_query",
            {
                "id": query,
                "from": chat.account.json(),
                "message": chat.message_json(shown, bot=self.bot)
                if shown is not None and there
                else {"chat": chat.json(), "message_id": message, "date": 0},
                "chat_instance": str(-7_000_000_000 - chat.account.id),
                "data": data,
            },
        )

    def member(self, chat: Chat, *, blocked: bool) -> None:
        """The person blocks the bot, or takes that back."""
        statuses = ("member", "kicked") if blocked else ("kicked", "member")
        old, new = (
            {"user": self.bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})
            for status in statuses
        )
        chat.blocked = blocked
        self.updates.put(
            "my_chat_member",
            {
                "chat": chat.json(),
                "from": chat.account.json(),
                "date": int(self.now().timestamp()),
                "old_chat_member": old,
                "new_chat_member": new,
            },
        )
