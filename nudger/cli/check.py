"""What is set, and what is missing for `nudger run` to start?"""

import asyncio
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nudger.domain.refusal import Refusal
from nudger.domain.time.local_time import use_pinned_zone_data
from nudger.library import check_library, default_prompts_dir, locales
from nudger.settings import Settings, describe, read_settings

WIDE = 1000  # characters a line where no terminal sets a limit: nothing is cut or wrapped


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing that was looked at. ``missing`` is a sentence on what to do, where it is in the way."""

    name: str
    found: str
    missing: str = ""


def check(environ: Mapping[str, str], *, online: bool) -> int:
    """Print what was found and what is missing; 0 where `nudger run` would start, else 2.

    Raises SettingsRefusal where a setting cannot be understood.
    """
    use_pinned_zone_data()
    settings = read_settings(environ)
    parts = list(_parts(settings, online=online))
    missing = [part.missing for part in parts if part.missing]
    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    console.print(_table((r.name, r.value, r.origin, r.purpose) for r in describe(settings)))
    console.print()
    console.print(_table((part.name, part.found) for part in parts))
    console.print()
    if not missing:
        print("`nudger run` would start.")
        return 0
    print("Before `nudger run` can start:", *missing, sep="\n- ")
    return 2


def _parts(settings: Settings, *, online: bool) -> Iterator[Part]:
    yield _token(settings)
    yield _prompts(settings)
    yield from asyncio.run(_store(settings))
    if online and settings.bot_token is not None:
        yield asyncio.run(_telegram(settings.bot_token, settings.telegram_api_url))


def _token(settings: Settings) -> Part:
    if settings.bot_token is not None:
        return Part(name="token", found="set")
    return Part(
        name="token",
        found="not set",
        missing="Set NUDGER_BOT_TOKEN: @BotFather in Telegram gives one, by /newbot or /token.",
    )


def _prompts(settings: Settings) -> Part:
    folder = settings.prompts_dir or default_prompts_dir()
    findings = check_library(folder)
    wrong = [finding for finding in findings if not finding.warning]
    found = f"{', '.join(locales(folder)) or 'none'} in {folder}: "
    if not findings:
        return Part(name="prompts", found=f"{found}ok")
    return Part(
        name="prompts",
        found=f"{found}{len(findings)} to look at, {len(wrong)} of them wrong",
        missing="Mend the prompts: `nudger prompts check` lists what is wrong, and where."
        if wrong
        else "",
    )


async def _store(settings: Settings) -> list[Part]:
    from nudger.store.look import look

    key = settings.encryption_key
    try:
        seen = await look(
            url=settings.database,
            key=key.get_secret_value() if key else None,
            data_dir=settings.data_dir,
        )
    except Refusal as refusal:
        return [Part(name="database and key", found="cannot be used", missing=str(refusal))]
    if seen.tables is None:
        tables = "empty; the first start makes its tables"
    elif seen.tables == seen.newest:
        tables = f"tables {seen.tables}, up to date"
    else:
        tables = f"tables {seen.tables}; the next start brings them to {seen.newest}"
    made = f"none yet; the first start makes {seen.key_to_make}, to be copied to a safe place"
    return [
        Part(name="database", found=f"{seen.where}: {tables}"),
        Part(name="key", found=made if seen.key_to_make else "ok"),
    ]


async def _telegram(token: SecretStr, api_url: str) -> Part:
    from nudger.telegram.bot import Telegram
    from nudger.telegram.limiter import Limiter

    telegram = Telegram(token=token, api_url=api_url, limiter=Limiter())
    try:
        me = await telegram.start()
    except Refusal as refusal:
        return Part(name="Telegram", found="does not let us in", missing=str(refusal))
    await telegram.stop()
    return Part(name="Telegram", found=f"knows this bot as @{me.username}")


def _table(rows: Iterable[tuple[str, ...]]) -> Table:
    """Names whole, the rest folded where a line is too short; nothing is read as markup."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    return table
