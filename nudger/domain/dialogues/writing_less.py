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
    """``farewell`` is the last word after two months of silence."""

    step: str = "ask"
    farewell: bool = False


def ask(state: State, facts: Facts) -> Screen:
    """Less from here on, and when next; or that this is the last one."""
    if state.farewell:
        return Screen(key="writing_less.farewell", choices=(row("write_again"),))
    following = next((n.due_at for n in facts.coming if not n.content.follow_up), None)
    return Screen(
        key="writing_less.ask_at" if following else "writing_less.ask",
        values={"at": following},
        choices=(row("fine", "daily_please"), row("pause_me")),
    )


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """Fine, once a day all the same, or a pause. Any of them ends the silence."""
    del state, now
    match chosen(said):
        case "write_again":
            return Turn(say=say("writing_less.again"))
        case "fine":
            return Turn(say=say("writing_less.fine"))
        case "daily_please":
            daily = replace(facts.person, tempo=Tempo.DAILY)
            return Turn(say=say("writing_less.daily"), do=(daily,))
        case "pause_me":
            return Turn(do=(Begin(kind="pause", state=pause.State()),))
    return None
