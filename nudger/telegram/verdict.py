"""What does a call that failed mean?

A send is judged by what is safe to do next (telegram/request.py tells the causes apart), a start
and a poll by what the operator can do.
"""

from collections.abc import Mapping

import structlog
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, TelegramError

from nudger.domain.message_out import Act, MessageOut, Sent
from nudger.domain.nudge import Delivery
from nudger.domain.refusal import Refusal
from nudger.telegram.request import NeverLeft, TooMany, Unclear

MESSAGE_GONE = "MessageGone"

# What python-telegram-bot raises for an answer that is not shaped like Telegram's.
MISSHAPEN = (AttributeError, KeyError, TypeError, ValueError)

log = structlog.get_logger()


class TelegramRefusal(Refusal):
    """Telegram does not work with us as things are set up."""


class TokenRevoked(TelegramRefusal):
    """The token was good and no longer is. What is planned stays."""

    def __init__(self) -> None:
        super().__init__(
            "Telegram no longer accepts this bot token: it was revoked, or the bot was deleted. "
            "Get the present one from @BotFather and set NUDGER_BOT_TOKEN. Nothing is lost."
        )


class OtherPoller(TelegramRefusal):
    """Someone else receives this bot's updates."""


class Unreachable(Exception):  # noqa: N818 - it passes by itself, and is named like the refusals
    """Telegram gave no answer that can be used. The message is the name of the cause."""


def of_send(error: TelegramError, out: MessageOut) -> Sent:
    """What a failed call means: by its cause, for the classes mix what left with what did not."""
    name = type(error).__name__
    match error:
        case NeverLeft():
            return Sent(delivery=Delivery.NOT_LEFT, error=error.message)
        case Unclear():
            return Sent(delivery=Delivery.UNKNOWN, error=error.message)
        case Forbidden():
            return Sent(delivery=Delivery.BLOCKED, error=name)
        case BadRequest():
            delivery, name = _refused(error.message.lower(), out.act)
            message = out.message if delivery is Delivery.DELIVERED else None
            if delivery is Delivery.REFUSED and name != MESSAGE_GONE:
                # Ours to mend. Telegram's own words may quote the text, so they stay out.
                log.error("call_refused", act=out.act, error=name)
            return Sent(delivery=delivery, message=message, error=name)
    return Sent(delivery=Delivery.REFUSED, error=name)


# Telegram has one class for all of these, and only words to tell them apart.
_WORDS: Mapping[str, tuple[Delivery, str]] = {
    "message is not modified": (Delivery.DELIVERED, ""),
    "message to delete not found": (Delivery.DELIVERED, ""),
    "chat not found": (Delivery.BLOCKED, "ChatNotFound"),
    "peer_id_invalid": (Delivery.BLOCKED, "ChatNotFound"),
    "user is deactivated": (Delivery.BLOCKED, "UserDeactivated"),
    "message to edit not found": (Delivery.REFUSED, MESSAGE_GONE),
    "message can't be edited": (Delivery.REFUSED, MESSAGE_GONE),
    "message identifier is not specified": (Delivery.REFUSED, MESSAGE_GONE),
    "message_id_invalid": (Delivery.REFUSED, MESSAGE_GONE),
    "message can't be deleted": (Delivery.REFUSED, "MessageTooOld"),
    "can't parse entities": (Delivery.REFUSED, "TextUnparsable"),
    "text is empty": (Delivery.REFUSED, "TextEmpty"),
    "is too long": (Delivery.REFUSED, "TextTooLong"),
    "button_data_invalid": (Delivery.REFUSED, "ButtonDataInvalid"),
}


def _refused(words: str, act: Act) -> tuple[Delivery, str]:
    delivery, name = next(
        (meaning for part, meaning in _WORDS.items() if part in words),
        (Delivery.REFUSED, BadRequest.__name__),
    )
    if name == MESSAGE_GONE and act is Act.UNBUTTON:
        return Delivery.DELIVERED, ""  # its buttons are gone with it
    return delivery, name


def of_poll(error: TelegramError) -> TelegramRefusal | Unreachable:
    match error:
        case InvalidToken():
            return TokenRevoked()
        case Conflict() if "webhook" in error.message.lower():
            return OtherPoller(
                "This bot has a webhook, and Telegram lets nobody poll beside one. Take the "
                "webhook away (deleteWebhook), or give nudger a bot of its own."
            )
        case Conflict():
            return OtherPoller(
                "Another process is polling with this token. Stop it, or give this one a bot of "
                "its own: @BotFather makes one, its token goes into NUDGER_BOT_TOKEN."
            )
        case NeverLeft() | Unclear():
            return Unreachable(error.message)
    return Unreachable(type(error).__name__)


def of_start(error: TelegramError, api_url: str) -> TelegramRefusal:
    match error:
        case InvalidToken():
            return TelegramRefusal(
                "Telegram does not know this bot token. Get the right one from @BotFather and set "
                "NUDGER_BOT_TOKEN."
            )
        case TooMany():
            return TelegramRefusal(
                f"Telegram wants no calls from this bot for {error.wait.total_seconds():g} s. "
                "Start nudger again after that."
            )
        case NeverLeft():
            return TelegramRefusal(
                f"Nothing answers at {api_url} ({error.message}). Check this machine's connection "
                "and its proxy, or set NUDGER_TELEGRAM_API_URL to the right root."
            )
        case Unclear(status=status) if status is None or status >= 500:
            return TelegramRefusal(
                f"{api_url} took the call and gave no proper answer ({error.message}). Try again "
                "in a minute, or set NUDGER_TELEGRAM_API_URL to the right root."
            )
    return not_telegram(api_url)


def not_telegram(api_url: str) -> TelegramRefusal:
    return TelegramRefusal(
        f"What answers at {api_url} is not Telegram's Bot API. Set NUDGER_TELEGRAM_API_URL to the "
        "root of one, or leave it out to use Telegram's own."
    )
