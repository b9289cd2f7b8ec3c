"""What is one call to Telegram that we decided on, and what came of it?"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from nudger.domain.nudge import Delivery


class Act(StrEnum):
    """What the call does to the chat."""

    SEND = "send"
    EDIT = "edit"
    UNBUTTON = "unbutton"
    DELETE = "delete"
    FILE = "file"


@dataclass(frozen=True, kw_only=True)
class Button:
    """One inline button as Telegram takes it; ``data`` has at most 64 bytes."""

    label: str
    data: str


@dataclass(frozen=True, kw_only=True)
class MessageOut:
    """One call, whole. ``text`` is Telegram HTML with every value escaped.

    ``message`` is the message to edit, unbutton or delete. ``place_button`` is the label of a
    "share location" key to lay under the chat; ``no_keyboard`` takes such a key away again.
    ``file_name`` and ``file_body`` are a document to send, ``text`` its caption.
    """

    chat: int
    act: Act = Act.SEND
    text: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    message: int | None = None
    place_button: str = ""
    no_keyboard: bool = False
    silently: bool = False
    file_name: str = ""
    file_body: str = ""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What came of a call. ``wait`` is how long Telegram told us to wait; ``error`` a class name."""

    delivery: Delivery
    message: int | None = None
    wait: timedelta | None = None
    error: str = ""
