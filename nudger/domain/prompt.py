"""What is a prompt: a text of prompts/ with what is known about it?

Prompts are texts, not templates: nothing is ever filled into them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a prompt is for.

    Kindness and calm fit everyone, also someone who is afraid of their person or was just left.
    """

    CHALLENGE = "challenge"
    KINDNESS = "kindness"
    CALM = "calm"
    THINKING = "thinking"
    REFLECTION = "reflection"


class Ladder(StrEnum):
    """Which way a family practises: being apart, or coming close."""

    DISTANCE = "distance"
    CLOSENESS = "closeness"


class Dimension(StrEnum):
    """What grows from one rung to the next; one dimension changes at a time."""

    TIME = "time"
    CONTACT = "contact"
    HELPS = "helps"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One tap a prompt offers: its id, its words, and the line said back."""

    id: str
    label: str
    reply: str = ""


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One text. ``text`` is for someone with a partner (or friend, family), ``single`` without.

    Both are always there; they are equal where the text fits everyone. ``strategy`` names what is
    practised; prompts that share it are the same exercise in other words. ``tags`` say when it fits.
    """

    id: str
    kind: Kind
    text: str
    single: str = ""
    strategy: str = ""
    tags: frozenset[str] = frozenset()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rung(Prompt):
    """A challenge on a ladder.

    ``difficulty`` is authored, 0-10. ``short`` names it in half a line ("ten minutes without
    checking"): it begins in lower case and has no full stop, so that it fits into a sentence;
    ``short_single`` is the same without a partner. ``lasts`` is how long the practice runs, None
    for one that has no length (a call made, a sentence said). ``fears`` are the ids of the fears
    offered as taps. ``meanwhile`` is one thing to do with the time, a whole sentence.
    """

    family: str
    ladder: Ladder
    dimension: Dimension
    difficulty: float
    short: str
    short_single: str = ""
    lasts: timedelta | None = None
    fears: tuple[str, ...] = ()
    meanwhile: str = ""


@dataclass(frozen=True, kw_only=True)
class Fear:
    """What the alarm may say will happen.

    ``label`` is the tap before ("They'll be annoyed"), ``after`` the question after ("Were they
    annoyed?"), ``noun`` stands in a summary ("Feared: annoyed, 70 %").
    """

    id: str
    label: str
    after: str
    noun: str


@dataclass(frozen=True, kw_only=True)
class Family:
    """Rungs of one theme, easiest first."""

    id: str
    name: str
    about: str
    ladder: Ladder
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, kw_only=True)
class Library:
    """All prompts of one locale, checked."""

    locale: str
    families: Mapping[str, Family] = field(default_factory=dict)
    prompts: Mapping[str, Prompt] = field(default_factory=dict)
    fears: Mapping[str, Fear] = field(default_factory=dict)

    def rung(self, id: str) -> Rung | None:
        """The rung of that id, or None where the library no longer has it."""
        prompt = self.prompts.get(id)
        return prompt if isinstance(prompt, Rung) else None

    def of_kind(self, kind: Kind) -> tuple[Prompt, ...]:
        """All prompts of a kind, in the order in which they are written."""
        return tuple(p for p in self.prompts.values() if p.kind is kind)
