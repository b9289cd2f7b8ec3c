"""Which button does someone mean who types instead of tapping?"""

import re
from collections.abc import Iterable

from nudger.domain.screen import Choice
from nudger.flows.talk import Talk
from nudger.render.message import label_of


def meant(text: str, choices: Iterable[Iterable[Choice]], talk: Talk) -> str | None:
    """The choice whose words these are, and nothing else; None where they are their own.

    A number counts only where it stands alone: "4.5", "-4" and "a 4, maybe" are none.
    """
    number, words = _lone_number(text), _bare(text)
    for choice in (choice for line in choices for choice in line):
        if number is not None and choice.label == "percent":
            return number  # a chance may be any number, not only one of those on the buttons
        label = _bare(label_of(choice, talk.person, now=talk.now))
        if number == label if words.isdecimal() else words and words in {label, choice.id}:
            return choice.id
    return None


def _lone_number(text: str) -> str | None:
    number = re.fullmatch(r"(\d{1,3})\s*%?\s*[.!]?", text.strip())
    return str(int(number[1])) if number else None


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
