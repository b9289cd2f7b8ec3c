"""Shall steps rest after what was just told, or go on after it was corrected?"""

from dataclasses import dataclass, replace
from datetime import datetime

from nudger.domain.dialogues.turn import Facts
from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.person import Person, StepsStopped


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
        return Resting(hard=True, person=replace(person, stopped=StepsStopped(at=now, cause=cause)))
    if cause is None and facts.pace.stop is not None:
        return Resting(person=replace(person, stopped=None))
    return Resting()
