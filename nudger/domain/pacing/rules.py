"""Which hard rules stand over what is expected, and what does each refuse?

| name         | refuses                                                                        |
| ------------ | ------------------------------------------------------------------------------ |
| start        | before the first completion: what is rated above 4                             |
| first_week   | in the first week: what is rated above 4, or lasts longer than 15 minutes      |
| no_skipping  | more than one rung above the highest completed                                 |
| coherence    | a rung that was too much, and all above, until two completions; the next day    |
| came_true    | what is above a rung that ended as feared, until a completion                  |
| skips        | rungs declined as too hard twice running, and all above, until a completion    |
| ceiling      | what is above the person's own goal                                            |
| flat_answers | new rungs, after five identical answers that came within ten seconds each      |
| rest_week    | after a week away: the highest completed rung and all above                    |
| one_a_day    | a second challenge on a local date                                             |
| stopped      | every step, until the person takes them up again                               |

A mastered rung (calm on two days) needs no more practice; `booster_due` brings it back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from nudger.domain.nudge import Reason
from nudger.domain.pacing.events import Outcome
from nudger.domain.pacing.ladder import rated
from nudger.domain.pacing.pace import Hold, Pace
from nudger.domain.prompt import Rung

START_RATED = 4.0  # [S] clinical guides start at 40 of 100 or less
FIRST_WEEK = timedelta(days=7)
FIRST_WEEK_LASTS = timedelta(minutes=15)  # [S] Matthews 2010: short first stages get completed
STEP_UP = 1  # [S] dose finding never skips a level that was not tried
FLAT_ANSWERS = 5  # [A] so many alike, each within ten seconds, are taps and not answers
AWAY = timedelta(days=7)  # [A] fear returns when practice rests
BOOSTERS = (timedelta(days=1), timedelta(days=4), timedelta(days=10))  # [S] expanding spacing
# [A] Below the easiest rung there is none: where a hold would leave nothing at all, the easiest
# comes back after a week instead of never.
EASIEST_REFUSED = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A pace seen on one ladder and one local date; rungs are numbered from the easiest, 0."""

    pace: Pace
    ladder: Sequence[Rung]
    rated: Mapping[str, float]
    place: Mapping[str, int]
    on: date
    joined_on: date
    goal: str | None = None

    @property
    def highest_done(self) -> int:
        """The highest completed rung, -1 where there is none."""
        return max((k for rung, k in self.place.items() if rung in self.pace.done), default=-1)

    @property
    def first_week(self) -> bool:
        """Whether the person joined within the last week."""
        return self.on - self.joined_on < FIRST_WEEK


def standing(
    pace: Pace, ladder: Sequence[Rung], *, on: date, joined_on: date, goal: str | None = None
) -> Standing:
    """Where a person stands on a ladder."""
    return Standing(
        pace=pace,
        ladder=ladder,
        rated=rated(pace.ratings, ladder),
        place={rung.id: k for k, rung in enumerate(ladder)},
        on=on,
        joined_on=joined_on,
        goal=goal,
    )


def no_step(pace: Pace, *, on: date) -> Reason | None:
    """Why no step at all is right on a local date, whatever the ladder."""
    if pace.stop is not None:
        return Reason(name="stopped", values={"cause": pace.stop})
    if pace.tried_on == on:
        return Reason(name="one_a_day")
    if pace.kind_until is not None and on <= pace.kind_until:
        return Reason(name="coherence", values={"rung": pace.tried})
    return None


def refused_by(s: Standing, k: int) -> str | None:
    """The name of the first rule that refuses rung number ``k``, or None."""
    return next((name for name, refuses in RULES.items() if refuses(s, k)), None)


def booster_due(s: Standing, k: int) -> date | None:
    """Since when a mastered rung should come back; None where it is not mastered, or has rested."""
    done = s.pace.done.get(s.ladder[k].id)
    if done is None or not done.mastered or done.returns >= len(BOOSTERS):
        return None
    due = done.last_on + BOOSTERS[done.returns]
    return due if due <= s.on else None


def _start(s: Standing, k: int) -> bool:
    return s.highest_done < 0 and s.rated[s.ladder[k].id] > START_RATED


def _first_week(s: Standing, k: int) -> bool:
    rung = s.ladder[k]
    long = rung.lasts is not None and rung.lasts > FIRST_WEEK_LASTS
    return s.first_week and (long or s.rated[rung.id] > START_RATED)


def _no_skipping(s: Standing, k: int) -> bool:
    return 0 <= s.highest_done < k - STEP_UP


def _holding(rule: str) -> Callable[[Standing, int], bool]:
    def refuses(s: Standing, k: int) -> bool:
        return any(_holds(s, hold, k) for hold in s.pace.holds if hold.rule == rule)

    return refuses


def _holds(s: Standing, hold: Hold, k: int) -> bool:
    at = s.place.get(hold.rung)
    if at is None or k < at or (k == at and hold.itself):
        return False
    return not (k == 0 and s.on - hold.on > EASIEST_REFUSED)


def _ceiling(s: Standing, k: int) -> bool:
    goal = s.place.get(s.goal) if s.goal is not None else None
    return goal is not None and k > goal


def _flat_answers(s: Standing, k: int) -> bool:
    last = [r for r in s.pace.reports if r.outcome is Outcome.DONE][-FLAT_ANSWERS:]
    flat = (
        len(last) == FLAT_ANSWERS
        and all(report.quick for report in last)
        and len({report.value for report in last}) == 1
    )
    return flat and k > s.highest_done


def _rest_week(s: Standing, k: int) -> bool:
    away = s.pace.tried_on is not None and s.on - s.pace.tried_on >= AWAY
    return away and k > max(s.highest_done - 1, 0)


RULES: Mapping[str, Callable[[Standing, int], bool]] = {
    "start": _start,
    "first_week": _first_week,
    "no_skipping": _no_skipping,
    "coherence": _holding("coherence"),
    "came_true": _holding("came_true"),
    "skips": _holding("skips"),
    "ceiling": _ceiling,
    "flat_answers": _flat_answers,
    "rest_week": _rest_week,
}
