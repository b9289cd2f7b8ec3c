"""How does someone join: in two minutes, without typing, and with the gates that keep it safe?"""

from dataclasses import dataclass, replace
from datetime import datetime

from nudger.domain.dialogues import attempt
from nudger.domain.dialogues.asking import distress, name_of
from nudger.domain.dialogues.quiet import preset, preset_rows, read_back, understood
from nudger.domain.dialogues.turn import Facts, Turn, chosen, say, written
from nudger.domain.dialogues.whereabouts import (
    Several,
    Unclear,
    clock_there,
    settle_zone,
    zone_choices,
)
from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.pacing.ladder import rungs_to_rate
from nudger.domain.person import (
    About,
    Afraid,
    Person,
    Phase,
    Profile,
    Style,
    TimeOfDay,
    steps_barred,
)
from nudger.domain.said import Said
from nudger.domain.screen import SCALE, Screen, row
from nudger.domain.time.local_time import local_date
from nudger.domain.time.quiet_hours import QuietHours

ABOUT = (row("partner", "ex"), row("friend", "family"), row("nobody"))
STYLE = (row("anxious"), row("avoidant"), row("both"), row("unsure"))
TIMES = (row("morning", "midday"), row("evening", "surprise"))
AFRAID = (row("afraid_no"), row("afraid_yes"), row("afraid_unsaid"))


@dataclass(frozen=True, kw_only=True)
class State:
    """Where the first questions stand. ``rated`` counts the rungs already rated."""

    step: str = "hello"
    zones: tuple[str, ...] = ()
    rated: int = 0


def ask(state: State, facts: Facts) -> Screen:
    """The question of this step."""
    person = facts.person
    match state.step:
        case "hello":
            return Screen(key="onboarding.hello", choices=(row("adult"), row("privacy", "younger")))
        case "privacy":
            return Screen(key="privacy", choices=(row("adult"), row("younger")))
        case "about":
            return Screen(key="onboarding.about", choices=ABOUT)
        case "loss":
            return Screen(key="onboarding.loss", choices=(row("loss_yes"), row("loss_no")))
        case "afraid":
            return Screen(key="onboarding.afraid", choices=AFRAID)
        case "style":
            return Screen(key="onboarding.style", choices=STYLE)
        case "place":
            return Screen(key="onboarding.place", asks_place=True)
        case "zones":
            return Screen(key="whereabouts.which", choices=zone_choices(state.zones))
        case "quiet":
            return Screen(
                key="onboarding.quiet",
                values=read_back(person.quiet),
                choices=(row("yes", "change"),),
            )
        case "quiet_change":
            return Screen(key="quiet.type", choices=(*preset_rows(), row("leave")))
        case "time":
            return Screen(key="onboarding.time", choices=TIMES)
        case "rate":
            rungs = rungs_to_rate(facts.ladder)
            return Screen(
                key="onboarding.rate" if state.rated == 0 else "onboarding.rate_next",
                values={
                    "rung": name_of(rungs[min(state.rated, len(rungs) - 1)], person),
                    "n": state.rated + 1,
                    "of": len(rungs),
                },
                choices=(*SCALE, row("skip_these")),
            )
    raise ValueError(f"onboarding has no step {state.step!r}")


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """One question answered."""
    choice = chosen(said)
    person = facts.person
    profile = person.profile
    match state.step, choice:
        case "hello", "privacy":
            return Turn(state=replace(state, step="privacy"))
        case "hello" | "privacy", "adult":
            return _told(state, "about", person, replace(profile, adult=True))
        case "hello" | "privacy", "younger":
            return Turn(say=say("onboarding.younger"))
        case "about", str() if choice in set(About):
            about = About(choice)
            step = "loss" if about in {About.EX, About.NOBODY} else "afraid"
            return _told(state, step, person, replace(profile, about=about))
        case "loss", "loss_yes" | "loss_no":
            lost = now if choice == "loss_yes" else None
            return _told(state, "afraid", person, replace(profile, loss_at=lost))
        case "afraid", "afraid_no" | "afraid_yes" | "afraid_unsaid":
            afraid = Afraid(choice.removeprefix("afraid_"))
            return _told(state, "style", person, replace(profile, afraid=afraid))
        case "style", str() if choice in set(Style):
            return _told(state, "place", person, replace(profile, style=Style(choice)))
        case "place" | "zones", _:
            return _place(state, said, facts, now=now)
        case "quiet", "yes":
            return Turn(state=replace(state, step="time"))
        case "quiet", "change":
            return Turn(state=replace(state, step="quiet_change"))
        case "quiet_change", "leave":
            return Turn(state=replace(state, step="quiet"))
        case "quiet" | "quiet_change", _:
            return _quiet(state, said, facts)
        case "time", str() if choice in set(TimeOfDay):
            chosen_time = replace(person, time_of_day=TimeOfDay(choice))
            if steps_barred(person, now=now) or not facts.ladder:
                return _joined(chosen_time, facts, now=now)
            return Turn(state=replace(state, step="rate"), do=(chosen_time,))
        case "rate", "skip_these":
            return _joined(person, facts, now=now)
        case "rate", str():
            return _rated(state, choice, facts, now=now)
    return None


def _told(state: State, step: str, person: Person, profile: Profile) -> Turn:
    return Turn(state=replace(state, step=step), do=(replace(person, profile=profile),))


def _place(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """A shared place, a typed city, a typed clock, or one of several zones."""
    settled = settle_zone(said, facts, among=state.zones)
    match settled:
        case None:
            return None
        case Several():
            return Turn(state=replace(state, step="zones", zones=settled.zones))
        case Unclear():
            return Turn(state=replace(state, step="place"), say=settled.why)
    there = clock_there(settled, now=now)
    return Turn(state=replace(state, step="quiet", zones=()), say=there, do=(settled,))


def _quiet(state: State, said: Said, facts: Facts) -> Turn | None:
    """Quiet hours as typed or tapped: read back, to be agreed to."""
    words, window = written(said), preset(said)
    if window is not None:
        quiet: QuietHours | tuple[Screen, ...] = QuietHours.every_night(window)
    elif words:
        quiet = understood(words, facts.person.quiet)
    else:
        return None
    if isinstance(quiet, tuple):
        return Turn(state=replace(state, step="quiet_change"), say=quiet)
    return Turn(state=replace(state, step="quiet"), do=(replace(facts.person, quiet=quiet),))


def _rated(state: State, choice: str, facts: Facts, *, now: datetime) -> Turn | None:
    rungs = rungs_to_rate(facts.ladder)
    value = distress(choice)
    if value is None:
        return None
    rung = rungs[min(state.rated, len(rungs) - 1)]
    rated = Event(
        id=f"rated:{rung.id}",
        at=now,
        local_date=local_date(now, facts.zone),
        outcome=Outcome.RATED,
        rung=rung.id,
        value=value,
    )
    if state.rated + 1 < len(rungs):
        return Turn(state=replace(state, rated=state.rated + 1), do=(rated,))
    turn = _joined(facts.person, replace(facts, pace=facts.learned(rated)), now=now)
    return replace(turn, do=(rated, *turn.do))


def _joined(person: Person, facts: Facts, *, now: datetime) -> Turn:
    """All is told: what will come, and something small right now where steps are right."""
    joined = replace(person, phase=Phase.JOINED, joined_at=now)
    if barred := steps_barred(joined, now=now):
        return Turn(say=say(f"onboarding.joined_{barred}"), do=(joined,))
    done = say("onboarding.joined", time=joined.time_of_day.value)
    first = attempt.first(joined, facts, now=now)
    small = say("onboarding.joined_first") if first else ()
    return Turn(say=(*done, *small), do=(joined, *first))
