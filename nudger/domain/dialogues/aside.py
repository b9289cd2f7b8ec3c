"""What is said to something nudger cannot read: a sticker, a voice message, a picture?"""

from dataclasses import dataclass
from datetime import datetime

from nudger.domain.dialogues import separation
from nudger.domain.dialogues.turn import Begin, Facts, Turn, chosen, say
from nudger.domain.said import Said, Unreadable
from nudger.domain.screen import Screen, row


@dataclass(frozen=True, kw_only=True)
class State:
    """What it was."""

    step: str = "ask"
    what: Unreadable = Unreadable.OTHER


def ask(state: State, facts: Facts) -> Screen:
    """Glad you're here; something to log?"""
    del facts
    return Screen(key=f"aside.{state.what.value}", choices=(row("a_separation", "no"),))


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """Log a time apart, or nothing."""
    del state, facts, now
    match chosen(said):
        case "a_separation":
            return Turn(do=(Begin(kind="separation", state=separation.State()),))
        case "no":
            return Turn(say=say("aside.fine"))
    return None
