"""How is a sentence marked for the translators?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plural:
    """A sentence that counts: for one, for many, and the name of the value that is counted."""

    one: str
    many: str
    by: str


def N_(sentence: str) -> str:  # noqa: N802 - the name every extractor of messages knows
    """The sentence as it is: it is looked up when it is said."""
    return sentence


def NP_(one: str, many: str, by: str) -> Plural:  # noqa: N802
    """The sentence for one and for many: the form is chosen when it is said."""
    return Plural(one, many, by)
