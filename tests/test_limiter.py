"""Does the limiter keep Telegram's limits, and let the right one go first?"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.telegram.limiter import CHANGE, CHAT_BURST, CHAT_GAP, Limiter, Line

A_HAIR = 1e-6  # seconds; a window is open at one end


@dataclass(kw_only=True)
class Wish:
    """Someone who wants to send."""

    at: float
    chat: int
    asked: bool = True
    cost: float = 1.0
    gone: bool = False


def let_go(
    wishes: list[Wish], *, per_second: float = 30.0, lateness: float = 0.0
) -> list[tuple[float, Wish]]:
    """When each is let go, in a time that moves from one event to the next."""
    line: Line[Wish] = Line(per_second, gone=lambda wish: wish.gone)
    coming = sorted(wishes, key=lambda wish: wish.at)
    sent: list[tuple[float, Wish]] = []
    now = 0.0
    for _ in range(20 * len(wishes) + 20):  # a line that asks to be woken for nothing fails
        while coming and coming[0].at <= now:
            wish = coming.pop(0)
            line.join(wish, chat=wish.chat, asked=wish.asked, cost=wish.cost)
        while (taken := line.take(now)) is not None:
            sent.append((now, taken))
        opens_at = line.opens_at()
        moments = [wish.at for wish in coming[:1]]
        moments += [] if opens_at is None else [opens_at + lateness]
        if not moments:
            return sent
        now = max(now, min(moments))
    raise AssertionError("the line asks to be woken for nothing")


def most_within_a_second(moments: list[float]) -> int:
    return max(
        (sum(1 for m in moments if start <= m < start + 1 - A_HAIR) for start in moments), default=0
    )


wishes = st.lists(
    st.builds(
        Wish,
        at=st.floats(0, 5),
        chat=st.integers(1, 6),
        asked=st.booleans(),
        cost=st.sampled_from([1.0, CHANGE]),
        gone=st.booleans(),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(wishes=wishes, per_second=st.sampled_from([1.0, 2.0, 7.5, 30.0, 1000.0]))
def test_all_who_still_want_to_are_let_go_once(wishes: list[Wish], per_second: float) -> None:
    sent = [wish for _, wish in let_go(wishes, per_second=per_second)]
    assert Counter(map(id, sent)) == Counter(id(wish) for wish in wishes if not wish.gone)


@settings(deadline=None)
@given(
    ats=st.lists(st.floats(0, 4), min_size=30, max_size=150),
    lateness=st.floats(0, 0.1),
    per_second=st.sampled_from([1.0, 3.0, 30.0, 100.0]),
)
def test_never_more_leave_within_any_second_than_telegram_takes(
    ats: list[float], lateness: float, per_second: float
) -> None:
    crowd = [Wish(at=at, chat=number) for number, at in enumerate(ats)]
    sent = [at for at, _ in let_go(crowd, per_second=per_second, lateness=lateness)]
    assert most_within_a_second(sent) <= per_second


@settings(deadline=None)
@given(wishes=wishes)
def test_a_chat_gets_a_small_burst_and_then_one_a_second(wishes: list[Wish]) -> None:
    sent = let_go(wishes)
    for chat in {wish.chat for wish in wishes}:
        spent = [(at, wish.cost) for at, wish in sent if wish.chat == chat]
        for first, (start, _) in enumerate(spent):
            for last in range(first, len(spent)):
                cost_before_last = sum(cost for _, cost in spent[first:last])
                allowed = (spent[last][0] - start) / CHAT_GAP + CHAT_BURST - 1
                assert cost_before_last <= allowed + A_HAIR


def test_a_full_line_drains_at_twenty_nine_a_second() -> None:
    crowd = [Wish(at=0, chat=number) for number in range(290)]
    assert let_go(crowd)[-1][0] == pytest.approx(10.0, abs=0.1)


def test_a_wake_up_that_is_a_little_late_costs_no_throughput() -> None:
    crowd = [Wish(at=0, chat=number) for number in range(290)]
    assert let_go(crowd, lateness=0.005)[-1][0] == pytest.approx(10.0, abs=0.1)


def test_what_was_asked_for_goes_before_what_was_planned() -> None:
    planned = [Wish(at=0, chat=number, asked=False) for number in range(20)]
    asked = [Wish(at=0.1, chat=100 + number) for number in range(5)]
    order = [wish.asked for _, wish in let_go(planned + asked)]
    begun = order.index(True)
    assert begun <= 5, "those that had come before 0.1 s"
    assert all(order[begun : begun + 5])


def test_what_was_asked_for_first_goes_first() -> None:
    crowd = [Wish(at=number / 1000, chat=number % 7) for number in range(21)]
    assert [wish for _, wish in let_go(crowd)] == crowd


def test_a_chat_that_has_had_enough_holds_up_nobody() -> None:
    loud = [Wish(at=0, chat=1) for _ in range(1000)]
    others = [Wish(at=0, chat=number) for number in range(2, 30)]
    times = [at for at, wish in let_go(loud + others) if wish.chat != 1]
    assert len(times) == 28
    assert max(times) < (28 + CHAT_BURST + 1) / 29


def test_an_asked_message_passes_a_planned_one_in_its_own_chat() -> None:
    planned = [Wish(at=0, chat=1, asked=False) for _ in range(CHAT_BURST + 1)]
    asked = Wish(at=0.5, chat=1)
    order = [wish for _, wish in let_go([*planned, asked])]
    assert order.index(asked) == CHAT_BURST


def test_edits_wait_less_than_messages() -> None:
    messages = let_go([Wish(at=0, chat=1) for _ in range(8)])
    edits = let_go([Wish(at=0, chat=1, cost=CHANGE) for _ in range(8)])
    assert edits[-1][0] < 1 < messages[-1][0]


def test_chats_are_forgotten_when_nothing_is_left_to_count() -> None:
    line: Line[Wish] = Line(1000, gone=lambda wish: wish.gone)
    for chat in range(100):
        line.join(Wish(at=0, chat=chat, gone=chat % 3 == 0), chat=chat, asked=True)
    for tick in range(200):
        line.take(tick / 100)
    assert line.take(10.0) is None
    assert (len(line), line.opens_at()) == (0, None)


def test_who_is_sent_away_is_no_longer_in_line_and_what_left_still_counts() -> None:
    line: Line[str] = Line(30, gone=lambda _: False)
    for name in "abc":
        line.join(name, chat=1, asked=True)
    assert line.take(0.0) == "a"
    assert line.empty() == ["b", "c"]
    line.join("d", chat=2, asked=True)
    assert line.take(0.0) is None
    assert line.take(1.0) == "d"
    assert line.take(2.0) is None


async def test_turns_come_in_order_on_the_running_loop() -> None:
    limiter, order = Limiter(50), list[int]()

    async def send(number: int) -> None:
        assert await limiter.turn(number, asked=number != 1) is None
        order.append(number)

    await asyncio.gather(*(send(number) for number in (0, 1, 2, 3)))
    assert order == [0, 2, 3, 1]


async def test_a_cancelled_wait_takes_nobodys_turn() -> None:
    limiter = Limiter(30)
    await limiter.turn(1, asked=True)
    waiting = [asyncio.create_task(limiter.turn(chat, asked=True)) for chat in (2, 3)]
    await asyncio.sleep(0)
    began = asyncio.get_running_loop().time()
    waiting[0].cancel()
    assert await waiting[1] is None
    assert asyncio.get_running_loop().time() - began < 0.1
    assert waiting[0].cancelled()


async def test_while_telegram_says_wait_nothing_leaves_and_all_are_told_how_long() -> None:
    limiter = Limiter(30)
    await limiter.turn(1, asked=True)
    waiting = [asyncio.create_task(limiter.turn(chat, asked=True)) for chat in range(2, 30)]
    await asyncio.sleep(0)
    limiter.hold(timedelta(hours=1))
    limiter.hold(timedelta(seconds=5))
    told = [*await asyncio.gather(*waiting), await limiter.turn(99, asked=True), limiter.held()]
    assert all(wait is not None and 3590 < wait.total_seconds() <= 3600 for wait in told)


async def test_after_the_wait_sending_goes_on() -> None:
    limiter = Limiter(1000)
    limiter.hold(timedelta(milliseconds=2))
    assert await limiter.turn(1, asked=True) is not None
    await asyncio.sleep(0.003)
    assert limiter.held() is None
    assert await limiter.turn(1, asked=True) is None


async def test_no_wait_at_all_holds_nobody() -> None:
    limiter = Limiter(1000)
    limiter.hold(timedelta(0))
    assert await limiter.turn(1, asked=True) is None
