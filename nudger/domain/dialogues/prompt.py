"""How is one text read and answered: a kindness, a calming skill, a way to think?"""

from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from nudger.domain.dialogues.asking import words_of
from nudger.domain.dialogues.turn import Facts, KeepNote, Turn, chosen, say, written
from nudger.domain.prompt import Kind
from nudger.domain.said import Said
from nudger.domain.screen import Screen, plain, row


@dataclass(frozen=True, kw_only=True)
class State:
    """The text shown. ``asked_for`` is whether the person called for it: then there is another."""

    step: str = "shown"
    prompt: str
    asked_for: bool = False


def pick(facts: Facts, *kinds: Kind) -> State:
    """One of these kinds, another each time: the dialogue's own id decides."""
    prompts = [p.id for kind in kinds for p in facts.library.of_kind(kind)] or [""]
    return State(prompt=prompts[crc32(facts.dialogue.encode()) % len(prompts)], asked_for=True)


def ask(state: State, facts: Facts) -> Screen:
    """The text and its taps."""
    prompt = facts.library.prompts.get(state.prompt)
    if prompt is None:
        return Screen(key="prompt.gone")
    answers = tuple((plain(a.id, a.label),) for a in prompt.answers)
    return Screen(
        key="text",
        values={"text": words_of(prompt, facts.person)},
        choices=(*answers, *((row("another"),) if state.asked_for else ())),
    )


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """A tap is answered with its line; words are kept."""
    del now
    prompt = facts.library.prompts.get(state.prompt)
    if prompt is None:
        return Turn(say=say("prompt.gone"))
    choice, words = chosen(said), written(said)
    if choice == "another" and state.asked_for:
        same = [p.id for p in facts.library.of_kind(prompt.kind)]
        following = same[(same.index(prompt.id) + 1) % len(same)]
        return Turn(state=State(prompt=following, asked_for=True))
    reply = next((a.reply for a in prompt.answers if a.id == choice), None)
    if reply is not None:
        line = (Screen(key="text", values={"text": reply}),) if reply else say("asking.done")
        return Turn(say=line)
    if words:
        return Turn(say=say("note.kept"), do=(KeepNote(words=words),))
    return None
