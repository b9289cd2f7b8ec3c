"""How does one wait for the next change without asking again and again?"""

import asyncio


class Bell:
    """Wakes all who wait, each time it rings. A ring with nobody waiting is not kept."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake everyone who waits now."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self) -> None:
        """Until the next ring."""
        await self._event.wait()
