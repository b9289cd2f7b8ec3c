"""How does a call of python-telegram-bot reach Telegram?

Over aiohttp: python-telegram-bot's own transport scans its whole pool at every request, and carries
a sixth of what this does with 50 ms of network between.

What goes wrong is told apart by what is safe to do next:

    TelegramError
    ├── TooMany           refused for now, with the time to wait
    ├── NetworkError
    │   ├── NeverLeft     no byte of it reached Telegram: it may be sent again
    │   ├── Unclear       it may have happened: broken connection, late, 5xx, unreadable answer
    │   └── BadRequest    answered: refused
    └── Forbidden, InvalidToken, Conflict    answered: refused

The token is known here alone. python-telegram-bot is given addresses without it, so none of its
log lines, errors and reprs can show it; aiohttp's errors, which may, end here.
"""

import json
from datetime import timedelta
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from pydantic import SecretStr
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

CONNECT_TIMEOUT = 10.0  # seconds, waiting for a free connection included
READ_TIMEOUT = 20.0  # seconds without a byte; Telegram answers a send within one
WRITE_TIMEOUT = 20.0  # seconds; an export of some megabytes over a slow line
CONNECTIONS = 128  # enough for 1,000 messages a second at 100 ms each
LEAST_WAIT = timedelta(seconds=1)  # after a 429 that does not say how long
LONGEST_WAIT = timedelta(days=1)  # then one more call tells

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
_Body = dict[str, bytes | aiohttp.FormData | dict[str, str]]


class NeverLeft(NetworkError):  # noqa: N818 - these three say what happened, as PTB's own do
    """No byte of the call reached Telegram. The message is the name of the cause."""


class Unclear(NetworkError):  # noqa: N818
    """The call may have happened. ``status`` is what was answered, where something was."""

    def __init__(self, cause: str, *, status: int | None = None) -> None:
        super().__init__(cause)
        self.status = status


class TooMany(TelegramError):  # noqa: N818
    """Telegram refused this call (429) and any other for as long as ``wait``.

    python-telegram-bot's RetryAfter is not used: its wait is about to change its type, and it
    warns about that whenever one is made.
    """

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"Too many calls, wait {wait.total_seconds():g} s")
        self.wait = wait


class AiohttpRequest(BaseRequest):
    """python-telegram-bot's transport. An address is a path behind the bot's root: "/sendMessage"."""

    def __init__(self, *, api_url: str, token: SecretStr) -> None:
        self._root = f"{api_url.rstrip('/')}/bot{quote(token.get_secret_value(), safe=':')}"
        self._proxy: str | None = None
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds, where a call names none."""
        return READ_TIMEOUT

    async def initialize(self) -> None:
        """Open the pool; a second time does nothing."""
        if self._session is None:
            self._proxy = _proxy_to(self._root)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close the pool; a second time does nothing."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - part of connecting
    ) -> tuple[int, bytes]:
        """One call there and back. Raises NeverLeft, Unclear or TooMany."""
        if self._session is None:
            raise NeverLeft("Closed")
        timeout = _timeout(read_timeout, write_timeout, connect_timeout)
        failure: TelegramError
        try:
            async with self._session.request(
                method,
                self._root + url,
                timeout=timeout,
                proxy=self._proxy,
                allow_redirects=False,
                **_body(request_data),  # type: ignore[arg-type] # one of two shapes, see there
            ) as response:
                return _checked(response.status, await response.read())
        except TelegramError:
            raise
        except _NEVER_LEFT as error:
            failure = NeverLeft(type(error).__name__)
        except Exception as error:  # noqa: BLE001 - whatever it is, its text may show the address
            failure = Unclear(type(error).__name__)
        # Raised out here, where no context hangs on it that a traceback would print.
        raise failure


def _proxy_to(url: str) -> str | None:
    """The proxy out of the environment, looked up once: aiohttp starts a thread for each look.

    A Bot API on this machine (the demo's) is reached without one.
    """
    parts = urlsplit(url)
    if not parts.hostname or parts.hostname in _LOOPBACK or proxy_bypass(parts.hostname):
        return None
    return getproxies().get(parts.scheme)


def _timeout(read: object, write: object, connect: object) -> aiohttp.ClientTimeout:
    """The whole is longer than connecting, so what runs out of it has left."""

    def seconds(given: object, default: float) -> float:
        return given if isinstance(given, int | float) else default

    to_connect, to_read = seconds(connect, CONNECT_TIMEOUT), seconds(read, READ_TIMEOUT)
    return aiohttp.ClientTimeout(
        connect=to_connect,
        sock_read=to_read,
        total=to_connect + seconds(write, WRITE_TIMEOUT) + to_read,
    )


def _body(data: RequestData | None) -> _Body:
    if data is None:
        return {}
    if not data.contains_files:  # JSON costs half of what a form does
        return {
            "data": json.dumps(data.parameters).encode(),
            "headers": {"Content-Type": "application/json"},
        }
    form = aiohttp.FormData()
    for name, text in data.json_parameters.items():
        form.add_field(name, text)
    for name, (file_name, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=kind)
    return {"data": form}


def _checked(status: int, body: bytes) -> tuple[int, bytes]:
    """An answer that python-telegram-bot can only read as what it is.

    It prints a body that is no JSON, into its log and its errors; and it fails on an envelope with
    something missing. Of a refusal only the description goes on.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    match answer:
        case {"ok": True, "result": _} if 200 <= status < 300:
            return status, body
        case {"ok": False, "parameters": {"retry_after": int() | float() as seconds}}:
            # In this order, so that what is no number becomes the longest.
            most = min(LONGEST_WAIT.total_seconds(), seconds)
            raise TooMany(max(LEAST_WAIT, timedelta(seconds=most)))
    if status == 429:
        raise TooMany(LEAST_WAIT)
    match answer:
        case {"ok": False, "description": str() as description} if 400 <= status < 500:
            return status, json.dumps({"description": description}).encode()
    raise Unclear(f"Http{status}", status=status)
