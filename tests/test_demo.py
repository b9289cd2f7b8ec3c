"""Does the demo show beside the phone what the service really has planned, and move its clock?"""

from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from nudger.cli.demo import Panel
from nudger.demo.server import start_demo
from tests.life import join, life

EVENING = datetime(2026, 10, 12, 18, 14, tzinfo=UTC)  # 20:14 in Berlin


async def test_the_panel_tells_clock_quiet_hours_plans_and_reasons(tmp_path: Path) -> None:
    async with life(tmp_path, start=EVENING) as lived:
        panel = Panel(lived.app, lived.clock)
        phone = lived.phone()
        assert await panel.about(phone.chat) is None, "nobody is known before /start"
        await join(phone)
        await phone.until("Something small right now?")
        told = await panel.about(phone.chat)
        assert told is not None
        assert (told.zone, told.time, told.day) == ("Europe/Berlin", "20:14", "Monday 12 October")
        assert not told.quiet
        assert "22:00–08:00" in told.quiet_text
        assert next(each.lane for each in told.planned) in {"a step", "a kind word"}
        assert all(each.why for each in told.planned)
        await phone.types("/apart 2 h")
        await phone.until("Noted until")
        await phone.taps("No")
        await phone.until("I'll ask")
        looking_back = await panel.about(phone.chat)
        assert looking_back is not None
        assert any("look back" in each.lane for each in looking_back.planned)
        await phone.types("/pause 3 days")
        await phone.until("Silent until")
        paused = await panel.about(phone.chat)
        assert paused is not None
        assert "Silent until Thursday 20:14" in paused.paused


async def test_skipping_brings_the_next_nudge_to_the_phone(tmp_path: Path) -> None:
    async with life(tmp_path, start=EVENING) as lived:
        panel = Panel(lived.app, lived.clock)
        assert await panel.skip() is None, "nothing is planned for nobody"
        phone = lived.phone()
        await join(phone, afraid="Rather not say")
        await phone.until("kind word a day")
        phone.puts_away()
        at = await panel.skip()
        assert at is not None
        assert panel.now() >= at
        await phone.until(lambda shown: bool(shown.keys))


async def test_the_page_gets_its_panel_over_http(tmp_path: Path) -> None:
    async with life(tmp_path, start=EVENING) as lived:
        page = await start_demo(lived.api, Panel(lived.app, lived.clock))
        try:
            phone = lived.phone()
            await join(phone, ratings=None)
            await phone.until("Something small right now?")
            async with (
                aiohttp.ClientSession() as web,
                web.get(f"{page.url}panel", params={"chat": phone.chat}) as answer,
            ):
                assert answer.status == 200
                assert "Europe/Berlin" in await answer.text()
        finally:
            await page.stop()
