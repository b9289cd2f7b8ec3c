"""What is lost, or doubled, when the process dies at any line? The real one, killed with -9."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nudger.demo.bot_api import BotApi
from nudger.places import zones_for
from tests.life import TOKEN, join
from tests.processes import Process

PATIENT = 30.0  # a restart lies in between
SPEED = 300.0  # a ten-minute step takes two seconds
NOTES, KILLS = 12, 3


def where_it_is_morning() -> str:
    """A city with hours of the day ahead: the process has the real clock, and nights are quiet."""
    cities = ("Honolulu", "Los Angeles", "New York", "London", "Dubai", "Tokyo", "Auckland")
    zones = {city: ZoneInfo(zones_for(city)[0]) for city in cities}
    now = datetime.now(UTC)
    hours = {city: now.astimezone(zone).hour for city, zone in zones.items()}
    return next(city for city, hour in hours.items() if 8 <= hour < 16)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """A Telegram that outlives the service."""
    api = BotApi(token=TOKEN, now=lambda: datetime.now(UTC))
    await api.start()
    yield api
    await api.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    """None is SQLite in the data folder."""
    if request.param == "sqlite":
        return None
    found: str = request.getfixturevalue("postgres_url")
    return found


async def test_an_attempt_goes_on_after_a_kill_and_asks_once_how_it_went(
    tmp_path: Path, api: BotApi, url: str | None
) -> None:
    service = Process(api=api, folder=tmp_path, url=url, speed=SPEED)
    await service.start()
    phone = api.phone(101, "Mira")
    await join(phone, city=where_it_is_morning())
    await phone.taps("I'm in")
    await phone.until("alarm say")
    await service.kill()
    await phone.taps("They'll be annoyed")  # tapped while nobody is there
    await service.start()
    await phone.until("How sure", PATIENT)
    await phone.taps("70 %")
    await phone.until("How bad")
    await phone.taps("6")
    await phone.until(lambda shown: any(key.label == "Start" for key in shown.keys))
    await phone.taps("Start")
    await phone.until("Running until")
    await service.kill()
    phone.puts_away()
    await service.start()
    await phone.until("How did it go?", PATIENT)
    await phone.taps("I waited it out")
    await phone.until("Worst moment")
    await service.kill()
    await service.start()
    await phone.taps("4")  # the same button still works
    await phone.until("annoyed?", PATIENT)
    await phone.taps("No")
    await phone.until("Feared: annoyed, 70 %. Happened: no. Expected 6, the worst was 4.")
    assert await service.stop() == 0
    asked = [c for c in api.calls if "How did it go?" in str(c.params.get("text"))]
    assert len(asked) == 1


async def test_no_reply_is_lost_or_doubled_however_often_the_process_dies(
    tmp_path: Path, api: BotApi, url: str | None
) -> None:
    luck = random.Random(7)
    service = Process(api=api, folder=tmp_path, url=url)
    await service.start()
    phone = api.phone(101, "Mira")
    await join(phone, ratings=None, afraid="Rather not say")
    await phone.until("kind word a day")
    said = [f"note number {n} of {NOTES}" for n in range(NOTES)]
    for n, words in enumerate(said):
        await phone.types(words)
        if n % (NOTES // KILLS) == NOTES // KILLS - 1:
            await asyncio.sleep(luck.random() * 0.15)  # anywhere between fetching and answering
            await service.kill()
            await service.start()
    await phone.types("/export")
    await phone.until("as two files", PATIENT)  # after all answers before it
    answered = len([c for c in api.calls if "kept that as a note" in str(c.params.get("text"))])
    await phone.taps("Send it")
    shown = await phone.until(lambda s: s.file is not None and s.file.name.endswith(".json"))
    assert shown.file is not None
    kept = Counter(note["words"] for note in json.loads(shown.file.body)["notes"])
    assert kept == Counter(said)
    assert NOTES <= answered <= 2 * NOTES, "an answer of unknown fate goes out once more, not twice"
    assert await service.stop() == 0
