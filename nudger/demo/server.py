"""How is the phone-like page served, and how does it reach the made-up phones?

The page gets everything as server-sent events and does everything by small POSTs. It listens on
loopback only, answers to loopback names only (a foreign page cannot rebind its own name to it) and
takes JSON from its own page only.
"""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from nudger.demo.bot_api import LOOPBACK, BotApi
from nudger.demo.chats import Account, File, Shown
from nudger.demo.panel import SPEEDS, Panel
from nudger.demo.phone import Phone
from nudger.demo.refusals import Json

PAGE = Path(__file__).parent / "page"
PEOPLE = (
    Account(id=101, first_name="Mira"),
    Account(id=102, first_name="Jonas"),
    Account(id=103, first_name="Noor"),
)
# Everything from here and nothing from anywhere else: deep-chat asks for a font on the web.
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
SHOWN_CALLS = 40
HEARTBEAT = 15.0  # real seconds; a stream that says nothing for long is taken for dead

Do = Callable[[Phone, Json], Awaitable[None]]


class DemoPage:
    """The page of one BotApi."""

    def __init__(self, api: BotApi, panel: Panel) -> None:
        self._api = api
        self._panel = panel
        self._phones = {a.id: api.phone(a.id, a.first_name, a.language_code) for a in PEOPLE}
        self._runner: web.AppRunner | None = None
        self._run = secrets.token_hex(4)
        self._closing = False
        self.url = ""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Serve the page; port 0 takes any that is free."""
        if host not in LOOPBACK:
            raise ValueError(f"the demo's page is served on loopback only, not on {host}")
        app = web.Application(middlewares=[_only_from_here])
        app.on_response_prepare.append(_secure)
        app.router.add_get("/", self._index)
        app.router.add_get("/events", self._events)
        app.router.add_get("/panel", self._about)
        app.router.add_get("/files/{id}", self._file)
        for name, do in ACTIONS.items():
            app.router.add_post(f"/{name}", self._acts(do))
        app.router.add_post("/person", self._new_person)
        app.router.add_post("/speed", self._set_speed)
        app.router.add_post("/skip", self._skip)
        app.router.add_get("/{path:.+}", self._asset)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self._runner.addresses[0][1]}/"

    async def stop(self) -> None:
        """Close the page and its streams."""
        self._closing = True
        self._api.world.bell.ring()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # ------------------------------------------------------------ files
    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return _static(PAGE / "index.html")

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        path = (PAGE / request.match_info["path"]).resolve()
        if not path.is_relative_to(PAGE) or path.suffix not in TYPES or not path.is_file():
            raise web.HTTPNotFound
        return _static(path)

    async def _file(self, request: web.Request) -> web.Response:
        file = self._api.world.files.get(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        picture = file.picture and file.type == "image/png"
        headers = {} if picture else {"Content-Disposition": "attachment"}
        return web.Response(
            body=file.body,
            content_type="image/png" if picture else "application/octet-stream",
            headers=headers,
        )

    # ------------------------------------------------------------ what the page shows
    async def _events(self, request: web.Request) -> web.StreamResponse:
        """All that changed since the last event, now and whenever something does."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        # A page that outlived another run of the demo starts from nothing.
        run, _, last = request.headers.get("Last-Event-ID", "").partition("-")
        seen = int(last) if run == self._run and last.isdigit() else 0
        with suppress(ConnectionResetError):  # the page was closed
            await self._tell(response, seen)
        return response

    async def _tell(self, response: web.StreamResponse, seen: int) -> None:
        api, told = self._api, ""
        while not self._closing:
            news = self._news(seen)
            seen = max([seen, *(shown.change for shown in self._all_shown())])
            text = json.dumps(news)
            if text != told:
                told = text
                await response.write(f"id: {self._run}-{seen}\ndata: {text}\n\n".encode())
            try:
                async with asyncio.timeout(HEARTBEAT):
                    await api.world.bell.wait()
            except TimeoutError:
                await response.write(b": still here\n\n")

    def _news(self, seen: int) -> Json:
        return {
            "run": self._run,
            "profile": {
                "name": self._api.world.profile.name,
                "description": self._api.world.profile.description,
                "commands": self._api.world.profile.commands.get("", []),
            },
            "people": [
                {
                    "chat": phone.chat,
                    "name": phone.account.first_name,
                    "blocked": phone.blocked,
                    "keyboard": [[asdict(key) for key in row] for row in phone.keyboard],
                    "notices": phone.notices,
                }
                for phone in self._phones.values()
            ],
            "messages": [
                _message(phone.chat, shown)
                for phone in self._phones.values()
                for shown in phone.conversation
                if shown.change > seen
            ],
            "calls": [
                {
                    "at": call.at.isoformat(),
                    "method": call.method,
                    "chat": call.chat,
                    "status": call.status,
                    "message": call.message_id,
                    "description": call.description,
                }
                for call in self._api.calls[-SHOWN_CALLS:]
                if call.method.lower() != "getupdates"
            ],
            "findings": len(self._api.findings),
        }

    def _all_shown(self) -> list[Shown]:
        return [shown for phone in self._phones.values() for shown in phone.conversation]

    async def _about(self, request: web.Request) -> web.Response:
        chat = request.query.get("chat", "")
        facts = await self._panel.about(int(chat)) if chat.isdigit() else None
        return web.json_response(
            {
                "now": self._panel.now().isoformat(),
                "speed": self._panel.speed,
                "speeds": SPEEDS,
                "facts": asdict(facts) if facts else None,
            }
        )

    # ------------------------------------------------------------ what the page does
    def _acts(self, do: Do) -> Handler:
        async def act(request: web.Request) -> web.Response:
            asked = await _asked(request)
            phone = self._phones.get(_number(asked, "chat"))
            if phone is None:
                raise web.HTTPNotFound
            await do(phone, asked)
            return web.json_response({})

        return act

    async def _new_person(self, request: web.Request) -> web.Response:
        name = str((await _asked(request)).get("name", "")).strip()[:64]
        if not name:
            raise web.HTTPBadRequest(text="a new person needs a name")
        id = max(self._phones) + 1
        self._phones[id] = self._api.phone(id, name)
        self._api.world.bell.ring()
        return web.json_response({"chat": id})

    async def _set_speed(self, request: web.Request) -> web.Response:
        speed = _number(await _asked(request), "speed")
        if speed not in SPEEDS:
            raise web.HTTPBadRequest(text=f"the clock runs at {SPEEDS}")
        self._panel.speed = float(speed)
        return web.json_response({"speed": speed})

    async def _skip(self, request: web.Request) -> web.Response:
        await _asked(request)
        moment = await self._panel.skip()
        return web.json_response({"now": moment.isoformat() if moment else None})


async def start_demo(
    api: BotApi, panel: Panel, *, host: str = "127.0.0.1", port: int = 0
) -> DemoPage:
    """Serve the page of a BotApi that runs already; its address is ``.url``."""
    page = DemoPage(api, panel)
    await page.start(host, port)
    return page


async def _types(phone: Phone, asked: Json) -> None:
    if text := str(asked.get("text", "")).strip():
        await phone.types(text)


async def _taps(phone: Phone, asked: Json) -> None:
    await phone.taps_old(_number(asked, "message"), str(asked.get("data", "")))


async def _shares_place(phone: Phone, asked: Json) -> None:
    try:
        latitude, longitude = float(str(asked.get("lat"))), float(str(asked.get("lon")))
    except ValueError:
        raise web.HTTPBadRequest(text="a place has lat and lon") from None
    await phone.shares_place(latitude, longitude)


async def _sends(phone: Phone, asked: Json) -> None:
    match asked.get("what"):
        case "sticker":
            await phone.sends_sticker()
        case "voice":
            await phone.sends_voice()
        case "photo":
            await phone.sends_photo()
        case _:
            raise web.HTTPBadRequest(text="a phone sends a sticker, voice or photo")


async def _blocks(phone: Phone, asked: Json) -> None:
    if asked.get("blocked"):
        await phone.blocks()
    else:
        await phone.unblocks()


ACTIONS: dict[str, Do] = {
    "types": _types,
    "taps": _taps,
    "place": _shares_place,
    "sends": _sends,
    "blocks": _blocks,
}


@web.middleware
async def _only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    name = urlsplit(f"//{request.host}").hostname
    if name not in LOOPBACK:
        raise web.HTTPForbidden(text="the demo answers on loopback only")
    if request.method == "POST" and request.content_type != "application/json":
        # A foreign page can post forms here, but no JSON without asking first.
        raise web.HTTPUnsupportedMediaType
    return await handler(request)


async def _secure(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SECURITY)


def _static(path: Path) -> web.Response:
    return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8")


def _message(chat: int, shown: Shown) -> Json:
    return {
        "chat": chat,
        "id": shown.id,
        "mine": shown.mine,
        "text": shown.text,
        "html": shown.html,
        "at": shown.at.isoformat(),
        "edited": shown.edited,
        "deleted": shown.deleted,
        "silent": shown.silent,
        "buttons": [[key._asdict() for key in row] for row in shown.buttons],
        "file": _file_json(shown.file) if shown.file else None,
    }


def _file_json(file: File) -> Json:
    return {
        "name": file.name,
        "path": f"files/{file.id}",
        "picture": file.picture,
        "size": len(file.body),
    }


async def _asked(request: web.Request) -> Json:
    try:
        asked = await request.json()
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise web.HTTPBadRequest(text="send a JSON object")
    return asked


def _number(asked: Json, name: str) -> int:
    value = asked.get(name)
    if not isinstance(value, int):
        raise web.HTTPBadRequest(text=f"{name} is a whole number")
    return value
