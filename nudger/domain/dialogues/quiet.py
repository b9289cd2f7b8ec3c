"""When shall nothing arrive? Typed or tapped, read back, agreed to, undone."""

from dataclasses import dataclass, replace
from datetime import datetime, time

from nudger.domain.dialogues.turn import Facts, Turn, chosen, say, written
from nudger.domain.said import Said
from nudger.domain.screen import Choice, Screen, Value, row
from nudger.domain.time.phrases import NotUnderstood, read_quiet
from nudger.domain.time.quiet_hours import QuietHours, Window

PRESETS = (
    Window(time(21), time(7)),
    Window(time(22), time(8)),
    Window(time(23), time(7)),
    Window(time(22), time(9)),
)


@dataclass(frozen=True, kw_only=True)
class State:
    """``quiet`` is what was understood and waits for OK; ``before`` is what an undo brings back."""

    step: str = "show"
    quiet: QuietHours | None = None
    before: QuietHours | None = None


def begin(text: str, facts: Facts, *, now: datetime) -> Turn:
    """/quiet, with or without hours behind it."""
    del now
    return _understand(State(), text, facts) if text else Turn(state=State())


def ask(state: State, facts: Facts) -> Screen:
    """The question of this step."""
    match state.step:
        case "show":
            return Screen(
                key="quiet.show",
                values=read_back(facts.person.quiet),
                choices=(*preset_rows(), row("leave")),
            )
        case "type":
            return Screen(key="quiet.type", choices=(*preset_rows(), row("leave")))
        case "confirm":
            return Screen(
                key="quiet.confirm",
                values=read_back(state.quiet or facts.person.quiet),
                choices=(row("ok", "change"),),
            )
        case "done":
            return Screen(
                key="quiet.done", values=read_back(facts.person.quiet), choices=(row("undo"),)
            )
    raise ValueError(f"quiet hours have no step {state.step!r}")


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """One question answered."""
    del now
    match state.step, chosen(said):
        case _, "leave":
            return Turn(say=say("quiet.left", **read_back(facts.person.quiet)))
        case "confirm", "ok":
            agreed = replace(facts.person, quiet=state.quiet or facts.person.quiet)
            before = facts.person.quiet
            return Turn(state=replace(state, step="done", before=before), do=(agreed,))
        case "confirm", "change":
            return Turn(state=State(step="type"))
        case "done", "undo":
            undone = replace(facts.person, quiet=state.before or facts.person.quiet)
            return Turn(say=say("quiet.left", **read_back(undone.quiet)), do=(undone,))
        case "show" | "type", str() if preset(said):
            quiet = QuietHours.every_night(preset(said) or PRESETS[0])
            return Turn(state=State(step="confirm", quiet=quiet))
        case "show" | "type" | "confirm", None if words := written(said):
            return _understand(state, words, facts)
    return None


def preset_rows() -> tuple[tuple[Choice, ...], ...]:
    """The common windows, two a row."""
    buttons = [
        Choice(id=f"preset{n}", label="window", values={"start": w.start, "end": w.end})
        for n, w in enumerate(PRESETS)
    ]
    return (tuple(buttons[:2]), tuple(buttons[2:]))


def preset(said: Said) -> Window | None:
    """The window that was tapped."""
    return next((w for n, w in enumerate(PRESETS) if chosen(said) == f"preset{n}"), None)


def read_back(quiet: QuietHours) -> dict[str, Value]:
    """Quiet hours as values to render: groups of nights with their windows."""
    return {
        "nights": tuple(
            (tuple(sorted(days)), tuple((w.start, w.end) for w in windows))
            for days, windows in quiet.grouped()
        )
    }


def understood(words: str, quiet: QuietHours) -> QuietHours | tuple[Screen, ...]:
    """The quiet hours that were typed, or what to say instead, with two examples."""
    phrase = read_quiet(words)
    if isinstance(phrase, NotUnderstood):
        return say("quiet.unclear")
    changed = quiet.changed(phrase.days, phrase.windows)
    if refused := changed.refused():
        if not refused.open:
            return say("quiet.nothing_open")
        return say("quiet.too_little_open", open=refused.open)
    return changed


def _understand(state: State, words: str, facts: Facts) -> Turn:
    quiet = understood(words, facts.person.quiet)
    if isinstance(quiet, tuple):
        return Turn(state=replace(state, step="type"), say=quiet)
    return Turn(state=State(step="confirm", quiet=quiet))
