"""When does a loop wake up? The only module that knows APScheduler.

A job does one thing: it sets an event. The loop that waits for it works, looks up the next due
moment and arms it. A job that did the work itself and armed itself again from inside would be
skipped under `max_instances` and then deleted: one tick, then silence (seen), and so would one
that raised before arming. The tables are the truth; this is only the beat.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from nudger.clock import Clock

log = structlog.get_logger()

NET = timedelta(seconds=30)  # wakes the loop even when no date was armed
BACKWARD = timedelta(seconds=1)  # a step of the wall clock that is no mere correction


class Metronome:
    """Wakes one event: at the next due moment, every 30 s, and when the clock steps back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due = asyncio.Event()
        self._duties: dict[str, asyncio.Event] = {}
        self._next: datetime | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self._watchdog: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to beat; the first beat is at once."""
        self._scheduler.add_job(self.wake_async, "interval", seconds=NET.total_seconds(), id="net")
        self._scheduler.start()
        self._clock.watch(self._clock_moved)
        self._watchdog = asyncio.create_task(self._watch_the_wall_clock(), name="watchdog")
        self.wake()

    async def stop(self) -> None:
        """Stop beating."""
        if self._watchdog:
            self._watchdog.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def wake(self) -> None:
        """Wake the loop now."""
        self._due.set()

    async def wake_async(self) -> None:
        """The scheduler's job: a coroutine, so that it runs in the loop and not in a thread."""
        self._due.set()

    def arm(self, at: datetime | None) -> None:
        """Wake the loop at ``at``, a moment of the clock (None: the net alone)."""
        self._next = at
        if at is None:
            if self._scheduler.get_job("due"):
                self._scheduler.remove_job("due")
            return
        self._scheduler.add_job(
            self.wake_async,
            "date",
            run_date=self._clock.real_moment(at),
            id="due",
            replace_existing=True,
        )

    async def wait(self) -> None:
        """Wait for the next beat; beats that came meanwhile count as one."""
        await self._due.wait()
        self._due.clear()

    @asynccontextmanager
    async def turn(self, duty: str, interval: timedelta) -> AsyncIterator[None]:
        """Wait for the turn of a duty; one that fails inside still has it, and is tried again.

        The first turn is one interval after the start.
        """
        if duty not in self._duties:
            self._duties[duty] = turn = asyncio.Event()

            async def set_turn() -> None:
                turn.set()

            seconds = max(interval.total_seconds() / self._clock.speed, 1.0)
            self._scheduler.add_job(set_turn, "interval", seconds=seconds, id=duty)
        await self._duties[duty].wait()
        yield
        self._duties[duty].clear()

    def _clock_moved(self) -> None:
        self.arm(self._next)
        self.wake()
        for turn in self._duties.values():
            turn.set()

    async def _watch_the_wall_clock(self) -> None:
        """APScheduler waits for the old wall time when the clock steps back: wake it up (seen)."""
        wall, steady = time.time_ns(), time.monotonic_ns()
        while True:
            await asyncio.sleep(5)
            new_wall, new_steady = time.time_ns(), time.monotonic_ns()
            drift = timedelta(microseconds=((new_wall - wall) - (new_steady - steady)) / 1000)
            if abs(drift) > BACKWARD:
                log.warning("clock_stepped", seconds=round(drift.total_seconds(), 1))
                self._scheduler.wakeup()
                self._clock_moved()
            wall, steady = new_wall, new_steady
