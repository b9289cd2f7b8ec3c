"""Are updates and messages out kept, in order for each chat, until they are done with?"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from nudger.domain.message_out import Button, MessageOut
from nudger.store import inbox, nudges, outbox, people
from nudger.store.coming import next_moments
from nudger.store.inbox import Update
from nudger.store.outbox import Out
from nudger.store.store import Store
from nudger.store.tables import inbox as inbox_table
from nudger.store.tables import outbox as outbox_table
from nudger.store.transaction import Transaction
from tests.stores import NOON, planned, someone

SOON = NOON + timedelta(seconds=1)
LONG_AFTER = NOON + timedelta(hours=48)


def came(update_id: int, *, chat: int | None = 1) -> Update:
    return Update(update_id=update_id, chat=chat, body=f'{{"update_id": {update_id}}}')


def out(number: int, *, chat: int = 1, nudge: str | None = None) -> Out:
    message = MessageOut(chat=chat, text="Hi", buttons=((Button(label="OK", data="d:s:ok"),),))
    return Out(id=f"out-{number}", message=message, nudge=nudge)


async def heads(tx: Transaction) -> Sequence[int]:
    return [one.update_id for one in await inbox.waiting(tx, now=NOON, limit=9)]


async def claimed(tx: Transaction) -> Sequence[str]:
    return [one.id for one in await outbox.claim(tx, now=NOON, limit=9, owner="me")]


async def test_an_update_is_kept_once_however_often_it_comes(store: Store) -> None:
    async with store.begin() as tx:
        await inbox.keep(tx, [came(1)], now=NOON)
        await inbox.keep(tx, [came(1), came(2, chat=2)], now=SOON)
        await inbox.keep(tx, [], now=SOON)
        assert await inbox.waiting(tx, now=SOON, limit=9) == [came(1), came(2, chat=2)]
        await inbox.handled(tx, 1)
        await inbox.keep(tx, [came(1)], now=SOON)
        assert await heads(tx) == []
        assert (await next_moments(tx)).update == SOON


async def test_the_updates_of_a_chat_are_given_one_by_one_in_order_of_arrival(store: Store) -> None:
    async with store.begin() as tx:
        # After a quiet week Telegram's ids may start lower again.
        await inbox.keep(tx, [came(900), came(7), came(901, chat=2)], now=NOON)
        assert await heads(tx) == [900, 901]
        await inbox.handled(tx, 900)
        assert await heads(tx) == [7, 901]


async def test_an_update_that_failed_holds_back_its_chat_and_no_other(store: Store) -> None:
    async with store.begin() as tx:
        await inbox.keep(tx, [came(1), came(2), came(3, chat=2)], now=NOON)
        await inbox.failed(tx, 1, error="ValueError", next_try_at=SOON)
        assert await heads(tx) == [3]
        (again, _) = await inbox.waiting(tx, now=SOON, limit=9)
        assert (again.update_id, again.tries) == (1, 1)
        await inbox.quarantine(tx, 1, error="ValueError")
        assert await heads(tx) == [2, 3]


async def test_updates_that_name_no_chat_do_not_wait_for_each_other(store: Store) -> None:
    async with store.begin() as tx:
        await inbox.keep(tx, [came(1, chat=None), came(2, chat=None)], now=NOON)
        assert await heads(tx) == [1, 2]


async def test_an_update_is_held_by_one_worker_until_its_transaction_ends(store: Store) -> None:
    async with store.begin() as tx:
        await inbox.keep(tx, [came(1)], now=NOON)
    handlings = 0

    async def handle() -> None:
        nonlocal handlings
        async with store.begin() as tx:
            if await inbox.hold(tx, 1):
                await asyncio.sleep(0)
                handlings += 1
                await inbox.handled(tx, 1)

    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(handle())
    assert handlings == 1


async def test_what_was_handled_is_emptied_at_once_and_forgotten_after_two_days(
    store: Store,
) -> None:
    async with store.begin() as tx:
        await inbox.keep(tx, [came(1), came(2), came(3)], now=NOON)
        await inbox.handled(tx, 1)
        await inbox.quarantine(tx, 2, error="ValueError")
        rows = select(inbox_table.c.update_id, inbox_table.c.body.is_not(None))
        await inbox.erase_old(tx, now=LONG_AFTER - timedelta(seconds=1))
        assert set(await tx.connection.execute(rows)) == {(1, 0), (2, 1), (3, 1)}
        await inbox.erase_old(tx, now=LONG_AFTER)
        assert set(await tx.connection.execute(rows)) == {(2, 0), (3, 1)}


async def test_the_messages_of_a_chat_leave_one_after_the_other(store: Store) -> None:
    async with store.begin() as tx:
        for number, chat in ((1, 1), (2, 1), (3, 2)):
            await outbox.add(tx, out(number, chat=chat), now=NOON)
        assert await claimed(tx) == ["out-1", "out-3"]
        assert await claimed(tx) == []
        assert await outbox.delivered(tx, "out-1", owner="me", now=NOON, message=5)
        assert await claimed(tx) == ["out-2"]


async def test_a_message_that_never_left_holds_back_its_chat_until_its_next_try(
    store: Store,
) -> None:
    async with store.begin() as tx:
        for number in (1, 2):
            await outbox.add(tx, out(number), now=NOON)
        await claimed(tx)
        assert await outbox.again(tx, "out-1", owner="me", next_try_at=SOON)
        assert await claimed(tx) == []
        (first,) = await outbox.claim(tx, now=SOON, limit=9, owner="me")
        assert (first.id, first.tries) == ("out-1", 2)


async def test_what_somebody_asked_for_leaves_before_what_was_planned(store: Store) -> None:
    async with store.begin() as tx:
        await people.add(tx, someone())
        await nudges.add(tx, planned())
        await outbox.add(tx, out(1, chat=1, nudge="nudge-1"), now=NOON)
        await outbox.add(tx, out(2, chat=2), now=NOON)
        assert [one.id for one in await outbox.claim(tx, now=NOON, limit=1, owner="me")] == [
            "out-2"
        ]
        assert await claimed(tx) == ["out-1"]


@pytest.mark.parametrize("end", ["delivered", "refused"])
async def test_a_message_that_is_done_with_is_erased(store: Store, end: str) -> None:
    async with store.begin() as tx:
        await outbox.add(tx, out(1), now=NOON)
        await claimed(tx)
        if end == "delivered":
            assert await outbox.delivered(tx, "out-1", owner="me", now=NOON, message=5)
        else:
            assert await outbox.refused(tx, "out-1", owner="me", now=NOON)
        assert await tx.connection.scalar(select(func.count(outbox_table.c.body))) == 0
        await outbox.erase_old(tx, now=LONG_AFTER)
        assert await tx.connection.scalar(select(func.count(outbox_table.c.id))) == 0


async def test_a_process_that_lost_its_lease_has_no_say_any_more(store: Store) -> None:
    async with store.begin() as tx:
        await outbox.add(tx, out(1), now=NOON)
        await outbox.claim(tx, now=NOON, limit=9, owner="asleep", lease=timedelta(0))
        assert [one.id for one in await outbox.rescue(tx, now=NOON)] == ["out-1"]
        assert not await outbox.delivered(tx, "out-1", owner="asleep", now=NOON, message=5)
        assert await outbox.once_more(tx, "out-1", next_try_at=NOON)
        assert await claimed(tx) == ["out-1"]
        assert not await outbox.again(tx, "out-1", owner="asleep", next_try_at=NOON)


async def test_a_message_within_its_lease_is_not_taken_back(store: Store) -> None:
    async with store.begin() as tx:
        await outbox.add(tx, out(1), now=NOON)
        await claimed(tx)
        assert await outbox.rescue(tx, now=NOON) == []
        assert [one.id for one in await outbox.rescue_all(tx, now=NOON)] == ["out-1"]


async def test_a_message_of_unknown_fate_goes_out_once_more_and_not_twice(store: Store) -> None:
    async with store.begin() as tx:
        await outbox.add(tx, out(1), now=NOON)
        await claimed(tx)
        assert not await outbox.once_more(tx, "out-1", next_try_at=NOON)
        assert await outbox.unknown(tx, "out-1", owner="me", now=NOON)
        assert await outbox.once_more(tx, "out-1", next_try_at=SOON)
        assert (await next_moments(tx)).out == SOON
        await outbox.claim(tx, now=SOON, limit=9, owner="me")
        assert await outbox.unknown(tx, "out-1", owner="me", now=SOON)
        assert not await outbox.once_more(tx, "out-1", next_try_at=SOON)


async def test_two_workers_send_no_message_twice(store: Store) -> None:
    async with store.begin() as tx:
        for number in range(60):
            await outbox.add(tx, out(number, chat=number % 20), now=NOON)
    sent: list[str] = []

    async def work(owner: str) -> None:
        for _ in range(12):
            async with store.begin() as tx:
                mine = await outbox.claim(tx, now=NOON, limit=3, owner=owner)
                await asyncio.sleep(0)
            for one in mine:
                sent.append(one.id)
                async with store.begin() as tx:
                    assert await outbox.delivered(tx, one.id, owner=owner, now=NOON, message=None)

    async with asyncio.TaskGroup() as group:
        for owner in ("one", "two", "three"):
            group.create_task(work(owner))
    while True:
        async with store.begin() as tx:
            rest = await claimed(tx)
            for id in rest:
                await outbox.delivered(tx, id, owner="me", now=NOON, message=None)
        if not rest:
            break
        sent.extend(rest)
    assert sorted(sent) == sorted(f"out-{number}" for number in range(60))
    numbers = [int(id.removeprefix("out-")) for id in sent]
    for chat in range(20):
        assert [n for n in numbers if n % 20 == chat] == list(range(chat, 60, 20))
