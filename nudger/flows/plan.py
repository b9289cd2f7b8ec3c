"""How does a plan get written down? There is no other way that plans change."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from nudger.domain.nudge import Nudge, Planned, State
from nudger.domain.person import Person, Phase
from nudger.domain.planning.plan import plan, stands
from nudger.domain.refusal import Refusal
from nudger.flows import facts
from nudger.flows.world import World
from nudger.store import decisions, nudges, people
from nudger.store.decisions import Decision
from nudger.store.store import Store
from nudger.store.transaction import Transaction

log = structlog.get_logger()

IDLE_AT_ONCE = 500  # people of whom nothing is planned, looked at in one turn


async def plan_again(tx: Transaction, person: Person, *, world: World, now: datetime) -> None:
    """After anything changed for a person: what is still right stays, the rest makes way."""
    wanted = plan(await facts.for_planning(tx, person, world=world, now=now), now=now)
    standing = list(await nudges.planned_of(tx, person.id))
    kept = [(nudge, one) for nudge in standing for one in wanted if stands(nudge, one, now=now)]
    for nudge in standing:
        if nudge not in [k for k, _ in kept]:
            await nudges.move(tx, nudge, State.CANCELLED, now=now)
            log.info("nudge_cancelled", nudge=nudge.id, lane=nudge.lane)
    sending = await nudges.under_way(tx, person.id)
    for one in wanted:
        if one in [k for _, k in kept] or _comes_first(one, sending):
            continue
        await _decide(tx, person, one, world=world, now=now)


async def plan_all(store: Store, *, world: World, now: datetime) -> None:
    """For everybody, one after the other: what plans rest on has changed."""
    async with store.read() as tx:
        ids = await people.all_ids(tx, phase=Phase.JOINED)
    await _plan_each(store, ids, world=world, now=now)


async def plan_idle(store: Store, *, world: World, now: datetime) -> None:
    """For those of whom nothing is planned: time alone may change that."""
    after = ""
    while True:
        async with store.read() as tx:
            ids = await people.without_plan(tx, after=after, limit=IDLE_AT_ONCE)
        if not ids:
            return
        await _plan_each(store, ids, world=world, now=now)
        after = ids[-1]


async def _plan_each(store: Store, ids: Sequence[str], *, world: World, now: datetime) -> None:
    for id in ids:
        try:
            async with store.begin() as tx:
                person = await people.by_id(tx, id)
                if person is not None:
                    await plan_again(tx, person, world=world, now=now)
        except Refusal:
            raise
        except Exception:  # the others' plans do not wait for it
            log.exception("not_planned", person=id)


async def _decide(
    tx: Transaction, person: Person, one: Planned, *, world: World, now: datetime
) -> None:
    """One decision with its reason; also the one to send nothing."""
    today = one.local_date or now.date()
    if one.content is None or one.due_at is None or one.useful_until is None:
        last = await decisions.latest(tx, person.id, one.lane)
        if last and (last.reason, last.local_date, last.nudge) == (one.reason, today, None):
            return
        nothing = Decision(lane=one.lane, local_date=today, at=now, reason=one.reason)
        await decisions.add(tx, person.id, nothing)
        log.info("nothing_planned", person=person.id, lane=one.lane, why=one.reason.name)
        return
    nudge = Nudge(
        id=world.new_id(),
        person=person.id,
        lane=one.lane,
        local_date=today,
        due_at=one.due_at,
        useful_until=one.useful_until,
        state=State.PLANNED,
        content=one.content,
        reason=one.reason,
    )
    await nudges.add(tx, nudge)
    made = Decision(lane=one.lane, local_date=today, at=now, reason=one.reason, nudge=nudge.id)
    await decisions.add(tx, person.id, made)
    log.info("nudge_planned", nudge=nudge.id, lane=nudge.lane, due_at=nudge.due_at.isoformat())


def _comes_first(one: Planned, sending: Sequence[Nudge]) -> bool:
    """One of that lane (or following the same) is being sent at this moment: then plan again."""
    if one.content is None:
        return False
    followed = (one.content.follow_up, one.content.follows)
    return any(
        nudge.lane is one.lane and (nudge.content.follow_up, nudge.content.follows) == followed
        for nudge in sending
    )
