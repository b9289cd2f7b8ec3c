"""Is what came of a send told by what is safe to do next?"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from nudger.demo import faults
from nudger.demo.bot_api import BotApi
from nudger.demo.faults import Fault
from nudger.domain.message_out import Act, Button, MessageOut, Sent
from nudger.domain.nudge import Delivery
from nudger.telegram.bot import HELD_BACK, Telegram
from nudger.telegram.limiter import Limiter
from nudger.telegram.request import LEAST_WAIT, LONGEST_WAIT
from nudger.telegram.verdict import MESSAGE_GONE, TokenRevoked

SECRET = "AAF-a-secret-nobody-may-see"
TOKEN = f"4242:{SECRET}"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ADA, BEN = 7, 8

HELLO = MessageOut(chat=ADA, text="Hello <b>Ada</b>")
OK = Button(label="OK", data="d0:where:ok")
QUESTION = MessageOut(chat=ADA, text="Shall we?", buttons=((OK,),))
WHERE = MessageOut(chat=ADA, text="Where are you?", place_button="Share my place")


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def api(clock: Clock) -> AsyncIterator[BotApi]:
    api = BotApi(token=TOKEN, now=clock, strict_rates=True)
    await api.start()
    api.phone(ADA)
    api.phone(BEN, "Ben")
    yield api
    await api.stop()


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Telegram]:
    bot = Telegram(token=SecretStr(TOKEN), api_url=api.url, limiter=Limiter(500))
    await bot.start()
    yield bot
    await bot.stop()


@pytest.fixture(autouse=True)
def _the_token_is_in_no_line(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert SECRET not in caplog.text


async def sent(bot: Telegram, out: MessageOut) -> int:
    came = await bot.send(out, asked=True)
    assert came.delivery is Delivery.DELIVERED, came
    assert came.message is not None
    return came.message


# ---------------------------------------------------------------- what a chat shows
async def test_a_message_arrives_as_it_was_meant(api: BotApi, bot: Telegram) -> None:
    message = await sent(bot, replace(QUESTION, text="<b>Shall</b> we? &lt;3", silently=True))
    shown = api.phone(ADA).last
    assert (shown.id, shown.text, shown.silent) == (message, "Shall we? <3", True)
    assert [(key.label, key.data) for key in shown.keys] == [(OK.label, OK.data)]
    assert api.calls[-1].params["link_preview_options"] == {"is_disabled": True}


async def test_an_edit_changes_words_and_buttons_in_place(api: BotApi, bot: Telegram) -> None:
    message = await sent(bot, QUESTION)
    edit = MessageOut(chat=ADA, act=Act.EDIT, message=message, text="Done.")
    assert await sent(bot, edit) == message
    shown = api.phone(ADA).last
    assert (shown.id, shown.text, shown.keys) == (message, "Done.", ())


async def test_buttons_are_taken_from_a_message_whose_words_stay(
    api: BotApi, bot: Telegram
) -> None:
    message = await sent(bot, QUESTION)
    await sent(bot, MessageOut(chat=ADA, act=Act.UNBUTTON, message=message))
    shown = api.phone(ADA).last
    assert (shown.text, shown.keys) == ("Shall we?", ())


async def test_a_deleted_message_is_gone(api: BotApi, bot: Telegram) -> None:
    message = await sent(bot, HELLO)
    came = await bot.send(MessageOut(chat=ADA, act=Act.DELETE, message=message), asked=True)
    assert came == Sent(delivery=Delivery.DELIVERED)
    assert api.phone(ADA).messages[-1].deleted


async def test_a_file_keeps_what_was_written_byte_for_byte(api: BotApi, bot: Telegram) -> None:
    body = '{"said": "ça va \N{FAMILY}\r\n\0 \ud83d"}'
    out = MessageOut(
        chat=ADA, act=Act.FILE, text="<i>Yours</i>", file_name="nudger.json", file_body=body
    )
    await sent(bot, out)
    shown = api.phone(ADA).last
    assert shown.text == "Yours"
    assert shown.file is not None
    assert shown.file.name == "nudger.json"
    assert shown.file.body == body.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("half a pair \ud83d here", "half a pair \N{REPLACEMENT CHARACTER} here"),
        ("\N{FAMILY} \u200d \u202eRTL", "\N{FAMILY} \u200d \u202eRTL"),
        ("\N{GRINNING FACE}" * 2048, "\N{GRINNING FACE}" * 2048),
    ],
    ids=["a lone surrogate", "emoji, joiner, right to left", "4,096 units"],
)
async def test_any_text_can_be_sent(api: BotApi, bot: Telegram, text: str, shown: str) -> None:
    await sent(bot, replace(HELLO, text=text))
    assert api.phone(ADA).last.text == shown


# ---------------------------------------------------------------- the key under the chat
def key_labels(api: BotApi) -> list[str]:
    return [key.label for row in api.phone(ADA).keyboard for key in row]


async def test_a_place_key_lies_under_the_chat_until_it_is_taken_away(
    api: BotApi, bot: Telegram
) -> None:
    await sent(bot, WHERE)
    markup = api.calls[-1].params["reply_markup"]
    assert isinstance(markup, dict)
    assert markup["one_time_keyboard"]
    assert markup["keyboard"] == [[{"text": "Share my place", "request_location": True}]]
    await sent(bot, HELLO)
    assert key_labels(api) == ["Share my place"]
    await sent(bot, replace(HELLO, no_keyboard=True))
    assert key_labels(api) == []


async def test_a_key_with_no_room_to_be_taken_away_goes_with_the_next_plain_message(
    api: BotApi, bot: Telegram
) -> None:
    await sent(bot, WHERE)
    await sent(bot, replace(QUESTION, no_keyboard=True))
    assert api.phone(ADA).last.keys
    assert key_labels(api) == ["Share my place"]
    await sent(bot, replace(HELLO, chat=BEN))
    assert key_labels(api) == ["Share my place"]
    await sent(bot, HELLO)
    assert key_labels(api) == []
    await sent(bot, HELLO)
    assert "reply_markup" not in api.calls[-1].params


async def test_a_key_that_was_asked_for_anew_stays(api: BotApi, bot: Telegram) -> None:
    await sent(bot, replace(QUESTION, no_keyboard=True))
    await sent(bot, WHERE)
    await sent(bot, HELLO)
    assert key_labels(api) == ["Share my place"]


# ---------------------------------------------------------------- what goes wrong
AN_EDIT = MessageOut(chat=ADA, act=Act.EDIT, message=1, text="Changed")
UNBUTTON = MessageOut(chat=ADA, act=Act.UNBUTTON, message=1)
DELETE = MessageOut(chat=ADA, act=Act.DELETE, message=1)

WRONG: dict[str, tuple[MessageOut, Fault, Sent]] = {
    # may have happened: the same from outside, whether it did or not
    "accepted, answer lost": (
        HELLO,
        faults.accepted_then_broken(),
        Sent(delivery=Delivery.UNKNOWN, error="ServerDisconnectedError"),
    ),
    "refused, answer lost": (
        HELLO,
        faults.refused_then_broken(),
        Sent(delivery=Delivery.UNKNOWN, error="ServerDisconnectedError"),
    ),
    "half of the answer": (
        HELLO,
        faults.truncated_json(),
        Sent(delivery=Delivery.UNKNOWN, error="Http200"),
    ),
    "502 in HTML": (
        HELLO,
        faults.server_error(502),
        Sent(delivery=Delivery.UNKNOWN, error="Http502"),
    ),
    "502, sent all the same": (
        HELLO,
        faults.server_error(502, takes_effect=True),
        Sent(delivery=Delivery.UNKNOWN, error="Http502"),
    ),
    "500 in JSON": (
        HELLO,
        Fault(status=500, body='{"ok":false,"error_code":500,"description":"Internal"}'),
        Sent(delivery=Delivery.UNKNOWN, error="Http500"),
    ),
    "403 in HTML, so not from Telegram": (
        HELLO,
        faults.server_error(403),
        Sent(delivery=Delivery.UNKNOWN, error="Http403"),
    ),
    "a yes to something else": (
        HELLO,
        Fault(takes_effect=True, body='{"ok":true,"result":true}'),
        Sent(delivery=Delivery.UNKNOWN, error="AttributeError"),
    ),
    # final for this person
    "blocked": (HELLO, faults.blocked(), Sent(delivery=Delivery.BLOCKED, error="Forbidden")),
    "no such chat": (
        HELLO,
        faults.bad_request("chat not found"),
        Sent(delivery=Delivery.BLOCKED, error="ChatNotFound"),
    ),
    "an account deleted": (
        HELLO,
        Fault(status=403, body='{"ok":false,"description":"Forbidden: user is deactivated"}'),
        Sent(delivery=Delivery.BLOCKED, error="Forbidden"),
    ),
    # done already
    "an edit that changes nothing": (
        AN_EDIT,
        faults.not_modified(),
        Sent(delivery=Delivery.DELIVERED, message=1),
    ),
    "buttons gone already": (
        UNBUTTON,
        faults.not_modified(),
        Sent(delivery=Delivery.DELIVERED, message=1),
    ),
    "buttons gone with their message": (
        UNBUTTON,
        faults.bad_request("message to edit not found"),
        Sent(delivery=Delivery.DELIVERED, message=1),
    ),
    "deleted already": (
        DELETE,
        faults.bad_request("message to delete not found"),
        Sent(delivery=Delivery.DELIVERED, message=1),
    ),
    # to be sent anew
    "an edit of a message that is gone": (
        AN_EDIT,
        faults.bad_request("message to edit not found"),
        Sent(delivery=Delivery.REFUSED, error=MESSAGE_GONE),
    ),
    "an edit that comes too late": (
        AN_EDIT,
        faults.bad_request("message can't be edited"),
        Sent(delivery=Delivery.REFUSED, error=MESSAGE_GONE),
    ),
    "a deletion that comes too late": (
        DELETE,
        faults.bad_request("message can't be deleted for everyone"),
        Sent(delivery=Delivery.REFUSED, error="MessageTooOld"),
    ),
    # ours to mend
    "a text that is no HTML": (
        replace(HELLO, text="<secret words"),
        Fault(takes_effect=True),
        Sent(delivery=Delivery.REFUSED, error="TextUnparsable"),
    ),
    "no text": (
        replace(HELLO, text=""),
        Fault(takes_effect=True),
        Sent(delivery=Delivery.REFUSED, error="TextEmpty"),
    ),
    "a text too long": (
        replace(HELLO, text="x" * 4097),
        Fault(takes_effect=True),
        Sent(delivery=Delivery.REFUSED, error="TextTooLong"),
    ),
    "a button with too much in it": (
        replace(QUESTION, buttons=((Button(label="OK", data="x" * 65),),)),
        Fault(takes_effect=True),
        Sent(delivery=Delivery.REFUSED, error="ButtonDataInvalid"),
    ),
    "another bad request": (
        HELLO,
        faults.bad_request("secret words are not allowed"),
        Sent(delivery=Delivery.REFUSED, error="BadRequest"),
    ),
    "parameters of another shape": (
        HELLO,
        Fault(
            status=400, body='{"ok":false,"description":"Bad Request: odd","parameters":["no",1]}'
        ),
        Sent(delivery=Delivery.REFUSED, error="BadRequest"),
    ),
}


@pytest.mark.parametrize("label", WRONG)
async def test_a_failed_call_is_judged_by_its_cause(api: BotApi, bot: Telegram, label: str) -> None:
    out, fault, expected = WRONG[label]
    api.fail(with_=fault)
    assert await bot.send(out, asked=False) == expected
    assert len(api.calls) == 2, "getMe, and this call once"


@pytest.mark.parametrize("label", WRONG)
async def test_neither_a_body_nor_a_persons_words_stand_in_the_log(
    api: BotApi, bot: Telegram, label: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    out, fault, _ = WRONG[label]
    api.fail(with_=fault)
    await bot.send(out, asked=False)
    assert "secret words" not in caplog.text
    assert "<html" not in caplog.text
    assert "Hello" not in caplog.text


async def test_what_never_left_may_be_sent_again(api: BotApi, bot: Telegram) -> None:
    port = int(api.url.rpartition(":")[2])
    await api.stop()
    await bot._request.shutdown()
    await bot._request.initialize()  # no connection is left over that might have carried it
    came = await bot.send(HELLO, asked=True)
    assert came == Sent(delivery=Delivery.NOT_LEFT, error="ClientConnectorError")
    await api.start(port=port)
    await sent(bot, HELLO)


async def test_a_late_answer_may_have_been_a_yes(
    api: BotApi, bot: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nudger.telegram.request.READ_TIMEOUT", 0.01)
    api.fail(with_=faults.slow(0.05, after=True))
    came = await bot.send(HELLO, asked=True)
    assert came == Sent(delivery=Delivery.UNKNOWN, error="SocketTimeoutError")
    assert api.phone(ADA).last.text == "Hello Ada"


async def test_a_revoked_token_stops_everything(api: BotApi, bot: Telegram) -> None:
    api.fail(with_=faults.unauthorized())
    with pytest.raises(TokenRevoked, match="@BotFather") as revoked:
        await bot.send(HELLO, asked=True)
    assert revoked.value.__context__ is None


@pytest.mark.parametrize("seconds", [1, 3600])
async def test_after_a_429_nothing_leaves_until_its_time(
    api: BotApi, bot: Telegram, seconds: int
) -> None:
    wait = timedelta(seconds=seconds)
    api.fail("sendMessage", with_=faults.too_many(seconds))
    refused = await bot.send(HELLO, asked=True)
    assert refused == Sent(delivery=Delivery.NOT_LEFT, wait=wait, error="TooMany")
    for out in (HELLO, replace(HELLO, chat=BEN), AN_EDIT):
        held = await bot.send(out, asked=True)
        assert (held.delivery, held.error) == (Delivery.NOT_LEFT, "TooMany")
        assert held.wait is not None
        assert timedelta(0) < held.wait <= wait
    await bot.stop_spinner("1")
    assert [call.method for call in api.calls] == ["getMe", "sendMessage"]


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        ("-5", LEAST_WAIT),
        ('"soon"', LEAST_WAIT),
        ("null", LEAST_WAIT),
        ("2.5", timedelta(seconds=2.5)),
        ("1e400", LONGEST_WAIT),
        ("NaN", LONGEST_WAIT),
    ],
)
async def test_a_429_with_an_odd_time_waits_a_sensible_one(
    api: BotApi, bot: Telegram, retry_after: str, wait: timedelta
) -> None:
    body = f'{{"ok":false,"description":"Slow","parameters":{{"retry_after":{retry_after}}}}}'
    api.fail(with_=Fault(status=429, body=body))
    came = await bot.send(HELLO, asked=True)
    assert came == Sent(delivery=Delivery.NOT_LEFT, wait=wait, error="TooMany")


@pytest.mark.parametrize("body", ["<html>slow down</html>", '{"ok":false,"description":"Slow"}'])
async def test_a_429_without_a_time_waits_a_moment(api: BotApi, bot: Telegram, body: str) -> None:
    api.fail(with_=Fault(status=429, body=body))
    came = await bot.send(HELLO, asked=True)
    assert (came.delivery, came.wait) == (Delivery.NOT_LEFT, LEAST_WAIT)


# ---------------------------------------------------------------- the moment before
async def test_the_last_look_is_taken_when_the_turn_has_come(api: BotApi, bot: Telegram) -> None:
    looks: list[int] = []

    async def look() -> bool:
        looks.append(len(api.calls))
        return True

    came = await bot.send(HELLO, asked=False, last_look=look)
    assert came.delivery is Delivery.DELIVERED
    assert looks == [1], "getMe only, nothing was sent yet"


async def test_a_last_look_that_says_no_keeps_the_message_here(api: BotApi, bot: Telegram) -> None:
    async def look() -> bool:
        return False

    came = await bot.send(HELLO, asked=False, last_look=look)
    assert came == Sent(delivery=Delivery.NOT_LEFT, error=HELD_BACK)
    assert [call.method for call in api.calls] == ["getMe"]


async def test_no_last_look_is_taken_while_telegram_says_wait(api: BotApi, bot: Telegram) -> None:
    api.fail(with_=faults.too_many(9))
    await bot.send(HELLO, asked=True)

    async def look() -> bool:
        raise AssertionError

    held = await bot.send(HELLO, asked=False, last_look=look)
    assert held.delivery is Delivery.NOT_LEFT


async def test_a_cancelled_send_leaves_the_pool_usable(api: BotApi, bot: Telegram) -> None:
    api.fail(with_=faults.slow(0.05, after=True))
    sending = asyncio.create_task(bot.send(HELLO, asked=True))
    await asyncio.sleep(0.01)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    await sent(bot, HELLO)


# ---------------------------------------------------------------- the spinner
async def test_a_spinner_is_stopped(api: BotApi, bot: Telegram) -> None:
    await sent(bot, QUESTION)
    await api.phone(ADA).taps("OK")
    (update,) = await bot.updates(None, wait=timedelta(0))
    await bot.stop_spinner(update["callback_query"]["id"])
    assert (api.calls[-1].method, api.calls[-1].status) == ("answerCallbackQuery", 200)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(takes_effect=True),  # a query that Telegram does not know (any more)
        faults.server_error(),
        faults.accepted_then_broken(),
        faults.unauthorized(),
        faults.too_many(5),
        Fault(body='{"ok":true,"result":{"odd":[]}}'),
    ],
    ids=["too old", "502", "cut", "revoked", "429", "odd"],
)
async def test_a_spinner_that_does_not_stop_troubles_nobody(
    api: BotApi, bot: Telegram, fault: Fault
) -> None:
    api.fail("answerCallbackQuery", with_=fault)
    await bot.stop_spinner("long-gone")
    assert api.calls[-1].method == "answerCallbackQuery"


async def test_a_429_for_a_spinner_holds_the_messages_too(api: BotApi, bot: Telegram) -> None:
    api.fail(with_=faults.too_many(5))
    await bot.stop_spinner("1")
    assert (await bot.send(HELLO, asked=True)).delivery is Delivery.NOT_LEFT


# ---------------------------------------------------------------- the limit
async def test_within_the_limit_telegram_never_says_slower(api: BotApi) -> None:
    bot = Telegram(token=SecretStr(TOKEN), api_url=api.url, limiter=Limiter(30))
    await bot.start()
    came = await asyncio.gather(*(bot.send(HELLO, asked=True) for _ in range(4)))
    await bot.stop()
    assert {one.delivery for one in came} == {Delivery.DELIVERED}
    assert not api.findings
