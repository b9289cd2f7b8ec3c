"""What comes next, and shall it come sooner, later or not at all?"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from nudger.domain.dialogues.turn import Facts, Turn, chosen
from nudger.domain.nudge import Nudge
from nudger.domain.said import Said
from nudger.domain.screen import Label, Screen, Value, row
from nudger.domain.time.local_time import local_date

SHIFT = timedelta(hours=1)
CHANGES = (row("sooner", "later"), row("skip_it"))


@dataclass(frozen=True, kw_only=True)
class State:
    """Only one step: what is planned is read afresh each time."""

    step: str = "show"


def ask(state: State, facts: Facts) -> Screen:
    """The next nudge, with its moment and what it is about."""
    del state
    if not facts.coming:
        paused = facts.person.pause is not None and facts.person.pause.until is None
        return Screen(key="pause.open" if paused else "coming.nothing")
    first, *others = facts.coming
    also = tuple(Label(key="coming.also", values=_about(n)) for n in others[:3])
    choices = CHANGES if _daily(first) else ()
    key = "coming.next_also" if also else "coming.next"
    return Screen(key=key, values={**_about(first), "also": also}, choices=choices)


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """Sooner, later, skip: planned anew, and shown anew."""
    choice, person = chosen(said), facts.person
    if choice not in {c.id for line in CHANGES for c in line}:
        return None
    daily = next((n for n in facts.coming if _daily(n)), None)
    if daily is None:
        return Turn(state=state)
    day, today = daily.local_date, local_date(now, facts.zone)
    if choice == "skip_it":
        skipped = {each for each in person.skipped if each >= today} | {day}
        return Turn(state=state, do=(replace(person, skipped=frozenset(skipped)),))
    moved = {on: by for on, by in person.moved.items() if on >= today}
    shift = -SHIFT if choice == "sooner" else SHIFT
    moved[day] = moved.get(day, timedelta(0)) + shift
    return Turn(state=state, do=(replace(person, moved=moved),))


def _about(nudge: Nudge) -> dict[str, Value]:
    what = nudge.content.follow_up or nudge.lane
    return {"at": nudge.due_at, "what": Label(key=f"lane.{what.value}")}


def _daily(nudge: Nudge) -> bool:
    return nudge.content.follow_up is None
