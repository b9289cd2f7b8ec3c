"""How does a test live with nudger: the real service, a real phone, in moved time?

Nothing here is faked but the phone: python-telegram-bot speaks HTTP to the loopback Bot API,
APScheduler beats, the store is a real database. Time moves by leaps to the next due moment.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import bindparam, text

from nudger import logs
from nudger.app import App
from nudger.clock import Clock
from nudger.demo.bot_api import BotApi
from nudger.demo.phone import Phone
from nudger.domain.person import About, Afraid, Person, Phase, Profile, Style
from nudger.flows.plan import plan_again
from nudger.settings import Settings
from nudger.store import people
from nudger.store.coming import next_moments
from nudger.store.store import Store
from nudger.store.types import Moment
from nudger.telegram.limiter import Limiter, Spacing
from tests.stores import KEY

TOKEN = "100:made-up-for-tests"
BERLIN = ZoneInfo("Europe/Berlin")
SETTLED_FOR = 2  # looks in a row that find nothing to do
PATIENCE = 20.0

WAITING = text(
    "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting')"
    " + (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending'))"
    " + (SELECT count(*) FROM nudge WHERE state IN ('claimed', 'sending'))"
    " + (SELECT count(*) FROM nudge WHERE state = 'planned' AND due_at <= :now)"
    " + (SELECT count(*) FROM nudge WHERE state = 'delivered' AND answered_at IS NULL"
    "    AND silence_counted = false AND useful_until <= :now)"
).bindparams(bindparam("now", type_=Moment))


@dataclass(kw_only=True)
class Life:
    """One service that runs, its clock, and the phones of the people it writes to."""

    app: App
    clock: Clock
    api: BotApi

    @property
    def store(self) -> Store:
        """The service's own store."""
        return self.app.store

    def phone(self, id: int = 101, name: str = "Mira", language: str = "en") -> Phone:
        """A made-up person's phone."""
        return self.api.phone(id, name, language)

    async def settle(self) -> None:
        """Until nothing is left to do at this moment."""
        async with asyncio.timeout(PATIENCE):
            quiet = 0
            while quiet < SETTLED_FOR:
                await self.api.settled()
                async with self.store.read() as tx:
                    looked_for = WAITING.bindparams(now=self.clock.now())
                    busy = (await tx.connection.execute(looked_for)).scalar_one()
                quiet = 0 if busy else quiet + 1
                await asyncio.sleep(0.005 if busy else 0.002)

    async def live_until(self, moment: datetime) -> None:
        """From one due moment to the next, as far as ``moment``."""
        await self.settle()
        while True:
            async with self.store.read() as tx:
                coming = await next_moments(tx)
            following = min((at for at in (coming.nudge, coming.silence) if at), default=None)
            if following is None or following > moment:
                break
            self.clock.leap(max(following, self.clock.now() + timedelta(milliseconds=1)))
            await self.settle()
        self.clock.leap(moment)
        await self.settle()

    async def until_local(self, day: int, hour: int, minute: int = 0) -> None:
        """Until that clock time in Berlin, in October 2026 (or, from 32 on, in November)."""
        first = datetime(2026, 10, 1, hour, minute, tzinfo=BERLIN)
        await self.live_until(first + timedelta(days=day - 1))


@asynccontextmanager
async def life(
    folder: Path, *, start: datetime, url: str | None = None, api: BotApi | None = None
) -> AsyncIterator[Life]:
    """The service from its start to its end, on SQLite in ``folder`` or on the database at ``url``."""
    logs.set_up("json", secrets=(TOKEN, KEY))
    clock = Clock(start=start)
    own_api = api is None
    api = api or BotApi(token=TOKEN, now=clock.now)
    if own_api:
        await api.start()
    app = await App.open(
        Settings(
            bot_token=SecretStr(TOKEN),
            telegram_api_url=api.url,
            data_dir=folder,
            database_url=SecretStr(url) if url else None,
            encryption_key=SecretStr(KEY),
        ),
        clock=clock,
        limiter=Limiter(1000, each_chat=Spacing(gap=0, slack=0)),
    )
    stop = asyncio.Event()
    running = asyncio.create_task(app.run(stop))
    try:
        yield Life(app=app, clock=clock, api=api)
    finally:
        stop.set()
        try:
            await running
        finally:
            if own_api:
                await api.stop()


async def join(
    phone: Phone,
    *,
    about: str = "Partner",
    loss: str = "No",
    afraid: str = "No",
    style: str = "I worry they'll leave",
    city: str = "Berlin",
    time: str = "Evening",
    ratings: str | None = "24567",
) -> None:
    """The first questions, tapped through; ratings None skips them."""
    await phone.types("/start")
    await phone.until("I'm nudger")
    await phone.taps("I'm 18 or older")
    await phone.until("mostly about")
    await phone.taps(about)
    if about in {"Ex", "Nobody right now"}:
        await phone.until("a loss behind it")
        await phone.taps(loss)
    await phone.until("afraid of")
    await phone.taps(afraid)
    await phone.until("sounds most like")
    await phone.taps(style)
    await phone.until("where are you")
    await phone.types(city)
    await phone.until("Every night")
    await phone.taps("Yes")
    await phone.until("one small thing")
    await phone.taps(time)
    if afraid != "No" or loss != "No":
        return  # no steps, so nothing to rate
    if ratings is None:
        await phone.until("would this be")
        await phone.taps("Skip these")
        return
    for rating in ratings:
        await phone.until("would this be")
        await phone.taps(rating)


async def joined(lived: Life, phone: Phone, **told: Any) -> None:
    """Someone who has answered the first questions already, where they are not what is lived."""
    profile = Profile(
        adult=True, about=About.PARTNER, afraid=Afraid.NO, style=Style.ANXIOUS, country="DE"
    )
    now, world = lived.clock.now(), lived.app.world
    person = Person(
        id=world.new_id(),
        chat=phone.chat,
        seed=world.new_seed(),
        joined_at=now,
        phase=Phase.JOINED,
        zone="Europe/Berlin",
        profile=replace(profile, **told),
    )
    async with lived.store.begin() as tx:
        await people.add(tx, person)
        await plan_again(tx, person, world=world, now=now)
