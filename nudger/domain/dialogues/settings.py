"""What may a person set, and how: each by taps, each read back, each changeable again?"""

from dataclasses import dataclass, replace
from datetime import datetime

from nudger.domain.dialogues import quiet, steps_again
from nudger.domain.dialogues.turn import Begin, Facts, Turn, chosen, say
from nudger.domain.dialogues.whereabouts import (
    Several,
    Unclear,
    clock_there,
    name_of_zone,
    settle_zone,
    zone_choices,
)
from nudger.domain.person import (
    CAP_WITH_SECOND_CHANCE,
    About,
    Afraid,
    Person,
    Profile,
    Style,
    Tempo,
    TimeOfDay,
    steps_barred,
)
from nudger.domain.said import Said
from nudger.domain.screen import Choice, Label, Screen, Value, plain, row

MENU = (
    row("set_quiet", "set_zone"),
    row("set_time", "set_days"),
    row("set_kinds", "set_cap"),
    row("set_families", "set_about"),
    row("set_language", "set_sound"),
    row("close"),
)
ABOUT_MENU = (row("ask_about"), row("ask_style"), row("ask_afraid", "ask_loss"), row("back"))
GATES = {
    "ask_about": "about_whom",
    "ask_style": "about_style",
    "ask_afraid": "about_afraid",
    "ask_loss": "about_loss",
}
FAMILIES_WANTED = 2


@dataclass(frozen=True, kw_only=True)
class State:
    """Which page is open. ``someone_new`` is why the gates are gone through again."""

    step: str = "menu"
    zones: tuple[str, ...] = ()
    someone_new: bool = False


def ask(state: State, facts: Facts) -> Screen:
    """The page."""
    person = facts.person
    match state.step:
        case "menu":
            return Screen(key="settings.menu", values=_overview(facts), choices=MENU)
        case "zone":
            zone = name_of_zone(person.zone)
            return Screen(key="settings.zone", values={"zone": zone}, asks_place=True)
        case "zones":
            return Screen(key="whereabouts.which", choices=zone_choices(state.zones))
        case "time":
            times = (row("morning", "midday"), row("evening", "surprise"), row("back"))
            current = Label(key=f"choice.{person.time_of_day.value}")
            return Screen(key="settings.time", values={"time": current}, choices=times)
        case "days":
            return Screen(key="settings.days", choices=(*_days(person), row("back")))
        case "kinds":
            return Screen(
                key="settings.kinds",
                choices=(
                    (_switch("kind_steps", on=_steps_come(facts)),),
                    (_switch("kind_kindness", on=person.kindness_wanted),),
                    row("back"),
                ),
            )
        case "cap":
            caps = tuple(
                _marked(plain(str(n), str(n)), on=person.cap == n)
                for n in range(1, CAP_WITH_SECOND_CHANCE + 1)
            )
            less = _switch("less_when_silent", on=person.tempo is Tempo.AS_IT_COMES)
            return Screen(key="settings.cap", choices=(caps, (less,), row("back")))
        case "families":
            return Screen(key="settings.families", choices=(*_families(facts), row("back")))
        case "language":
            tongues = tuple(
                (_marked(_tongue(language), on=language == person.language),)
                for language in facts.languages
            )
            return Screen(key="settings.language", choices=(*tongues, row("back")))
        case "sound":
            return Screen(
                key="settings.sound",
                choices=((_switch("silently", on=person.silently),), row("back")),
            )
        case "about":
            return Screen(key="settings.about", choices=ABOUT_MENU)
        case "about_whom":
            whom = (row("partner", "ex"), row("friend", "family"), row("nobody"), row("back"))
            return Screen(key="onboarding.about", choices=whom)
        case "about_style":
            styles = tuple(row(style.value) for style in Style)
            return Screen(key="onboarding.style", choices=(*styles, row("back")))
        case "about_afraid":
            gate = (row("afraid_no"), row("afraid_yes"), row("afraid_unsaid"))
            return Screen(key="onboarding.afraid", choices=gate)
        case "about_loss":
            return Screen(key="onboarding.loss", choices=(row("loss_yes"), row("loss_no")))
    raise ValueError(f"settings have no page {state.step!r}")


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """One tap on a page."""
    choice, person = chosen(said), facts.person
    if state.step in {"zone", "zones"}:
        return _zone(state, said, facts, now=now)
    if choice == "back":
        step = "about" if state.step.startswith("about_") else "menu"
        return Turn(state=State(step=step))
    match state.step, choice:
        case "menu", "close":
            return Turn(say=say("settings.closed"))
        case "menu", "set_quiet":
            return Turn(do=(Begin(kind="quiet", state=quiet.State()),))
        case "menu", str() if choice.startswith("set_"):
            return Turn(state=State(step=choice.removeprefix("set_")))
        case "time", str() if choice in set(TimeOfDay):
            return _set(replace(person, time_of_day=TimeOfDay(choice)))
        case "days", str() if choice in {f"day{n}" for n in range(7)}:
            return _set(
                _with_day(person, int(choice.removeprefix("day"))), page="days", before=person
            )
        case "kinds", "kind_steps":
            return _steps(facts, now=now)
        case "kinds", "kind_kindness":
            wanted = not person.kindness_wanted
            return _set(replace(person, kindness_wanted=wanted), page="kinds")
        case "cap", "1" | "2" | "3":
            return _set(replace(person, cap=int(choice)))
        case "cap", "less_when_silent":
            less = person.tempo is Tempo.DAILY
            tempo = Tempo.AS_IT_COMES if less else Tempo.DAILY
            return _set(replace(person, tempo=tempo), page="cap")
        case "families", str() if choice in facts.library.families:
            return _set(_with_family(person, choice, facts), page="families", before=person)
        case "language", str() if language := _language(choice, facts):
            return _set(replace(person, language=language))
        case "sound", "silently":
            return _set(replace(person, silently=not person.silently), page="sound")
        case "about", str() if choice in GATES:
            return Turn(state=State(step=GATES[choice]))
    return _gate(state, choice, person, now=now)


def _gate(state: State, choice: str | None, person: Person, *, now: datetime) -> Turn | None:
    """The questions of the beginning, changed later; someone new begins them anew."""
    profile = person.profile
    match state.step, choice:
        case "about_whom", str() if choice in set(About):
            about = About(choice)
            step = "about_loss" if about in {About.EX, About.NOBODY} else "about_afraid"
            # nothing is known of someone new: until it is asked, there are no steps
            turn = _told(person, replace(profile, about=about, afraid=None), now=now)
            return replace(turn, state=State(step=step, someone_new=True), say=())
        case "about_style", str() if choice in set(Style):
            told = replace(person, families=())
            return _told(told, replace(profile, style=Style(choice)), now=now)
        case "about_afraid", "afraid_no" | "afraid_yes" | "afraid_unsaid":
            afraid = Afraid(choice.removeprefix("afraid_"))
            return _told(person, replace(profile, afraid=afraid), now=now)
        case "about_loss", "loss_yes" | "loss_no":
            lost = now if choice == "loss_yes" else None
            turn = _told(person, replace(profile, loss_at=lost), now=now)
            if not state.someone_new:
                return turn
            return replace(turn, state=State(step="about_afraid", someone_new=True), say=())
    return None


def _zone(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    settled = settle_zone(said, facts, among=state.zones)
    match settled:
        case None:
            return None
        case Several():
            return Turn(state=State(step="zones", zones=settled.zones))
        case Unclear():
            return Turn(state=State(step="zone"), say=settled.why)
    # a zone change plans everything anew, at once, and says so
    moved = clock_there(settled, now=now)
    return Turn(state=State(), say=(*moved, *say("settings.planned_anew")), do=(settled,))


def _steps(facts: Facts, *, now: datetime) -> Turn:
    """Steps on or off; where safety bars them they stay off, and it is said why."""
    person = facts.person
    if barred := steps_barred(person, now=now):
        return Turn(state=State(step="kinds"), say=say(f"barred.{barred}"))
    if person.stopped or not person.steps_wanted:
        deeds = steps_again.taken_up(facts, now=now)
        return Turn(state=State(step="kinds"), say=say("settings.steps_on"), do=deeds)
    rested = replace(person, steps_wanted=False)
    return Turn(state=State(step="kinds"), say=say("settings.steps_off"), do=(rested,))


def _set(person: Person, *, page: str = "menu", before: Person | None = None) -> Turn:
    """Kept; or said that the last of its kind has to stay."""
    if person is before:
        return Turn(state=State(step=page), say=say("settings.one_stays"))
    return Turn(state=State(step=page), say=say("settings.kept"), do=(person,))


def _told(person: Person, profile: Profile, *, now: datetime) -> Turn:
    """Kept; where that bars or opens the way to steps, it is said."""
    told = replace(person, profile=profile)
    before, after = steps_barred(person, now=now), steps_barred(told, now=now)
    kept = say("settings.kept")
    if after != before:
        kept = say(f"barred.{after}") if after else say("settings.steps_open")
    return Turn(state=State(step="about"), say=kept, do=(told,))


def _with_day(person: Person, day: int) -> Person:
    off = person.weekdays_off ^ {day}
    return person if len(off) == 7 else replace(person, weekdays_off=off)


def _with_family(person: Person, family: str, facts: Facts) -> Person:
    """A family taken in or out; the oldest gives way to a third."""
    current = person.families or tuple(dict.fromkeys(rung.family for rung in facts.ladder))
    if family in current:
        left = tuple(f for f in current if f != family)
        return replace(person, families=left) if left else person
    return replace(person, families=(*current, family)[-FAMILIES_WANTED:])


def _language(choice: str, facts: Facts) -> str | None:
    return next((x for x in facts.languages if x.lower() == choice), None)


def _days(person: Person) -> tuple[tuple[Choice, ...], ...]:
    off = person.weekdays_off
    switches = [
        _marked(Choice(id=f"day{n}", label="weekday", values={"n": n}), on=n in off)
        for n in range(7)
    ]
    return (tuple(switches[:3]), tuple(switches[3:5]), tuple(switches[5:]))


def _tongue(language: str) -> Choice:
    return Choice(id=language.lower(), label="language", values={"code": language})


def _families(facts: Facts) -> tuple[tuple[Choice, ...], ...]:
    current = facts.person.families or {rung.family for rung in facts.ladder}
    return tuple(
        (_marked(plain(family.id, family.name), on=family.id in current),)
        for family in facts.library.families.values()
    )


def _switch(id: str, *, on: bool) -> Choice:
    return _marked(Choice(id=id), on=on)


def _marked(choice: Choice, *, on: bool) -> Choice:
    """A button that shows whether it holds."""
    words = Label(key=choice.label or f"choice.{choice.id}", values=choice.values)
    return Choice(id=choice.id, label="marked" if on else "unmarked", values={"words": words})


def _steps_come(facts: Facts) -> bool:
    """Whether they do, not only whether they are wanted."""
    person = facts.person
    return person.steps_wanted and person.stopped is None and facts.barred is None


def _overview(facts: Facts) -> dict[str, Value]:
    person = facts.person
    return {
        "zone": name_of_zone(person.zone),
        "time": Label(key=f"choice.{person.time_of_day.value}"),
        "cap": person.cap,
        "steps": Label(key="on" if _steps_come(facts) else "off"),
        "kindness": Label(key="on" if person.kindness_wanted else "off"),
        **quiet.read_back(person.quiet),
    }
