"""How does the service run until it is stopped?"""

import asyncio
import signal

from nudger.app import App
from nudger.clock import Clock
from nudger.settings import Settings


def run(settings: Settings, *, speed: float) -> None:
    """Everything in this process. Raises Refusal where it cannot start, or not go on."""
    asyncio.run(_run(settings, speed=speed))


async def _run(settings: Settings, *, speed: float) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    app = await App.open(settings, clock=Clock(speed=speed))
    await app.run(stop)
