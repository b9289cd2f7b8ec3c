"""Is the demo's page served from here alone, and does what it shows and does reach the phones?"""

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import telegram

from nudger.demo.bot_api import BotApi
from nudger.demo.panel import PanelFacts, PlannedFact
from nudger.demo.server import PAGE, PEOPLE, DemoPage, start_demo

TOKEN = "4242:test-token"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MIRA = PEOPLE[0].id
FACTS = PanelFacts(
    zone="Europe/Berlin",
    time="13:00",
    day="Monday 2 March",
    quiet=False,
    quiet_text="22:00 to 08:00",
    planned=(PlannedFact(local_time="Today 19:02", lane="challenge", why="evening"),),
)


class Beside:
    """A panel that knows one person and has a nudge in three hours."""

    def __init__(self) -> None:
        self.speed = 1.0
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment

    async def about(self, chat: int) -> PanelFacts | None:
        return FACTS if chat == MIRA else None

    async def skip(self) -> datetime | None:
        self.moment += timedelta(hours=3)
        return self.moment


@pytest.fixture
def panel() -> Beside:
    return Beside()


@pytest.fixture
async def api(panel: Beside) -> AsyncIterator[BotApi]:
    api = BotApi(token=TOKEN, now=panel.now)
    await api.start()
    yield api
    await api.stop()


@pytest.fixture
async def page(api: BotApi, panel: Beside) -> AsyncIterator[DemoPage]:
    page = await start_demo(api, panel)
    yield page
    await page.stop()


@pytest.fixture
async def browser(page: DemoPage) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(page.url) as session:
        yield session


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(TOKEN, base_url=f"{api.url}/bot") as bot:
        yield bot


async def news(stream: aiohttp.ClientResponse) -> dict[str, Any]:
    """The next server-sent event."""
    async with asyncio.timeout(2):
        async for line in stream.content:
            if line.startswith(b"data: "):
                body: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                return body
    raise AssertionError("the stream ended")


async def news_of_messages(stream: aiohttp.ClientResponse) -> list[dict[str, Any]]:
    """The messages of the next event that has some; others tell of the log."""
    while not (messages := (await news(stream))["messages"]):
        pass
    found: list[dict[str, Any]] = messages
    return found


@pytest.mark.parametrize(
    ("path", "type"),
    [
        ("/", "text/html"),
        ("/page.js", "text/javascript"),
        ("/style.css", "text/css"),
        ("/bubbles.css", "text/css"),
        ("/icon.svg", "image/svg+xml"),
        ("/vendor/deep-chat.bundle.js", "text/javascript"),
    ],
)
async def test_everything_is_served_and_may_load_only_from_here(
    path: str, type: str, browser: aiohttp.ClientSession
) -> None:
    async with browser.get(path) as response:
        assert response.status == 200
        assert response.content_type == type
        policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    "path", ["/vendor/SHA256SUMS", "/%2e%2e/server.py", "/..%2fserver.py", "/nothing.js"]
)
async def test_nothing_else_is_served(path: str, browser: aiohttp.ClientSession) -> None:
    async with browser.get(path) as response:
        assert response.status in {400, 404}


@pytest.mark.parametrize("name", ["index.html", "page.js", "style.css", "bubbles.css"])
def test_the_page_names_no_foreign_address(name: str) -> None:
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w{2,}", (PAGE / name).read_text("utf-8")) == []


def test_every_element_the_script_asks_for_is_in_the_page() -> None:
    asked = set(re.findall(r'\$\("([\w-]+)"\)', (PAGE / "page.js").read_text("utf-8")))
    there = set(re.findall(r'id="([\w-]+)"', (PAGE / "index.html").read_text("utf-8")))
    assert asked <= there


def test_the_vendored_files_are_the_published_ones() -> None:
    vendor = PAGE / "vendor"
    sums = [line.split() for line in (vendor / "SHA256SUMS").read_text("ascii").splitlines()]
    assert [name for _, name in sums] == ["deep-chat.bundle.js", "deep-chat.LICENSE"]
    for digest, name in sums:
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest


async def test_what_arrives_and_what_changes_is_told_at_once(
    browser: aiohttp.ClientSession, bot: telegram.Bot
) -> None:
    key = telegram.InlineKeyboardButton("Start", callback_data="d:s:start")
    async with browser.get("/events") as stream:
        first = await news(stream)
        assert [person["name"] for person in first["people"]] == ["Mira", "Jonas", "Noor"]
        assert first["messages"] == []
        markup = telegram.InlineKeyboardMarkup([[key]])
        await bot.send_message(MIRA, "Ready, <b>&lt;you&gt;</b>?", "HTML", reply_markup=markup)
        (sent,) = await news_of_messages(stream)
        assert sent["html"] == "Ready, <b>&lt;you&gt;</b>?"
        assert sent["buttons"] == [[{"label": "Start", "data": "d:s:start", "url": ""}]]
        await bot.edit_message_text("Running.", MIRA, sent["id"])
        (edited,) = await news_of_messages(stream)
        assert (edited["id"], edited["html"]) == (sent["id"], "Running.")
        assert (edited["edited"], edited["buttons"]) == (True, [])


async def test_a_stream_that_broke_goes_on_where_it_was(
    browser: aiohttp.ClientSession, bot: telegram.Bot
) -> None:
    await bot.send_message(MIRA, "one")
    async with browser.get("/events") as stream:
        last = (await stream.content.readline()).decode().removeprefix("id: ").strip()
    await bot.send_message(MIRA, "two")
    async with browser.get("/events", headers={"Last-Event-ID": last}) as stream:
        assert [one["text"] for one in (await news(stream))["messages"]] == ["two"]
    async with browser.get("/events", headers={"Last-Event-ID": "another-run-99"}) as stream:
        assert [one["text"] for one in (await news(stream))["messages"]] == ["one", "two"]


@pytest.mark.parametrize(
    ("path", "body", "screen"),
    [
        ("/types", {"text": " /next "}, "/next"),
        ("/place", {"lat": 52.52, "lon": 13.4}, "[place 52.52, 13.40]"),
        ("/sends", {"what": "sticker"}, "[sticker]"),
        ("/sends", {"what": "voice"}, "[voice]"),
        ("/sends", {"what": "photo"}, "[photo]"),
    ],
)
async def test_what_is_done_on_the_page_is_done_on_the_phone(
    path: str, body: dict[str, object], screen: str, api: BotApi, browser: aiohttp.ClientSession
) -> None:
    async with browser.post(path, json={"chat": MIRA, **body}) as response:
        assert response.status == 200
    assert api.phone(MIRA).conversation[-1].text == screen
    assert api.world.updates.unconfirmed == 1


async def test_a_tap_and_a_block_reach_the_bot(
    browser: aiohttp.ClientSession, bot: telegram.Bot
) -> None:
    tap = {"chat": MIRA, "message": 3, "data": "d:s:yes"}
    for path, body in (("/taps", tap), ("/blocks", {"chat": MIRA, "blocked": True})):
        async with browser.post(path, json=body) as response:
            assert response.status == 200
    tapped, left = await bot.get_updates()
    assert tapped.callback_query is not None
    assert tapped.callback_query.data == "d:s:yes"
    assert left.my_chat_member is not None
    with pytest.raises(telegram.error.Forbidden):
        await bot.send_message(MIRA, "x")


async def test_a_new_person_gets_a_phone(api: BotApi, browser: aiohttp.ClientSession) -> None:
    async with browser.post("/person", json={"name": "Ada"}) as response:
        chat = (await response.json())["chat"]
    assert chat not in {account.id for account in PEOPLE}
    async with browser.post("/types", json={"chat": chat, "text": "hello"}) as response:
        assert response.status == 200
    assert "Ada: hello" in api.phone(chat).screen()


async def test_the_panel_shows_its_facts_and_moves_the_clock(
    panel: Beside, browser: aiohttp.ClientSession
) -> None:
    async with browser.get("/panel", params={"chat": MIRA}) as response:
        shown = await response.json()
    assert shown["facts"]["planned"][0]["local_time"] == "Today 19:02"
    assert shown["now"] == NOON.isoformat()
    async with browser.get("/panel", params={"chat": MIRA + 1}) as response:
        assert (await response.json())["facts"] is None
    async with browser.post("/speed", json={"speed": 60}) as response:
        assert response.status == 200
    assert panel.speed == 60
    async with browser.post("/skip", json={}) as response:
        assert (await response.json())["now"] == (NOON + timedelta(hours=3)).isoformat()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/speed", {"speed": 7}),
        ("/speed", {"speed": "fast"}),
        ("/types", {"chat": "x", "text": "x"}),
        ("/types", {"chat": 999, "text": "x"}),
        ("/place", {"chat": MIRA, "lat": "north"}),
        ("/sends", {"chat": MIRA, "what": "money"}),
        ("/person", {"name": " "}),
        ("/types", []),
    ],
)
async def test_a_senseless_wish_is_refused(
    path: str, body: object, api: BotApi, browser: aiohttp.ClientSession
) -> None:
    async with browser.post(path, json=body) as response:
        assert response.status in {400, 404}
    assert api.world.updates.unconfirmed == 0


async def test_a_foreign_page_can_neither_rebind_a_name_nor_post_a_form(
    api: BotApi, browser: aiohttp.ClientSession
) -> None:
    async with browser.get("/", headers={"Host": "evil.example"}) as response:
        assert response.status == 403
    async with browser.post("/types", data={"chat": str(MIRA), "text": "x"}) as response:
        assert response.status == 415
    assert api.world.updates.unconfirmed == 0


async def test_a_document_is_downloaded_and_never_opened(
    browser: aiohttp.ClientSession, bot: telegram.Bot
) -> None:
    sent = await bot.send_document(MIRA, b"<script>alert(1)</script>", filename="x.html")
    assert sent.document is not None
    async with browser.get(f"/files/{sent.document.file_id}") as response:
        assert response.headers["Content-Disposition"] == "attachment"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.content_type == "application/octet-stream"


async def test_it_is_served_on_loopback_only(api: BotApi, panel: Beside) -> None:
    with pytest.raises(ValueError, match="loopback only"):
        await start_demo(api, panel, host="0.0.0.0")  # noqa: S104
