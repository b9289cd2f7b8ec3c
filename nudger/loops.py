"""What runs all the time, and what happens when it fails?

Four loops share the tables and nothing else, so each may fail and begin again:

    receive  Telegram -> inbox             handle  inbox -> flows -> outbox, plans
    beat     due nudges -> Telegram        send    outbox -> Telegram
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from nudger.clock import Clock
from nudger.domain.nudge import LEASE, Nudge, State
from nudger.domain.refusal import Refusal
from nudger.flows import deliver, plan, send, silence, sweep
from nudger.flows.inbox import Edge, handle, keep
from nudger.flows.world import World
from nudger.metronome import Metronome
from nudger.store import inbox, outbox
from nudger.store.coming import Coming, next_moments
from nudger.store.refusal import StoreRefusal
from nudger.store.store import Store
from nudger.telegram.bot import Telegram
from nudger.telegram.request import TooMany
from nudger.telegram.verdict import OtherPoller, Unreachable

log = structlog.get_logger()

LONG_POLL = timedelta(seconds=25)
# Two pollers push each other out. Who is told so this soon after the start (real time) came second
# and leaves; who has been here longer tries again, and by that pushes the newcomer out.
NEWCOMER, POLL_AGAIN = 10.0, 3.0
FIRST_RETRY, LONGEST_RETRY = 1.0, 300.0  # real seconds between tries of what is down
LAST_SENDS = 25.0  # real seconds for what is being sent when the process is told to stop
RESCUE_EVERY = 15.0  # real seconds
SWEEP_EVERY = timedelta(hours=1)
PLAN_IDLE_EVERY = timedelta(hours=6)
HANDLED_AT_ONCE = 20  # updates, each of another chat
CLAIMED_AT_ONCE = 100
ANOTHERS = 0.2  # real seconds to wait where another worker handles what waits


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the loops bring together. ``per_second`` is how many messages may leave."""

    store: Store
    telegram: Telegram
    edge: Edge
    world: World
    clock: Clock
    per_second: float


class Loops:
    """The loops of one process, and what they have under way."""

    def __init__(self, parts: Parts) -> None:
        self._store, self._telegram = parts.store, parts.telegram
        self._edge, self._world, self._clock = parts.edge, parts.world, parts.clock
        # What is claimed must leave well within its lease.
        self._most = max(1, int(parts.per_second * LEASE.total_seconds() / 4))
        self._metronome = Metronome(parts.clock)
        self._to_handle = asyncio.Event()
        self._to_send = asyncio.Event()
        self._claiming = asyncio.Lock()  # from a claim to the task that works on it
        self._later: asyncio.TimerHandle | None = None  # when Telegram lets us go on
        self._sending: set[asyncio.Task[None]] = set()
        self._aside: set[asyncio.Task[None]] = set()  # spinners; nobody waits for them
        self._fatal: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._started = self._rescued = asyncio.get_running_loop().time()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; what is being sent then is finished first."""
        self._metronome.start()
        loops = {
            "receive": self._receive,
            "handle": self._handle,
            "beat": self._beat,
            "send": self._send,
            "sweep": self._sweep,
            "plan_idle": self._plan_idle,
        }
        tasks = [asyncio.create_task(self._always(name, do)) for name, do in loops.items()]
        stopped = asyncio.create_task(stop.wait())
        try:
            ends: list[asyncio.Future[Any]] = [*tasks, stopped, self._fatal]
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*tasks, stopped):
                task.cancel()
            await asyncio.gather(*tasks, stopped, return_exceptions=True)
            async with self._claiming:
                pass  # a claim that was under way has its tasks now
            if self._sending:
                await asyncio.wait(self._sending, timeout=LAST_SENDS)
            await self._metronome.stop()
        for end in done:
            end.result()

    # ------------------------------------------------------------ the loops
    async def _receive(self) -> None:
        """Telegram -> inbox. Only what is committed is confirmed."""
        offset, wait = None, FIRST_RETRY
        while True:
            try:
                batch = await self._telegram.updates(offset, wait=LONG_POLL)
            except OtherPoller:
                if asyncio.get_running_loop().time() - self._started < NEWCOMER:
                    raise
                log.warning("other_poller")
                await asyncio.sleep(POLL_AGAIN)
                continue
            except (Unreachable, TooMany) as error:
                held = error.wait.total_seconds() if isinstance(error, TooMany) else wait
                log.warning("telegram_unreachable", cause=str(error), again_in=held)
                await asyncio.sleep(held)
                wait = min(wait * 2, LONGEST_RETRY)
                continue
            wait = FIRST_RETRY
            if batch:
                await keep(self._store, batch, edge=self._edge, now=self._clock.now())
                offset = max(update["update_id"] for update in batch) + 1
                self._to_handle.set()

    async def _handle(self) -> None:
        """Inbox -> flows; one chat's updates in order, others beside it."""
        while True:
            self._to_handle.clear()
            async with self._store.read() as tx:
                now = self._clock.now()
                waiting = await inbox.waiting(tx, now=now, limit=HANDLED_AT_ONCE)
            if not waiting:
                await self._to_handle.wait()
                continue
            done = await asyncio.gather(*(self._handle_one(update) for update in waiting))
            if not any(done):
                await asyncio.sleep(ANOTHERS)
                continue
            self._to_send.set()
            self._metronome.wake()

    async def _handle_one(self, update: inbox.Update) -> bool:
        now = self._clock.now()
        done = await handle(self._store, update, edge=self._edge, world=self._world, now=now)
        if done.query is not None:
            spinner = self._telegram.stop_spinner(done.query)
            self._start(spinner, among=self._aside)
        if done.forgotten:
            await self._store.shred()
        return done.held

    async def _beat(self) -> None:
        """What is due -> Telegram; then the next moment is armed."""
        while True:
            await self._metronome.wait()
            await self._rescue()
            coming, now = await self._coming(), self._clock.now()
            nudge_is_due = coming.nudge is not None and coming.nudge <= now
            held = self._telegram.held() is not None  # what cannot leave may lose its use
            if (coming.silence is not None and coming.silence <= now) or (nudge_is_due and held):
                while await silence.note_silence(self._store, world=self._world, now=now):
                    pass
            if nudge_is_due:
                await self._claim(self._claim_nudges)
            if coming.update is not None and coming.update <= now:
                self._to_handle.set()
            if coming.out is not None and coming.out <= now:
                self._to_send.set()
            soonest = coming.soonest()
            if soonest is not None and soonest <= now:
                # It is being done, or cannot be yet: look again in a moment.
                coming = await self._coming()
                soonest = coming.soonest()
                soonest = soonest and max(soonest, now + timedelta(seconds=self._clock.speed))
            self._metronome.arm(soonest)

    async def _send(self) -> None:
        """Outbox -> Telegram, each chat in order."""
        while True:
            self._to_send.clear()
            if not await self._claim(self._claim_outs):
                await self._to_send.wait()

    async def _sweep(self) -> None:
        """Duty: what is kept no longer."""
        async with self._metronome.turn("sweep", SWEEP_EVERY):
            await sweep.sweep(self._store, now=self._clock.now())

    async def _plan_idle(self) -> None:
        """Duty: plan for those of whom nothing is planned, for time alone may change that."""
        async with self._metronome.turn("plan_idle", PLAN_IDLE_EVERY):
            await plan.plan_idle(self._store, world=self._world, now=self._clock.now())

    # ------------------------------------------------------------ claims, and what works on them
    async def _claim(self, claim: Callable[[int], Coroutine[None, None, bool]]) -> bool:
        """Claim no more than can leave in time; True where something was claimed.

        Shielded: what is claimed must have its task, whatever becomes of the loop.
        """
        free = min(CLAIMED_AT_ONCE, self._most - len(self._sending))
        if free <= 0:
            await asyncio.wait(self._sending, return_when=asyncio.FIRST_COMPLETED)
            return True
        held = self._telegram.held()
        if held is not None:
            self._go_on_after(held)
            return False

        async def claimed() -> bool:
            async with self._claiming:
                return await claim(free)

        return await asyncio.shield(asyncio.create_task(claimed()))

    async def _claim_nudges(self, limit: int) -> bool:
        now, world = self._clock.now(), self._world
        due = await deliver.claim_due(self._store, world=world, now=now, limit=limit)
        for nudge in due:
            self._start(self._deliver_one(nudge), among=self._sending)
        return bool(due)

    async def _claim_outs(self, limit: int) -> bool:
        now, world = self._clock.now(), self._world
        outs = await send.claim(self._store, world=world, now=now, limit=limit)
        for out in outs:
            self._start(self._send_one(out), among=self._sending)
        return bool(outs)

    async def _deliver_one(self, nudge: Nudge | None) -> None:
        """Once; and once more where it may not have arrived and the person waits for it."""
        once_more = True
        try:
            while nudge is not None and once_more:
                once_more = nudge.state is State.CLAIMED
                nudge = await deliver.deliver(
                    self._store, nudge, self._telegram.send, world=self._world, now=self._clock.now
                )
        finally:
            self._go_on()

    async def _send_one(self, out: outbox.Out) -> None:
        over = False
        try:
            over = await send.send_out(
                self._store, out, self._telegram.send, world=self._world, now=self._clock.now
            )
        finally:
            self._to_send.set()
            if not over:
                self._metronome.wake()  # to arm its next try

    async def _rescue(self) -> None:
        """Take back what nobody works on any more.

        Among many processes a lease tells. The only one there is knows it by itself, and better:
        its clock may leap over a lease in a rehearsal.
        """
        time = asyncio.get_running_loop().time()
        if time - self._rescued < RESCUE_EVERY:
            return
        self._rescued = time
        async with self._claiming:
            alone = self._store.single_process
            if alone and self._sending:
                return
            await self._store.still_here()
            await self.rescue(all_of_them=alone)

    async def rescue(self, *, all_of_them: bool) -> None:
        """Take back what is held by nobody, and deliver once more what is waited for."""
        now = self._clock.now()
        for nudge in await send.rescue(
            self._store, world=self._world, now=now, all_of_them=all_of_them
        ):
            self._start(self._deliver_one(nudge), among=self._sending)

    async def _coming(self) -> Coming:
        async with self._store.read() as tx:
            return await next_moments(tx)

    # ------------------------------------------------------------ what fails
    async def _always(self, name: str, do: Callable[[], Awaitable[None]]) -> None:
        """Begin a loop again when it fails; what only the operator can mend ends the service."""
        wait = FIRST_RETRY
        while True:
            since = asyncio.get_running_loop().time()
            try:
                await do()
            except StoreRefusal as refusal:
                log.warning("store_refused", loop=name, why=str(refusal), again_in=wait)
            except Refusal:
                raise
            except Exception:
                log.exception("loop_failed", loop=name, again_in=wait)
            else:
                continue
            if asyncio.get_running_loop().time() - since > LONGEST_RETRY:
                wait = FIRST_RETRY  # it went well for long: this is another trouble
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_RETRY)
            self._metronome.wake()  # a beat that failed has armed no moment

    def _go_on_after(self, wait: timedelta) -> None:
        if self._later is not None:
            self._later.cancel()
        self._later = asyncio.get_running_loop().call_later(wait.total_seconds(), self._go_on)

    def _go_on(self) -> None:
        self._to_send.set()
        self._metronome.wake()

    def _start(self, work: Coroutine[None, None, None], *, among: set[asyncio.Task[None]]) -> None:
        async def guarded() -> None:
            try:
                await work
            except StoreRefusal as refusal:
                log.warning("not_done", why=str(refusal))
            except Refusal as refusal:
                if not self._fatal.done():
                    self._fatal.set_exception(refusal)
            except Exception:
                log.exception("not_done")

        task = asyncio.create_task(guarded())
        among.add(task)
        task.add_done_callback(among.discard)
