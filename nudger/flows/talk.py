"""How does a dialogue's turn reach the phone: what is kept, and which message shows what?"""

from dataclasses import dataclass, replace
from datetime import datetime

from nudger.domain.dialogues import DIALOGUES, standing
from nudger.domain.dialogues.turn import (
    Begin,
    Deed,
    Export,
    Facts,
    Forget,
    KeepNote,
    Offered,
    State,
    Turn,
)
from nudger.domain.message_out import Act, MessageOut
from nudger.domain.nudge import Lane
from nudger.domain.pacing.events import Event
from nudger.domain.person import Person
from nudger.domain.practice import Attempt, Note, Separation
from nudger.domain.practice import Phase as AttemptPhase
from nudger.domain.screen import Screen
from nudger.domain.time.local_time import local_date
from nudger.flows import export, facts
from nudger.flows.pace import learn
from nudger.flows.plan import plan_again
from nudger.flows.world import World
from nudger.render.message import Rendered, render
from nudger.store import codec, decisions, dialogues, outbox, people, practice
from nudger.store.decisions import Decision
from nudger.store.dialogues import Dialogue
from nudger.store.outbox import Out
from nudger.store.states import DialogueStatus
from nudger.store.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Talk:
    """One reply being answered: in which transaction, when, and to whom.

    ``tapped`` is the message whose button was tapped: the answer is written over it.
    """

    tx: Transaction
    world: World
    now: datetime
    person: Person
    tapped: int | None = None


def state_of(row: Dialogue) -> State:
    """The dialogue's own state."""
    return codec.from_text(DIALOGUES[row.kind].State, row.state)


def new_dialogue(talk: Talk, kind: str, state: State, *, id: str | None = None) -> Dialogue:
    """A dialogue that begins now; it is written down when it is shown."""
    return Dialogue(
        id=id or talk.world.new_id(),
        person=talk.person.id,
        kind=kind,
        step=state.step,
        state=codec.to_text(type(state), state),
        opened_at=talk.now,
        last_word_at=talk.now,
    )


async def take(talk: Talk, row: Dialogue, turn: Turn, known: Facts | None = None) -> bool:
    """Keep what a turn asks to keep, plan again, and say what it says; True: all is forgotten.

    ``row`` is the dialogue as it was before the turn; it may be one that is not written down yet.
    ``known`` is what the turn was made of, which still holds where nothing is kept.
    """
    if turn.do:
        talk, known = await _keep(talk, turn.do), None
        if any(isinstance(deed, Forget) for deed in turn.do):
            await _forget(talk)
            return True
        await plan_again(talk.tx, talk.person, world=talk.world, now=talk.now)
    begun = next((deed for deed in turn.do if isinstance(deed, Begin)), None)
    if begun is None:
        await show(talk, row, turn.state, *turn.say, known=known)
    elif begun.beside:
        beside = new_dialogue(talk, begun.kind, begun.state)
        await show(replace(talk, tapped=None), beside, begun.state)
    else:
        await dialogues.close(talk.tx, row.id, now=talk.now)
        following = new_dialogue(talk, begun.kind, begun.state)
        await show(talk, replace(following, message=row.message), begun.state, *turn.say)
    if any(isinstance(deed, Export) for deed in turn.do):
        await _export(talk)
    return False


async def tell(talk: Talk, turn: Turn) -> None:
    """A turn that belongs to no dialogue: keep, plan, say."""
    talk = await _keep(talk, turn.do)
    await plan_again(talk.tx, talk.person, world=talk.world, now=talk.now)
    await say(talk, *turn.say)


async def show(
    talk: Talk, row: Dialogue, state: State, *said: Screen, known: Facts | None = None
) -> None:
    """Write a dialogue's state down, and show its question under what is said; None ends it.

    ``row`` is how the phone shows it until now.
    """
    screens = said
    if state is None:
        await dialogues.close(talk.tx, row.id, now=talk.now)
    else:
        await _write_down(talk, row, state)
        known = known or await facts_of(talk, row.id)
        screens = (*said, DIALOGUES[row.kind].ask(state, known))
    key_is_out = row.message is not None and row.step in standing.ASKS_PLACE
    if key_is_out and said and not screens[-1].asks_place:
        # the key under the chat can only be taken away by a message without buttons
        await say(talk, *said, take_key=True)
        screens = screens[len(said) :]
    await _place(talk, row, state, screens, over=None if key_is_out else talk.tapped)


async def facts_of(talk: Talk, dialogue: str) -> Facts:
    """What a dialogue of this person may look at now."""
    tx, person, world = talk.tx, talk.person, talk.world
    return await facts.for_dialogue(tx, person, dialogue=dialogue, world=world, now=talk.now)


async def say(talk: Talk, *screens: Screen, take_key: bool = False) -> None:
    """Say something that asks nothing back, in a message of its own."""
    words = render(*screens, person=talk.person, now=talk.now)
    await _leave(talk, _message(talk, words, no_keyboard=take_key))


async def unbutton(talk: Talk, message: int) -> None:
    """Take the buttons off a message that is settled."""
    await _leave(talk, MessageOut(chat=talk.person.chat, act=Act.UNBUTTON, message=message))


async def _keep(talk: Talk, deeds: tuple[Deed, ...]) -> Talk:
    tx, id = talk.tx, talk.person.id
    for deed in deeds:
        match deed:
            case Person():
                await people.save(tx, deed)
                talk = replace(talk, person=deed)
            case Attempt():
                await practice.save_attempt(tx, id, deed)
                if deed.phase is AttemptPhase.DROPPED:
                    await dialogues.close(tx, deed.id, now=talk.now)
            case Separation():
                await practice.save_separation(tx, id, deed)
            case Event():
                await learn(tx, id, deed)
            case Offered():
                today = local_date(talk.now, facts.zone_of(talk.person))
                made = Decision(
                    lane=Lane.CHALLENGE, local_date=today, at=talk.now, reason=deed.reason
                )
                await decisions.add(tx, id, made)
            case KeepNote():
                await keep_note(talk, deed.words)
    return talk


async def keep_note(talk: Talk, words: str) -> None:
    """Plain words, as they are."""
    note = Note(id=talk.world.new_id(), at=talk.now, words=words)
    await practice.add_note(talk.tx, talk.person.id, note)


async def _write_down(talk: Talk, row: Dialogue, state: State) -> None:
    """It is the one they are in now; another one is laid aside."""
    open_ = await dialogues.open_of(talk.tx, talk.person.id)
    if open_ is not None and open_.id != row.id:
        await dialogues.park(talk.tx, talk.person.id)
        if open_.step in standing.ASKS_PLACE and open_.message is not None:
            # its key would stay under the chat: it goes with its question
            await say(talk, Screen(key="whereabouts.left"), take_key=True)
    now_standing = replace(
        row,
        step=state.step,
        state=codec.to_text(type(state), state),
        status=DialogueStatus.OPEN,
        last_word_at=talk.now,
    )
    await dialogues.save(talk.tx, now_standing)


async def _place(
    talk: Talk, row: Dialogue, state: State, screens: tuple[Screen, ...], *, over: int | None
) -> None:
    """Over the tapped message where that can be, else in a new one; no question stands twice."""
    if not screens:
        if talk.tapped is not None:
            await unbutton(talk, talk.tapped)
        return
    id, step = (row.id, state.step) if state is not None else (None, "")
    words = render(*screens, person=talk.person, now=talk.now, dialogue=row.id, step=step)
    if over is not None and not words.place_button:
        await _leave(talk, _message(talk, words, over=over), dialogue=id)
        return
    before = talk.tapped or row.message
    if before is not None and (talk.tapped or row.step in standing.LEAVES_NO_TRACE):
        gone = MessageOut(chat=talk.person.chat, act=Act.DELETE, message=before)
        await _leave(talk, gone)
    elif before is not None:
        await unbutton(talk, before)
    await _leave(talk, _message(talk, words), dialogue=id)


def _message(
    talk: Talk, words: Rendered, *, over: int | None = None, no_keyboard: bool = False
) -> MessageOut:
    return MessageOut(
        chat=talk.person.chat,
        act=Act.SEND if over is None else Act.EDIT,
        text=words.text,
        buttons=words.buttons,
        message=over,
        place_button=words.place_button,
        no_keyboard=no_keyboard,
        silently=talk.person.silently,
    )


async def _leave(
    talk: Talk, message: MessageOut, *, dialogue: str | None = None, stranger: bool = False
) -> None:
    out = Out(
        id=talk.world.new_id(),
        message=message,
        person=None if stranger else talk.person.id,
        dialogue=dialogue,
    )
    await outbox.add(talk.tx, out, now=talk.now)


async def _forget(talk: Talk) -> None:
    """All rows and the key go; what is said last belongs to nobody."""
    await people.forget(talk.tx, talk.person)
    words = render(Screen(key="forget.done"), person=talk.person, now=talk.now)
    await _leave(talk, _message(talk, words, over=talk.tapped), stranger=True)


async def _export(talk: Talk) -> None:
    for name, body in await export.files(talk.tx, talk.person, now=talk.now):
        file = MessageOut(chat=talk.person.chat, act=Act.FILE, file_name=name, file_body=body)
        await _leave(talk, file)
