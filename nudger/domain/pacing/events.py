"""What does pacing learn from: which outcomes, in which numbers?"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What something said, or silence, means to pacing."""

    RATED = "rated"  # a rung rated beforehand, 0-10
    DONE = "done"  # waited out; value is the worst moment 0-10, None where not said
    BROKE_OFF = "broke_off"  # value as above
    TOO_EASY = "too_easy"
    TOO_HARD = "too_hard"  # said of a step that was tried
    DECLINED_TOO_HARD = "declined_too_hard"  # said of an offer, not tried
    BAD_TIME = "bad_time"
    NOT_FOR_ME = "not_for_me"
    JUST_NO = "just_no"
    ANSWERED = "answered"  # anything else that was answered: a kindness, a question
    SILENT = "silent"  # an unasked message that stayed without an answer until it lost its use
    UNSAFE = "unsafe"
    RESUMED = "resumed"  # the person took steps up again after they rested


@dataclass(frozen=True, kw_only=True)
class Event:
    """One outcome. ``id`` names its source (an attempt, a nudge): a corrected answer has the same.

    ``local_date`` is the person's date when it happened; ``came_true`` is whether the feared thing
    happened; ``quick`` whether the answers came within ten seconds.
    """

    id: str
    at: datetime
    local_date: date
    outcome: Outcome
    rung: str | None = None
    value: float | None = None
    came_true: bool = False
    quick: bool = False
