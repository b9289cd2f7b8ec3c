"""Which calls do we make to Telegram?

python-telegram-bot's Bot makes them. Its Application, Updater and JobQueue are left out: the updater
confirms updates before they are on disk, `process_update` swallows what a handler raises, and the
job queue is a second scheduler beside ours.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import structlog
from pydantic import SecretStr
from telegram import Bot, BotCommand, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import InvalidToken, TelegramError

from nudger.domain.message_out import Act, MessageOut, Sent
from nudger.domain.nudge import Delivery
from nudger.telegram import verdict
from nudger.telegram.keyboard import inline, keyboard, sendable
from nudger.telegram.limiter import CHANGE, MESSAGE, Limiter
from nudger.telegram.request import AiohttpRequest, TooMany
from nudger.telegram.verdict import MISSHAPEN, TokenRevoked, Unreachable

WANTED = ("message", "callback_query", "my_chat_member")
BATCH = 100  # updates; the most that Telegram gives at once
POLL_SLACK = 10.0  # seconds a long poll may answer late
SPINNER_TIMEOUT = 5.0  # seconds; a spinner stops by itself before long
HELD_BACK = "HeldBack"

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Me:
    """The bot as Telegram knows it; ``username`` without the @."""

    id: int
    username: str
    name: str


class Telegram:
    """One bot on one Bot API server."""

    def __init__(self, *, token: SecretStr, api_url: str, limiter: Limiter) -> None:
        self._api_url = api_url
        self._limiter = limiter
        self._request = AiohttpRequest(api_url=api_url, token=token)
        # The token is put in by the request, last of all, so that nothing here can show it.
        self._bot = Bot(
            "hidden",
            base_url=lambda _: "",
            base_file_url=lambda _: "",
            request=self._request,
            get_updates_request=self._request,
        )
        self._keys_out: set[int] = set()

    def __repr__(self) -> str:
        return f"Telegram(api_url={self._api_url!r})"

    async def start(self) -> Me:
        """Connect, and find out who we are. Raises TelegramRefusal."""
        try:
            await self._bot.initialize()
            return Me(id=self._bot.id, username=self._bot.username, name=self._bot.first_name)
        except TelegramError as error:
            refusal = verdict.of_start(error, self._api_url)
        except MISSHAPEN:
            refusal = verdict.not_telegram(self._api_url)
        await self.stop()
        raise refusal

    async def stop(self) -> None:
        """Close the connections; a second time does nothing."""
        await self._bot.shutdown()

    async def updates(self, offset: int | None, *, wait: timedelta) -> list[dict[str, Any]]:
        """The updates from ``offset`` on, as they came; ``wait`` is how long to wait for the first.

        Asking for an offset confirms all before it. They stay raw, for one that cannot be parsed
        would take its whole batch with it, again and again.
        Raises OtherPoller, TokenRevoked, TooMany (with its ``wait``) and Unreachable.
        """
        seconds = int(wait.total_seconds())
        asked = {"timeout": seconds, "limit": BATCH, "allowed_updates": json.dumps(WANTED)}
        if offset is not None:
            asked["offset"] = offset
        try:
            batch = await self._request.post(
                f"/getUpdates?{urlencode(asked)}", read_timeout=seconds + POLL_SLACK
            )
        except TooMany:
            raise
        except TelegramError as error:
            failure = verdict.of_poll(error)
        else:
            if isinstance(batch, list):
                readable = [update for update in batch if _has_id(update)]
                if readable or not batch:
                    return readable
            failure = Unreachable("UnreadableAnswer")
        raise failure

    async def send(
        self,
        out: MessageOut,
        *,
        asked: bool,
        last_look: Callable[[], Awaitable[bool]] | None = None,
    ) -> Sent:
        """Make one call when its turn has come. Raises TokenRevoked, and nothing else.

        ``asked`` goes before what is not. ``last_look`` is awaited in the moment before the first
        byte leaves: there "sending" is written down, and a no (HELD_BACK) keeps the message here.
        After a 429 every send comes back at once, NOT_LEFT with the time left to wait. An edit
        whose message cannot be edited is REFUSED with MESSAGE_GONE: the same may be sent anew.
        """
        cost = MESSAGE if out.act in {Act.SEND, Act.FILE} else CHANGE
        if (wait := await self._limiter.turn(out.chat, asked=asked, cost=cost)) is not None:
            return Sent(delivery=Delivery.NOT_LEFT, wait=wait, error=TooMany.__name__)
        if last_look is not None and not await last_look():
            return Sent(delivery=Delivery.NOT_LEFT, error=HELD_BACK)
        try:
            message = await self._call(out)
        except TooMany as error:
            self._limiter.hold(error.wait)
            return Sent(delivery=Delivery.NOT_LEFT, wait=error.wait, error=TooMany.__name__)
        except InvalidToken:
            revoked = TokenRevoked()
        except TelegramError as error:
            return verdict.of_send(error, out)
        except MISSHAPEN as error:
            return Sent(delivery=Delivery.UNKNOWN, error=type(error).__name__)
        else:
            return Sent(delivery=Delivery.DELIVERED, message=message)
        raise revoked

    def held(self) -> timedelta | None:
        """How much longer nothing may leave, because Telegram said so; or None."""
        return self._limiter.held()

    async def stop_spinner(self, query: str) -> None:
        """Stop the spinner on a tapped button, best effort: it also stops by itself."""
        if self._limiter.held() is not None:
            return
        try:
            await self._bot.answer_callback_query(
                query, read_timeout=SPINNER_TIMEOUT, connect_timeout=SPINNER_TIMEOUT
            )
        except TooMany as error:
            self._limiter.hold(error.wait)
        except (TelegramError, *MISSHAPEN) as error:
            log.debug("spinner_not_stopped", error=type(error).__name__)

    async def register(
        self,
        commands: Sequence[tuple[str, str]],
        *,
        description: str,
        short_description: str,
        language: str | None = None,
    ) -> None:
        """Tell Telegram what the menu and the bot's profile show, best effort.

        ``language`` is two letters; None is for all phones that no other registration fits.
        """
        bot, menu = self._bot, [BotCommand(name, words) for name, words in commands]
        await _tell("commands", bot.set_my_commands(menu, language_code=language))
        await _tell("description", bot.set_my_description(description, language))
        await _tell("short", bot.set_my_short_description(short_description, language))

    async def _call(self, out: MessageOut) -> int | None:
        """The id of the message that stands in the chat now."""
        bot = self._bot
        match out.act:
            case Act.SEND:
                sent = await bot.send_message(
                    out.chat,
                    sendable(out.text),
                    parse_mode=ParseMode.HTML,
                    link_preview_options=_NO_PREVIEW,
                    disable_notification=out.silently,
                    reply_markup=keyboard(out, key_out=out.chat in self._keys_out),
                )
                self._note_key(out)
                return sent.message_id
            case Act.FILE:
                sent = await bot.send_document(
                    out.chat,
                    # Surrogates pass: a file keeps what a person wrote, byte for byte.
                    out.file_body.encode("utf-8", "surrogatepass"),
                    filename=out.file_name,
                    caption=sendable(out.text),
                    parse_mode=ParseMode.HTML,
                    disable_notification=out.silently,
                    reply_markup=keyboard(out, key_out=out.chat in self._keys_out),
                )
                self._note_key(out)
                return sent.message_id
            case Act.EDIT:
                await bot.edit_message_text(
                    sendable(out.text),
                    out.chat,
                    out.message,
                    parse_mode=ParseMode.HTML,
                    link_preview_options=_NO_PREVIEW,
                    reply_markup=inline(out),
                )
                return out.message
            case Act.UNBUTTON:
                await bot.edit_message_reply_markup(out.chat, out.message)
                return out.message
            case Act.DELETE:
                await bot.delete_message(out.chat, out.message or 0)
                return None

    def _note_key(self, out: MessageOut) -> None:
        """Remember a place key that found no room to be taken away with."""
        if out.no_keyboard and out.buttons and not out.place_button:
            self._keys_out.add(out.chat)
        elif out.place_button or not out.buttons:
            self._keys_out.discard(out.chat)


def _has_id(update: object) -> bool:
    return isinstance(update, dict) and isinstance(update.get("update_id"), int)


async def _tell(what: str, call: Awaitable[bool]) -> None:
    try:
        await call
    except (TelegramError, *MISSHAPEN) as error:
        log.warning("not_registered", what=what, error=type(error).__name__)
