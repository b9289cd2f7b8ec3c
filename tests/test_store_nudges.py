"""Does a nudge follow its arrows only, for one process at a time?"""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from nudger.domain.nudge import ARROWS, LEASE, Content, FollowUp, Lane, Nudge, Reason, State
from nudger.store import decisions, nudges, people
from nudger.store.coming import next_moments
from nudger.store.decisions import Decision
from nudger.store.store import Store
from nudger.store.transaction import Transaction
from tests.stores import LATER, NOON, following, planned, someone

SOON = NOON + timedelta(minutes=1)


async def add(store: Store, *new: Nudge) -> None:
    async with store.begin() as tx:
        for person in {one.person for one in new}:
            if await people.by_id(tx, person) is None:
                await people.add(tx, someone(int(person.rpartition("-")[2])))
        for one in new:
            await nudges.add(tx, one)


async def found(store: Store, id: str = "nudge-1") -> Nudge:
    async with store.read() as tx:
        one = await nudges.by_id(tx, id)
    assert one is not None
    return one


async def brought_to(tx: Transaction, known: Nudge, state: State) -> Nudge:
    """The nudge, led along its arrows to a state; ``known`` is planned."""
    ways = {
        State.PLANNED: (),
        State.CLAIMED: (State.CLAIMED,),
        State.SENDING: (State.CLAIMED, State.SENDING),
    }
    last = state in {State.DELIVERED, State.REFUSED, State.UNKNOWN}
    way = ways.get(state, (State.CLAIMED, State.SENDING, state) if last else (state,))
    for step in way:
        if step is State.CLAIMED:
            (known,) = await nudges.claim_due(tx, now=NOON, limit=1, owner="me")
        else:
            moved = await nudges.move(tx, known, step, now=NOON)
            assert moved is not None
            known = moved
    assert known.state is state
    return known


async def test_a_planned_nudge_comes_back_as_it_was(store: Store) -> None:
    await add(store, planned(), following(2))
    assert await found(store) == planned()
    assert await found(store, "nudge-2") == following(2)


@pytest.mark.parametrize("here", State)
async def test_from_each_state_only_the_arrows_lead_on(store: Store, here: State) -> None:
    await add(store, planned())
    for there in State:
        async with store.begin() as tx:
            known = await brought_to(tx, planned(), here)
            by_move = there in ARROWS.get(here, ()) and there is not State.CLAIMED
            if by_move:
                moved = await nudges.move(tx, known, there, now=NOON, owner="me")
                assert moved is not None
                assert moved.state is there
            elif there is not State.CLAIMED or here is not State.PLANNED:
                with pytest.raises(ValueError, match=r"no arrow leads|claim_due alone"):
                    await nudges.move(tx, known, there, now=NOON)
            await tx.connection.rollback()


async def test_a_nudge_is_claimed_by_claim_due_alone(store: Store) -> None:
    await add(store, planned())
    async with store.begin() as tx:
        with pytest.raises(ValueError, match="claim_due alone"):
            await nudges.move(tx, planned(), State.CLAIMED, now=NOON)


async def test_what_another_moved_meanwhile_is_not_moved_again(store: Store) -> None:
    await add(store, planned())
    async with store.begin() as tx:
        claimed = await brought_to(tx, planned(), State.CLAIMED)
        assert await nudges.move(tx, claimed, State.SKIPPED, now=NOON) is not None
        assert await nudges.move(tx, claimed, State.SENDING, now=NOON) is None
    assert (await found(store)).state is State.SKIPPED


async def test_a_claim_that_was_overtaken_fails_at_its_fence(store: Store) -> None:
    await add(store, planned())
    async with store.begin() as tx:
        (first,) = await nudges.claim_due(tx, now=NOON, limit=1, owner="asleep")
        await nudges.rescue_all(tx)
        (second,) = await nudges.claim_due(tx, now=NOON, limit=1, owner="awake")
        assert second.fence == first.fence + 1
        assert await nudges.move(tx, first, State.SENDING, now=NOON) is None
        assert await nudges.move(tx, second, State.SENDING, now=NOON) is not None


async def test_only_what_is_due_is_claimed_soonest_first(store: Store) -> None:
    await add(
        store,
        *(
            planned(number, person=f"person-{number}", due_at=NOON - timedelta(minutes=number))
            for number in (1, 3, 2)
        ),
        planned(4, person="person-4", due_at=SOON),
    )
    async with store.begin() as tx:
        claimed = await nudges.claim_due(tx, now=NOON, limit=2, owner="me")
        assert [one.id for one in claimed] == ["nudge-3", "nudge-2"]
        claimed = await nudges.claim_due(tx, now=NOON, limit=2, owner="me")
        assert [one.id for one in claimed] == ["nudge-1"]
        assert (await next_moments(tx)).nudge == SOON


async def test_two_claims_at_the_same_moment_share_nothing_and_miss_nothing(store: Store) -> None:
    everyone = [planned(number, person=f"person-{number}") for number in range(60)]
    await add(store, *everyone)
    taken: list[str] = []

    async def work(owner: str) -> None:
        while True:
            async with store.begin() as tx:
                mine = await nudges.claim_due(tx, now=NOON, limit=7, owner=owner)
                await asyncio.sleep(0)  # holds its rows while the others look
            if not mine:
                return
            taken.extend(one.id for one in mine)

    async with asyncio.TaskGroup() as group:
        for owner in ("one", "two", "three", "four"):
            group.create_task(work(owner))
    assert sorted(taken) == sorted(one.id for one in everyone)


async def test_postgresql_claims_step_over_what_another_holds(postgres_store: Store) -> None:
    await add(postgres_store, *(planned(number, person=f"person-{number}") for number in range(4)))
    async with postgres_store.begin() as one, postgres_store.begin() as other:
        first = await nudges.claim_due(one, now=NOON, limit=3, owner="one")
        second = await nudges.claim_due(other, now=NOON, limit=3, owner="other")
    assert (len(first), len(second)) == (3, 1)
    assert not {each.id for each in first} & {each.id for each in second}


async def test_a_claim_is_taken_back_once_its_lease_is_over(store: Store) -> None:
    await add(store, planned(1), planned(2, person="person-2"))
    async with store.begin() as tx:
        await nudges.claim_due(tx, now=NOON, limit=1, owner="dead", lease=timedelta(0))
        await nudges.claim_due(tx, now=NOON, limit=1, owner="alive")
        rescued = await nudges.rescue(tx, now=NOON)
        assert [one.id for one in rescued.planned] == ["nudge-1"]
        assert (await nudges.rescue(tx, now=NOON)).planned == []


async def test_what_was_being_sent_at_a_crash_is_of_unknown_fate(store: Store) -> None:
    await add(store, planned())
    async with store.begin() as tx:
        claimed = await brought_to(tx, planned(), State.CLAIMED)
        await nudges.move(tx, claimed, State.SENDING, now=NOON, lease=timedelta(0))
        rescued = await nudges.rescue(tx, now=NOON)
        assert [one.state for one in rescued.unknown] == [State.UNKNOWN]
        assert [one.sent_at for one in rescued.unknown] == [NOON]


async def test_at_the_start_of_the_only_process_all_claims_are_taken_back(store: Store) -> None:
    await add(store, planned(1), planned(2, person="person-2"))
    async with store.begin() as tx:
        first, second = await nudges.claim_due(tx, now=NOON, limit=2, owner="dead")
        await nudges.move(tx, second, State.SENDING, now=NOON)
        rescued = await nudges.rescue_all(tx)
    assert [one.id for one in rescued.planned] == [first.id]
    assert [one.id for one in rescued.unknown] == [second.id]


async def test_a_nudge_of_unknown_fate_is_sent_once_more_and_not_twice(store: Store) -> None:
    await add(store, following(1))
    async with store.begin() as tx:
        unknown = await brought_to(tx, following(1), State.UNKNOWN)
        sending = await nudges.move(tx, unknown, State.SENDING, now=SOON, owner="me")
        assert sending is not None
        assert sending.sent_at == SOON
        again = await nudges.move(tx, sending, State.UNKNOWN, now=SOON)
        assert again is not None
        assert await nudges.move(tx, again, State.SENDING, now=SOON, owner="me") is None


async def test_a_send_put_off_is_planned_for_later_but_not_beyond_its_use(store: Store) -> None:
    await add(store, planned())
    async with store.begin() as tx:
        sending = await brought_to(tx, planned(), State.SENDING)
        back = await nudges.move(tx, sending, State.PLANNED, now=NOON, due_at=SOON)
        assert back is not None
        assert back.due_at == SOON
        (claimed,) = await nudges.claim_due(tx, now=SOON, limit=1, owner="me")
        hour = LATER + timedelta(hours=1)
        back = await nudges.move(tx, claimed, State.PLANNED, now=SOON, due_at=hour)
        assert back is not None
        assert back.due_at == LATER
        assert [one.state for one in await nudges.expire(tx, "person-1", now=LATER)] == [
            State.EXPIRED
        ]


async def test_what_has_lost_its_use_expires_and_the_rest_stays(store: Store) -> None:
    stale = planned(2, person="person-2", due_at=NOON - LEASE, useful_until=NOON)
    await add(store, planned(1), stale)
    async with store.begin() as tx:
        assert await nudges.people_overdue(tx, now=NOON, limit=9) == ["person-2"]
        assert [one.id for one in await nudges.expire(tx, "person-2", now=NOON)] == ["nudge-2"]
        assert await nudges.expire(tx, "person-1", now=NOON) == []
    assert (await found(store)).state is State.PLANNED


async def test_a_cancelled_plan_makes_room_for_the_next_in_its_lane(store: Store) -> None:
    await add(store, planned(1), planned(2, lane=Lane.KINDNESS), following(3))
    async with store.begin() as tx:
        gone = await nudges.move(tx, planned(1), State.CANCELLED, now=NOON)
        assert gone is not None
        await nudges.add(tx, planned(4, due_at=SOON))
        assert [one.id for one in await nudges.planned_of(tx, "person-1")] == [
            "nudge-2",
            "nudge-3",
            "nudge-4",
        ]


async def test_a_second_challenge_cannot_be_sent_on_the_same_date(store: Store) -> None:
    await add(store, planned(1))
    async with store.begin() as tx:
        await brought_to(tx, planned(1), State.DELIVERED)
        await nudges.add(tx, planned(2))
        (claimed,) = await nudges.claim_due(tx, now=NOON, limit=1, owner="me")
        with pytest.raises(IntegrityError):
            await nudges.move(tx, claimed, State.SENDING, now=NOON)
        await tx.connection.rollback()


async def test_a_follow_up_of_nothing_in_particular_is_unique_too(store: Store) -> None:
    writing_less = Content(follow_up=FollowUp.WRITING_LESS)
    await add(store, planned(1, lane=Lane.FOLLOW_UP, content=writing_less))
    with pytest.raises(IntegrityError):
        await add(store, planned(2, lane=Lane.FOLLOW_UP, content=writing_less))


async def test_a_nudge_is_answered_once_and_only_when_delivered(store: Store) -> None:
    await add(store, planned())
    async with store.begin() as tx:
        assert not await nudges.answered(tx, "nudge-1", now=NOON)
        await brought_to(tx, planned(), State.DELIVERED)
        assert await nudges.answered(tx, "nudge-1", now=SOON)
        assert not await nudges.answered(tx, "nudge-1", now=LATER)
    assert (await found(store)).answered_at == SOON


async def test_what_may_have_arrived_counts_as_sent(store: Store) -> None:
    async with store.begin() as tx:
        await people.add(tx, someone())
        for number, state in enumerate(sorted(State, key=lambda state: state is State.PLANNED)):
            one = following(number, thing=state)
            await nudges.add(tx, one)
            await brought_to(tx, one, state)
    async with store.read() as tx:
        counted = await nudges.sent_since(tx, "person-1", since=NOON)
        given = {State.SENDING, State.DELIVERED, State.UNKNOWN, State.REFUSED}
        assert {one.state for one in counted} == given
        assert await nudges.sent_since(tx, "person-1", since=SOON) == []
        given_up = await nudges.given_up_since(tx, "person-1", since=date(2026, 3, 2))
        assert {one.state for one in given_up} == {State.SKIPPED, State.EXPIRED}
        assert await nudges.given_up_since(tx, "person-1", since=date(2026, 3, 3)) == []
        assert len(await nudges.recent(tx, "person-1", limit=4)) == 4


async def test_the_last_decision_of_a_lane_is_told_with_its_numbers(store: Store) -> None:
    first = Decision(
        lane=Lane.CHALLENGE,
        local_date=date(2026, 3, 2),
        at=NOON,
        reason=Reason(name="usual", values={"expected": 4.5, "rung": "texting_gap.2", "n": 3}),
        nudge="nudge-1",
    )
    second = replace(first, at=SOON, reason=Reason(name="silent"), nudge=None)
    await add(store, planned())
    async with store.begin() as tx:
        for one in (first, second):
            await decisions.add(tx, "person-1", one)
        assert await decisions.latest(tx, "person-1", Lane.CHALLENGE) == second
        assert await decisions.latest(tx, "person-1", Lane.KINDNESS) is None
        assert await decisions.all_of(tx, "person-1") == [second, first]
        assert await decisions.all_of(tx, "person-1", lane=Lane.KINDNESS) == []
        await decisions.erase_old(tx, now=SOON + decisions.KEPT_FOR)
        assert await decisions.all_of(tx, "person-1") == [first]


@pytest.mark.parametrize(
    ("label", "statement", "index"),
    [
        ("the next due", next_moments, "nudge_due"),
        ("the next silence", next_moments, "nudge_unanswered"),
        ("the next update", next_moments, "inbox_next_try"),
        ("what is held", nudges.rescue_all, "nudge_held"),
    ],
)
async def test_looking_for_work_reads_a_partial_index(
    sqlite_store: Store, label: str, statement: Any, index: str
) -> None:
    said: list[str] = []
    async with sqlite_store.begin() as tx:
        raw = (await tx.connection.get_raw_connection()).driver_connection
        assert raw is not None
        await raw.set_trace_callback(said.append)
        await statement(tx)
        await raw.set_trace_callback(None)
        steps = await tx.connection.execute(text("EXPLAIN QUERY PLAN " + said[0]))
        plan = " ".join(str(row) for row in steps)
    assert index in plan, label
