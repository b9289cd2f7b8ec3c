"""Shall everything stored be sent into this chat? Asked first, for the chat keeps the files."""

from dataclasses import dataclass
from datetime import datetime

from nudger.domain.dialogues.turn import Export, Facts, Turn, chosen, say
from nudger.domain.said import Said
from nudger.domain.screen import Screen, row


@dataclass(frozen=True, kw_only=True)
class State:
    """Only one question."""

    step: str = "ask"


def ask(state: State, facts: Facts) -> Screen:
    """The warning and the question."""
    del state, facts
    return Screen(key="export.ask", choices=(row("send_it", "leave"),))


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """Sent, or not."""
    del state, facts, now
    match chosen(said):
        case "send_it":
            return Turn(say=say("export.sent"), do=(Export(),))
        case "leave":
            return Turn(say=say("export.left"))
    return None
