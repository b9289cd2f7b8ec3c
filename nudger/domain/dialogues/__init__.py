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
