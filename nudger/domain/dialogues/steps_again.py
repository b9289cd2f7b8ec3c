"""Are steps welcome again? Asked once, two days after a hard one, and by /resume."""

from dataclasses import dataclass, replace
from datetime import datetime

from nudger.domain.dialogues.turn import Deed, Facts, Turn, chosen, say
from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.person import steps_barred
from nudger.domain.said import Said
from nudger.domain.screen import Screen, row
from nudger.domain.time.local_time import local_date


@dataclass(frozen=True, kw_only=True)
class State:
    """Only one question."""

    step: str = "ask"


def ask(state: State, facts: Facts) -> Screen:
    """Steps again, small?"""
    del state, facts
    return Screen(key="steps_again.ask", choices=(row("yes_small", "not_yet"),))


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """Yes takes the rest away; not yet leaves it, and it is not asked again."""
    del state
    person = facts.person
    match chosen(said):
        case "yes_small":
            if barred := steps_barred(person, now=now):
                return Turn(say=say(f"barred.{barred}"))
            return Turn(say=say("steps_again.yes"), do=taken_up(facts, now=now))
        case "not_yet":
            stopped = person.stopped and replace(person.stopped, asked_again=True)
            return Turn(say=say("steps_again.not_yet"), do=(replace(person, stopped=stopped),))
    return None


def taken_up(facts: Facts, *, now: datetime) -> tuple[Deed, ...]:
    """What is to be kept when the person takes up steps again."""
    resumed = Event(
        id=f"resumed:{facts.dialogue}",
        at=now,
        local_date=local_date(now, facts.zone),
        outcome=Outcome.RESUMED,
    )
    return (resumed, replace(facts.person, stopped=None, steps_wanted=True))
