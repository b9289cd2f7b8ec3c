"""Does the beat go on, whatever the clock and the loop do? And why is it made this way?"""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_REMOVED
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from nudger.clock import Clock
from nudger.metronome import Metronome

START = datetime(2026, 10, 12, 18, 0, tzinfo=UTC)
SOON = 2.0  # real seconds; far more than a beat needs, far less than the net


async def test_the_naive_way_dies_after_one_tick() -> None:
    """A date job that works and arms itself from inside: skipped, removed, then silence."""
    scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None})
    ticks: list[datetime] = []
    seen: list[int] = []

    async def work() -> None:
        ticks.append(datetime.now(UTC))
        # the next one is due at once, while this one still runs
        scheduler.add_job(work, "date", run_date=datetime.now(UTC), id="due", replace_existing=True)
        await asyncio.sleep(0.05)

    scheduler.add_listener(
        lambda event: seen.append(event.code), EVENT_JOB_MAX_INSTANCES | EVENT_JOB_REMOVED
    )
    scheduler.start()
    scheduler.add_job(work, "date", run_date=datetime.now(UTC), id="due")
    await asyncio.sleep(0.4)
    jobs_left = scheduler.get_jobs()
    scheduler.shutdown(wait=False)
    assert len(ticks) == 1
    assert EVENT_JOB_MAX_INSTANCES in seen
    assert jobs_left == [], "nothing will ever wake it again"


@pytest.fixture
def clock() -> Clock:
    return Clock(start=START)


async def test_a_loop_that_arms_itself_from_inside_goes_on(clock: Clock) -> None:
    metronome = Metronome(clock)
    metronome.start()
    async with asyncio.timeout(SOON):
        for _ in range(20):
            await metronome.wait()
            metronome.arm(clock.now() + timedelta(milliseconds=5))
            await asyncio.sleep(0.001)
    await metronome.stop()


async def test_a_leap_of_the_clock_wakes_the_loop_at_once(clock: Clock) -> None:
    metronome = Metronome(clock)
    metronome.start()
    await metronome.wait()
    metronome.arm(clock.now() + timedelta(hours=20))
    woken = asyncio.create_task(metronome.wait())
    await asyncio.sleep(0.02)
    assert not woken.done()
    clock.leap(clock.now() + timedelta(hours=21))
    async with asyncio.timeout(SOON):
        await woken
    await metronome.stop()


async def test_a_faster_clock_is_woken_at_its_own_moment() -> None:
    clock = Clock(start=START, speed=3600)  # an hour a second
    metronome = Metronome(clock)
    metronome.start()
    await metronome.wait()
    due = clock.now() + timedelta(minutes=6)
    metronome.arm(due)
    async with asyncio.timeout(SOON):
        await metronome.wait()
    assert due <= clock.now() < due + timedelta(hours=1)
    await metronome.stop()


async def test_an_armed_moment_in_the_past_is_now(clock: Clock) -> None:
    metronome = Metronome(clock)
    metronome.start()
    await metronome.wait()
    metronome.arm(START - timedelta(days=400))
    async with asyncio.timeout(SOON):
        await metronome.wait()
    await metronome.stop()


async def test_a_duty_has_a_turn_of_its_own_and_keeps_it_until_it_is_done(clock: Clock) -> None:
    metronome = Metronome(clock)
    metronome.start()
    tries = 0

    async def duty() -> None:
        nonlocal tries
        async with metronome.turn("sweep", timedelta(hours=1)):
            tries += 1
            if tries == 1:
                raise OSError

    waiting = asyncio.create_task(duty())
    await asyncio.sleep(0.01)
    assert not waiting.done()
    clock.leap(clock.now() + timedelta(days=1))
    async with asyncio.timeout(SOON):
        with pytest.raises(OSError):
            await waiting
        await duty()  # at once: the turn was not used up
    again = asyncio.create_task(duty())
    await asyncio.sleep(0.01)
    assert not again.done()
    again.cancel()
    await metronome.stop()


def test_a_clock_never_runs_a_day_twice(clock: Clock) -> None:
    before = clock.now()
    clock.leap(START - timedelta(days=1))
    assert clock.now() >= before
    clock.speed = 600
    assert clock.now() >= before


def test_a_clock_that_is_not_moved_follows_the_system() -> None:
    clock = Clock()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
