"""What can a person see and do on their phone?

One made-up person in one private chat. Everything they do becomes an update that looks exactly
like Telegram's; everything the bot does is seen here as a phone would show it.
"""

import asyncio
from collections.abc import Callable

from nudger.demo.chats import Account, Chat, PlainKey, Shown
from nudger.demo.limits import TEXT
from nudger.demo.refusals import Json
from nudger.demo.world import COMMAND, World

PATIENCE = 5.0  # seconds; how long a person waits for the bot before a test fails


class Phone:
    """The phone of one person. ``World.show`` is what changes its screen."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self._chat = chat
        self._put_away_at = 0

    # ------------------------------------------------------------ what is seen
    @property
    def account(self) -> Account:
        """Whose phone it is."""
        return self._chat.account

    @property
    def chat(self) -> int:
        """Telegram's id of the chat with the bot."""
        return self._chat.id

    @property
    def conversation(self) -> list[Shown]:
        """All messages of both sides, oldest first, also deleted ones."""
        return list(self._chat.messages.values())

    @property
    def messages(self) -> list[Shown]:
        """What the bot sent, oldest first, as it stands now."""
        return [shown for shown in self.conversation if not shown.mine]

    @property
    def last(self) -> Shown:
        """The bot's newest message."""
        visible = [shown for shown in self.messages if not shown.deleted]
        assert visible, "the bot has not written anything yet"  # noqa: S101
        return visible[-1]

    @property
    def notices(self) -> list[str]:
        """The lines that appeared over the chat after taps."""
        return list(self._chat.notices)

    @property
    def keyboard(self) -> tuple[tuple[PlainKey, ...], ...]:
        """The keys under the chat, e.g. "share place"."""
        return self._chat.keyboard

    @property
    def blocked(self) -> bool:
        """Whether the person blocked the bot."""
        return self._chat.blocked

    def screen(self) -> str:
        """The whole chat as text, for reading and for errors."""
        return "\n".join(_lines(self._chat)) or "(an empty chat)"

    # ------------------------------------------------------------ what is done
    async def types(self, text: str) -> None:
        """Send words or a command; more than a message holds goes out in several, as in the apps."""
        self.puts_away()
        for start in range(0, len(text) or 1, TEXT):
            part = text[start : start + TEXT]
            self._world.say(self._chat, part, _typed(part))

    async def taps(self, label: str, message: int | None = None) -> None:
        """Tap the newest button whose label is, or begins with, ``label``; waits until it is there.

        A button tapped once is passed over until its message changes: the bot may just be about to
        change it, and nobody taps a spinning button. To tap twice, say so with ``taps_old``.
        """

        def offers(shown: Shown) -> bool:
            return _data(shown, label) is not None and message in {None, shown.id}

        await self._until(offers, 0, PATIENCE, f"no button {label!r} to tap")
        shown = next(each for each in reversed(self.messages) if offers(each))
        await self.taps_old(shown.id, _data(shown, label) or "")

    async def taps_old(self, message: int, data: str) -> None:
        """Send the tap of a button by its data, whether or not it is still (or was ever) there."""
        self.puts_away()
        self._world.tap(self._chat, message, data)

    async def shares_place(self, lat: float, lon: float) -> None:
        """Answer the "share place" key."""
        self.puts_away()
        place: Json = {"latitude": lat, "longitude": lon}
        self._world.say(self._chat, f"[place {lat:.2f}, {lon:.2f}]", {"location": place})

    async def sends_sticker(self) -> None:
        """Something nudger cannot read."""
        sticker = _file("sticker") | {
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "type": "regular",
            "emoji": "\N{SLIGHTLY SMILING FACE}",
        }
        self.puts_away()
        self._world.say(self._chat, "[sticker]", {"sticker": sticker})

    async def sends_voice(self) -> None:
        """A voice message of four seconds."""
        voice = _file("voice") | {"duration": 4, "mime_type": "audio/ogg"}
        self.puts_away()
        self._world.say(self._chat, "[voice]", {"voice": voice})

    async def sends_photo(self, caption: str = "") -> None:
        """A picture, with or without words under it."""
        photo = [_file("photo") | {"width": 1280, "height": 960}]
        content: Json = {"photo": photo} | ({"caption": caption} if caption else {})
        self.puts_away()
        self._world.say(self._chat, f"[photo] {caption}".rstrip(), content)

    async def in_group(self, text: str) -> list[Shown]:
        """Write in a group with the bot in it; the group's chat as it stands."""
        group = self._world.group_of(self._chat.account)
        self._world.say(group, text, _typed(text))
        return list(group.messages.values())

    async def blocks(self) -> None:
        """Stop the bot: it may not write until ``unblocks``."""
        self._world.member(self._chat, blocked=True)

    async def unblocks(self) -> None:
        """Let the bot write again."""
        self._world.member(self._chat, blocked=False)

    async def sends_raw(self, update: Json) -> None:
        """Queue any update at all, malformed ones too."""
        self._world.updates.put_raw(update)

    # ------------------------------------------------------------ what is waited for
    def puts_away(self) -> None:
        """From here on, ``until`` sees only what comes or changes later.

        Typing and tapping do that by themselves: an answer is what comes after a question.
        """
        self._put_away_at = self._world.next_count()

    async def until(
        self,
        wanted: str | Callable[[Shown], bool],
        timeout: float = PATIENCE,  # noqa: ASYNC109 - the error shows the screen
    ) -> Shown:
        """The message (new or edited since the person last did something) that is wanted.

        ``wanted`` is a part of its text, or a question about it.
        """
        question = wanted if callable(wanted) else lambda shown: wanted in shown.text
        return await self._until(question, self._put_away_at, timeout, f"nothing like {wanted!r}")

    async def _until(
        self, wanted: Callable[[Shown], bool], after: int, patience: float, missing: str
    ) -> Shown:
        def found() -> Shown | None:
            fresh = (each for each in reversed(self.messages) if each.change > after)
            return next((each for each in fresh if not each.deleted and wanted(each)), None)

        try:
            async with asyncio.timeout(patience):
                while (shown := found()) is None:
                    await self._world.bell.wait()
        except TimeoutError:
            raise AssertionError(f"{missing}; the phone shows:\n{self.screen()}") from None
        return shown


def _data(shown: Shown, label: str) -> str | None:
    """The data of the button that is meant: an exact label first, else one that begins so."""
    free = [key for key in shown.keys if key.data and key.data not in shown.tapped]
    exact = [key for key in free if key.label == label]
    begun = [key for key in free if key.label.startswith(label)]
    return (exact or begun)[0].data if exact or begun else None


def _typed(text: str) -> Json:
    entities: list[Json] = [
        {
            "type": "bot_command",
            "offset": len(text[: found.start()].encode("utf-16-le", "surrogatepass")) // 2,
            "length": len(found.group()),
        }
        for found in COMMAND.finditer(text)
    ]
    return {"text": text} | ({"entities": entities} if entities else {})


def _file(kind: str) -> Json:
    return {"file_id": f"AwACAgI-{kind}", "file_unique_id": f"u-{kind}", "file_size": 4096}


def _lines(chat: Chat) -> list[str]:
    lines: list[str] = []
    for shown in chat.messages.values():
        if shown.deleted:
            continue
        who = f"{chat.account.first_name}:" if shown.mine else "bot:"
        edited = " (edited)" if shown.edited else ""
        file = f" <{shown.file.name}>" if shown.file else ""
        lines.append(f"{shown.id:>4} {shown.at:%a %H:%M} {who}{edited}{file} {shown.text}")
        lines += ["     " + " ".join(f"[ {key.label} ]" for key in row) for row in shown.buttons]
    lines += ["     " + " ".join(f"( {key.label} )" for key in row) for row in chat.keyboard]
    return lines
