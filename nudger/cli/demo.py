"""How is nudger tried in a browser: the real service, a Bot API on loopback, a phone-like page?"""

import asyncio
import logging
import signal
import tempfile
import webbrowser
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from nudger import logs
from nudger.app import App
from nudger.clock import Clock
from nudger.demo.bot_api import BotApi
from nudger.demo.panel import PanelFacts, PlannedFact
from nudger.demo.server import start_demo
from nudger.domain.dialogues.quiet import read_back
from nudger.domain.dialogues.telling import because
from nudger.domain.dialogues.turn import Facts
from nudger.domain.nudge import Nudge
from nudger.domain.person import Person
from nudger.domain.refusal import Refusal
from nudger.domain.screen import Label
from nudger.domain.time.local_time import local
from nudger.flows import facts
from nudger.render.message import speaker_for
from nudger.settings import Settings
from nudger.store import people
from nudger.store.coming import next_moments

# Made up, and known to all: they open nothing but the demo itself, which keeps nothing.
TOKEN = "100:a-made-up-token-for-the-demo"  # noqa: S105
KEY = "bnVkZ2VyLWRlbW8ta2V5LWtlZXBzLW5vLXNlY3JldHM="


def demo(*, browser: bool, port: int, speed: float) -> None:
    """Serve the page until it is stopped. What is told to it is gone with it."""
    logs.set_up(None, least=logging.WARNING)
    asyncio.run(_demo(browser=browser, port=port, speed=speed))


async def _demo(*, browser: bool, port: int, speed: float) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    clock = Clock(speed=speed)
    api = BotApi(token=TOKEN, now=clock.now)
    await api.start()
    with tempfile.TemporaryDirectory(prefix="nudger-demo-") as folder:
        settings = Settings(
            bot_token=SecretStr(TOKEN),
            encryption_key=SecretStr(KEY),
            telegram_api_url=api.url,
            data_dir=Path(folder),
        )
        app = await App.open(settings, clock=clock)
        try:
            page = await start_demo(api, Panel(app, clock), port=port)
        except OSError:
            raise Refusal(
                f"Port {port} is taken on this machine. Choose another with --port, or --port 0"
                " for any that is free."
            ) from None
        print(f"nudger demo: {page.url}  (Ctrl-C ends it; nothing leaves this machine)", flush=True)
        if browser:
            webbrowser.open(page.url)
        try:
            await app.run(stop)
        finally:
            await page.stop()
            await api.stop()


class Panel:
    """What stands beside the phone, read from the service's own tables."""

    def __init__(self, app: App, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    @property
    def speed(self) -> float:
        """How fast the demo's clock runs."""
        return self._clock.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._clock.speed = speed

    def now(self) -> datetime:
        """The demo's clock."""
        return self._clock.now()

    async def about(self, chat: int) -> PanelFacts | None:
        """The person's clock, quiet hours, plans and reasons, in the words they would get."""
        now = self.now()
        async with self._app.store.read() as tx:
            person = await people.by_chat(tx, chat)
            if person is None:
                return None
            known = await facts.for_dialogue(
                tx, person, dialogue="panel", world=self._app.world, now=now
            )
        zone = facts.zone_of(person)
        speaker = speaker_for(person, now=now)
        there = local(now, zone)
        pause = person.pause if person.paused(now=now) else None
        return PanelFacts(
            zone=person.zone,
            time=f"{there:%H:%M}",
            day=f"{there:%A %-d %B}",
            quiet=person.quiet.covers(now, zone),
            quiet_text=speaker.say("quiet.left", read_back(person.quiet)),
            planned=tuple(_planned(nudge, known, person, now) for nudge in known.planned),
            paused=speaker.say("pause.until", {"until": pause.until})
            if pause and pause.until
            else speaker.say("pause.open")
            if pause
            else "",
        )

    async def skip(self) -> datetime | None:
        """To the next nudge of anyone."""
        async with self._app.store.read() as tx:
            at = (await next_moments(tx)).nudge
        if at is not None:
            self._clock.leap(at)
        return at


def _planned(nudge: Nudge, known: Facts, person: Person, now: datetime) -> PlannedFact:
    speaker = speaker_for(person, now=now)
    reason = because(nudge.reason, known)
    what = nudge.content.follow_up or nudge.lane
    return PlannedFact(
        local_time=speaker.moment(nudge.due_at, "when"),
        lane=speaker.say("text", {"text": Label(key=f"lane.{what.value}")}),
        why=" ".join(speaker.say(each.key, each.values) for each in (*reason.above, reason)),
    )
