"""How long shall nudger be silent? It ends by itself at the moment it said, and can be undone."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from nudger.domain.dialogues.turn import Facts, Turn, chosen, say, written
from nudger.domain.person import Pause
from nudger.domain.said import Said
from nudger.domain.screen import Screen, row
from nudger.domain.time.local_time import local, local_date, moment_at
from nudger.domain.time.phrases import NotUnderstood, read_end

LENGTHS = {"one_day": 1, "three_days": 3, "one_week": 7, "two_weeks": 14}
CHOICES = (
    row("today"),
    row("one_day", "three_days"),
    row("one_week", "two_weeks"),
    row("open"),
)


@dataclass(frozen=True, kw_only=True)
class State:
    """``before`` is the pause that an undo brings back."""

    step: str = "ask"
    before: Pause | None = None


def begin(text: str, facts: Facts, *, now: datetime) -> Turn:
    """/pause, with or without a length behind it."""
    return _typed(State(), text, facts, now=now) if text else Turn(state=State())


def resume(facts: Facts, *, now: datetime) -> Turn:
    """/resume: ends a pause."""
    person = facts.person
    if person.paused(now=now):
        return Turn(say=say("pause.over"), do=(replace(person, pause=None),))
    return Turn(say=say("pause.none"))


def ask(state: State, facts: Facts) -> Screen:
    """The question of this step."""
    if state.step == "ask":
        return Screen(key="pause.ask", choices=(*CHOICES, row("leave")))
    pause = facts.person.pause
    until = pause.until if pause else None
    return Screen(
        key="pause.until" if until else "pause.open",
        values={"until": until},
        choices=(row("undo"),),
    )


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """A length tapped or typed, or the undo."""
    today = local_date(now, facts.zone)
    match state.step, chosen(said):
        case "done", "undo":
            undone = replace(facts.person, pause=state.before)
            return Turn(say=say("pause.undone"), do=(undone,))
        case _, "leave":
            return Turn(say=say("pause.left"))
        case "ask", "open":
            return _paused(facts, None, now=now)
        case "ask", "today":
            tomorrow = moment_at(today + timedelta(days=1), time(0), facts.zone)
            return _paused(facts, facts.person.quiet.next_open(tomorrow, facts.zone), now=now)
        case "ask", str(choice) if choice in LENGTHS:
            clock = local(now, facts.zone).time()
            until = moment_at(today + timedelta(days=LENGTHS[choice]), clock, facts.zone)
            return _paused(facts, until, now=now)
        case "ask", None if words := written(said):
            return _typed(state, words, facts, now=now)
    return None


def _typed(state: State, words: str, facts: Facts, *, now: datetime) -> Turn:
    until = read_end(words, now=now, zone=facts.zone)
    if isinstance(until, NotUnderstood):
        return Turn(state=replace(state, step="ask"), say=say("pause.unclear"))
    return _paused(facts, until, now=now)


def _paused(facts: Facts, until: datetime | None, *, now: datetime) -> Turn:
    paused = replace(facts.person, pause=Pause(since=now, until=until))
    return Turn(state=State(step="done", before=facts.person.pause), do=(paused,))
