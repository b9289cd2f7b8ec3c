"""What does one update say to us?"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType, MessageAttachmentType, MessageType

from nudger.domain.said import (
    Command,
    Left,
    Place,
    Reply,
    Said,
    Tap,
    Typed,
    Unread,
    Unreadable,
)

ZoneAt = Callable[[float, float], str | None]  # latitude, longitude

OLD_BUTTON = Tap(dialogue="", step="", choice="")

_CALLBACK = re.compile(r"([\w.-]+):([\w.-]+):([\w.-]+)", re.ASCII)
_COMMAND = re.compile(r"\s*/([^\W\d]\w{0,31})(?![\w/])(?:@\w+)?(.*)", re.DOTALL)
_LARGEST = 2**63  # ids are columns of eight bytes

_UNREADABLE: Mapping[str, Unreadable] = {
    "sticker": Unreadable.STICKER,
    "voice": Unreadable.VOICE,
    "video_note": Unreadable.VOICE,
    "photo": Unreadable.PICTURE,
    "video": Unreadable.PICTURE,
    "animation": Unreadable.PICTURE,  # before the document that Telegram puts beside it
    "document": Unreadable.FILE,
    "audio": Unreadable.FILE,
}
# Lines that Telegram writes into a chat ("pinned a message"): nobody waits for an answer to them.
# What is neither these nor known may be a kind of message newer than this: that gets an answer.
_WRITTEN_BY_TELEGRAM = (
    frozenset(kind.value for kind in MessageType)
    - frozenset(kind.value for kind in MessageAttachmentType)
    - {"text", "checklist", "giveaway", "effect_id", "reply_to_story", "business_connection_id"}
    - {"sender_boost_count", "sender_business_bot"}
)


class Unparsable(Exception):  # noqa: N818 - it is about the update, not about us
    """No update that Telegram's documentation describes. The message is the name of the cause."""


def read_update(raw: Mapping[str, Any], zone_at: ZoneAt) -> Reply | None:
    """The reply in an update, or None where there is none (an edit, a post in a channel, ...).

    Takes updates as Telegram sent them and those of `without_place`. Raises Unparsable.
    """
    match raw:
        case {"message": dict() as fields} if not _WRITTEN_BY_TELEGRAM.isdisjoint(fields):
            return None
    # python-telegram-bot takes an update apart without looking at the types of what is in it, so
    # anything may be raised here and in the reading, with the person's words in its text.
    try:
        update = Update.de_json(dict(raw))
        if update.callback_query is not None:
            return _read_tap(raw, update.callback_query)
        if update.message is not None:
            return _read_message(raw, update.message, zone_at)
        if update.my_chat_member is not None:
            return _read_member(raw, update.my_chat_member)
    except Exception as error:  # noqa: BLE001 - see above
        cause = type(error).__name__
    else:
        return None
    raise Unparsable(cause)


def chat_of(raw: Mapping[str, Any]) -> int | None:
    """The chat whose order an update keeps, without parsing all of it; None where it has none.

    Where a reply is read from the update, this is its chat.
    """
    match raw:
        case {"callback_query": {"message": {"chat": {"id": id, "type": kind}}}} if (
            kind != ChatType.PRIVATE
        ):
            pass
        # In private the chat is the person; a button counts for who tapped it, wherever it was.
        case {"callback_query": {"from": {"id": id}}}:
            pass
        case {"message": {"chat": {"id": id}}} | {"my_chat_member": {"chat": {"id": id}}}:
            pass
        case _:
            return None
    return id if type(id) is int and abs(id) < _LARGEST else None


def without_place(raw: Mapping[str, Any], zone_at: ZoneAt) -> dict[str, Any]:
    """The update with a shared place replaced by its time zone, so that no position is kept.

    Positions elsewhere in it (in a message replied to) are left out. Raises Unparsable.
    """
    try:
        bare: dict[str, Any] = _unplaced(raw)
    except RecursionError:
        raise Unparsable(RecursionError.__name__) from None
    match raw, bare:
        case (
            {"message": {"location": place} | {"venue": {"location": place}}},
            {"message": dict() as message},
        ):
            message["nudger_place"] = {"zone": _zone(place, zone_at)}  # `_said` reads it
    return bare


def _read_message(raw: Mapping[str, Any], message: Message, zone_at: ZoneAt) -> Reply:
    return Reply(
        chat=_chat(raw),
        said=_said(raw["message"], message, zone_at),
        private=message.chat.type == ChatType.PRIVATE,
        language=_language(message.from_user),
    )


def _said(fields: Mapping[str, Any], message: Message, zone_at: ZoneAt) -> Said:
    if message.text is not None:
        return read_text(message.text)
    match fields:
        case {"nudger_place": {"zone": str() | None as zone}}:
            return Place(zone=zone)
        case {"location": place} | {"venue": {"location": place}}:
            return Place(zone=_zone(place, zone_at))
    for field, what in _UNREADABLE.items():
        if field in fields:
            return Unread(what=what)
    return Unread(what=Unreadable.OTHER)


def read_text(text: str) -> Typed | Command:
    """A command where one stands first, else plain words as they are."""
    command = _COMMAND.fullmatch(text)
    if command is None:
        return Typed(text=text)
    return Command(name=command[1].lower(), rest=command[2].strip())


def _read_tap(raw: Mapping[str, Any], query: CallbackQuery) -> Reply:
    chat = None if query.message is None else query.message.chat
    return Reply(
        chat=_chat(raw),
        said=read_tap(query.data),
        private=chat is None or chat.type == ChatType.PRIVATE,
        message=None if query.message is None else _id(query.message.message_id),
        query=_text(query.id),
        language=_language(query.from_user),
    )


def read_tap(data: str | None) -> Tap:
    """What a button carries. Anything can be sent in its place, and is an old button then."""
    parts = _CALLBACK.fullmatch(data) if isinstance(data, str) else None
    if parts is None:
        return OLD_BUTTON
    return Tap(dialogue=parts[1], step=parts[2], choice=parts[3])


def _read_member(raw: Mapping[str, Any], change: ChatMemberUpdated) -> Reply | None:
    match change.new_chat_member.status:
        case ChatMemberStatus.BANNED | ChatMemberStatus.LEFT:
            said = Left()
        case ChatMemberStatus.MEMBER | ChatMemberStatus.ADMINISTRATOR:
            said = Left(back=True)
        case _:
            return None
    return Reply(
        chat=_chat(raw),
        said=said,
        private=change.chat.type == ChatType.PRIVATE,
        language=_language(change.from_user),
    )


def _chat(raw: Mapping[str, Any]) -> int:
    chat = chat_of(raw)
    if chat is None:
        raise ValueError
    return chat


def _id(value: object) -> int:
    if type(value) is not int or abs(value) >= _LARGEST:
        raise ValueError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _language(user: User | None) -> str | None:
    code = None if user is None else user.language_code
    return code if isinstance(code, str) else None


def _zone(place: object, zone_at: ZoneAt) -> str | None:
    match place:
        case {"latitude": int() | float() as latitude, "longitude": int() | float() as longitude}:
            # Not a number and infinity pass no comparison.
            if abs(latitude) <= 90 and abs(longitude) <= 180:
                return zone_at(float(latitude), float(longitude))
    return None


def _unplaced(value: Any) -> Any:  # noqa: ANN401 - any JSON
    match value:
        case Mapping():
            return {k: _unplaced(v) for k, v in value.items() if not _is_place(k, v)}
        case list():
            return [_unplaced(part) for part in value]
    return value


def _is_place(name: str, value: object) -> bool:
    """A venue has a name and an address beside its position."""
    return name in {"location", "venue"} or (
        isinstance(value, Mapping) and not value.keys().isdisjoint({"latitude", "longitude"})
    )
