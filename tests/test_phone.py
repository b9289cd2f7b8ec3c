"""Does the made-up phone do and show what a real one would?"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
import telegram

from nudger.demo.bot_api import BotApi

TOKEN = "4242:test-token"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    api = BotApi(token=TOKEN, now=lambda: NOON)
    await api.start()
    yield api
    await api.stop()


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(TOKEN, base_url=f"{api.url}/bot") as bot:
        yield bot


def keys(**labels: str) -> telegram.InlineKeyboardMarkup:
    return telegram.InlineKeyboardMarkup(
        [
            [telegram.InlineKeyboardButton(label, callback_data=data)]
            for data, label in labels.items()
        ]
    )


async def tapped(bot: telegram.Bot) -> list[tuple[int | None, str | None]]:
    updates = await bot.get_updates()
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return [
        (query.message.message_id if query.message else None, query.data)
        for update in updates
        if (query := update.callback_query)
    ]


async def test_until_sees_only_what_came_after_the_last_thing_done(
    api: BotApi, bot: telegram.Bot
) -> None:
    phone = api.phone(7)
    await bot.send_message(7, "Fine.")
    await phone.types("and now?")
    with pytest.raises(AssertionError, match=r"nothing like 'Fine'.*\n.*bot: Fine\."):
        await phone.until("Fine", timeout=0.01)
    waiting = asyncio.create_task(phone.until("Fine"))
    await bot.edit_message_text("Fine, too.", 7, 1)
    assert (await waiting).text == "Fine, too."


async def test_a_tap_takes_the_newest_button_and_the_exact_label_first(
    api: BotApi, bot: telegram.Bot
) -> None:
    phone = api.phone(7)
    await bot.send_message(7, "old", reply_markup=keys(old="Yes"))
    await bot.send_message(7, "new", reply_markup=keys(later="Yes, later", yes="Yes"))
    await phone.taps("Yes")
    await phone.taps("Yes,")
    await phone.taps("Yes", message=1)
    assert await tapped(bot) == [(2, "yes"), (2, "later"), (1, "old")]


async def test_a_tapped_button_waits_for_its_message_to_change(
    api: BotApi, bot: telegram.Bot
) -> None:
    phone = api.phone(7)
    await bot.send_message(7, "How bad? 1 of 2", reply_markup=keys(a4="4"))
    await phone.taps("4")
    second = asyncio.create_task(phone.taps("4"))
    await asyncio.sleep(0.005)
    assert not second.done()
    await bot.edit_message_text("How bad? 2 of 2", 7, 1, reply_markup=keys(b4="4"))
    await second
    assert await tapped(bot) == [(1, "a4"), (1, "b4")]


async def test_a_missing_button_fails_with_the_screen(
    api: BotApi, bot: telegram.Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nudger.demo.phone.PATIENCE", 0.01)
    phone = api.phone(7)
    await bot.send_message(7, "Ready?", reply_markup=keys(go="Start"))
    with pytest.raises(AssertionError, match=r"no button 'Stop'(.|\n)*\[ Start \]"):
        await phone.taps("Stop")


async def test_a_forged_tap_names_a_message_that_is_not_there(
    api: BotApi, bot: telegram.Bot
) -> None:
    await api.phone(7).taps_old(99, "forged:data:x")
    assert await tapped(bot) == [(99, "forged:data:x")]


async def test_a_deleted_message_is_gone_from_the_screen(api: BotApi, bot: telegram.Bot) -> None:
    phone = api.phone(7)
    await bot.send_message(7, "stays")
    await bot.send_message(7, "goes")
    await bot.delete_message(7, 2)
    assert phone.last.text == "stays"
    assert "goes" not in phone.screen()
    assert [shown.deleted for shown in phone.messages] == [False, True]


async def test_the_share_place_key_comes_and_goes(api: BotApi, bot: telegram.Bot) -> None:
    phone = api.phone(7)
    key = telegram.KeyboardButton("Share place", request_location=True)
    await bot.send_message(7, "Where?", reply_markup=telegram.ReplyKeyboardMarkup([[key]]))
    assert [(k.label, k.asks_place) for row in phone.keyboard for k in row] == [
        ("Share place", True)
    ]
    await bot.send_message(7, "Thanks.", reply_markup=telegram.ReplyKeyboardRemove())
    assert phone.keyboard == ()


async def test_a_text_longer_than_a_message_goes_out_in_several(
    api: BotApi, bot: telegram.Bot
) -> None:
    await api.phone(7).types("x" * 5000)
    messages = [update.message for update in await bot.get_updates()]
    assert [len(message.text or "") for message in messages if message] == [4096, 904]


@pytest.mark.parametrize("text", ["🙂" * 10, "\u202eabc", "a\x00b", "\ud83d", "👩‍👩‍👧"])
async def test_any_text_reaches_the_bot_as_it_was_typed(text: str, api: BotApi) -> None:
    await api.phone(7).types(text)
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{api.url}/bot{TOKEN}/getUpdates") as response,
    ):
        updates: dict[str, Any] = await response.json()
    assert updates["result"][0]["message"]["text"] == text


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("/quiet 22-8", [(0, 6)]),
        ("🙂 /next", [(3, 5)]),
        ("1/2", []),
        ("/start@nudger_demo_bot now", [(0, 22)]),
    ],
)
async def test_commands_are_marked_where_telegram_marks_them(
    text: str, spans: list[tuple[int, int]], api: BotApi, bot: telegram.Bot
) -> None:
    await api.phone(7).types(text)
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert [(e.offset, e.length) for e in update.message.entities] == spans


async def test_two_people_have_two_chats(api: BotApi, bot: telegram.Bot) -> None:
    ada, ben = api.phone(7, "Ada"), api.phone(8, "Ben")
    await bot.send_message(8, "for Ben")
    assert ada.messages == []
    assert ben.last.id == 1
    assert api.phone(8).last.text == "for Ben"
