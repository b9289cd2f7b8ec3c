"""What is made of no answer? Less, never more; and never that it was fear."""

from datetime import datetime

import structlog

from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.refusal import Refusal
from nudger.flows.pace import learn
from nudger.flows.plan import plan_again
from nudger.flows.world import World
from nudger.store import nudges, people
from nudger.store.store import Store

log = structlog.get_logger()

BATCH = 50  # people looked at in one turn; each is a transaction of their own


async def note_silence(store: Store, *, world: World, now: datetime) -> bool:
    """What lost its use without an answer counts once; what was never sent gives way.

    True where there may be more of it.
    """
    async with store.read() as tx:
        ids = await nudges.people_overdue(tx, now=now, limit=BATCH)
    noted = 0
    for id in ids:
        try:
            await _note(store, id, world=world, now=now)
        except Refusal:
            raise
        except Exception:  # the others' nudges do not wait for it
            log.exception("silence_not_noted", person=id)
        else:
            noted += 1
    return len(ids) == BATCH and noted > 0


async def _note(store: Store, id: str, *, world: World, now: datetime) -> None:
    async with store.begin() as tx:
        person = await people.by_id(tx, id)
        if person is None:
            return
        for nudge in await nudges.expire(tx, id, now=now):
            log.info("nudge_expired", nudge=nudge.id)
        for nudge in await nudges.fall_silent(tx, id, now=now):
            log.info("nudge_silent", nudge=nudge.id)
            if not nudge.content.awaited:
                silent = Event(
                    id=f"silent:{nudge.id}",
                    at=nudge.useful_until,
                    local_date=nudge.local_date,
                    outcome=Outcome.SILENT,
                )
                await learn(tx, id, silent)
        await plan_again(tx, person, world=world, now=now)
