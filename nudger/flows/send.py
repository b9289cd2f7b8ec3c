"""How does a message out leave, and what is written down of it?

An answer that may not have arrived is sent once more, because the person waits for it: so there
are at most two copies of it, and never of a nudge of our own accord.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from nudger.domain.message_out import Act, Sent
from nudger.domain.nudge import Delivery, Nudge
from nudger.domain.nudge import State as NudgeState
from nudger.domain.person import Phase
from nudger.flows.plan import plan_again
from nudger.flows.world import World
from nudger.store import dialogues, nudges, outbox, people
from nudger.store.outbox import Out
from nudger.store.store import Store
from nudger.store.transaction import Transaction

log = structlog.get_logger()

BATCH = 64  # messages under way at once, one a chat
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=1), timedelta(minutes=5)

Send = Callable[..., Awaitable[Sent]]


async def claim(store: Store, *, world: World, now: datetime) -> Sequence[Out]:
    """Take what waits, the first of each chat."""
    async with store.begin() as tx:
        return await outbox.claim(tx, now=now, limit=BATCH, owner=world.owner)


async def send_out(
    store: Store, out: Out, send: Send, *, world: World, now: Callable[[], datetime]
) -> None:
    """Make the call, and write down what came of it."""
    sent = await send(out.message, asked=True)
    async with store.begin() as tx:
        await _record(tx, out, sent, world=world, now=now())


async def rescue(
    tx: Transaction, *, world: World, now: datetime, all_of_them: bool = False
) -> None:
    """Take back what a dead process held; at the start of the only one, all there is."""
    taken = await (nudges.rescue_all(tx) if all_of_them else nudges.rescue(tx, now=now))
    for nudge in (*taken.planned, *taken.unknown):
        log.info("nudge_rescued", nudge=nudge.id, state=nudge.state)
    fateless = await (outbox.rescue_all(tx, now=now) if all_of_them else outbox.rescue(tx, now=now))
    for out in fateless:
        await _once_more(tx, out, world=world, now=now)


async def _record(tx: Transaction, out: Out, sent: Sent, *, world: World, now: datetime) -> None:
    owner = world.owner
    log.info("out_sent", out=out.id, act=out.message.act, delivery=sent.delivery)
    match sent.delivery:
        case Delivery.DELIVERED:
            await outbox.delivered(tx, out.id, owner=owner, now=now, message=sent.message)
            await _arrived(tx, out, sent, now=now)
        case Delivery.NOT_LEFT:
            wait = sent.wait or min(FIRST_RETRY * 2 ** (out.tries - 1), LONGEST_RETRY)
            await outbox.again(tx, out.id, owner=owner, next_try_at=now + wait)
        case Delivery.UNKNOWN:
            await outbox.unknown(tx, out.id, owner=owner, now=now)
            await _once_more(tx, out, world=world, now=now)
        case Delivery.REFUSED:
            await outbox.refused(tx, out.id, owner=owner, now=now)
            if out.message.act is Act.EDIT:  # the message is gone: say it in a new one
                anew = replace(out.message, act=Act.SEND, message=None)
                await outbox.add(tx, replace(out, id=world.new_id(), message=anew), now=now)
        case Delivery.BLOCKED:
            await outbox.refused(tx, out.id, owner=owner, now=now)
            person = await people.by_id(tx, out.person) if out.person else None
            if person is not None:
                gone = replace(person, phase=Phase.GONE)
                await people.save(tx, gone)
                await plan_again(tx, gone, world=world, now=now)


async def _arrived(tx: Transaction, out: Out, sent: Sent, *, now: datetime) -> None:
    """The message that shows the dialogue now; for a nudge sent once more, its end."""
    if out.dialogue is not None and sent.message is not None:
        await dialogues.shown(tx, out.dialogue, sent.message)
    nudge = await nudges.by_id(tx, out.nudge) if out.nudge else None
    if nudge is not None and nudge.state is NudgeState.UNKNOWN:
        await nudges.move(tx, nudge, NudgeState.DELIVERED, now=now, message=sent.message)


async def _once_more(tx: Transaction, out: Out, *, world: World, now: datetime) -> None:
    """Only what the person waits for; the second time it is let be."""
    nudge: Nudge | None = await nudges.by_id(tx, out.nudge) if out.nudge else None
    if nudge is None or nudge.content.awaited:
        again = await outbox.once_more(tx, out.id, now=now)
        log.info("out_once_more", out=out.id, again=again, owner=world.owner)
