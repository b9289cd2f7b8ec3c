"""How does a due nudge reach the phone?

claimed -> still right? -> rendered -> its turn to be sent -> still right? -> "sending" committed
-> sent -> what came of it. In quiet hours nothing unasked leaves, whatever happened in between.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from nudger.domain.dialogues import (
    DIALOGUES,
    attempt,
    prompt,
    separation,
    steps_again,
    writing_less,
)
from nudger.domain.dialogues.turn import State
from nudger.domain.last_look import Look, Verdict, last_look
from nudger.domain.local_time import local_date
from nudger.domain.message_out import Act, MessageOut, Sent
from nudger.domain.nudge import Delivery, FollowUp, Nudge
from nudger.domain.nudge import State as NudgeState
from nudger.domain.person import Person, Phase
from nudger.domain.practice import Phase as AttemptPhase
from nudger.flows import facts
from nudger.flows.plan import plan_again
from nudger.flows.world import World
from nudger.render.message import look, own_words
from nudger.store import codec, dialogues, nudges, outbox, people, practice
from nudger.store.dialogues import Dialogue
from nudger.store.outbox import Out
from nudger.store.states import DialogueStatus
from nudger.store.store import Store
from nudger.store.transaction import Transaction

log = structlog.get_logger()

BATCH = 100  # nudges claimed at once; a lease must outlast their sending

Send = Callable[..., Awaitable[Sent]]
Now = Callable[[], datetime]

MOVES = {
    Look.LATER: NudgeState.PLANNED,
    Look.SKIP: NudgeState.SKIPPED,
    Look.EXPIRE: NudgeState.EXPIRED,
    Look.CANCEL: NudgeState.CANCELLED,
}


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """A nudge in words, with the dialogue that its buttons belong to."""

    person: Person
    dialogue: Dialogue
    message: MessageOut


async def claim_due(store: Store, *, world: World, now: datetime) -> Sequence[Nudge]:
    """Take what is due for this process alone."""
    async with store.begin() as tx:
        return await nudges.claim_due(tx, now=now, limit=BATCH, owner=world.owner)


async def deliver(store: Store, nudge: Nudge, send: Send, *, world: World, now: Now) -> None:
    """Bring one claimed nudge to its end, or put it back."""
    ready = await _prepare(store, nudge, world=world, now=now())
    if ready is None:
        return
    sending: list[Nudge] = []
    out = Out(
        id=world.new_id(),
        message=ready.message,
        person=ready.person.id,
        nudge=nudge.id,
        dialogue=ready.dialogue.id,
    )

    async def commit_sending() -> bool:
        begun = await _begin_sending(store, nudge, ready, out, world=world, now=now())
        sending.extend([begun] if begun else [])
        return begun is not None

    sent = await send(ready.message, asked=nudge.content.awaited, last_look=commit_sending)
    if sending:
        await _record(store, sending[0], out, ready, sent, world=world, now=now())
    elif sent.delivery is Delivery.NOT_LEFT and sent.wait is not None:
        async with store.begin() as tx:
            back = NudgeState.PLANNED
            await nudges.move(tx, nudge, back, now=now(), due_at=now() + sent.wait)


async def _prepare(store: Store, nudge: Nudge, *, world: World, now: datetime) -> _Ready | None:
    """Look once more, and find the words; None where it goes no further."""
    async with store.begin() as tx:
        person = await people.by_id(tx, nudge.person)
        if person is None:
            return None
        verdict = await _look(tx, nudge, person, now=now)
        if verdict.look is not Look.GO:
            await _turn_away(tx, nudge, person, verdict, world=world, now=now)
            return None
        row, state = await _dialogue_of(tx, nudge, person, now=now)
        who = await facts.known(tx, person)
        known = await facts.for_dialogue(tx, who, dialogue=row.id, world=world, now=now)
        asked = DIALOGUES[row.kind].ask(state, known)
        if own_words(asked):
            raise ValueError(f"{asked.key} would show a person's own words unasked")
        words = look(asked, person=person, now=now, dialogue=row.id, step=state.step)
        message = MessageOut(
            chat=person.chat, text=words.text, buttons=words.buttons, silently=person.silently
        )
        row = replace(row, step=state.step, state=codec.to_text(type(state), state))
        return _Ready(person=person, dialogue=row, message=message)


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
        sending = await nudges.move(tx, nudge, NudgeState.SENDING, now=now)
        if sending is None:
            return None
        await dialogues.park(tx, person.id)
        await dialogues.save(
            tx, replace(ready.dialogue, status=DialogueStatus.OPEN, last_word_at=now)
        )
        await outbox.add(tx, out, now=now, owner=world.owner)
        log.info("nudge_sending", nudge=nudge.id, lane=nudge.lane)
        return sending


async def _record(
    store: Store,
    nudge: Nudge,
    out: Out,
    ready: _Ready,
    sent: Sent,
    *,
    world: World,
    now: datetime,
) -> None:
    """What came of it, in one transaction with the next plan."""
    async with store.begin() as tx:
        match sent.delivery:
            case Delivery.DELIVERED:
                await nudges.move(tx, nudge, NudgeState.DELIVERED, now=now, message=sent.message)
                await outbox.delivered(tx, out.id, owner=world.owner, now=now, message=sent.message)
                if sent.message is not None:
                    await dialogues.shown(tx, ready.dialogue.id, sent.message)
                await _settle(tx, nudge, ready, world=world, now=now)
            case Delivery.NOT_LEFT:
                later = now + sent.wait if sent.wait else now
                await nudges.move(tx, nudge, NudgeState.PLANNED, now=now, due_at=later)
                await outbox.refused(tx, out.id, owner=world.owner, now=now)
            case Delivery.UNKNOWN:
                await nudges.move(tx, nudge, NudgeState.UNKNOWN, now=now)
                await outbox.unknown(tx, out.id, owner=world.owner, now=now)
            case Delivery.BLOCKED | Delivery.REFUSED:
                await nudges.move(tx, nudge, NudgeState.REFUSED, now=now)
                await outbox.refused(tx, out.id, owner=world.owner, now=now)
        log.info("nudge_sent", nudge=nudge.id, delivery=sent.delivery, error=sent.error or None)
        person = await people.by_id(tx, nudge.person)
        if person is None:
            return
        if sent.delivery is Delivery.BLOCKED:
            person = replace(person, phase=Phase.GONE)
            await people.save(tx, person)
        await plan_again(tx, person, world=world, now=now)


async def _settle(
    tx: Transaction, nudge: Nudge, ready: _Ready, *, world: World, now: datetime
) -> None:
    """Take the buttons off what this message replaces: the "running until" of an attempt."""
    if nudge.content.follow_up is FollowUp.ATTEMPT_END and ready.dialogue.message is not None:
        gone = MessageOut(chat=ready.person.chat, act=Act.UNBUTTON, message=ready.dialogue.message)
        await outbox.add(tx, Out(id=world.new_id(), message=gone, person=ready.person.id), now=now)


async def _look(tx: Transaction, nudge: Nudge, person: Person, *, now: datetime) -> Verdict:
    """The domain's last look, with what it asks about."""
    zone = facts.zone_of(person)
    today = local_date(now, zone)
    sent = await nudges.unasked_since(tx, person.id, since=now - facts.LOOK_BACK)
    own = [n.sent_at for n in sent if not n.content.awaited and n.sent_at]
    running = [
        a.ends_at
        for a in await practice.attempts(tx, person.id, limit=facts.RECENT)
        if a.phase is AttemptPhase.RUNNING and a.ends_at
    ]
    return last_look(
        nudge,
        person,
        now=now,
        last_unasked_at=max((n.sent_at for n in sent if n.sent_at), default=None),
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
    """Later, skipped, expired or cancelled; nothing held back is flushed afterwards."""
    why = verdict.reason.name if verdict.reason else ""
    log.info("nudge_turned_away", nudge=nudge.id, look=verdict.look, why=why)
    await nudges.move(tx, nudge, MOVES[verdict.look], now=now, due_at=verdict.due_at)
    if verdict.look is not Look.LATER:
        await plan_again(tx, person, world=world, now=now)


async def _dialogue_of(
    tx: Transaction, nudge: Nudge, person: Person, *, now: datetime
) -> tuple[Dialogue, State]:
    """The dialogue that a nudge opens, or goes on with."""
    kind, id = "", nudge.id
    state: State = None
    content = nudge.content
    match content.follow_up:
        case None if content.prompt is not None:
            kind, state = "prompt", prompt.State(prompt=content.prompt)
        case None:
            kind, state = "attempt", attempt.offered(content.rungs)
        case FollowUp.ATTEMPT_END:
            row = await dialogues.by_id(tx, content.follows or "", person=person.id)
            if row is not None:
                return row, attempt.time_is_up(codec.from_text(attempt.State, row.state))
            one = await practice.attempt_by_id(tx, content.follows or "", person=person.id)
            if one is not None:
                kind, id = "attempt", one.id
                state = attempt.State(step="how", rungs=(one.rung,), attempt=one)
        case FollowUp.REFLECTION:
            apart = await practice.separation_by_id(tx, content.follows or "", person=person.id)
            if apart is not None:
                kind, id = "separation", apart.id
                state = separation.ready_to_look_back(apart)
        case FollowUp.STEPS_AGAIN:
            kind, state = "steps_again", steps_again.State()
        case FollowUp.WRITING_LESS | FollowUp.FAREWELL:
            kind, state = (
                "writing_less",
                writing_less.State(farewell=content.follow_up is FollowUp.FAREWELL),
            )
    if state is None:
        raise ValueError(f"nudge {nudge.id} follows nothing that is there")
    row = Dialogue(
        id=id,
        person=person.id,
        kind=kind,
        step=state.step,
        state="",
        opened_at=now,
        last_word_at=now,
    )
    return row, state
