"""Which two rungs may a person choose from today, and why these?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from nudger.domain.nudge import Reason
from nudger.domain.pacing.events import Outcome
from nudger.domain.pacing.expect import LIMIT, Estimate, expected
from nudger.domain.pacing.pace import Pace
from nudger.domain.pacing.rules import Standing, booster_due, no_step, refused_by, standing
from nudger.domain.prompt import Rung

# [A] How many standard deviations below the limit: a risk of 25 % for what the person may choose,
# of 16 % for the gentler way out.
STRETCH_MARGIN, GENTLE_MARGIN = 0.674, 1.0
# [A] Below this even the gentle one is drawn no lower for variety, so that choosing does not
# become avoiding: naive choice loses 40 % of the gain when people choose by avoidance.
GENTLE_FLOOR = 3.5
GENTLE_OUT_OF = 2  # [S] order within reach does not matter (Kircanski 2012): one of the two highest
LAST_TOLD = 3  # values of the past that a reason quotes


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One or two rungs, the gentler first, and why."""

    rungs: tuple[Rung, ...]
    reason: Reason

    @property
    def gentle(self) -> Rung:
        """The easier one; the same as the stretch where only one fits."""
        return self.rungs[0]

    @property
    def stretch(self) -> Rung:
        """The harder one."""
        return self.rungs[-1]


@dataclass(frozen=True, kw_only=True)
class NoOffer:
    """No step today, and which rule says so."""

    reason: Reason


def offer(
    pace: Pace,
    ladder: Sequence[Rung],
    *,
    local_date: date,
    joined_on: date,
    rng: Random,
    goal: str | None = None,
    longest: timedelta | None = None,
    gentle_only: bool = False,
) -> Offer | NoOffer:
    """What to offer on a local date. ``longest`` leaves out what would run beyond it.

    ``gentle_only`` offers the gentler rung alone, and the reason is about that one.
    """
    none = no_step(pace, on=local_date)
    if none is not None:
        return NoOffer(reason=none)
    s = standing(pace, ladder, on=local_date, joined_on=joined_on, goal=goal)
    estimates = [expected(pace, ladder, rung) for rung in ladder]
    refused = [
        refused_by(s, k) or _too_risky(estimates[k]) or _too_long(ladder[k], longest)
        for k in range(len(ladder))
    ]
    fits = [k for k, rule in enumerate(refused) if rule is None]
    if not fits:
        return NoOffer(reason=_nothing_fits(s, refused))
    # Variety: not the rung of the last try again, if another fits.
    fresh = [k for k in fits if ladder[k].id != pace.tried] or fits
    high = fresh[-1]
    low, chance = _gentle(s, [k for k in fresh if k < high], estimates, rng)
    if gentle_only and low is not None:
        high, low = low, None
    rungs = (ladder[high],) if low is None else (ladder[low], ladder[high])
    reason = _reason(s, estimates, high, low, refused)
    return Offer(rungs=rungs, reason=Reason(name="offer", values={**reason, "chance": chance}))


def _too_risky(estimate: Estimate) -> str | None:
    return "risk" if estimate.mean + STRETCH_MARGIN * estimate.spread > LIMIT else None


def _too_long(rung: Rung, longest: timedelta | None) -> str | None:
    long = longest is not None and rung.lasts is not None and rung.lasts > longest
    return "too_long" if long else None


def _gentle(
    s: Standing, below: list[int], estimates: Sequence[Estimate], rng: Random
) -> tuple[int | None, float]:
    """The gentler rung and the chance with which it was drawn."""
    safe = [k for k in below if estimates[k].mean + GENTLE_MARGIN * estimates[k].spread <= LIMIT]
    if not safe:
        return None, 1.0
    due = [(since, k) for k in safe if (since := booster_due(s, k)) is not None]
    if due:
        return min(due)[1], 1.0
    drawn = [k for k in safe[-GENTLE_OUT_OF:] if estimates[k].mean >= GENTLE_FLOOR] or safe[-1:]
    return rng.choice(drawn), 1 / len(drawn)


def _nothing_fits(s: Standing, refused: Sequence[str | None]) -> Reason:
    if not s.ladder:
        return Reason(name="no_ladder")
    easiest = s.ladder[0]
    return Reason(
        name="no_rung_fits",
        values={
            "rule": refused[0],
            "rung": easiest.id,
            "rated": s.pace.ratings.get(easiest.id),
            "looks": round(s.rated[easiest.id], 1),
        },
    )


def _reason(
    s: Standing,
    estimates: Sequence[Estimate],
    high: int,
    low: int | None,
    refused: Sequence[str | None],
) -> dict[str, str | int | float | None]:
    """The numbers behind an offer, about the stretch unless they say otherwise.

    ``rule`` is what keeps the next rung up away (None at the top); ``rated`` the person's own word,
    ``looks`` that or the line; ``last`` the latest reports; ``above`` how many rungs the stretch
    is above the highest completed one (None before the first completion).
    """
    rung, estimate = s.ladder[high], estimates[high]
    told = [
        report.value
        for report in s.pace.reports
        if report.rung == rung.id
        and report.outcome in {Outcome.DONE, Outcome.BROKE_OFF}
        and report.value is not None
    ]
    values: dict[str, str | int | float | None] = {
        "rule": (refused[high + 1] or "variety") if high + 1 < len(refused) else None,
        "stretch": rung.id,
        "rated": s.pace.ratings.get(rung.id),
        "looks": round(s.rated[rung.id], 1),
        "last": ", ".join(f"{value:g}" for value in told[-LAST_TOLD:]),
        "expected": round(estimate.mean, 1),
        "spread": round(estimate.spread, 1),
        "risk": round(estimate.risk, 2),
        "above": high - s.highest_done if s.highest_done >= 0 else None,
        "gentle": None,
    }
    if low is not None:
        values |= {
            "gentle": s.ladder[low].id,
            "gentle_expected": round(estimates[low].mean, 1),
            "gentle_risk": round(estimates[low].risk, 2),
            "booster": int(booster_due(s, low) is not None),
        }
    return values
