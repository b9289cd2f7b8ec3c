"""Does a service that cannot work with Telegram say in one sentence what to do?"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from pydantic import SecretStr

from nudger.demo import faults
from nudger.demo.bot_api import BotApi
from nudger.demo.faults import Fault
from nudger.telegram.bot import Telegram
from nudger.telegram.limiter import Limiter
from nudger.telegram.request import TooMany
from nudger.telegram.verdict import OtherPoller, TelegramRefusal, TokenRevoked, Unreachable

SECRET = "AAF-a-secret-nobody-may-see"
TOKEN = f"4242:{SECRET}"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NO_WAIT = timedelta(0)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture(autouse=True)
def _the_token_is_in_no_line(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert SECRET not in caplog.text


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    api = BotApi(token=TOKEN, now=lambda: NOON)
    await api.start()
    yield api
    await api.stop()


def telegram(url: str, token: str = TOKEN) -> Telegram:
    return Telegram(token=SecretStr(token), api_url=url, limiter=Limiter())


async def refusal_of(url: str, token: str = TOKEN) -> str:
    with pytest.raises(TelegramRefusal) as refused:
        await telegram(url, token).start()
    assert refused.value.__context__ is None
    return str(refused.value)


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Telegram]:
    bot = telegram(api.url)
    await bot.start()
    yield bot
    await bot.stop()


async def failure_of_a_poll(bot: Telegram) -> Exception:
    with pytest.raises((TelegramRefusal, Unreachable, TooMany)) as failed:
        await bot.updates(None, wait=NO_WAIT)
    assert failed.value.__context__ is None
    return failed.value


async def test_a_bot_learns_who_it_is(api: BotApi) -> None:
    bot = telegram(f"{api.url}/")
    me = await bot.start()
    assert me.id == 4242
    assert (me.username, me.name) == (api.world.bot["username"], api.world.bot["first_name"])
    await bot.stop()
    await bot.stop()


async def test_a_wrong_token_says_where_to_get_the_right_one(
    api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    sentence = await refusal_of(api.url, "4242:AAF-another-secret")
    assert sentence == (
        "Telegram does not know this bot token. Get the right one from @BotFather and set "
        "NUDGER_BOT_TOKEN."
    )
    assert "secret" not in caplog.text + sentence


async def test_an_address_where_nothing_answers_is_named(unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    sentence = await refusal_of(url)
    assert sentence.startswith(f"Nothing answers at {url} (ClientConnectorError).")
    assert "NUDGER_TELEGRAM_API_URL" in sentence


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999", "gopher://127.0.0.1", "nonsense", ""])
async def test_an_address_that_is_none_is_refused_too(url: str) -> None:
    assert "NUDGER_TELEGRAM_API_URL" in await refusal_of(url)


A_BOT = {
    "ok": True,
    "result": {"id": 1, "is_bot": True, "first_name": "Proxied", "username": "proxied_bot"},
}
GARBAGE = {
    "a web page": web.Response(text="<h1>Hello</h1>", content_type="text/html"),
    "a page not found": web.Response(status=404, text="<h1>Not here</h1>"),
    "a redirect": web.Response(status=302, headers={"Location": "/elsewhere"}),
    "nothing": web.Response(),
    "JSON of something else": web.json_response({"status": "ok"}),
    "a list": web.json_response([1, 2]),
    "half of an answer": web.json_response({"ok": True}),
    "a result that is no bot": web.json_response({"ok": True, "result": "hello"}),
    "a bot with nothing in it": web.json_response({"ok": True, "result": {}}),
    "a no that does not say what": web.json_response({"ok": False}, status=400),
    "bytes": web.Response(body=b"\xff\xfe\x00"),
}


@pytest.mark.parametrize("label", GARBAGE)
async def test_something_that_is_no_bot_api_is_recognized(
    label: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = GARBAGE[label]
    url, stop = await serve(answer.status, answer.body, dict(answer.headers))
    sentence = await refusal_of(url)
    await stop()
    assert sentence.startswith(f"What answers at {url} is not Telegram's Bot API.")
    assert "Hello" not in caplog.text


BAD_DAYS = {
    "502": (faults.server_error(502), "no proper answer (Http502)"),
    "500 in JSON": (Fault(status=500, body='{"ok":false,"description":"x"}'), "(Http500)"),
    "cut": (faults.accepted_then_broken(), "no proper answer"),
    "429": (faults.too_many(17), "wants no calls from this bot for 17 s"),
}


@pytest.mark.parametrize("label", BAD_DAYS)
async def test_a_bad_day_of_telegram_is_told_from_a_wrong_address(api: BotApi, label: str) -> None:
    fault, says = BAD_DAYS[label]
    api.fail("getMe", with_=fault)
    sentence = await refusal_of(api.url)
    assert says in sentence
    assert "again" in sentence


async def test_after_a_refusal_the_same_bot_can_start(api: BotApi) -> None:
    api.fail("getMe", with_=faults.server_error())
    bot = telegram(api.url)
    with pytest.raises(TelegramRefusal):
        await bot.start()
    assert (await bot.start()).id == 4242
    await bot.stop()


async def test_updates_come_raw_and_an_offset_confirms_those_before(
    api: BotApi, bot: Telegram
) -> None:
    phone = api.phone(7)
    await phone.sends_raw({"update_id": 3, "message": {"this": "is no message"}})
    await phone.types("hello")
    first, second = await bot.updates(None, wait=NO_WAIT)
    assert first["message"] == {"this": "is no message"}
    assert second["message"]["text"] == "hello"
    assert await bot.updates(second["update_id"], wait=NO_WAIT) == [second]
    assert await bot.updates(second["update_id"] + 1, wait=NO_WAIT) == []


async def test_a_poll_waits_for_the_first_update(api: BotApi, bot: Telegram) -> None:
    phone = api.phone(7)
    poll = asyncio.create_task(bot.updates(None, wait=timedelta(seconds=30)))
    await asyncio.sleep(0.005)
    assert not poll.done()
    await phone.types("hello")
    assert [update["message"]["text"] for update in await poll] == ["hello"]


POLLS = {
    "revoked": (faults.unauthorized(), TokenRevoked, "@BotFather"),
    "another poller": (
        Fault(
            status=409,
            body='{"ok":false,"error_code":409,"description":"Conflict: terminated by other '
            'getUpdates request; make sure that only one bot instance is running"}',
        ),
        OtherPoller,
        "Another process is polling with this token.",
    ),
    "a webhook": (
        Fault(
            status=409,
            body='{"ok":false,"error_code":409,"description":"Conflict: can\'t use getUpdates '
            'method while webhook is active; use deleteWebhook to delete the webhook first"}',
        ),
        OtherPoller,
        "deleteWebhook",
    ),
    "502": (faults.server_error(), Unreachable, "Http502"),
    "cut": (faults.accepted_then_broken(), Unreachable, "ServerDisconnectedError"),
    "half of the answer": (faults.truncated_json(), Unreachable, "Http200"),
    "a bad request": (faults.bad_request("who knows"), Unreachable, "BadRequest"),
    "no list": (Fault(body='{"ok":true,"result":true}'), Unreachable, "UnreadableAnswer"),
    "no ids": (Fault(body='{"ok":true,"result":[{},3]}'), Unreachable, "UnreadableAnswer"),
}


@pytest.mark.parametrize("label", POLLS)
async def test_a_poll_that_fails_says_why(api: BotApi, bot: Telegram, label: str) -> None:
    fault, kind, says = POLLS[label]
    api.fail("getUpdates", with_=fault)
    failure = await failure_of_a_poll(bot)
    assert type(failure) is kind
    assert says in str(failure)
    assert await bot.updates(None, wait=NO_WAIT) == []


async def test_one_entry_without_an_id_does_not_cost_the_others(api: BotApi, bot: Telegram) -> None:
    api.fail("getUpdates", with_=Fault(body='{"ok":true,"result":[null,{"update_id":5}]}'))
    assert await bot.updates(None, wait=NO_WAIT) == [{"update_id": 5}]


@pytest.mark.parametrize("seconds", [1, 3600])
async def test_a_poll_too_many_says_how_long_to_wait(
    api: BotApi, bot: Telegram, seconds: int
) -> None:
    api.fail("getUpdates", with_=faults.too_many(seconds))
    failure = await failure_of_a_poll(bot)
    assert isinstance(failure, TooMany)
    assert failure.wait == timedelta(seconds=seconds)


async def test_an_api_that_went_away_is_unreachable_and_found_again(
    api: BotApi, bot: Telegram
) -> None:
    port = int(api.url.rpartition(":")[2])
    await api.stop()
    assert isinstance(await failure_of_a_poll(bot), Unreachable)
    await api.start(port=port)
    assert await bot.updates(None, wait=NO_WAIT) == []


async def test_a_bot_that_was_stopped_reaches_nobody(bot: Telegram) -> None:
    await bot.stop()
    assert str(await failure_of_a_poll(bot)) == "Closed"


async def test_menu_and_profile_are_registered(api: BotApi, bot: Telegram) -> None:
    for language in (None, "de"):
        await bot.register(
            [("next", "What comes next"), ("privacy", "What is kept")],
            description="Practice in being apart.",
            short_description="Practice.",
            language=language,
        )
    sent = {(call.method, call.params.get("language_code")): call.params for call in api.calls}
    assert sent["setMyCommands", "de"]["commands"] == [
        {"command": "next", "description": "What comes next"},
        {"command": "privacy", "description": "What is kept"},
    ]
    assert sent["setMyDescription", None]["description"] == "Practice in being apart."
    assert sent["setMyShortDescription", "de"]["short_description"] == "Practice."
    assert not api.findings


async def test_what_cannot_be_registered_does_not_keep_the_rest_from_it(
    api: BotApi, bot: Telegram
) -> None:
    api.fail("setMyCommands", with_=faults.too_many(60))
    api.fail("setMyDescription", with_=faults.server_error())
    await bot.register([("next", "What")], description="Practice.", short_description="Short.")
    assert [(c.method, c.status) for c in api.calls if c.method.startswith("set")] == [
        ("setMyCommands", 429),
        ("setMyDescription", 502),
        ("setMyShortDescription", 200),
    ]


async def test_the_way_out_goes_through_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, stop = await serve(200, json.dumps(A_BOT).encode(), {"Content-Type": "application/json"})
    monkeypatch.setenv("http_proxy", url)
    monkeypatch.delenv("no_proxy", raising=False)
    bot = telegram("http://telegram.invalid")
    assert (await bot.start()).username == "proxied_bot"
    await bot.stop()
    await stop()


async def test_a_bot_api_on_this_machine_is_reached_without_a_proxy(
    api: BotApi, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_tcp_port}")
    bot = telegram(api.url)
    assert (await bot.start()).id == 4242
    await bot.stop()


async def test_a_proxy_that_is_not_there_is_no_connection(
    monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_tcp_port}")
    monkeypatch.delenv("no_proxy", raising=False)
    sentence = await refusal_of("http://telegram.invalid")
    assert "(ClientProxyConnectionError). Check this machine's connection and its proxy" in sentence


def test_the_token_is_in_no_repr() -> None:
    bot = telegram("http://127.0.0.1:1")
    assert SECRET not in repr(bot) + repr(vars(bot)) + str(bot)


async def serve(
    status: int, body: object, headers: dict[str, str]
) -> tuple[str, Callable[[], Awaitable[None]]]:
    """A server that gives one answer to everything."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, body=body, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}", runner.cleanup
