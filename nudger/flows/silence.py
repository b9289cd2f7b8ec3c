"""What is made of no answer? Less, never more; and never that it was fear."""

from datetime import datetime

import structlog

from nudger.domain.pacing.events import Event, Outcome
from nudger.flows.plan import plan_again
from nudger.flows.world import World
from nudger.store import events, nudges, people
from nudger.store.store import Store

log = structlog.get_logger()

BATCH = 50  # nudges; each brings a plan with it, and all of that is one transaction


async def note_silence(store: Store, *, world: World, now: datetime) -> bool:
    """What lost its use without an answer counts once; what was never sent gives way.

    True where there may be more of it.
    """
    async with store.begin() as tx:
        useless = await nudges.expire(tx, now=now)
        silent = await nudges.fall_silent(tx, now=now, limit=BATCH)
        for nudge in useless:
            log.info("nudge_expired", nudge=nudge.id)
        for nudge in silent:
            if not nudge.content.awaited:
                event = Event(
                    id=f"silent:{nudge.id}",
                    at=nudge.useful_until,
                    local_date=nudge.local_date,
                    outcome=Outcome.SILENT,
                )
                await events.put(tx, nudge.person, event)
            log.info("nudge_silent", nudge=nudge.id)
        for id in dict.fromkeys(nudge.person for nudge in (*useless, *silent)):
            person = await people.by_id(tx, id)
            if person is not None:
                await plan_again(tx, person, world=world, now=now)
        return len(silent) == BATCH
