"""Which conversations are there? Each a value and a pure function, so that a restart loses none.

A module has a frozen `State` with a `step`, `ask(state, facts)` for the question of that step, and
`answer(state, said, facts, now=...)` for what follows from an answer. Nothing here knows Telegram.
"""

from types import ModuleType

from nudger.domain.dialogues import (
    aside,
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
    writing_less,
)

DIALOGUES: dict[str, ModuleType] = {
    "aside": aside,
    "attempt": attempt,
    "coming": coming,
    "export": export,
    "forget": forget,
    "helpnow": helpnow,
    "onboarding": onboarding,
    "pause": pause,
    "prompt": prompt,
    "quiet": quiet,
    "separation": separation,
    "settings": settings,
    "steps_again": steps_again,
    "writing_less": writing_less,
}

# The answer to this question, and that it was asked, must not be read in the chat afterwards.
LEAVES_NO_TRACE = frozenset({"afraid", "about_afraid"})
# These take words only while the conversation is under way; later a plain sentence is a note.
BRIEF = frozenset({"pause", "quiet", "settings"})
# Their question stands until it is answered: it is asked again after words that were no answer.
STANDING = frozenset({"attempt", "onboarding", "separation"})
AWAY_FROM_THE_PHONE = "running"  # the step of an attempt in which nothing is asked
