"""Is it all right to write less, now that there were no answers? Said once, with a way back."""

from dataclasses import dataclass, replace
from datetime import datetime

from nudger.domain.dialogues import pause
from nudger.domain.dialogues.turn import Begin, Facts, Turn, chosen, say
from nudger.domain.person import Tempo
from nudger.domain.said import Said
from nudger.domain.screen import Screen, row


@dataclass(frozen=True, kw_only=True)
class State:
    """``next_at`` is when the next one comes, as it stood when this was said."""

    step: str = "ask"
    next_at: datetime | None = None


def ask(state: State, facts: Facts) -> Screen:
    """Less from here on, and when next."""
    del facts
    return Screen(
        key="writing_less.ask_at" if state.next_at else "writing_less.ask",
        values={"at": state.next_at},
        choices=(row("fine", "daily_please"), row("pause_me")),
    )


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """Fine, once a day all the same, or a pause. Any of them ends the silence."""
    del state, now
    match chosen(said):
        case "fine":
            return Turn(say=say("writing_less.fine"))
        case "daily_please":
            daily = replace(facts.person, tempo=Tempo.DAILY)
            return Turn(say=say("writing_less.daily"), do=(daily,))
        case "pause_me":
            return Turn(do=(Begin(kind="pause", state=pause.State()),))
    return None
