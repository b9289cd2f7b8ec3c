"""What is a prompt: a text of prompts/ with what is known about it?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a prompt is for."""

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
    """One text. ``text`` is for someone with a partner (or ex, friend, family), ``single`` without."""

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
    checking"), ``short_single`` without a partner. ``lasts`` is how long the practice runs, None
    for one that has no length (a call made, a sentence said). ``fears`` are the ids of the fears
    offered as taps. ``meanwhile`` is one thing to do with the time.
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

    def rung(self, id: str) -> Rung | None:
        """The rung of that id, or None where the library no longer has it."""
        prompt = self.prompts.get(id)
        return prompt if isinstance(prompt, Rung) else None

    def of_kind(self, kind: Kind) -> tuple[Prompt, ...]:
        """All prompts of a kind, in the order of their ids."""
        return tuple(p for _, p in sorted(self.prompts.items()) if p.kind is kind)
