"""What does a command begin, or tell?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from nudger.domain.dialogues import (
    attempt,
    coming,
    export,
    forget,
    helpnow,
    onboarding,
    pause,
    prompt,
    quiet,
    separation,
    settings,
    steps_again,
    telling,
)
from nudger.domain.dialogues.turn import Facts, Offered, Turn, say
from nudger.domain.pacing.offer import NoOffer
from nudger.domain.person import Phase, steps_barred
from nudger.domain.prompt import Kind
from nudger.domain.screen import Screen


@dataclass(frozen=True, kw_only=True)
class Started:
    """The kind of dialogue a command begins, and its first turn.

    ``resume`` names a dialogue that is already on and goes on instead; ``id`` is the one it begins
    under, where it is about something that is there already.
    """

    turn: Turn
    kind: str = ""
    resume: str | None = None
    id: str | None = None


def start(name: str, text: str, facts: Facts, *, now: datetime) -> Started:
    """What /name begins for this person; an unknown one gets the nearest name."""
    command = COMMANDS.get(name)
    if command is None:
        near = get_close_matches(name, COMMANDS, n=1)
        if near:
            return _told(Screen(key="command.unknown_near", values={"name": name, "near": near[0]}))
        return _told(Screen(key="command.unknown", values={"name": name}))
    if facts.person.phase is Phase.JOINING and name not in BEFORE_JOINING:
        first = Turn(state=onboarding.State(), say=say("start.first"))
        return Started(kind="onboarding", turn=first, resume="onboarding")
    return command(text, facts, now)


def _start(text: str, facts: Facts, now: datetime) -> Started:
    del text, now
    if facts.person.phase is Phase.JOINING:
        return Started(kind="onboarding", turn=Turn(state=onboarding.State()), resume="onboarding")
    turn = Turn(state=coming.State(), say=say("start.again"))
    return Started(kind="coming", turn=turn)


def _challenge(text: str, facts: Facts, now: datetime) -> Started:
    del text
    person = facts.person
    if barred := steps_barred(person, now=now):
        return _told(Screen(key=f"barred.{barred}"))
    if person.stopped is not None or not person.steps_wanted:
        again = Turn(state=steps_again.State(), say=say("attempt.rests"))
        return Started(kind="steps_again", turn=again)
    on = attempt.running(facts, now=now)
    if on is not None and on.ends_at is not None and now >= on.ends_at:
        over = attempt.ended(on)
        how = attempt.State(step="how", rungs=(on.rung,), attempt=over)
        return Started(kind="attempt", turn=Turn(state=how, do=(over,)), id=on.id)
    if on is not None:
        return Started(kind="attempt", turn=Turn(say=say("attempt.running_one")), resume=on.id)
    made = attempt.make_offer(facts, now=now)
    if isinstance(made, NoOffer):
        return _told(Screen(key=f"attempt.none.{made.reason.name}"))
    rungs = tuple(rung.id for rung in made.rungs)
    offering = Turn(state=attempt.offered(rungs), do=(Offered(reason=made.reason),))
    return Started(kind="attempt", turn=offering)


def _reflect(text: str, facts: Facts, now: datetime) -> Started:
    """One time apart, one dialogue: so that it is told once, whoever asked."""
    turn = separation.look_back(text, facts, now=now)
    return Started(kind="separation", turn=turn, id=separation.told_of(turn))


def _resume(text: str, facts: Facts, now: datetime) -> Started:
    del text
    turn = pause.resume(facts, now=now)
    person, paused = facts.person, facts.person.paused(now=now)
    resting = person.stopped is not None or (not person.steps_wanted and not paused)
    if resting and not steps_barred(person, now=now):
        said = turn.say if paused else ()
        return Started(kind="steps_again", turn=replace(turn, state=steps_again.State(), say=said))
    return Started(turn=turn)


def _calm(text: str, facts: Facts, now: datetime) -> Started:
    """Skills, and ways to think; nobody afraid or grieving is asked whether a fear is true."""
    del text
    safe = steps_barred(facts.person, now=now) is None
    kinds = (Kind.CALM, Kind.THINKING) if safe else (Kind.CALM,)
    return Started(kind="prompt", turn=Turn(state=prompt.pick(facts, *kinds)))


def _reading(*kinds: Kind) -> "Begins":
    return lambda _text, facts, _now: Started(
        kind="prompt", turn=Turn(state=prompt.pick(facts, *kinds))
    )


def _opening(kind: str, state: object) -> "Begins":
    return lambda _text, _facts, _now: Started(kind=kind, turn=Turn(state=state))


def _telling(tell: Callable[[Facts], Screen]) -> "Begins":
    return lambda _text, facts, _now: _told(tell(facts))


def _told(*screens: Screen) -> Started:
    return Started(turn=Turn(say=screens))


Begins = Callable[[str, Facts, datetime], Started]

# In the order of the menu. What each is for, in half a line, is in the interface texts.
COMMANDS: Mapping[str, Begins] = {
    "start": _start,
    "next": _opening("coming", coming.State()),
    "challenge": _challenge,
    "apart": lambda text, facts, now: Started(
        kind="separation", turn=separation.begin(text, facts, now=now)
    ),
    "reflect": _reflect,
    "kind": _reading(Kind.KINDNESS),
    "calm": _calm,
    "quiet": lambda text, facts, now: Started(kind="quiet", turn=quiet.begin(text, facts, now=now)),
    "pause": lambda text, facts, now: Started(kind="pause", turn=pause.begin(text, facts, now=now)),
    "resume": _resume,
    "settings": _opening("settings", settings.State()),
    "why": _telling(telling.why),
    "ladder": _telling(telling.ladder),
    "evidence": _telling(telling.evidence),
    "help": _telling(lambda _: Screen(key="help")),
    "helpnow": _opening("helpnow", helpnow.State()),
    "privacy": _telling(lambda _: Screen(key="privacy")),
    "export": _opening("export", export.State()),
    "forget": _opening("forget", forget.State()),
}
BEFORE_JOINING = frozenset({"start", "calm", "help", "helpnow", "privacy", "export", "forget"})
