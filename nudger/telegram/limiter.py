"""Whose turn is it to send?

Telegram takes about 30 messages a second from a bot and one a second for a chat, with short bursts,
and documents no more than that. So sends are spaced, not let go in bunches: a bucket that fills up
again lets 59 start within one second where 30 are allowed. What someone just asked for goes before
what was planned, which is useful for hours; a chat that has had enough is passed over.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar

SHARE = 29 / 30  # of the limit; the rest is for clocks and networks that bunch what was spaced
LATENESS = 0.02  # seconds of a late wake-up that are made up for; with 0.035 a 31st would fit in
CHAT_GAP = 1.0  # seconds
CHAT_BURST = 4  # messages; what one tap can bring, and one to spare
MESSAGE = 1.0  # what a new message costs a chat
CHANGE = 0.25  # an edit or a deletion: the limit is about messages, yet a flood of edits is refused

T = TypeVar("T")
_Rank = tuple[bool, int]  # planned after asked, then in the order of coming


@dataclass(frozen=True, kw_only=True)
class Spacing:
    """One send every ``gap`` seconds; up to ``slack`` seconds may be taken in advance.

    A mark is where the last send left things: each send moves it on by a gap.
    """

    gap: float
    slack: float

    def opens_at(self, mark: float) -> float:
        """When the next one may go."""
        return mark - self.slack

    def after(self, mark: float, *, now: float, cost: float = 1.0) -> float:
        """The mark after a send; ``cost`` is in gaps."""
        return max(mark, now) + self.gap * cost


EACH_CHAT = Spacing(gap=CHAT_GAP, slack=CHAT_GAP * (CHAT_BURST - 1))


@dataclass(kw_only=True)
class _Chat(Generic[T]):
    mark: float = float("-inf")
    waiting: list[tuple[_Rank, float, T]] = field(default_factory=list)  # a heap


class Line(Generic[T]):
    """Who waits, and who is next: pure, with ``now`` in seconds of a clock that never goes back.

    ``gone`` says of someone in the line that they wait no longer.
    """

    def __init__(
        self, per_second: float, *, gone: Callable[[T], bool], each_chat: Spacing = EACH_CHAT
    ) -> None:
        self._each_chat = each_chat
        self._all = Spacing(gap=1 / (per_second * SHARE), slack=LATENESS)
        self._gone = gone
        self._mark = float("-inf")
        self._order = itertools.count()
        self._chats: dict[int, _Chat[T]] = {}
        # Two heaps of hints: chats by their first in line, and chats that have had enough by the
        # moment they may go on. A hint is checked when it comes up, so an old one does no harm.
        self._first: list[tuple[_Rank, int]] = []
        self._later: list[tuple[float, int]] = []

    def __len__(self) -> int:
        """How many chats are remembered: those that wait, or have sent in the last seconds."""
        return len(self._chats)

    def join(self, one: T, *, chat: int, asked: bool, cost: float = MESSAGE) -> None:
        """Stand in line."""
        rank = (not asked, next(self._order))
        heapq.heappush(self._chats.setdefault(chat, _Chat()).waiting, (rank, cost, one))
        self._point_to(chat)

    def take(self, now: float) -> T | None:
        """The one whose turn it is, if it is anyone's; that turn is then used."""
        self._bring_back(now)
        if self._all.opens_at(self._mark) > now:
            return None
        while self._first:
            rank, chat = heapq.heappop(self._first)
            here = self._chats.get(chat)
            if here is None or not here.waiting or here.waiting[0][0] != rank:
                continue
            _, cost, one = here.waiting[0]
            if self._each_chat.opens_at(here.mark) > now and not self._gone(one):
                heapq.heappush(self._later, (self._each_chat.opens_at(here.mark), chat))
                continue
            heapq.heappop(here.waiting)
            if not self._gone(one):
                self._mark = self._all.after(self._mark, now=now)
                here.mark = self._each_chat.after(here.mark, now=now, cost=cost)
                self._point_to(chat)
                return one
            self._point_to(chat)
        return None

    def opens_at(self) -> float | None:
        """When `take` is worth another call; None when there is nothing to wait for."""
        if self._first:
            return self._all.opens_at(self._mark)
        return self._later[0][0] if self._later else None

    def empty(self) -> list[T]:
        """Send everybody away; what was sent stays counted."""
        waiting = [one for chat in self._chats.values() for *_, one in chat.waiting]
        self._first.clear()
        for chat, here in self._chats.items():
            here.waiting.clear()
            self._point_to(chat)
        return waiting

    def _point_to(self, chat: int) -> None:
        here = self._chats[chat]
        if here.waiting:
            heapq.heappush(self._first, (here.waiting[0][0], chat))
        else:  # remembered until what it sent no longer counts
            heapq.heappush(self._later, (here.mark, chat))

    def _bring_back(self, now: float) -> None:
        """Chats that may go on stand in line again; those nobody waits for are forgotten."""
        while self._later and self._later[0][0] <= now:
            _, chat = heapq.heappop(self._later)
            here = self._chats.get(chat)
            if here is not None and here.waiting:
                self._point_to(chat)
            elif here is not None and here.mark <= now:
                del self._chats[chat]


class Limiter:
    """The line of everything that is sent, on the event loop's clock.

    ``each_chat`` is for rehearsals, where weeks pass in seconds and nobody is flooded.
    """

    def __init__(self, per_second: float = 30.0, *, each_chat: Spacing = EACH_CHAT) -> None:
        self._line: Line[asyncio.Future[timedelta | None]] = Line(
            per_second, gone=asyncio.Future.done, each_chat=each_chat
        )
        self._timer: asyncio.TimerHandle | None = None
        self._held_until = float("-inf")

    async def turn(self, chat: int, *, asked: bool, cost: float = MESSAGE) -> timedelta | None:
        """Wait for a turn. None: send now. A time: nothing may leave for that long, come back then.

        A wait that is cancelled takes nobody's turn.
        """
        if (wait := self.held()) is not None:
            return wait
        turn: asyncio.Future[timedelta | None] = asyncio.get_running_loop().create_future()
        self._line.join(turn, chat=chat, asked=asked, cost=cost)
        self._advance()
        return await turn

    def hold(self, wait: timedelta) -> None:
        """Telegram said to wait: let nothing leave, and tell all who stand in line.

        They are told instead of kept, for an hour may outlast what a message is good for.
        """
        until = asyncio.get_running_loop().time() + wait.total_seconds()
        self._held_until = max(self._held_until, until)
        if (left := self.held()) is None:
            return
        for turn in self._line.empty():
            if not turn.done():
                turn.set_result(left)

    def held(self) -> timedelta | None:
        """How much longer nothing may leave, or None."""
        left = self._held_until - asyncio.get_running_loop().time()
        return timedelta(seconds=left) if left > 0 else None

    def _advance(self) -> None:
        loop = asyncio.get_running_loop()
        while (turn := self._line.take(loop.time())) is not None:
            turn.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
        at = self._line.opens_at()
        self._timer = None if at is None else loop.call_at(at, self._advance)
