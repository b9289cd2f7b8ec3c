"""What follows from a reply? All of it in one transaction: the process may die at any line."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from nudger.domain.dialogues import DIALOGUES, aside, commands, onboarding, standing
from nudger.domain.dialogues.turn import Turn
from nudger.domain.message_out import MessageOut
from nudger.domain.nudge import State as NudgeState
from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.person import Person, Phase
from nudger.domain.said import Command, Left, Place, Reply, Tap, Typed, Unread
from nudger.domain.screen import Screen
from nudger.domain.time.local_time import local_date
from nudger.flows import facts
from nudger.flows.pace import learn
from nudger.flows.plan import plan_again
from nudger.flows.talk import (
    Talk,
    facts_of,
    keep_note,
    new_dialogue,
    say,
    show,
    state_of,
    take,
    tell,
    unbutton,
)
from nudger.flows.typed import meant
from nudger.flows.world import World
from nudger.render.message import render
from nudger.store import dialogues, events, nudges, outbox, people
from nudger.store.dialogues import Dialogue
from nudger.store.outbox import Out
from nudger.store.states import DialogueStatus
from nudger.store.transaction import Transaction

log = structlog.get_logger()

DOUBLE_TAP = timedelta(minutes=1)  # a tap on what was just answered is a second tap, no old button


async def respond(tx: Transaction, reply: Reply, *, world: World, now: datetime) -> bool:
    """Do all that a reply asks for; True where the person is forgotten by it."""
    if not reply.private:
        if isinstance(reply.said, Command):
            await _to_stranger(tx, reply, "group", world=world, now=now)
        return False
    person = await people.by_chat(tx, reply.chat)
    if person is None:
        if isinstance(reply.said, Left):
            return False
        if isinstance(reply.said, Tap):
            await _to_stranger(tx, reply, "start.unknown", world=world, now=now)
            return False
        person = _stranger(reply, world=world, now=now)
        await people.add(tx, person)
        log.info("person_came", person=person.id)
    if isinstance(reply.said, Left):
        await _left(tx, person, back=reply.said.back, world=world, now=now)
        return False
    if person.phase is Phase.GONE:
        person = await _left(tx, person, back=True, world=world, now=now)
    await people.heard(tx, person.id, now=now)
    if person.phase is Phase.JOINED:
        await _answered_today(tx, person, world=world, now=now)
    log.info("reply", person=person.id, kind=type(reply.said).__name__.lower())
    tapped = reply.message if isinstance(reply.said, Tap) else None
    talk = Talk(tx=tx, world=world, now=now, person=person, tapped=tapped)
    match reply.said:
        case Tap():
            return await _tap(talk, reply.said)
        case Command():
            await _command(talk, reply.said)
        case Typed() | Place():
            return await _into_the_open(talk, reply.said)
        case Unread():
            await _unread(talk, reply.said)
    return False


async def _tap(talk: Talk, tap: Tap) -> bool:
    """A button of a dialogue that goes on, at its present step; else it is an old one."""
    row = await dialogues.by_id(talk.tx, tap.dialogue, person=talk.person.id)
    over = row is None or row.status is DialogueStatus.CLOSED or await _lapsed(talk, row)
    if row is None or over or row.step != tap.step:
        await _old_button(talk, row)
        return False
    await _mark_answered(talk, row)
    known = await facts_of(talk, row.id)
    turn = DIALOGUES[row.kind].answer(state_of(row), tap, known, now=talk.now)
    if turn is None:
        await _old_button(talk, row)
        return False
    return await take(talk, row, turn, known)


async def _old_button(talk: Talk, row: Dialogue | None) -> None:
    """Where we are instead; a second tap on what was just answered says nothing."""
    if row is not None and talk.now - row.last_word_at <= DOUBLE_TAP and row.message == talk.tapped:
        return
    open_ = await _open(talk)
    here = open_ is not None and talk.now - open_.last_word_at < standing.WHERE_WE_ARE
    key = ("old.here" if here else "old.gone") if row else ("old.lost_here" if here else "old.lost")
    said = Screen(key=key, values={"day": row.opened_at} if row else {})
    if talk.tapped is not None and (open_ is None or open_.message != talk.tapped):
        await unbutton(talk, talk.tapped)
    talk = replace(talk, tapped=None)
    if here and open_ is not None:
        await show(talk, open_, state_of(open_), said)
    else:
        await say(talk, said)


async def _command(talk: Talk, command: Command) -> None:
    """A command goes on with a dialogue, begins one, or tells something."""
    id = talk.world.new_id()
    started = commands.start(command.name, command.rest, await facts_of(talk, id), now=talk.now)
    on = await _to_resume(talk, started.resume) if started.resume else None
    if on is not None:
        await show(talk, on, state_of(on), *started.turn.say)
    elif started.turn.state is None:
        await tell(talk, started.turn)
    else:
        begun = new_dialogue(talk, started.kind, started.turn.state, id=started.id or id)
        await take(talk, begun, started.turn)


async def _to_resume(talk: Talk, which: str) -> Dialogue | None:
    """The dialogue of that id, or the one of that kind that was interrupted."""
    by_id = await dialogues.by_id(talk.tx, which, person=talk.person.id)
    if by_id is not None:
        return by_id
    open_ = await dialogues.open_of(talk.tx, talk.person.id)
    if open_ is not None and open_.kind == which:
        return open_
    return await dialogues.newest_parked(talk.tx, talk.person.id, kind=which)


async def _into_the_open(talk: Talk, said: Typed | Place) -> bool:
    """Words go to the open question; what it cannot take is kept as a note."""
    row = await _open(talk)
    if row is None:
        await _unasked_for(talk, said)
        return False
    await _mark_answered(talk, row)
    known = await facts_of(talk, row.id)
    dialogue, state = DIALOGUES[row.kind], state_of(row)
    tapped = None
    if isinstance(said, Typed):
        joining = talk.person.phase is Phase.JOINING
        idle = talk.now - row.last_word_at
        if not standing.hears_words(row.kind, idle=idle, joining=joining):
            await _unasked_for(talk, said)
            return False
        tapped = meant(said.text, dialogue.ask(state, known).choices, talk)
    answer = Tap(dialogue=row.id, step=row.step, choice=tapped) if tapped else said
    turn = dialogue.answer(state, answer, known, now=talk.now)
    if turn is not None:
        return await take(talk, row, turn, known)
    stands = standing.asked_again(row.kind, row.step)
    if isinstance(said, Typed):
        await keep_note(talk, said.text)
        if stands:
            await show(talk, row, state, Screen(key="note.kept_and_back"))
        else:
            await say(talk, Screen(key="note.kept"))
    elif stands:
        await show(talk, row, state, Screen(key="place.unasked"))
    else:
        await say(talk, Screen(key="place.unasked"))
    return False


async def _open(talk: Talk) -> Dialogue | None:
    """The dialogue they are in."""
    row = await dialogues.open_of(talk.tx, talk.person.id)
    return None if row is None or await _lapsed(talk, row) else row


async def _lapsed(talk: Talk, row: Dialogue) -> bool:
    """Close what is over by itself."""
    over = standing.lapsed(
        row.kind,
        state_of(row),
        opened_at=row.opened_at,
        last_word_at=row.last_word_at,
        now=talk.now,
        zone=facts.zone_of(talk.person),
    )
    if over:
        await dialogues.close(talk.tx, row.id, now=talk.now)
    return over


async def _unasked_for(talk: Talk, said: Typed | Place) -> None:
    """Words out of the blue are a note; nobody's number is taken for an answer."""
    if talk.person.phase is Phase.JOINING:
        on = await _to_resume(talk, "onboarding")
        row = on or new_dialogue(talk, "onboarding", onboarding.State())
        known = await facts_of(talk, row.id)
        turn = DIALOGUES[row.kind].answer(state_of(row), said, known, now=talk.now)
        await take(talk, row, turn or Turn(state=state_of(row)))
    elif isinstance(said, Place):
        await say(talk, Screen(key="place.unasked"))
    else:
        await keep_note(talk, said.text)
        await say(talk, Screen(key="note.kept"))


async def _unread(talk: Talk, said: Unread) -> None:
    if talk.person.phase is Phase.JOINING:
        on = await _to_resume(talk, "onboarding")
        row = on or new_dialogue(talk, "onboarding", onboarding.State())
        await show(talk, row, state_of(row), Screen(key=f"aside.joining_{said.what.value}"))
        return
    state = aside.State(what=said.what)
    await take(talk, new_dialogue(talk, "aside", state), Turn(state=state))


async def _left(
    tx: Transaction, person: Person, *, back: bool, world: World, now: datetime
) -> Person:
    """The bot was blocked: nothing is planned. It was unblocked: we go on where we were."""
    phase = Phase.GONE
    if back:
        joining = await dialogues.open_of(tx, person.id)
        if joining is None or joining.kind != "onboarding":
            joining = await dialogues.newest_parked(tx, person.id, kind="onboarding")
        joined = joining is None and person.profile.adult  # who said "younger" never joined
        phase = Phase.JOINED if joined else Phase.JOINING
    there = replace(person, phase=phase)
    await people.save(tx, there)
    await plan_again(tx, there, world=world, now=now)
    log.info("person_back" if back else "person_left", person=person.id)
    return there


async def _answered_today(tx: Transaction, person: Person, *, world: World, now: datetime) -> None:
    """Whatever was said, it was no silence."""
    today = local_date(now, facts.zone_of(person))
    answered = Event(id=f"answered:{today}", at=now, local_date=today, outcome=Outcome.ANSWERED)
    if not await events.known(tx, person.id, answered.id):
        await learn(tx, person.id, answered)
        await plan_again(tx, person, world=world, now=now)


async def _mark_answered(talk: Talk, row: Dialogue) -> None:
    """A nudge whose dialogue this is has its answer; a tap proves that it arrived."""
    for nudge in await nudges.of_dialogue(talk.tx, talk.person.id, row.id):
        if nudge.state is NudgeState.UNKNOWN:
            await nudges.move(talk.tx, nudge, NudgeState.DELIVERED, now=talk.now)
        await nudges.answered(talk.tx, nudge.id, now=talk.now)


def _stranger(reply: Reply, *, world: World, now: datetime) -> Person:
    """Someone who writes for the first time."""
    language = (reply.language or "").partition("-")[0]
    return Person(
        id=world.new_id(),
        chat=reply.chat,
        seed=world.new_seed(),
        joined_at=now,
        zone=world.default_zone,
        language=language if language in world.languages else world.languages[0],
    )


async def _to_stranger(
    tx: Transaction, reply: Reply, key: str, *, world: World, now: datetime
) -> None:
    """A sentence to a chat of which nothing is kept."""
    nobody = _stranger(reply, world=world, now=now)
    words = render(Screen(key=key), person=nobody, now=now)
    message = MessageOut(chat=reply.chat, text=words.text)
    await outbox.add(tx, Out(id=world.new_id(), message=message), now=now)
