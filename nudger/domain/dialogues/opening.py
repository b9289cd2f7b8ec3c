"""Which dialogue does a nudge open, or go on with?"""

from dataclasses import dataclass

from nudger.domain.dialogues import attempt, prompt, separation, steps_again, writing_less
from nudger.domain.dialogues.turn import State
from nudger.domain.nudge import FollowUp, Nudge
from nudger.domain.practice import Attempt, Phase, Separation
from nudger.domain.prompt import Library


@dataclass(frozen=True, kw_only=True)
class Opening:
    """The dialogue's kind, its state when the nudge arrives, and its id."""

    kind: str
    id: str
    state: State


def opening(
    nudge: Nudge,
    library: Library,
    *,
    standing: attempt.State | None = None,
    attempted: Attempt | None = None,
    apart: Separation | None = None,
) -> Opening | None:
    """What the nudge opens; None where what it is about, or follows, is no longer there or open.

    ``standing`` is the dialogue of the attempt that it follows, ``attempted`` that attempt, and
    ``apart`` the separation.
    """
    content = nudge.content
    if attempted is not None and attempted.phase is not Phase.RUNNING:
        attempted = None  # it is over, and was told of
    if apart is not None and apart.reflected_at is not None:
        apart = None  # it was looked back at
    match content.follow_up:
        case None if content.prompt is not None:
            if content.prompt not in library.prompts:
                return None
            return Opening(kind="prompt", id=nudge.id, state=prompt.State(prompt=content.prompt))
        case None:
            rungs = tuple(rung for rung in content.rungs if library.rung(rung))
            state = attempt.offered(rungs)
            return Opening(kind="attempt", id=nudge.id, state=state) if rungs else None
        case FollowUp.ATTEMPT_END if standing is not None and attempted is not None:
            return Opening(kind="attempt", id=attempted.id, state=attempt.time_is_up(standing))
        case FollowUp.ATTEMPT_END if attempted is not None:
            ended = attempt.State(step="how", rungs=(attempted.rung,), attempt=attempted)
            return Opening(kind="attempt", id=attempted.id, state=ended)
        case FollowUp.REFLECTION if apart is not None:
            ready = separation.ready_to_look_back(apart)
            return Opening(kind="separation", id=apart.id, state=ready)
        case FollowUp.STEPS_AGAIN:
            return Opening(kind="steps_again", id=nudge.id, state=steps_again.State())
        case FollowUp.WRITING_LESS:
            return Opening(kind="writing_less", id=nudge.id, state=writing_less.State())
        case FollowUp.FAREWELL:
            farewell = writing_less.State(farewell=True)
            return Opening(kind="writing_less", id=nudge.id, state=farewell)
    return None
