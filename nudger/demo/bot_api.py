"""What does a bot meet that speaks to Telegram over HTTP?

The demo's server and the tests' only double: real HTTP on loopback, Telegram's answers and
refusals, its limits on every call, a log of all calls, and faults on demand.

    /bot<token>/<method>   the Bot API
    /file/bot<token>/...   what was sent as a file
    /log                   GET: calls and findings as JSON, for a checker from outside
    /faults                POST: order a fault; DELETE: take all back
"""

import asyncio
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from aiohttp import web

from nudger.demo import faults, refusals
from nudger.demo.chats import Account
from nudger.demo.faults import Ending, Fault, Faults
from nudger.demo.limits import DOCUMENT
from nudger.demo.methods import METHODS, SENDS
from nudger.demo.params import Params, read_params
from nudger.demo.phone import Phone
from nudger.demo.rates import Rates
from nudger.demo.refusals import Json, RefusedError
from nudger.demo.world import World

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call as it was seen. ``at`` is the played time, ``monotonic`` the real one.

    ``status`` is what was answered, 0 where the connection was cut. ``message_id`` is the message
    sent or edited, also where the bot never learned it.
    """

    method: str
    params: Json
    chat: int | None
    at: datetime
    monotonic: float
    status: int
    message_id: int | None = None
    description: str = ""

    def json(self) -> Json:
        """As ``/log`` shows it."""
        return asdict(self) | {"at": self.at.isoformat()}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One of Telegram's limits that a call broke; ``limit`` names it."""

    limit: str
    method: str
    chat: int | None
    what: str
    at: datetime

    def json(self) -> Json:
        """As ``/log`` shows it."""
        return asdict(self) | {"at": self.at.isoformat()}


class BotApi:
    """Telegram, as far as one bot sees it."""

    def __init__(
        self, *, token: str, now: Callable[[], datetime], strict_rates: bool = False
    ) -> None:
        self.token = token
        self.strict_rates = strict_rates
        self.calls: list[Call] = []
        self.findings: list[Finding] = []
        bot_id = token.partition(":")[0]
        self.world = World(bot_id=int(bot_id) if bot_id.isdigit() else 1, now=now)
        self._faults = Faults()
        self._rates = Rates()
        self._under_way = 0
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._host = ""

    # ------------------------------------------------------------ for those who start it
    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen on loopback; port 0 takes any that is free."""
        if host not in LOOPBACK:
            raise ValueError(f"the Bot API double listens on loopback only, not on {host}")
        app = web.Application(client_max_size=2 * DOCUMENT)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_get("/log", self._log)
        app.router.add_post("/faults", self._order_fault)
        app.router.add_delete("/faults", self._clear_faults)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.world.updates.closed = False
        self._host, self._port = host, self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port; what was said stays, and ``start`` with the same port goes on."""
        self.world.updates.closed = True
        self.world.bell.ring()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        """The server's root: ``<url>/bot<token>/<method>`` is a call."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def phone(self, id: int, first_name: str = "Ada", language_code: str = "en") -> Phone:
        """The phone of a made-up person, new or known."""
        account = Account(id=id, first_name=first_name, language_code=language_code)
        return Phone(self.world, self.world.chat_of(account))

    def fail(
        self,
        method: str | None = None,
        *,
        with_: Fault,
        times: int | None = 1,
        chat: int | None = None,
    ) -> None:
        """Let the next ``times`` calls (None: all) of a method (None: any) to a chat go wrong."""
        self._faults.order(with_, method=method, chat=chat, times=times)

    def heal(self) -> None:
        """Take back all faults."""
        self._faults.clear()

    async def settled(self, patience: float = 5.0) -> None:
        """Until the bot has confirmed every update and no call but a getUpdates is under way."""
        async with asyncio.timeout(patience):
            while self.world.updates.unconfirmed or self._under_way:
                await self.world.bell.wait()

    # ------------------------------------------------------------ HTTP
    async def _answer(self, request: web.Request) -> web.Response:
        method, given = request.match_info["method"], request.match_info["token"]
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            return _respond(RefusedError("Unauthorized", code=401))
        try:
            params = await read_params(request)
        except RefusedError as refused:
            return _respond(refused)
        polls = method.lower() == "getupdates"
        self._under_way += not polls
        try:
            return await self._met(request, method, params)
        finally:
            self._under_way -= not polls
            self.world.bell.ring()

    async def _met(self, request: web.Request, method: str, params: Params) -> web.Response:
        """One call with its fault, if one was ordered, seen and logged."""
        chat = self._chat_of(params)
        fault = self._faults.next_for(method, chat) or Fault(takes_effect=True)
        began = time.monotonic()
        if fault.before:
            await asyncio.sleep(fault.before)
        message_id: int | None = None
        body: Json = {}
        status, description = fault.status, ""
        if fault.takes_effect:
            status, body, message_id = await self._effect(method, chat, params)
            description = str(body.get("description", ""))
        if fault.body is not None:
            status = fault.status
        cut = fault.ending is Ending.CUT
        if body.get("result") != []:  # an empty getUpdates is no news
            self.calls.append(
                Call(
                    method=method,
                    params=params.for_log(),
                    chat=chat,
                    at=self.world.now(),
                    monotonic=began,
                    status=0 if cut else status,
                    message_id=message_id,
                    description=description,
                )
            )
        if fault.after:
            await asyncio.sleep(fault.after)
        if cut:
            return _cut(request)
        text = fault.body if fault.body is not None else json.dumps(body)
        if fault.ending is Ending.TRUNCATED:
            text = text[: len(text) // 2]
        html = text.startswith("<")
        return web.Response(
            text=text, status=status, content_type="text/html" if html else "application/json"
        )

    async def _effect(
        self, method: str, chat: int | None, params: Params
    ) -> tuple[int, Json, int | None]:
        """What the method does: status, answer, and the message it touched."""
        world = self.world
        try:
            known = METHODS.get(method.lower())
            if known is None:
                raise RefusedError("Not Found: method not found", code=404)  # noqa: TRY301
            if method.lower() in SENDS:
                self._count_send(method, chat)
            result = await known(world, params)
        except RefusedError as refused:
            if refused.limit:
                self._find(refused.limit, method, chat, refused.description)
            return refused.code, refused.body(), None
        finally:
            for advice in world.advice:
                self._find("row", method, chat, advice)
            world.advice.clear()
        message_id = result.get("message_id") if isinstance(result, dict) else None
        return (
            200,
            {"ok": True, "result": result},
            message_id if isinstance(message_id, int) else None,
        )

    def _count_send(self, method: str, chat: int | None) -> None:
        broken = self._rates.count(chat or 0, at=time.monotonic())
        if broken is None:
            return
        what, wait = broken
        self._find("rate", method, chat, what)
        if self.strict_rates:
            raise refusals.too_many(wait)

    def _find(self, limit: str, method: str, chat: int | None, what: str) -> None:
        self.findings.append(
            Finding(limit=limit, method=method, chat=chat, what=what, at=self.world.now())
        )

    def _chat_of(self, params: Params) -> int | None:
        tapped = self.world.queries.get(params.text("callback_query_id"))
        return tapped.chat if tapped else params.number("chat_id")

    async def _download(self, request: web.Request) -> web.Response:
        file = next(
            (f for f in self.world.files.values() if f.path == request.match_info["path"]), None
        )
        if file is None or request.match_info["token"] != self.token:
            return _respond(RefusedError("Not Found", code=404))
        return web.Response(body=file.body, content_type="application/octet-stream")

    async def _log(self, request: web.Request) -> web.Response:
        since = request.query.get("since", "0")
        first = int(since) if since.isdigit() else 0
        return web.json_response(
            {
                "calls": [call.json() for call in self.calls[first:]],
                "findings": [finding.json() for finding in self.findings],
            }
        )

    async def _order_fault(self, request: web.Request) -> web.Response:
        order = (await read_params(request)).values
        details = {k: v for k, v in order.items() if k not in {"method", "times", "chat", "kind"}}
        try:
            fault = faults.BY_NAME[str(order.get("kind"))](**details)
        except (KeyError, TypeError):
            return web.json_response(
                {"error": f"say a kind, one of {', '.join(faults.BY_NAME)}, and its arguments"},
                status=400,
            )
        self._faults.order(
            fault,
            method=_text_or_none(order.get("method")),
            chat=_number_or_none(order.get("chat")),
            times=_number_or_none(order.get("times", 1)),
        )
        return web.json_response({"ordered": order})

    async def _clear_faults(self, _request: web.Request) -> web.Response:
        self.heal()
        return web.json_response({"ordered": None})


def _respond(refused: RefusedError) -> web.Response:
    return web.json_response(refused.body(), status=refused.code)


def _cut(request: web.Request) -> web.Response:
    """Reset the connection, so that the bot learns nothing."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _number_or_none(value: object) -> int | None:
    return None if value is None else int(str(value))
