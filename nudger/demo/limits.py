"""What does Telegram refuse for its size or shape?

Checked on every call of every test: python-telegram-bot sends what it is given, so that a text one
unit too long is found by a person, or here. Figures of the Bot API's documentation.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from nudger.demo.entities import Marked, utf16_length
from nudger.demo.refusals import Json, bad_request

TEXT = 4096  # UTF-16 units, after entities are parsed
CAPTION = 1024
CALLBACK_DATA = 64  # bytes
CALLBACK_ANSWER = 200
BUTTONS = 100  # on one keyboard
BUTTONS_SHOWN = 8  # in a row; Telegram takes more and shows them badly
COMMANDS = 100
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
COMMAND_DESCRIPTION = 256
NAME = 64
DESCRIPTION = 512
SHORT_DESCRIPTION = 120
DELETABLE = timedelta(hours=48)
ANSWERABLE = timedelta(minutes=15)  # how long a tap waits for its callback answer
UPDATES_KEPT = timedelta(hours=24)
DOCUMENT = 50 * 1024 * 1024
PHOTO = 10 * 1024 * 1024


def check_text(text: Marked) -> None:
    """A message has 1 to 4,096 units."""
    if not text.text:
        raise bad_request("message text is empty", limit="text")
    if utf16_length(text.text) > TEXT:
        raise bad_request("message is too long", limit="text")


def check_caption(caption: Marked) -> None:
    """A caption has up to 1,024 units."""
    if utf16_length(caption.text) > CAPTION:
        raise bad_request("message caption is too long", limit="caption")


def check_buttons(rows: Sequence[Sequence[Json]]) -> None:
    """Each inline button has words, and data of 1 to 64 bytes (or a link)."""
    if sum(len(row) for row in rows) > BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG", limit="buttons")
    for button in (button for row in rows for button in row):
        if not str(button.get("text", "")).strip():
            raise bad_request("inline keyboard button text must be non-empty", limit="buttons")
        if "callback_data" in button:
            size = len(str(button["callback_data"]).encode("utf-8", "surrogatepass"))
            if not 1 <= size <= CALLBACK_DATA:
                raise bad_request("BUTTON_DATA_INVALID", limit="callback_data")
        elif "url" not in button:
            raise bad_request(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline "
                "keyboard",
                limit="buttons",
            )


def check_callback_answer(text: str) -> None:
    """The line shown over the chat after a tap."""
    if utf16_length(text) > CALLBACK_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG", limit="callback_answer")


def check_commands(commands: Sequence[Json]) -> None:
    """The command menu: names in small letters, each with words beside it."""
    if len(commands) > COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH", limit="commands")
    for command in commands:
        if not COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID", limit="commands")
        if not 1 <= utf16_length(str(command.get("description", ""))) <= COMMAND_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID", limit="commands")


def check_profile(what: str, text: str, most: int) -> None:
    """The bot's name and descriptions."""
    if utf16_length(text) > most:
        raise bad_request(f"bot {what} is too long", limit="profile")


def check_file(body: bytes, most: int) -> None:
    """What a bot may send as a file."""
    if not body:
        raise bad_request("file must be non-empty", limit="file")
    if len(body) > most:
        raise bad_request("file is too big", limit="file")


def deletable(sent_at: datetime, *, now: datetime) -> bool:
    """Whether a message is young enough to be deleted."""
    return now - sent_at < DELETABLE
