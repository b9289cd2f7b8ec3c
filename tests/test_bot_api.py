"""Does the Bot API on loopback answer as Telegram does?"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import telegram
from hypothesis import given
from hypothesis import strategies as st

from nudger.demo import faults
from nudger.demo.bot_api import BotApi
from nudger.demo.entities import read_html, utf16_length
from nudger.demo.rates import A_SECOND, BURST, Rates
from nudger.demo.refusals import RefusedError

TOKEN = "4242:test-token"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

Call = Callable[..., Coroutine[Any, Any, dict[str, Any]]]


class Day:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def day() -> Day:
    return Day()


@pytest.fixture
async def api(day: Day) -> AsyncIterator[BotApi]:
    api = BotApi(token=TOKEN, now=day.now)
    await api.start()
    yield api
    await api.stop()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def call(api: BotApi, client: aiohttp.ClientSession) -> Call:
    async def call(method: str, **params: object) -> dict[str, Any]:
        async with client.post(f"{api.url}/bot{TOKEN}/{method}", json=params) as response:
            body: dict[str, Any] = await response.json()
            assert response.status == (200 if body["ok"] else body["error_code"])
            return body

    return call


def buttons(*rows: list[str]) -> dict[str, object]:
    return {
        "inline_keyboard": [[{"text": data, "callback_data": data} for data in row] for row in rows]
    }


# ---------------------------------------------------------------- requests
@pytest.mark.parametrize(
    "request_",
    [
        {"params": {"chat_id": "7", "text": "hello"}},
        {"data": {"chat_id": "7", "text": "hello"}},
        {"json": {"chat_id": 7, "text": "hello"}},
    ],
    ids=["query", "form", "json"],
)
async def test_a_call_is_understood_in_every_form_telegram_takes(
    request_: dict[str, Any], api: BotApi, client: aiohttp.ClientSession
) -> None:
    phone = api.phone(7)
    async with client.post(f"{api.url}/bot{TOKEN}/sendMessage", **request_) as response:
        body = await response.json()
    assert body["result"]["text"] == "hello"
    assert phone.last.text == "hello"


async def test_a_multipart_form_brings_text_and_file(
    api: BotApi, client: aiohttp.ClientSession
) -> None:
    phone = api.phone(7)
    with aiohttp.MultipartWriter("form-data") as form:
        form.append("7").set_content_disposition("form-data", name="chat_id")
        form.append("all of it").set_content_disposition("form-data", name="caption")
        part = form.append(b'{"a": 1}')
        part.set_content_disposition("form-data", name="document", filename="export.json")
    async with client.post(f"{api.url}/bot{TOKEN}/sendDocument", data=form) as response:
        sent = (await response.json())["result"]
    assert sent["document"]["file_name"] == "export.json"
    assert phone.last.text == "all of it"
    assert phone.last.file is not None
    path = {"file_id": sent["document"]["file_id"]}
    async with client.get(f"{api.url}/bot{TOKEN}/getFile", params=path) as response:
        where = (await response.json())["result"]["file_path"]
    async with client.get(f"{api.url}/file/bot{TOKEN}/{where}") as response:
        assert await response.read() == b'{"a": 1}'


async def test_python_telegram_bot_finds_nothing_odd(api: BotApi) -> None:
    phone = api.phone(7, "Mira", "de")
    bot = telegram.Bot(TOKEN, base_url=f"{api.url}/bot", base_file_url=f"{api.url}/file/bot")
    async with bot:
        key = telegram.InlineKeyboardButton("Yes", callback_data="d:s:yes")
        sent = await bot.send_message(
            7, "<b>Ready?</b>", "HTML", reply_markup=telegram.InlineKeyboardMarkup([[key]])
        )
        assert sent.date == NOON
        assert sent.parse_entities() == {sent.entities[0]: "Ready?"}
        await phone.types("/quiet 22-8")
        await phone.taps("Yes")
        await phone.shares_place(52.5, 13.4)
        await phone.sends_sticker()
        await phone.sends_voice()
        await phone.sends_photo("look")
        await phone.in_group("hi all")
        await phone.blocks()
        typed, tapped, place, sticker, voice, photo, group, left = await bot.get_updates()
        assert typed.message is not None
        assert typed.message.entities[0].type == "bot_command"
        assert typed.effective_user is not None
        assert typed.effective_user.language_code == "de"
        assert tapped.callback_query is not None
        assert tapped.callback_query.data == "d:s:yes"
        assert isinstance(tapped.callback_query.message, telegram.Message)
        assert tapped.callback_query.message.reply_markup == sent.reply_markup
        assert place.message is not None
        assert place.message.location is not None
        assert sticker.message is not None
        assert sticker.message.sticker is not None
        assert voice.message is not None
        assert voice.message.voice is not None
        assert photo.message is not None
        assert photo.message.caption == "look"
        assert group.effective_chat is not None
        assert group.effective_chat.type == "supergroup"
        assert left.my_chat_member is not None
        assert left.my_chat_member.new_chat_member.status == "kicked"
        with pytest.raises(telegram.error.Forbidden):
            await bot.send_message(7, "still there?")
        await phone.unblocks()
        document = await bot.send_document(7, b"{}", filename="all.json", caption="yours")
        assert document.document is not None
        file = await document.document.get_file()
        assert bytes(await file.download_as_bytearray()) == b"{}"


# ---------------------------------------------------------------- refusals
@pytest.mark.parametrize(
    ("method", "params", "code", "words"),
    [
        ("sendMessage", {"chat_id": 8, "text": "x"}, 400, "chat not found"),
        ("sendMessage", {"chat_id": 7, "text": "  "}, 400, "message text is empty"),
        ("sendMessage", {"chat_id": 7, "text": "x" * 4097}, 400, "message is too long"),
        ("sendDocument", {"chat_id": 7, "document": "no"}, 400, "wrong file identifier"),
        ("editMessageText", {"chat_id": 7, "message_id": 9, "text": "x"}, 400, "to edit not found"),
        ("editMessageText", {"chat_id": 7, "message_id": 1, "text": "x"}, 400, "can't be edited"),
        ("deleteMessage", {"chat_id": 7, "message_id": 9}, 400, "message to delete not found"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, 400, "query is too old"),
        ("getFile", {"file_id": "none"}, 400, "wrong file_id"),
        ("sendMassage", {"chat_id": 7}, 404, "Not Found"),
        (
            "sendMessage",
            {"chat_id": 7, "text": "<b>x", "parse_mode": "HTML"},
            400,
            "can't parse entities",
        ),
        (
            "sendMessage",
            {"chat_id": 7, "text": "x", "reply_markup": buttons(["x" * 65])},
            400,
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            {"chat_id": 7, "text": "x", "reply_markup": "{"},
            400,
            "can't parse",
        ),
    ],
)
async def test_a_wrong_call_is_refused_in_telegrams_words(
    method: str, params: dict[str, object], code: int, words: str, api: BotApi, call: Call
) -> None:
    await api.phone(7).types("my own message has the id 1")
    body = await call(method, **params)
    assert (body["ok"], body["error_code"]) == (False, code)
    assert words in body["description"]


async def test_a_wrong_token_is_unauthorized(api: BotApi, client: aiohttp.ClientSession) -> None:
    async with client.get(f"{api.url}/bot1:other/getMe") as response:
        assert response.status == 401
        assert (await response.json())["description"] == "Unauthorized"


async def test_an_edit_that_changes_nothing_is_refused(api: BotApi, call: Call) -> None:
    phone = api.phone(7)
    sent = await call("sendMessage", chat_id=7, text="a", reply_markup=buttons(["x", "y"]))
    same = {"chat_id": 7, "message_id": sent["result"]["message_id"], "text": "a"}
    body = await call("editMessageText", **same, reply_markup=buttons(["x", "y"]))
    assert "message is not modified" in body["description"]
    assert [shown.edited for shown in phone.messages] == [False]
    body = await call("editMessageText", **same)
    assert body["ok"]
    assert [shown.edited for shown in phone.messages] == [True]
    assert phone.last.buttons == ()


async def test_a_blocked_bot_is_forbidden_until_unblocked(api: BotApi, call: Call) -> None:
    phone = api.phone(7)
    await phone.blocks()
    body = await call("sendMessage", chat_id=7, text="x")
    assert body["description"] == "Forbidden: bot was blocked by the user"
    await phone.unblocks()
    assert (await call("sendMessage", chat_id=7, text="x"))["ok"]


async def test_a_message_is_deleted_within_48_hours_only(api: BotApi, call: Call, day: Day) -> None:
    phone = api.phone(7)
    for text in ("one", "two"):
        await call("sendMessage", chat_id=7, text=text)
    day.moment += timedelta(hours=47)
    assert (await call("deleteMessage", chat_id=7, message_id=1))["ok"]
    day.moment += timedelta(hours=1)
    body = await call("deleteMessage", chat_id=7, message_id=2)
    assert "can't be deleted" in body["description"]
    assert [shown.deleted for shown in phone.messages] == [True, False]


async def test_a_tap_can_be_answered_for_fifteen_minutes(api: BotApi, call: Call, day: Day) -> None:
    phone = api.phone(7)
    await call("sendMessage", chat_id=7, text="x", reply_markup=buttons(["go"]))
    await phone.taps("go")
    query = (await call("getUpdates"))["result"][0]["callback_query"]["id"]
    assert (await call("answerCallbackQuery", callback_query_id=query, text="Noted."))["ok"]
    assert phone.notices == ["Noted."]
    day.moment += timedelta(minutes=16)
    body = await call("answerCallbackQuery", callback_query_id=query)
    assert "query is too old" in body["description"]


# ---------------------------------------------------------------- updates
async def test_updates_are_kept_until_an_offset_confirms_them(api: BotApi, call: Call) -> None:
    phone = api.phone(7)
    for text in ("a", "b", "c"):
        await phone.types(text)

    async def fetched(**params: object) -> list[str]:
        updates = (await call("getUpdates", **params))["result"]
        return [update["message"]["text"] for update in updates]

    first = (await call("getUpdates", limit=1))["result"][0]["update_id"]
    assert await fetched() == ["a", "b", "c"]
    assert await fetched(offset=first + 1) == ["b", "c"]
    assert await fetched() == ["b", "c"]
    assert await fetched(offset=-1) == ["c"]
    assert await fetched(offset=first + 3) == []


async def test_a_long_poll_answers_the_moment_something_comes(api: BotApi, call: Call) -> None:
    polling = asyncio.create_task(call("getUpdates", timeout=30))
    await asyncio.sleep(0.005)
    assert not polling.done()
    await api.phone(7).types("hello")
    body = await asyncio.wait_for(polling, 2)
    assert body["result"][0]["message"]["text"] == "hello"


async def test_a_second_poller_ends_the_first_with_a_conflict(api: BotApi, call: Call) -> None:
    first = asyncio.create_task(call("getUpdates", timeout=30))
    await asyncio.sleep(0.005)
    second = asyncio.create_task(call("getUpdates", timeout=30))
    body = await asyncio.wait_for(first, 2)
    assert body["error_code"] == 409
    assert "terminated by other getUpdates request" in body["description"]
    await api.phone(7).types("for the second")
    assert len((await asyncio.wait_for(second, 2))["result"]) == 1


async def test_only_the_allowed_kinds_of_update_are_queued(api: BotApi, call: Call) -> None:
    phone = api.phone(7)
    await call("getUpdates", allowed_updates=["my_chat_member"])
    await phone.types("not asked for")
    await phone.blocks()
    updates = (await call("getUpdates"))["result"]
    assert [set(update) - {"update_id"} for update in updates] == [{"my_chat_member"}]


async def test_updates_are_kept_for_a_day(api: BotApi, call: Call, day: Day) -> None:
    phone = api.phone(7)
    await phone.types("yesterday")
    day.moment += timedelta(hours=23)
    await phone.types("today")
    assert len((await call("getUpdates"))["result"]) == 2
    day.moment += timedelta(hours=2)
    assert [u["message"]["text"] for u in (await call("getUpdates"))["result"]] == ["today"]


async def test_it_is_settled_once_every_update_is_confirmed(api: BotApi, call: Call) -> None:
    await api.settled()
    await api.phone(7).types("hello")
    update = (await call("getUpdates"))["result"][0]["update_id"]
    waiting = asyncio.create_task(api.settled())
    await asyncio.sleep(0)
    assert not waiting.done()
    await call("getUpdates", offset=update + 1)
    await asyncio.wait_for(waiting, 2)


# ---------------------------------------------------------------- text
@pytest.mark.parametrize(
    ("source", "text", "shown"),
    [
        ("a &lt; b &amp; c", "a < b & c", "a &lt; b &amp; c"),
        ("&nbsp; stays", "&nbsp; stays", "&amp;nbsp; stays"),
        ("&#128578;", "🙂", "🙂"),
        ("<b>x <i>y</i></b> z", "x y z", "<b>x <i>y</i></b> z"),
        ("  <strong> x</strong>\n", "x", "<b>x</b>"),
        ("🙂<u>x</u>", "🙂x", "🙂<u>x</u>"),
        (
            '<a href="https://a.example/?x=1&amp;y">go</a>',
            "go",
            '<a href="https://a.example/?x=1&amp;y">go</a>',
        ),
        ('<a href="javascript:alert(1)">go</a>', "go", "go"),
        ('<span class="tg-spoiler">x</span>', "x", "<tg-spoiler>x</tg-spoiler>"),
        ('<blockquote expandable="">x</blockquote>', "x", "<blockquote>x</blockquote>"),
        ('at <tg-time unix="1780000000" format="t">19:20</tg-time>', "at 19:20", "at 19:20"),
    ],
)
def test_html_is_read_as_telegram_reads_it(source: str, text: str, shown: str) -> None:
    marked = read_html(source)
    assert (marked.text, marked.html()) == (text, shown)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("é<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("3 < 4", "Unclosed start tag at byte offset 2"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b><i>x</b></i>", 'expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler"'),
    ],
)
def test_broken_html_is_refused_with_its_place(source: str, words: str) -> None:
    with pytest.raises(RefusedError, match="can't parse entities") as refused:
        read_html(source)
    assert words in refused.value.description


@given(st.text())
def test_any_escaped_text_comes_out_as_it_went_in(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    marked = read_html(f"<b>{escaped}</b>")
    controls = dict.fromkeys(set(range(32)) - {9, 10, 13}, " ") | {13: None}
    assert marked.text == text.translate(controls).strip()
    assert [entity["length"] for entity in marked.entities] == (
        [utf16_length(marked.text)] if marked.text else []
    )


@given(st.text(alphabet="<>/&;ab i#1\"='", max_size=40))
def test_any_other_text_is_read_or_refused_and_nothing_else(source: str) -> None:
    with suppress(RefusedError):
        marked = read_html(source)
        assert read_html(marked.html()).text == marked.text


# ---------------------------------------------------------------- limits
@pytest.mark.parametrize(
    ("method", "params", "limit"),
    [
        ("sendMessage", {"text": "🙂" * 2049}, "text"),
        ("sendMessage", {"text": "x", "reply_markup": buttons(*([["x"] * 8] * 13))}, "buttons"),
        ("sendMessage", {"text": "x", "reply_markup": buttons(["x" * 65])}, "callback_data"),
        ("sendMessage", {"text": "x", "reply_markup": buttons(["é" * 33])}, "callback_data"),
        ("sendMessage", {"text": "x", "reply_markup": buttons(["x"] * 9)}, "row"),
        ("sendMessage", {"text": "x", "parse_mode": "Markdown"}, "parse_mode"),
        ("answerCallbackQuery", {"text": "x" * 201}, "callback_answer"),
        ("setMyCommands", {"commands": [{"command": "Next", "description": "x"}]}, "commands"),
        ("setMyCommands", {"commands": [{"command": "x" * 33, "description": "x"}]}, "commands"),
        ("setMyCommands", {"commands": [{"command": "next", "description": ""}]}, "commands"),
        ("setMyDescription", {"description": "x" * 513}, "profile"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "profile"),
        ("setMyName", {"name": "x" * 65}, "profile"),
    ],
)
async def test_a_broken_limit_is_found(
    method: str, params: dict[str, object], limit: str, api: BotApi, call: Call
) -> None:
    api.phone(7)
    await call(method, chat_id=7, **params)
    assert [finding.limit for finding in api.findings] == [limit]


async def test_what_just_fits_is_no_finding(api: BotApi, call: Call) -> None:
    phone = api.phone(7)
    rows = [["x" * 64] * 8] * 12 + [["é" * 32] * 4]
    text = "<b>" + "🙂" * 2048 + "</b>"
    body = await call(
        "sendMessage", chat_id=7, text=text, parse_mode="HTML", reply_markup=buttons(*rows)
    )
    assert body["ok"]
    assert len(phone.last.keys) == 100
    assert api.findings == []


async def test_a_caption_over_1024_units_is_refused(
    api: BotApi, client: aiohttp.ClientSession
) -> None:
    api.phone(7)
    form = aiohttp.FormData({"chat_id": "7", "caption": "x" * 1025})
    form.add_field("document", b"x", filename="x.txt")
    async with client.post(f"{api.url}/bot{TOKEN}/sendDocument", data=form) as response:
        assert "caption is too long" in (await response.json())["description"]


def test_a_chat_takes_a_short_burst_and_then_one_a_second() -> None:
    rates = Rates()
    assert [rates.count(1, at=0.0) for _ in range(BURST)] == [None] * BURST
    assert rates.count(1, at=0.5) is not None
    assert rates.count(1, at=1.0) is None
    assert rates.count(1, at=1.5) is not None


def test_no_second_holds_more_than_thirty_messages() -> None:
    rates = Rates()
    assert [rates.count(chat, at=1.0) for chat in range(A_SECOND)] == [None] * A_SECOND
    assert rates.count(100, at=1.8) is not None
    assert rates.count(100, at=2.0) is None


@pytest.mark.parametrize("strict", [False, True])
async def test_too_fast_is_a_finding_and_429_where_rates_are_strict(
    strict: bool, api: BotApi, call: Call
) -> None:
    api.strict_rates = strict
    phone = api.phone(7)
    bodies = [await call("sendMessage", chat_id=7, text=str(n)) for n in range(BURST + 1)]
    assert [finding.limit for finding in api.findings] == ["rate"]
    assert len(phone.messages) == (BURST if strict else BURST + 1)
    assert bodies[-1].get("parameters") == ({"retry_after": 1} if strict else None)


# ---------------------------------------------------------------- faults
@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (faults.too_many(7), 429, "Too Many Requests: retry after 7"),
        (faults.blocked(), 403, "blocked by the user"),
        (faults.not_modified(), 400, "message is not modified"),
        (faults.bad_request("chat not found"), 400, "Bad Request: chat not found"),
        (faults.unauthorized(), 401, "Unauthorized"),
    ],
)
async def test_an_ordered_refusal_meets_one_call_and_changes_nothing(
    fault: faults.Fault, code: int, words: str, api: BotApi, call: Call
) -> None:
    phone = api.phone(7)
    api.fail("sendMessage", with_=fault)
    body = await call("sendMessage", chat_id=7, text="x")
    assert body["error_code"] == code
    assert words in body["description"]
    assert phone.messages == []
    assert (await call("sendMessage", chat_id=7, text="x"))["ok"]


@pytest.mark.parametrize("takes_effect", [False, True])
async def test_a_server_error_is_a_page_of_html(
    takes_effect: bool, api: BotApi, client: aiohttp.ClientSession
) -> None:
    phone = api.phone(7)
    api.fail(with_=faults.server_error(503, takes_effect=takes_effect))
    url = f"{api.url}/bot{TOKEN}/sendMessage"
    async with client.post(url, json={"chat_id": 7, "text": "x"}) as response:
        assert response.status == 503
        assert (await response.text()).startswith("<html>")
    assert len(phone.messages) == takes_effect
    assert api.calls[-1].status == 503


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [(faults.accepted_then_broken(), 1), (faults.refused_then_broken(), 0)],
    ids=["accepted", "refused"],
)
async def test_a_cut_connection_looks_the_same_whether_or_not_it_happened(
    fault: faults.Fault, arrived: int, api: BotApi, call: Call
) -> None:
    phone = api.phone(7)
    api.fail("sendMessage", with_=fault)
    with pytest.raises(aiohttp.ClientConnectionError):
        await call("sendMessage", chat_id=7, text="x")
    assert len(phone.messages) == arrived
    assert api.calls[-1].status == 0
    assert (api.calls[-1].message_id is not None) == bool(arrived)


async def test_truncated_json_cannot_be_read_but_the_message_is_there(
    api: BotApi, call: Call
) -> None:
    phone = api.phone(7)
    api.fail("sendMessage", with_=faults.truncated_json())
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        await call("sendMessage", chat_id=7, text="x")
    assert phone.last.text == "x"


@pytest.mark.parametrize("after", [False, True])
async def test_a_slow_call_happens_before_or_after_the_wait(
    after: bool, api: BotApi, call: Call
) -> None:
    phone = api.phone(7)
    api.fail("sendMessage", with_=faults.slow(0.05, after=after))
    sending = asyncio.create_task(call("sendMessage", chat_id=7, text="x"))
    await asyncio.sleep(0.02)
    assert len(phone.messages) == after
    assert (await sending)["ok"]
    assert len(phone.messages) == 1


async def test_a_fault_may_be_for_one_chat_and_for_several_times(api: BotApi, call: Call) -> None:
    api.phone(7)
    api.phone(8)
    api.fail("sendMessage", with_=faults.blocked(), chat=8, times=2)

    async def sent(chat: int) -> bool:
        return bool((await call("sendMessage", chat_id=chat, text="x"))["ok"])

    assert [await sent(chat) for chat in (7, 8, 8, 8)] == [True, False, False, True]
    api.fail(with_=faults.blocked(), times=None)
    assert [await sent(chat) for chat in (7, 8)] == [False, False]
    api.heal()
    assert await sent(7)


async def test_faults_and_the_log_are_there_over_http(
    api: BotApi, call: Call, client: aiohttp.ClientSession
) -> None:
    api.phone(7)
    order = {"method": "sendMessage", "kind": "too_many", "retry_after": 3}
    async with client.post(f"{api.url}/faults", json=order) as response:
        assert response.status == 200
    async with client.post(f"{api.url}/faults", json={"kind": "sunspots"}) as response:
        assert response.status == 400
    assert (await call("sendMessage", chat_id=7, text="x"))["parameters"] == {"retry_after": 3}
    await call("sendMessage", chat_id=7, text="y", reply_markup=buttons(["z"]))
    async with client.get(f"{api.url}/log") as response:
        log = (await response.json())["calls"]
    assert [(c["method"], c["chat"], c["status"], c["message_id"]) for c in log] == [
        ("sendMessage", 7, 429, None),
        ("sendMessage", 7, 200, 1),
    ]
    assert log[1]["params"]["reply_markup"] == buttons(["z"])
    assert log[1]["at"] == NOON.isoformat()


async def test_it_listens_on_loopback_only(day: Day) -> None:
    with pytest.raises(ValueError, match="loopback only"):
        await BotApi(token=TOKEN, now=day.now).start(host="0.0.0.0")  # noqa: S104
