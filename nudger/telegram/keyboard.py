"""Which keyboard does a message carry?"""

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from nudger.domain.message_out import MessageOut


def keyboard(
    out: MessageOut, *, key_out: bool = False
) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    """The one keyboard a message may carry: a place key, or inline buttons, or a key taken away.

    The place key folds away by itself once it is used. Where a message should take it away and has
    buttons of its own, the buttons win, and the chat's next message without any takes the key
    (``key_out``). After a restart that is forgotten: a folded key stays in the chat and works.
    """
    if out.place_button:
        key = KeyboardButton(sendable(out.place_button), request_location=True)
        return ReplyKeyboardMarkup([[key]], resize_keyboard=True, one_time_keyboard=True)
    if out.buttons:
        return inline(out)
    return ReplyKeyboardRemove() if out.no_keyboard or key_out else None


def inline(out: MessageOut) -> InlineKeyboardMarkup | None:
    rows = [
        [InlineKeyboardButton(sendable(b.label), callback_data=b.data) for b in row]
        for row in out.buttons
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def sendable(text: str) -> str:
    """Half a surrogate pair is no UTF-8, and one would cost the whole message."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
