"""How do the parts make one service? The only maker of randomness; it alone starts a clock.

Four loops share the tables and nothing else, so each may die and begin again:

    receive  Telegram -> inbox             handle  inbox -> flows -> outbox, plans
    beat     due nudges -> Telegram        send    outbox -> Telegram
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from nudger.clock import Clock
from nudger.domain.help_line import HelpLine
from nudger.domain.local_time import use_pinned_zone_data, zone_data_version
from nudger.domain.nudge import Nudge
from nudger.domain.prompt import Library
from nudger.domain.refusal import Refusal
from nudger.flows import deliver, plan, send, silence, sweep
from nudger.flows.inbox import Edge, handle, keep
from nudger.flows.world import World
from nudger.library import default_prompts_dir, locales, read_helplines, read_library
from nudger.metronome import Metronome
from nudger.places import country_of, zone_at, zones_at, zones_for
from nudger.render.words import COMMANDS, languages, sentence
from nudger.settings import Settings
from nudger.store import inbox, marks, nudges, outbox
from nudger.store.refusal import StoreRefusal
from nudger.store.store import Store
from nudger.telegram.bot import Telegram
from nudger.telegram.limiter import Limiter
from nudger.telegram.receive import chat_of, read_update, without_place
from nudger.telegram.request import TooMany
from nudger.telegram.verdict import OtherPoller, Unreachable

log = structlog.get_logger()

LONG_POLL = timedelta(seconds=25)
# Two pollers push each other out. Who is told so this soon after the start (real time) came second
# and leaves; who has been here longer tries again, and by that pushes the newcomer out.
NEWCOMER = timedelta(seconds=10)
POLL_AGAIN = 3.0
FIRST_RETRY, LONGEST_RETRY = 1.0, 300.0  # real seconds between tries of what is down
LAST_SENDS = 25.0  # real seconds for what is being sent when the process is told to stop
SWEEP_EVERY = timedelta(hours=1)
PLAN_IDLE_EVERY = timedelta(hours=6)
EDGE = Edge(
    read=lambda raw: read_update(raw, zone_at),
    chat_of=chat_of,
    bare=lambda raw: without_place(raw, zone_at),
)
HANDLED_AT_ONCE = 20  # updates, each of another chat


@dataclass(frozen=True, kw_only=True)
class Texts:
    """All that stands in prompts/."""

    libraries: Mapping[str, Library]
    help_lines: tuple[HelpLine, ...]


def read_texts(folder: Path | None) -> Texts:
    """The texts of every language that the interface speaks too. Raises LibraryError."""
    folder = folder or default_prompts_dir()
    spoken = [language for language in languages() if language in locales(folder)]
    return Texts(
        libraries={language: read_library(folder, language) for language in spoken or languages()},
        help_lines=read_helplines(folder / "helplines.yaml"),
    )


def make_world(texts: Texts, *, owner: str, default_zone: str) -> World:
    """What the flows need, with the only sources of chance there are."""
    return World(
        libraries=texts.libraries,
        help_lines=texts.help_lines,
        zones_for=zones_for,
        zones_at=lambda clock, now: zones_at(clock, now=now),
        country_of=country_of,
        new_id=lambda: secrets.token_hex(8),
        new_seed=lambda: secrets.randbelow(2**31),
        owner=owner,
        default_zone=default_zone,
    )


class App:
    """Everything in one process."""

    def __init__(self, *, store: Store, telegram: Telegram, world: World, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.world = world
        self._telegram = telegram
        self._metronome = Metronome(clock)
        self._to_handle = asyncio.Event()
        self._to_send = asyncio.Event()
        self._claiming = asyncio.Lock()  # from a claim to the task that works on it
        self._under_way: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls, settings: Settings, *, clock: Clock, limiter: Limiter | None = None
    ) -> "App":
        """Read the texts, open the store, reach Telegram. Raises Refusal, with a sentence."""
        use_pinned_zone_data()
        texts = read_texts(settings.prompts_dir)
        if settings.bot_token is None:
            raise Refusal(
                "There is no bot token. Get one from @BotFather and set NUDGER_BOT_TOKEN; or try"
                " `nudger demo`, which needs none."
            )
        key = settings.encryption_key
        store = await Store.open(
            url=settings.database,
            key=key.get_secret_value() if key else None,
            data_dir=settings.data_dir,
        )
        if store.key_made is not None:
            log.warning(
                "key_made", file=str(store.key_made), keep="apart from the data, with a copy"
            )
        telegram = Telegram(
            token=settings.bot_token,
            api_url=settings.telegram_api_url,
            limiter=limiter or Limiter(settings.messages_per_second),
        )
        try:
            me = await telegram.start()
        except BaseException:
            await store.close()
            raise
        log.info("ready", bot=me.username, database=str(store.address))
        world = make_world(texts, owner=store.owner, default_zone=settings.default_timezone)
        return cls(store=store, telegram=telegram, world=world, clock=clock)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; what is being sent then is finished first."""
        try:
            await self._take_up()
            self._metronome.start()
            loops = [
                asyncio.create_task(self._always(name, do), name=name)
                for name, do in {
                    "receive": self._receive,
                    "handle": self._handle,
                    "beat": self._beat,
                    "send": self._send,
                    "sweep": self._sweep,
                    "plan_idle": self._plan_idle,
                }.items()
            ]
            register = asyncio.create_task(self._register(), name="register")
            stopped = asyncio.create_task(stop.wait(), name="stop")
            done, _ = await asyncio.wait([*loops, stopped], return_when=asyncio.FIRST_COMPLETED)
            for task in (*loops, register, stopped):
                task.cancel()
            await asyncio.gather(*loops, register, stopped, return_exceptions=True)
            await self._finish_sends()
            for task in done - {stopped}:
                task.result()
        finally:
            await self._metronome.stop()
            await self._telegram.stop()
            await self.store.close()

    # ------------------------------------------------------------ the loops
    async def _receive(self) -> None:
        """Telegram -> inbox. Only what is committed is confirmed."""
        since, offset = asyncio.get_running_loop().time(), None
        wait = FIRST_RETRY
        while True:
            try:
                batch = await self._telegram.updates(offset, wait=LONG_POLL)
            except OtherPoller:
                if asyncio.get_running_loop().time() - since < NEWCOMER.total_seconds():
                    raise
                log.warning("other_poller")
                await asyncio.sleep(POLL_AGAIN)
                continue
            except (Unreachable, TooMany) as error:
                wait = min(wait * 2, LONGEST_RETRY)
                held = error.wait.total_seconds() if isinstance(error, TooMany) else wait
                log.warning("telegram_unreachable", cause=str(error), again_in=held)
                await asyncio.sleep(held)
                continue
            wait = FIRST_RETRY
            if batch:
                await keep(self.store, batch, edge=EDGE, now=self.clock.now())
                offset = max(update["update_id"] for update in batch) + 1
                self._to_handle.set()

    async def _handle(self) -> None:
        """Inbox -> flows; one chat's updates in order, others beside it."""
        while True:
            self._to_handle.clear()
            now = self.clock.now()
            async with self.store.read() as tx:
                waiting = await inbox.waiting(tx, now=now, limit=HANDLED_AT_ONCE)
            if not waiting:
                await self._to_handle.wait()
                continue
            await asyncio.gather(*(self._handle_one(update) for update in waiting))
            self._to_send.set()
            self._metronome.wake()

    async def _handle_one(self, update: inbox.Update) -> None:
        now = self.clock.now()
        done = await handle(self.store, update, edge=EDGE, world=self.world, now=now)
        if done.query is not None:
            self._in_background(self._telegram.stop_spinner(done.query))
        if done.forgotten:
            await self.store.shred()

    async def _beat(self) -> None:
        """What is due -> Telegram; then the next moment is armed."""
        while True:
            await self._metronome.wait()
            now = self.clock.now()
            await self._rescue(now)
            while await silence.note_silence(self.store, world=self.world, now=now):
                pass
            async with self._claiming:
                for nudge in await deliver.claim_due(self.store, world=self.world, now=now):
                    self._in_background(self._deliver_one(nudge))
            self._to_handle.set()
            self._to_send.set()
            self._metronome.arm(await self._next_moment(now))

    async def _rescue(self, now: datetime) -> None:
        """Take back what nobody works on any more.

        Among many processes a lease tells. The only one there is knows it by itself, and better:
        its clock may leap over a lease in a rehearsal.
        """
        async with self._claiming:
            alone = self.store.single_process
            if alone and self._under_way:
                return
            await self.store.still_here()
            async with self.store.begin() as tx:
                await send.rescue(tx, world=self.world, now=now, all_of_them=alone)

    async def _deliver_one(self, nudge: Nudge) -> None:
        now, world = self.clock.now, self.world
        await deliver.deliver(self.store, nudge, self._telegram.send, world=world, now=now)
        self._to_send.set()
        self._metronome.wake()

    async def _next_moment(self, now: datetime) -> datetime | None:
        async with self.store.read() as tx:
            moments = (
                await nudges.next_due(tx),
                await nudges.next_silence(tx),
                await inbox.next_try(tx),
                await outbox.next_try(tx),
            )
        return min((at for at in moments if at is not None and at > now), default=None)

    async def _send(self) -> None:
        """Outbox -> Telegram, each chat in order."""
        while True:
            self._to_send.clear()
            async with self._claiming:
                outs = await send.claim(self.store, world=self.world, now=self.clock.now())
                for out in outs:
                    self._in_background(self._send_one(out))
            if not outs:
                await self._to_send.wait()
            elif len(self._under_way) >= send.BATCH:
                await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)

    async def _send_one(self, out: outbox.Out) -> None:
        await send.send_out(
            self.store, out, self._telegram.send, world=self.world, now=self.clock.now
        )
        self._to_send.set()

    async def _sweep(self) -> None:
        """Duty: what is kept no longer."""
        await self._metronome.every("sweep", SWEEP_EVERY)
        await sweep.sweep(self.store, now=self.clock.now())

    async def _plan_idle(self) -> None:
        """Duty: plan for those of whom nothing is planned, for time alone may change that."""
        await self._metronome.every("plan_idle", PLAN_IDLE_EVERY)
        await plan.plan_idle(self.store, world=self.world, now=self.clock.now())

    # ------------------------------------------------------------ around them
    async def _always(self, name: str, do: Callable[[], Awaitable[None]]) -> None:
        """Begin a loop again when it fails; what only the operator can mend ends the service."""
        wait = FIRST_RETRY
        while True:
            try:
                await do()
                wait = FIRST_RETRY
            except StoreRefusal as refusal:
                log.warning("store_refused", loop=name, why=str(refusal), again_in=wait)
                await asyncio.sleep(wait)
            except Refusal:
                raise
            except Exception:
                log.exception("loop_failed", loop=name, again_in=wait)
                await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_RETRY)

    async def _take_up(self) -> None:
        """What a process before this one left."""
        now = self.clock.now()
        async with self.store.begin() as tx:
            if self.store.single_process:
                await send.rescue(tx, world=self.world, now=now, all_of_them=True)
            known = await marks.get(tx, marks.ZONE_DATA)
        if known != zone_data_version():
            await plan.plan_all(self.store, world=self.world, now=now)
            async with self.store.begin() as tx:
                await marks.put(tx, marks.ZONE_DATA, zone_data_version())

    async def _register(self) -> None:
        for language in self.world.languages:
            await self._telegram.register(
                [(name, sentence(f"command.{name}", language)) for name in COMMANDS],
                description=sentence("about.bot", language),
                short_description=sentence("about.bot_short", language),
                language=None if language == "en" else language,
            )

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except Refusal as refusal:
                log.warning("not_done", why=str(refusal))
            except Exception:
                log.exception("not_done")

        task = asyncio.create_task(guarded())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _finish_sends(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LAST_SENDS)
