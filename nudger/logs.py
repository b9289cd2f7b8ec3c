"""What does a log line look like, and what may never stand in one?

A line is a constant event name with fields: ids, counts, names of reasons and errors. A person's
words and a prompt's text are not logged at all; secrets are taken out of whatever is logged, in
the last place before a line leaves, so that tracebacks and other libraries' lines are covered too.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO
from urllib.parse import quote

import structlog

HIDDEN = "[hidden]"

# httpx prints addresses with the bot token in them, aiosqlite and SQLAlchemy print parameters.
QUIET = (
    "httpx",
    "httpcore",
    "telegram",
    "alembic",
    "apscheduler",
    "aiosqlite",
    "sqlalchemy",
    "aiohttp.access",
)
# Its only lines show the body of an unreadable answer, which may hold a person's words.
SILENT = ("telegram.request",)

_TOKEN = re.compile(r"(?:(?<=bot)\d+|\b\d{5,}):[\w-]{20,}|(?<=bot)\d+:[\w-]+")
_PASSWORD = re.compile(r"(?<=://)([^\s:/@]*):[^\s@/]+@")

Redact = Callable[[str], str]


def redacting(secrets: Iterable[str]) -> Redact:
    """A function that takes ``secrets``, and all that looks like a bot token, out of a text."""
    # In JSON, in an address and in a repr a secret is written in other ways.
    ways = (str, _in_json, _in_ascii_json, lambda s: quote(s, safe=""), lambda s: repr(s)[1:-1])
    written = {way(secret) for secret in secrets if secret for way in ways}
    longest_first = sorted(written, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def redact(text: str) -> str:
        text = known.sub(HIDDEN, text)
        text = _TOKEN.sub(HIDDEN, text)
        return _PASSWORD.sub(rf"\1:{HIDDEN}@", text)

    return redact


def set_up(
    log_format: str | None = None,
    *,
    secrets: Iterable[str] = (),
    out: TextIO | None = None,
    least: int = logging.INFO,
) -> None:
    """Send every log line of this process to ``out`` (default: standard error).

    The format is console or json; without one it is console on a terminal, else json. What counts
    less than ``least`` is left out. Called again it starts over.
    """
    on_terminal = (out or sys.stderr).isatty()
    as_json = log_format == "json" or (log_format is None and not on_terminal)
    common: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=on_terminal, exception_formatter=structlog.dev.plain_traceback
        )
    )
    handler = _Handler(out, redacting(secrets))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*common, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _traced_without_words,
                last,
            ],
        )
    )
    structlog.configure(
        processors=[*common, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,  # a logger made at import follows a later set_up
    )
    root = logging.getLogger()
    for other in [h for h in root.handlers if isinstance(h, _Handler)]:
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(least)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    logging.captureWarnings(capture=True)


def _traced_without_words(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Where an exception came from: classes and lines of code, never its text or any value.

    Its text may quote what a person wrote.
    """
    fault = event.pop("exc_info", None)
    if isinstance(fault, tuple):
        fault = fault[1]
    elif fault is True:
        fault = sys.exc_info()[1]
    if isinstance(fault, BaseException):
        event["exception"] = "\n".join(_trace(fault))
    return event


def _trace(fault: BaseException | None) -> Iterator[str]:
    while fault is not None:
        yield type(fault).__qualname__
        for frame in traceback.extract_tb(fault.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} {frame.name}"
        fault = fault.__cause__ or fault.__context__


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _in_ascii_json(text: str) -> str:
    return json.dumps(text)[1:-1]


class _Handler(logging.Handler):
    """Writes lines with the secrets taken out. Standard error is looked up for each, for it may
    be another one by then.
    """

    def __init__(self, out: TextIO | None, redact: Redact) -> None:
        super().__init__()
        self._out = out
        self._redact = redact

    def emit(self, record: logging.LogRecord) -> None:
        out = self._out or sys.stderr
        try:
            line = self._redact(self.format(record))
        except Exception:  # noqa: BLE001 - a line that cannot be made must not end what it is about
            # The standard library would print its arguments as they are.
            line = f"log_line_lost logger={record.name} line={record.lineno}"
        out.write(f"{line}\n")
        out.flush()
