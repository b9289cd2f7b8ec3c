"""Shall everything be erased? Two taps, after it was said what goes and what Telegram keeps."""

from dataclasses import dataclass
from datetime import datetime

from nudger.domain.dialogues.turn import Export, Facts, Forget, Turn, chosen, say
from nudger.domain.said import Said
from nudger.domain.screen import Screen, row


@dataclass(frozen=True, kw_only=True)
class State:
    """First asked, then asked whether it is meant."""

    step: str = "ask"


def ask(state: State, facts: Facts) -> Screen:
    """What goes, and whether it shall."""
    del facts
    if state.step == "sure":
        return Screen(key="forget.sure", choices=(row("erase"), row("keep_it")))
    return Screen(key="forget.ask", choices=(row("go_on"), row("export_first", "keep_it")))


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """One tap of the two."""
    del facts, now
    match state.step, chosen(said):
        case "ask", "go_on":
            return Turn(state=State(step="sure"))
        case "ask", "export_first":
            return Turn(state=state, do=(Export(),))
        case "sure", "erase":
            return Turn(do=(Forget(),))
        case _, "keep_it":
            return Turn(say=say("forget.kept"))
    return None
