"""How does an answer leave, and what is written down of it?

One that may not have arrived is sent once more, because the person waits for it: there are at most
two copies. One that is late by an hour nobody waits for any more: it keeps out of quiet hours.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from nudger.domain.message_out import Act, MessageOut, Sent
from nudger.domain.nudge import Delivery, Nudge
from nudger.domain.person import Person, Phase
from nudger.domain.refusal import Refusal
from nudger.flows import facts
from nudger.flows.backoff import backoff
from nudger.flows.plan import plan_again
from nudger.flows.world import World
from nudger.store import dialogues, nudges, outbox, people
from nudger.store.outbox import Out
from nudger.store.store import Store
from nudger.store.transaction import Transaction

log = structlog.get_logger()

STALE = timedelta(hours=1)
NOTHING_LEFT = "·"  # a message cannot be empty
ONCE_MORE_AFTER = timedelta(seconds=3)  # an outage of a second must not use up both tries

Send = Callable[..., Awaitable[Sent]]


async def claim(store: Store, *, world: World, now: datetime, limit: int) -> Sequence[Out]:
    """Take what waits, the first of each chat."""
    async with store.begin() as tx:
        return await outbox.claim(tx, now=now, limit=limit, owner=world.owner)


async def send_out(
    store: Store, out: Out, send: Send, *, world: World, now: Callable[[], datetime]
) -> bool:
    """Make the call, and write down what came of it; False where it is to be tried again."""
    try:
        if await _held_back(store, out, world=world, now=now()):
            return False
    except Exception:  # it never left
        async with store.begin() as tx:
            again = now() + backoff(out.tries)
            await outbox.again(tx, out.id, owner=world.owner, next_try_at=again)
        raise
    revoked: Refusal | None = None
    try:
        sent = await send(out.message, asked=True)
    except Refusal as refusal:  # the token was revoked: what is to be said stays
        sent, revoked = Sent(delivery=Delivery.NOT_LEFT, error=type(refusal).__name__), refusal
    log.info("out_sent", out=out.id, act=out.message.act, delivery=sent.delivery)
    async with store.begin() as tx:
        await _record(tx, out, sent, world=world, now=now())
    if revoked is not None:
        raise revoked
    return sent.delivery is not Delivery.NOT_LEFT


async def rescue(
    store: Store, *, world: World, now: datetime, all_of_them: bool = False
) -> Sequence[Nudge]:
    """Take back what a dead process held; at the start of the only one, all there is.

    Returned are the nudges of unknown fate that their people wait for.
    """
    async with store.begin() as tx:
        taken = await (nudges.rescue_all(tx) if all_of_them else nudges.rescue(tx, now=now))
        fateless = await (
            outbox.rescue_all(tx, now=now) if all_of_them else outbox.rescue(tx, now=now)
        )
        for out in fateless:
            if out.nudge is None:
                await outbox.once_more(tx, out.id, next_try_at=now)
                log.info("out_rescued", out=out.id)
    for nudge in (*taken.planned, *taken.unknown):
        log.info("nudge_rescued", nudge=nudge.id, state=nudge.state)
    for id in dict.fromkeys(nudge.person for nudge in taken.unknown):
        async with store.begin() as tx:
            person = await people.by_id(tx, id)
            if person is not None:
                await plan_again(tx, person, world=world, now=now)
    return [nudge for nudge in taken.unknown if nudge.content.awaited]


async def _held_back(store: Store, out: Out, *, world: World, now: datetime) -> bool:
    """A stale answer waits for the end of quiet hours."""
    if out.person is None or out.created_at is None or now - out.created_at < STALE:
        return False
    async with store.begin() as tx:
        person = await people.by_id(tx, out.person)
        if person is None:
            return True
        opens = person.quiet.next_open(now, facts.zone_of(person))
        if opens > now:
            await outbox.again(tx, out.id, owner=world.owner, next_try_at=opens)
        return opens > now


async def _record(tx: Transaction, out: Out, sent: Sent, *, world: World, now: datetime) -> None:
    # The person first, as everywhere: so transactions of one person wait for each other.
    person = await people.by_id(tx, out.person) if out.person else None
    if out.person is not None and person is None:
        return  # forgotten meanwhile, and all of this with them
    owner = world.owner
    match sent.delivery:
        case Delivery.DELIVERED:
            await outbox.delivered(tx, out.id, owner=owner, now=now, message=sent.message)
            if out.dialogue is not None and sent.message is not None:
                await dialogues.shown(tx, out.dialogue, sent.message)
        case Delivery.NOT_LEFT:
            again = now + (sent.wait or backoff(out.tries))
            await outbox.again(tx, out.id, owner=owner, next_try_at=again)
        case Delivery.UNKNOWN:
            await outbox.unknown(tx, out.id, owner=owner, now=now)
            await outbox.once_more(tx, out.id, next_try_at=now + ONCE_MORE_AFTER)
        case Delivery.REFUSED:
            await outbox.refused(tx, out.id, owner=owner, now=now)
            instead = _instead(out.message)
            if instead is not None:
                anew = replace(out, id=world.new_id(), message=instead, created_at=None)
                await outbox.add(tx, anew, now=now)
        case Delivery.BLOCKED:
            await outbox.refused(tx, out.id, owner=owner, now=now)
            await _gone(tx, person, world=world, now=now)


def _instead(refused: MessageOut) -> MessageOut | None:
    """What does nearly the same, where Telegram will not do it."""
    match refused.act:
        case Act.EDIT if refused.text != NOTHING_LEFT:  # it is gone: say it in a new one
            return replace(refused, act=Act.SEND, message=None)
        case Act.DELETE:  # it is too old to go: its words can still be taken out of it
            return replace(refused, act=Act.EDIT, text=NOTHING_LEFT)
    return None


async def _gone(tx: Transaction, person: Person | None, *, world: World, now: datetime) -> None:
    """They blocked the bot: nothing more is planned or sent until they are back."""
    if person is not None:
        gone = replace(person, phase=Phase.GONE)
        await people.save(tx, gone)
        await plan_again(tx, gone, world=world, now=now)
