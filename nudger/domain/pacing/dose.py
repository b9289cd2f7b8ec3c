"""How many days lie between two unasked messages, and why?

Silence gets less, never more. The longer someone was answering, the sooner their silence means
something: it is compared with how likely so many silent days would be by chance.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from nudger.domain.nudge import Reason
from nudger.domain.pacing.pace import Pace
from nudger.domain.person import Tempo

MEMORY = timedelta(days=25)  # [A] after so long a day weighs half
PRIOR_ANSWERS, PRIOR_DAYS = 3, 5  # [A] before anything is known: three of five days answered
# [A] Days between two contacts; from the top, the first line that holds: chance of so many silent
# days below, or silent days running at least.
GAPS = ((14, 0.0005, 21), (7, 0.005, 14), (3, 0.02, 7), (2, 0.05, None))
ONLY_KINDNESS_FROM = 2  # silent days running
FAREWELL_AFTER = timedelta(days=60)
FAREWELL_BEFORE = timedelta(days=90)  # [A] later it would come from nowhere
# [A] A pause of two months is no silence: a farewell needs so many unanswered contacts as well.
FAREWELL_SILENT = 5


@dataclass(frozen=True, kw_only=True)
class Gap:
    """``days`` from one contact to the next; ``silent`` counts days running without an answer.

    ``since`` is the first of those days. After two months ``gone_quiet`` means nothing any more,
    and ``farewell`` that it is the time to say so, once.
    """

    days: int
    silent: int
    since: date | None
    answering: float
    farewell: bool = False
    gone_quiet: bool = False

    @property
    def only_kindness(self) -> bool:
        """Nobody is asked for a step who has gone quiet."""
        return self.silent >= ONLY_KINDNESS_FROM

    @property
    def reason(self) -> Reason:
        """For /why, with its numbers."""
        return Reason(
            name="every_day" if self.days == 1 else "writes_less",
            values={
                "days": self.days,
                "silent": self.silent,
                "answering": round(self.answering, 2),
            },
        )


def gap(pace: Pace, *, today: date, tempo: Tempo = Tempo.AS_IT_COMES) -> Gap:
    """The gap as of a local date, which is not over: only dates before it may count as silent.

    A person's own "once a day" stands over what silence says.
    """
    last = max(pace.answered_on, default=date.min)
    over = [day for day in pace.silent_on if day < today]
    silent = [day for day in over if day > last]
    answers = sum(_weight(day, today) for day in pace.answered_on)
    days = answers + sum(_weight(day, today) for day in over)
    answering = (PRIOR_ANSWERS + answers) / (PRIOR_DAYS + days)
    chance = (1 - answering) ** len(silent)
    between = next(
        (
            between
            for between, rare, many in GAPS
            if chance < rare or (many is not None and len(silent) >= many)
        ),
        1,
    )
    quiet_for = today - silent[0] if silent else timedelta()
    gone_quiet = len(silent) >= FAREWELL_SILENT and quiet_for >= FAREWELL_AFTER
    return Gap(
        days=1 if tempo is Tempo.DAILY else between,
        silent=len(silent),
        since=silent[0] if silent else None,
        answering=answering,
        farewell=gone_quiet and quiet_for < FAREWELL_BEFORE,
        gone_quiet=gone_quiet,
    )


def _weight(day: date, today: date) -> float:
    return float(0.5 ** ((today - day) / MEMORY))
