"""Where is help right now? The lines of the person's country, and of others by a tap."""

from dataclasses import dataclass, replace
from datetime import datetime

from nudger.domain.dialogues.turn import Facts, Turn, chosen
from nudger.domain.help_line import WORLD, lines_for
from nudger.domain.said import Said
from nudger.domain.screen import Choice, Label, Screen, row

COUNTRIES_IN_A_ROW = 2  # whole names, to be found in a hurry


@dataclass(frozen=True, kw_only=True)
class State:
    """``country`` is set where another than the person's own was tapped."""

    step: str = "show"
    country: str = ""


def ask(state: State, facts: Facts) -> Screen:
    """The lines, or the countries to choose from."""
    country = state.country or facts.person.profile.country
    if state.step == "countries":
        known = sorted({line.country for line in facts.help_lines} - {WORLD})
        buttons = [
            *(Choice(id=c.lower(), label="country", values={"code": c}) for c in known),
            Choice(id=WORLD.lower(), label="choice.elsewhere"),
        ]
        rows = [
            tuple(buttons[n : n + COUNTRIES_IN_A_ROW])
            for n in range(0, len(buttons), COUNTRIES_IN_A_ROW)
        ]
        return Screen(key="helpnow.countries", choices=tuple(rows))
    lines = tuple(
        Label(
            key=f"helpnow.line_{line.how.replace('/', '_or_')}",
            values={"name": line.name, "value": line.value, "hours": line.hours},
        )
        for line in lines_for(facts.help_lines, country)
    )
    return Screen(key="helpnow.show", values={"lines": lines}, choices=(row("other_country"),))


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """Another country."""
    del now
    choice = chosen(said) or ""
    if state.step == "show" and choice == "other_country":
        return Turn(state=replace(state, step="countries"))
    known = {line.country for line in facts.help_lines} | {WORLD}
    if state.step == "countries" and choice.upper() in known:
        return Turn(state=State(country=choice.upper()))
    return None
