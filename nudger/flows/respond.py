"""What follows from a reply? All of it in one transaction: the process may die at any line."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from nudger.domain.dialogues import (
    AWAY_FROM_THE_PHONE,
    BRIEF,
    DIALOGUES,
    STANDING,
    aside,
    attempt,
    commands,
    onboarding,
)
from nudger.domain.dialogues.turn import Facts, Turn
from nudger.domain.last_look import CONVERSATION_IDLE
from nudger.domain.local_time import local_date
from nudger.domain.message_out import MessageOut
from nudger.domain.nudge import State as NudgeState
from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.person import Person, Phase
from nudger.domain.said import Command, Left, Place, Reply, Said, Tap, Typed, Unread
from nudger.domain.screen import Choice, Screen
from nudger.flows import facts
from nudger.flows.pace import learn
from nudger.flows.plan import plan_again
from nudger.flows.talk import Talk, keep_note, new_dialogue, say, show, state_of, take, unbutton
from nudger.flows.world import World
from nudger.render.message import label_of, look
from nudger.store import dialogues, events, nudges, outbox, people
from nudger.store.dialogues import Dialogue
from nudger.store.outbox import Out
from nudger.store.states import DialogueStatus
from nudger.store.transaction import Transaction

log = structlog.get_logger()

DOUBLE_TAP = timedelta(minutes=1)  # a tap on what was just answered is a second tap, no old button
WHERE_WE_ARE = timedelta(days=1)  # so long after its last word a question is still where we are


async def respond(tx: Transaction, reply: Reply, *, world: World, now: datetime) -> bool:
    """Do all that a reply asks for; True where the person is forgotten by it."""
    known = await people.by_chat(tx, reply.chat) is not None
    await _respond(tx, reply, world=world, now=now)
    return known and await people.by_chat(tx, reply.chat) is None


async def _respond(tx: Transaction, reply: Reply, *, world: World, now: datetime) -> None:
    if not reply.private:
        if isinstance(reply.said, Command):
            await _to_stranger(tx, reply, "group", world=world, now=now)
        return
    person = await people.by_chat(tx, reply.chat)
    if person is None:
        if isinstance(reply.said, Left):
            return
        if isinstance(reply.said, Tap):
            await _to_stranger(tx, reply, "start.unknown", world=world, now=now)
            return
        person = _stranger(reply, world=world, now=now)
        await people.add(tx, person)
        log.info("person_came", person=person.id)
    if isinstance(reply.said, Left):
        await _left(tx, person, back=reply.said.back, world=world, now=now)
        return
    if person.phase is Phase.GONE:
        person = await _left(tx, person, back=True, world=world, now=now)
    await people.heard(tx, person.id, now=now)
    if person.phase is Phase.JOINED:
        await _answered_today(tx, person, now=now)
    log.info("reply", person=person.id, kind=type(reply.said).__name__.lower())
    tapped = reply.message if isinstance(reply.said, Tap) else None
    talk = Talk(tx=tx, world=world, now=now, person=person, tapped=tapped)
    match reply.said:
        case Tap():
            await _tap(talk, reply.said)
        case Command():
            await _command(talk, reply.said)
        case Typed() | Place():
            await _into_the_open(talk, reply.said)
        case Unread():
            await _unread(talk, reply.said)


async def _tap(talk: Talk, tap: Tap) -> None:
    """A button of a dialogue that goes on, at its present step; else it is an old one."""
    row = await dialogues.by_id(talk.tx, tap.dialogue, person=talk.person.id)
    over = row is None or row.status is DialogueStatus.CLOSED or await _lapsed(talk, row)
    if row is None or over or row.step != tap.step:
        await _old_button(talk, row)
        return
    await _mark_answered(talk, row)
    known = await _facts(talk, row.id)
    turn = DIALOGUES[row.kind].answer(state_of(row), tap, known, now=talk.now)
    if turn is None:
        await _old_button(talk, row)
        return
    await take(talk, row, turn)


async def _old_button(talk: Talk, row: Dialogue | None) -> None:
    """Where we are instead; a second tap on what was just answered says nothing."""
    if row is not None and talk.now - row.last_word_at <= DOUBLE_TAP and row.message == talk.tapped:
        return
    open_ = await _open(talk)
    here = open_ is not None and talk.now - open_.last_word_at < WHERE_WE_ARE
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
    """A command begins a dialogue, goes on with one, or tells something."""
    row = new_dialogue(talk, "onboarding", onboarding.State())
    started = commands.start(command.name, command.rest, await _facts(talk, row.id), now=talk.now)
    if started.resume is not None:
        on = await _to_resume(talk, started.resume)
        if on is not None:
            await show(talk, on, state_of(on), *started.turn.say)
            return
        if started.kind == "onboarding":
            start_anew = Turn(state=onboarding.State(), say=started.turn.say)
            await take(talk, row, start_anew)
            return
    await take(talk, replace(row, kind=started.kind or row.kind), started.turn)


async def _to_resume(talk: Talk, which: str) -> Dialogue | None:
    """The dialogue of that id, or the one of that kind that was interrupted."""
    by_id = await dialogues.by_id(talk.tx, which, person=talk.person.id)
    if by_id is not None:
        return by_id
    open_ = await dialogues.open_of(talk.tx, talk.person.id)
    if open_ is not None and open_.kind == which:
        return open_
    return await dialogues.newest_parked(talk.tx, talk.person.id, kind=which)


async def _into_the_open(talk: Talk, said: Typed | Place) -> None:
    """Words go to the open question; what it cannot take is kept as a note."""
    row = await _open(talk)
    if row is None:
        await _unasked_for(talk, said)
        return
    await _mark_answered(talk, row)
    known = await _facts(talk, row.id)
    dialogue, state = DIALOGUES[row.kind], state_of(row)
    meant: Said = said
    if isinstance(said, Typed):
        meant = _as_tap(said, dialogue.ask(state, known).choices, talk, row) or said
    if meant is said and not _is_for(row, talk, said):
        await _unasked_for(talk, said)
        return
    turn = dialogue.answer(state, meant, known, now=talk.now)
    if turn is not None:
        await take(talk, row, turn)
        return
    stands = row.kind in STANDING and row.step != AWAY_FROM_THE_PHONE
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


async def _open(talk: Talk) -> Dialogue | None:
    """The dialogue they are in; an offer of another date is over."""
    row = await dialogues.open_of(talk.tx, talk.person.id)
    return None if row is None or await _lapsed(talk, row) else row


async def _lapsed(talk: Talk, row: Dialogue) -> bool:
    if row.kind != "attempt" or talk.now - row.last_word_at < CONVERSATION_IDLE:
        return False
    zone = facts.zone_of(talk.person)
    since, today = local_date(row.opened_at, zone), local_date(talk.now, zone)
    if not attempt.lapsed(state_of(row), since=since, today=today):
        return False
    await dialogues.close(talk.tx, row.id, now=talk.now)
    return True


def _is_for(row: Dialogue, talk: Talk, said: Typed | Place) -> bool:
    """Whether a sentence of their own is meant for this question; taps are, at any time."""
    if talk.person.phase is Phase.JOINING and row.kind != "onboarding":
        return False
    if isinstance(said, Place):
        return True
    idle = talk.now - row.last_word_at
    if row.kind in STANDING - {"onboarding"}:
        return idle < WHERE_WE_ARE
    return idle < CONVERSATION_IDLE or row.kind not in BRIEF


def _as_tap(
    said: Typed, choices: Sequence[Sequence[Choice]], talk: Talk, row: Dialogue
) -> Tap | None:
    """Typed words that are just what stands on a button: someone who types instead of tapping."""
    number, words = _lone_number(said.text), _bare(said.text)
    for choice in (choice for line in choices for choice in line):
        if number is not None and choice.label == "percent":
            # a chance may be any number, not only one of those on the buttons
            return Tap(dialogue=row.id, step=row.step, choice=number)
        label = _bare(label_of(choice, talk.person, now=talk.now))
        if number == label if words.isdecimal() else words and words in {label, choice.id}:
            return Tap(dialogue=row.id, step=row.step, choice=choice.id)
    return None


def _lone_number(text: str) -> str | None:
    """A whole number and nothing else; "4.5", "-4" and "a 4, maybe" are none."""
    number = re.fullmatch(r"(\d{1,3})\s*%?\s*[.!]?", text.strip())
    return str(int(number[1])) if number else None


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


async def _unasked_for(talk: Talk, said: Typed | Place) -> None:
    """Words out of the blue are a note; nobody's number is taken for an answer."""
    if talk.person.phase is Phase.JOINING:
        on = await _to_resume(talk, "onboarding")
        row = on or new_dialogue(talk, "onboarding", onboarding.State())
        known = await _facts(talk, row.id)
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


async def _answered_today(tx: Transaction, person: Person, *, now: datetime) -> None:
    """Whatever was said, it was no silence."""
    today = local_date(now, facts.zone_of(person))
    answered = Event(id=f"answered:{today}", at=now, local_date=today, outcome=Outcome.ANSWERED)
    if not await events.known(tx, person.id, answered.id):
        await learn(tx, person.id, answered)


async def _mark_answered(talk: Talk, row: Dialogue) -> None:
    """A nudge whose dialogue this is has its answer; a tap proves that it arrived."""
    for nudge in await nudges.of_dialogue(talk.tx, talk.person.id, row.id):
        if nudge.state is NudgeState.UNKNOWN:
            await nudges.move(talk.tx, nudge, NudgeState.DELIVERED, now=talk.now)
        await nudges.answered(talk.tx, nudge.id, now=talk.now)


async def _facts(talk: Talk, dialogue: str) -> Facts:
    tx, person, world = talk.tx, talk.person, talk.world
    return await facts.for_dialogue(tx, person, dialogue=dialogue, world=world, now=talk.now)


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
    words = look(Screen(key=key), person=nobody, now=now)
    message = MessageOut(chat=reply.chat, text=words.text)
    await outbox.add(tx, Out(id=world.new_id(), message=message), now=now)
