"""Which updates wait for the bot to fetch them?

As Telegram keeps them: in order, until a getUpdates with a higher offset confirms them, for a day.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from nudger.demo.bell import Bell
from nudger.demo.limits import UPDATES_KEPT
from nudger.demo.refusals import Json, RefusedError

FIRST_ID = 100_000_001
LONGEST_POLL = 50.0  # seconds
# What a bot gets without asking for more: chat_member and reactions need to be named.
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One update that was not confirmed yet."""

    id: int
    at: datetime
    body: Json


class Updates:
    """The bot's own queue at Telegram."""

    def __init__(self, *, now: Callable[[], datetime], bell: Bell) -> None:
        self._now = now
        self._bell = bell
        self._waiting: deque[Waiting] = deque()
        self._next_id = FIRST_ID
        self._allowed: frozenset[str] = frozenset()
        self._poller = 0
        self.closed = False

    @property
    def unconfirmed(self) -> int:
        """How many the bot has not confirmed."""
        return len(self._waiting)

    def put(self, kind: str, body: Json) -> int:
        """Queue one update; its id. What the bot did not ask for is dropped, as Telegram does."""
        update_id, self._next_id = self._next_id, self._next_id + 1
        wanted = kind in self._allowed if self._allowed else kind not in NOT_BY_DEFAULT
        if wanted:
            self.put_raw({"update_id": update_id, kind: body})
        return update_id

    def put_raw(self, update: Json) -> None:
        """Queue a whole update as it is, well formed or not; it brings its own id."""
        given = update.get("update_id")
        self._waiting.append(
            Waiting(id=given if isinstance(given, int) else 0, at=self._now(), body=update)
        )
        self._bell.ring()

    async def fetch(
        self, *, offset: int, limit: int, wait: float, allowed: Sequence[str] | None
    ) -> list[Json]:
        """What waits, from ``offset`` on; with none waiting, up to ``wait`` seconds later.

        Only one may wait at a time: a newer call ends an older one, which gets a 409.
        """
        self._poller += 1
        mine = self._poller
        self._bell.ring()
        if allowed is not None:
            self._allowed = frozenset(allowed)
        self._confirm(offset)
        try:
            async with asyncio.timeout(min(wait, LONGEST_POLL)):
                while not self._waiting and not self.closed:
                    await self._bell.wait()
                    self._only(mine)
        except TimeoutError:
            return []
        self._only(mine)
        return [update.body for update in self._from(offset)][: max(1, min(limit, 100))]

    def _only(self, poller: int) -> None:
        if poller != self._poller:
            raise RefusedError(
                "Conflict: terminated by other getUpdates request; make sure that only one bot "
                "instance is running",
                code=409,
            )

    def _confirm(self, offset: int) -> None:
        oldest = self._now() - UPDATES_KEPT
        if offset < 0:
            self._waiting = deque(list(self._waiting)[offset:])
        while self._waiting and (self._waiting[0].id < offset or self._waiting[0].at < oldest):
            self._waiting.popleft()
        self._bell.ring()

    def _from(self, offset: int) -> list[Waiting]:
        return [update for update in self._waiting if update.id >= offset]
