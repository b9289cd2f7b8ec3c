"""Where is help, in a person's country?"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

WORLD = "WORLD"


class HelpKind(StrEnum):
    """What a line is for, in the order in which lines are shown."""

    EMERGENCY = "emergency"
    CRISIS = "crisis"
    TEXT = "text"
    VIOLENCE = "violence"


@dataclass(frozen=True, kw_only=True)
class HelpLine:
    """One line of help, as prompts/helplines.yaml has it; ``value`` is the number or address.

    ``how`` is call, text, chat, web or call/text. Empty ``hours`` or ``languages`` were not seen;
    that is not "closed", and not "none". ``source`` is where the value was seen, ``page_date`` when
    that page was written.
    """

    country: str
    kind: HelpKind
    name: str
    how: str
    value: str
    hours: str = ""
    languages: str = ""
    source: str = ""
    page_date: str = ""


def lines_for(lines: Iterable[HelpLine], country: str) -> tuple[HelpLine, ...]:
    """The lines of a country, emergency first, then the directories of the whole world.

    A country without lines of its own (or none given) gets all that is known for the world.
    """
    order = list(HelpKind)
    ordered = sorted(lines, key=lambda line: order.index(line.kind))
    world = [line for line in ordered if line.country == WORLD]
    own = [line for line in ordered if line.country == country.upper() != WORLD]
    directories = {line.value: line for line in reversed(world) if line.how == "web"}
    if own:
        return (*own, *directories.values())
    return (*(line for line in world if line.how != "web"), *directories.values())
