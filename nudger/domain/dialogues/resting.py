"""Shall steps rest after what was just told, or go on after it was corrected?"""

from dataclasses import dataclass, replace
from datetime import datetime

from nudger.domain.dialogues.turn import Facts, say
from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.person import Person, StepsStopped, StopCause
from nudger.domain.screen import Screen


@dataclass(frozen=True, kw_only=True)
class Resting:
    """``hard`` is whether this very event was too much; ``person`` is None where nothing changes."""

    hard: bool = False
    person: Person | None = None


def resting_after(event: Event, facts: Facts, *, now: datetime) -> Resting:
    """What an event, told for the first time or corrected, does to the person's steps."""
    person = facts.person
    cause = facts.learned(event).stop
    blank = replace(event, outcome=Outcome.ANSWERED, value=None, came_true=False)
    if cause is not None and facts.learned(blank).stop is None:
        if person.stopped is not None and person.stopped.cause is cause:
            return Resting(hard=True)
        # where it was not safe, nobody asks for steps again
        asked = cause is StopCause.UNSAFE
        stopped = StepsStopped(at=now, cause=cause, asked_again=asked)
        return Resting(hard=True, person=replace(person, stopped=stopped))
    if cause is None and facts.pace.stop is not None:
        return Resting(person=replace(person, stopped=None))
    return Resting()


def rest_now(facts: Facts) -> tuple[Screen, ...]:
    """What is said last when steps rest: whether they are asked about again, and when."""
    stopped = facts.person.stopped
    return say("stopped.ok_unasked" if stopped and stopped.asked_again else "stopped.ok")
