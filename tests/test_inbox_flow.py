"""What becomes of an update that nobody can read, or that we fail on? The next one is handled."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from nudger.flows import inbox as flow
from nudger.flows.respond import respond
from tests.life import Life, join, life

EVENING = datetime(2026, 10, 12, 18, 14, tzinfo=UTC)
FATAL = "make it fail"

Respond = Callable[..., Awaitable[bool]]


async def laid_aside(lived: Life) -> list[str]:
    """The errors of what was laid aside: names of classes, nothing more."""
    async with lived.store.read() as tx:
        query = text("SELECT error FROM inbox WHERE state = 'quarantined'")
        return list((await tx.connection.execute(query)).scalars())


def failing(real: Respond, *, times: int) -> Respond:
    """As `respond`, but for so many times in vain where the fatal words are said."""
    left = [times]

    async def respond(tx: Any, reply: Any, **rest: Any) -> bool:
        done = await real(tx, reply, **rest)
        if getattr(reply.said, "text", "") == FATAL and left[0]:
            left[0] -= 1
            raise RuntimeError(FATAL)
        return done

    return respond


async def test_poison_is_laid_aside_and_the_next_one_is_handled(tmp_path: Path) -> None:
    async with life(tmp_path, start=EVENING) as lived:
        phone = lived.phone()
        poisons: tuple[dict[str, Any], ...] = (
            {"message": {"chat": {"id": 101, "type": "private"}, "message_id": "x", "text": 5}},
            {"message": "garbage"},
            {"callback_query": {"id": [], "from": 7}},
            {"my_chat_member": {"chat": {"id": 101}}},
        )
        for n, poison in enumerate(poisons, start=1):
            await phone.sends_raw({"update_id": n, **poison})
        await phone.types("/start")
        await phone.until("I'm nudger")
        await lived.settle()
        assert len(await laid_aside(lived)) >= 2
        assert all(error.isidentifier() for error in await laid_aside(lived))


async def test_what_failed_once_is_tried_again_and_nothing_of_it_is_doubled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "respond", failing(respond, times=1))
    async with life(tmp_path, start=EVENING) as lived:
        phone = lived.phone()
        await join(phone, afraid="Rather not say")
        await phone.until("kind word a day")
        await phone.types(FATAL)
        await phone.until("went wrong on my side")
        phone.puts_away()
        lived.clock.leap(lived.clock.now() + timedelta(seconds=5))
        await phone.until("kept that as a note")
        await lived.settle()
        assert await laid_aside(lived) == []
        async with lived.store.read() as tx:
            count = (await tx.connection.execute(text("SELECT count(*) FROM note"))).scalar_one()
        assert count == 1


async def test_what_always_fails_is_laid_aside_without_its_words_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(flow, "respond", failing(respond, times=99))
    async with life(tmp_path, start=EVENING) as lived:
        phone = lived.phone()
        await join(phone, afraid="Rather not say")
        await phone.until("kind word a day")
        await phone.types(FATAL)
        await phone.types("/help")
        await phone.until("went wrong on my side")
        phone.puts_away()
        for _ in range(flow.TRIES):
            await asyncio.sleep(0.2)
            lived.clock.leap(lived.clock.now() + timedelta(minutes=2))
        await phone.until("Any time")
        assert await laid_aside(lived) == ["RuntimeError"]
        said = [shown.text for shown in phone.messages if "went wrong" in shown.text]
        assert len(said) == 1, "it is said once"
    logged = capsys.readouterr().err
    assert "update_failed" in logged
    assert FATAL not in logged
