"""How does a due nudge reach the phone?

claimed -> still right? -> in words -> its turn to be sent -> still right? -> "sending" committed
-> sent -> what came of it. In quiet hours nothing unasked leaves, whatever happened in between.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from nudger.domain.dialogues import DIALOGUES, attempt
from nudger.domain.dialogues.opening import Opening, opening
from nudger.domain.message_out import Act, MessageOut, Sent
from nudger.domain.nudge import Delivery, FollowUp, Nudge, Reason
from nudger.domain.nudge import State as NudgeState
from nudger.domain.person import Person, Phase
from nudger.domain.planning.last_look import Look, Verdict, last_look
from nudger.domain.practice import under_way
from nudger.domain.refusal import Refusal
from nudger.domain.time.local_time import local_date
from nudger.flows import facts
from nudger.flows.backoff import backoff
from nudger.flows.plan import plan_again
from nudger.flows.world import World
from nudger.render.message import own_words, render
from nudger.store import codec, dialogues, nudges, outbox, people, practice
from nudger.store.dialogues import Dialogue
from nudger.store.outbox import Out
from nudger.store.states import DialogueStatus
from nudger.store.store import Store
from nudger.store.transaction import Transaction

log = structlog.get_logger()

Send = Callable[..., Awaitable[Sent]]
Now = Callable[[], datetime]

# What the last look turns away does not come back on the same date: it is skipped. Cancelled is
# what made way for another plan, and it may be made again.
MOVES = {
    Look.LATER: NudgeState.PLANNED,
    Look.SKIP: NudgeState.SKIPPED,
    Look.EXPIRE: NudgeState.EXPIRED,
}
TEXT_GONE = Verdict(look=Look.SKIP, reason=Reason(name="text_gone"))


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """A nudge in words. ``before`` is the dialogue as it stood, where it goes on with one."""

    person: Person
    opened: Opening
    dialogue: Dialogue
    before: Dialogue | None
    message: MessageOut


async def claim_due(store: Store, *, world: World, now: datetime, limit: int) -> Sequence[Nudge]:
    """Take what is due for this process alone."""
    async with store.begin() as tx:
        return await nudges.claim_due(tx, now=now, limit=limit, owner=world.owner)


async def deliver(
    store: Store, nudge: Nudge, send: Send, *, world: World, now: Now
) -> Nudge | None:
    """Bring one claimed nudge to its end, or put it back.

    One of unknown fate, which the person waits for, is returned: it may be delivered once more.
    """
    try:
        ready = await _prepare(store, nudge, world=world, now=now())
    except Exception:
        await _put_back(store, nudge, now=now(), until=now() + backoff(nudge.fence))
        raise
    if ready is None:
        return None
    out = Out(
        id=world.new_id(),
        message=ready.message,
        person=ready.person.id,
        nudge=nudge.id,
        dialogue=ready.dialogue.id,
    )
    sending: list[Nudge] = []

    async def commit_sending() -> bool:
        begun = await _begin_sending(store, nudge, ready, out, world=world, now=now())
        sending.extend([begun] if begun else [])
        return begun is not None

    failed: Exception | None = None
    try:
        sent = await send(ready.message, asked=nudge.content.awaited, last_look=commit_sending)
    except Exception as error:  # noqa: BLE001 - it rises once it is written down
        # The last look failed, or the token was revoked: then nothing left.
        left = bool(sending) and not isinstance(error, Refusal)
        delivery = Delivery.UNKNOWN if left else Delivery.NOT_LEFT
        wait = None if sending else backoff(nudge.fence)
        sent, failed = Sent(delivery=delivery, wait=wait, error=type(error).__name__), error
    again = None
    if sending:
        again = await _record(store, sending[0], out, ready, sent, world=world, now=now())
    elif sent.wait is not None:
        await _put_back(store, nudge, now=now(), until=now() + sent.wait)
    if failed is not None:
        raise failed
    return again


async def _put_back(store: Store, nudge: Nudge, *, now: datetime, until: datetime) -> None:
    if nudge.state is NudgeState.CLAIMED:
        async with store.begin() as tx:
            await nudges.move(tx, nudge, NudgeState.PLANNED, now=now, due_at=until)


async def _prepare(store: Store, nudge: Nudge, *, world: World, now: datetime) -> _Ready | None:
    """Look once more, and find the words; None where it goes no further."""
    async with store.begin() as tx:
        person = await people.by_id(tx, nudge.person)
        if person is None:
            return None
        verdict = await _look(tx, nudge, person, now=now)
        opened, before = await _opening(tx, nudge, person, world=world)
        if verdict.look is Look.GO and opened is None:
            verdict = TEXT_GONE
        if verdict.look is not Look.GO or opened is None:
            await _turn_away(tx, nudge, person, verdict, world=world, now=now)
            return None
        known = await facts.for_dialogue(tx, person, dialogue=opened.id, world=world, now=now)
        asked = DIALOGUES[opened.kind].ask(opened.state, known)
    if own_words(asked):
        raise ValueError(f"{asked.key} would show a person's own words unasked")
    step = opened.state.step
    words = render(asked, person=person, now=now, dialogue=opened.id, step=step)
    row = Dialogue(
        id=opened.id,
        person=person.id,
        kind=opened.kind,
        step=step,
        state=codec.to_text(type(opened.state), opened.state),
        opened_at=before.opened_at if before else now,
        last_word_at=now,
        message=before.message if before else None,
    )
    message = MessageOut(
        chat=person.chat, text=words.text, buttons=words.buttons, silently=person.silently
    )
    return _Ready(person=person, opened=opened, dialogue=row, before=before, message=message)


async def _begin_sending(
    store: Store, nudge: Nudge, ready: _Ready, out: Out, *, world: World, now: datetime
) -> Nudge | None:
    """The moment before the first byte: "sending" is committed, or it does not leave."""
    async with store.begin() as tx:
        person = await people.by_id(tx, nudge.person)
        if person is None:
            return None
        verdict = await _look(tx, nudge, person, now=now)
        if verdict.look is not Look.GO:
            await _turn_away(tx, nudge, person, verdict, world=world, now=now)
            return None
        if await _opening(tx, nudge, person, world=world) != (ready.opened, ready.before):
            await _overtaken(tx, nudge, person, world=world, now=now)
            return None
        sending = await nudges.move(tx, nudge, NudgeState.SENDING, now=now, owner=world.owner)
        if sending is None:
            return None
        open_ = await dialogues.open_of(tx, person.id)
        goes_on = open_ is not None and open_.id == ready.dialogue.id
        status = DialogueStatus.OPEN if goes_on else DialogueStatus.PARKED
        await dialogues.save(tx, replace(ready.dialogue, status=status))
        await outbox.add(tx, out, now=now, owner=world.owner)
    log.info("nudge_sending", nudge=nudge.id, lane=nudge.lane)
    return sending


async def _overtaken(
    tx: Transaction, nudge: Nudge, person: Person, *, world: World, now: datetime
) -> None:
    """The person went on meanwhile with what this goes on with: it is decided anew."""
    log.info("nudge_overtaken", nudge=nudge.id)
    if nudge.state is NudgeState.CLAIMED:
        await nudges.move(tx, nudge, NudgeState.PLANNED, now=now)
        await plan_again(tx, person, world=world, now=now)


async def _record(
    store: Store,
    nudge: Nudge,
    out: Out,
    ready: _Ready,
    sent: Sent,
    *,
    world: World,
    now: datetime,
) -> Nudge | None:
    """What came of it, in one transaction with the next plan."""
    log.info("nudge_sent", nudge=nudge.id, delivery=sent.delivery, error=sent.error or None)
    again = None
    async with store.begin() as tx:
        person = await people.by_id(tx, nudge.person)
        if person is None:
            return None  # forgotten meanwhile, and all of this with them
        match sent.delivery:
            case Delivery.DELIVERED:
                await nudges.move(tx, nudge, NudgeState.DELIVERED, now=now, message=sent.message)
                await outbox.delivered(tx, out.id, owner=world.owner, now=now, message=sent.message)
                await _open(tx, ready, sent, world=world, now=now)
            case Delivery.UNKNOWN:
                unknown = await nudges.move(tx, nudge, NudgeState.UNKNOWN, now=now)
                await outbox.unknown(tx, out.id, owner=world.owner, now=now)
                await _open(tx, ready, sent, world=world, now=now)
                again = unknown if nudge.content.awaited else None
            case Delivery.NOT_LEFT:
                later = now + (sent.wait or backoff(nudge.fence))
                await nudges.move(tx, nudge, NudgeState.PLANNED, now=now, due_at=later)
                await outbox.refused(tx, out.id, owner=world.owner, now=now)
                await _as_before(tx, ready, now=now)
            case Delivery.BLOCKED | Delivery.REFUSED:
                await nudges.move(tx, nudge, NudgeState.REFUSED, now=now)
                await outbox.refused(tx, out.id, owner=world.owner, now=now)
                await _as_before(tx, ready, now=now)
        if sent.delivery is Delivery.BLOCKED:
            person = replace(person, phase=Phase.GONE)
            await people.save(tx, person)
        # What never left stands as it was planned, also where its time of day is over meanwhile.
        if sent.delivery is not Delivery.NOT_LEFT:
            await plan_again(tx, person, world=world, now=now)
    return again


async def _open(tx: Transaction, ready: _Ready, sent: Sent, *, world: World, now: datetime) -> None:
    """The conversation is about this now; what it goes on from keeps no buttons."""
    row = await dialogues.by_id(tx, ready.dialogue.id, person=ready.person.id)
    if row is None or row.status is DialogueStatus.CLOSED:
        return
    open_ = await dialogues.open_of(tx, ready.person.id)
    if open_ is not None and open_.id != row.id:
        await dialogues.park(tx, ready.person.id)
    message = sent.message or row.message
    arrived = replace(row, status=DialogueStatus.OPEN, last_word_at=now, message=message)
    await dialogues.save(tx, arrived)
    if ready.before is not None and ready.before.message not in {None, sent.message}:
        bare = MessageOut(chat=ready.person.chat, act=Act.UNBUTTON, message=ready.before.message)
        await outbox.add(tx, Out(id=world.new_id(), message=bare, person=ready.person.id), now=now)


async def _as_before(tx: Transaction, ready: _Ready, *, now: datetime) -> None:
    """It did not arrive: no words go to a question that nobody saw."""
    if ready.before is None:
        await dialogues.close(tx, ready.dialogue.id, now=now)
        return
    standing = await dialogues.by_id(tx, ready.dialogue.id, person=ready.person.id)
    if standing is not None and standing.step == ready.dialogue.step:
        await dialogues.save(tx, replace(ready.before, status=standing.status))


async def _look(tx: Transaction, nudge: Nudge, person: Person, *, now: datetime) -> Verdict:
    """The domain's last look, with what it asks about."""
    zone = facts.zone_of(person)
    today = local_date(now, zone)
    sent = await nudges.sent_since(tx, person.id, since=now - facts.LOOK_BACK)
    others = [each for each in sent if each.id != nudge.id and each.sent_at]
    own = [each.sent_at for each in others if not each.content.awaited and each.sent_at]
    attempts = await practice.attempts(tx, person.id, limit=1)
    running = [a.ends_at for a in attempts if under_way(a, now=now) and a.ends_at]
    return last_look(
        nudge,
        person,
        now=now,
        last_unasked_at=max((each.sent_at for each in others if each.sent_at), default=None),
        unasked_today=sum(local_date(at, zone) == today for at in own),
        last_word_at=await people.last_word_at(tx, person.id),
        attempt_ends_at=max(running, default=None),
    )


async def _turn_away(
    tx: Transaction,
    nudge: Nudge,
    person: Person,
    verdict: Verdict,
    *,
    world: World,
    now: datetime,
) -> None:
    """Later, skipped or expired; nothing held back is flushed afterwards."""
    why = verdict.reason.name if verdict.reason else ""
    log.info("nudge_turned_away", nudge=nudge.id, look=verdict.look, why=why)
    if nudge.state is NudgeState.UNKNOWN:
        return  # it may have arrived; it is not sent once more, that is all
    await nudges.move(tx, nudge, MOVES[verdict.look], now=now, due_at=verdict.due_at)
    if verdict.look is not Look.LATER:
        await plan_again(tx, person, world=world, now=now)


async def _opening(
    tx: Transaction, nudge: Nudge, person: Person, *, world: World
) -> tuple[Opening | None, Dialogue | None]:
    """The dialogue that a nudge opens, and the one it goes on with as it stands."""
    follows = nudge.content.follows or ""
    before = attempted = apart = standing = None
    if nudge.content.follow_up is FollowUp.ATTEMPT_END:
        attempted = await practice.attempt_by_id(tx, follows, person=person.id)
        before = await dialogues.by_id(tx, follows, person=person.id)
        standing = codec.from_text(attempt.State, before.state) if before else None
    elif nudge.content.follow_up is FollowUp.REFLECTION:
        apart = await practice.separation_by_id(tx, follows, person=person.id)
        before = await dialogues.by_id(tx, follows, person=person.id)
    opened = opening(
        nudge,
        world.library_of(person),
        standing=standing,
        attempted=attempted,
        apart=apart,
    )
    return opened, before
