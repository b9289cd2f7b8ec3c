"""How hard is a rung expected to be, and how sure is that?

The simple estimator of the first version; a filter over the whole ladder comes behind the same
face. It begins with the person's own rating (or the line through their ratings) and moves it by
what they reported, here and on rungs nearby: a mean of surprises in which every later report
makes the earlier ones weigh less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from statistics import NormalDist

from nudger.domain.pacing.events import Outcome
from nudger.domain.pacing.ladder import clamped, rated
from nudger.domain.pacing.pace import OVERWHELM, Pace, Report
from nudger.domain.prompt import Rung

LIMIT = 7.5  # [A] distress above which an evening harms more than it teaches
PRIOR_SD = 1.8  # [A] how far ratings are off, in the simulated people of pacing
REPORT_SD = 1.35  # [A] how far one evening is from the next on the same rung
PRIOR_WEIGHT = 1.0  # [A] a rating weighs as much as one report
LATER = 0.8  # [A] what a report still weighs after each later one
REACH = 2.5  # [A] rungs over which a report spreads, falling by e
DECLINED_WEIGHT = 0.25  # [A] words about an offer tell less than a try
EASY_AT_MOST, EASIER_BY = 2.0, 1.0  # "too easy" reads as this, or as this much below what was felt
HARDER_BY = 1.0  # "too hard" reads as this much above what was expected
DECLINED_AT_LEAST = 6.0  # an offer declined as too hard reads as at least this


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Expected worst distress of one evening (0-10) and its standard deviation."""

    mean: float
    spread: float

    @property
    def risk(self) -> float:
        """The chance that it goes beyond `LIMIT`."""
        return 1 - NormalDist(self.mean, self.spread).cdf(LIMIT)


def expected(pace: Pace, ladder: Sequence[Rung], rung: Rung) -> Estimate:
    """What a person may expect of a rung of their ladder now."""
    place = {each.id: k for k, each in enumerate(ladder)}
    felt = rated(pace.ratings, ladder)
    surprises = weights = 0.0
    age = 1.0
    for report in reversed(pace.reports):
        if report.rung not in place:
            continue
        reads = _reads(report, felt[report.rung])
        if reads is None:
            continue
        weight = age * exp(-abs(place[report.rung] - place[rung.id]) / REACH)
        if report.outcome is Outcome.DECLINED_TOO_HARD:
            weight *= DECLINED_WEIGHT
        surprises += weight * (reads - felt[report.rung])
        weights += weight
        age *= LATER
    known = PRIOR_WEIGHT + weights
    return Estimate(
        mean=clamped(felt[rung.id] + surprises / known),
        spread=sqrt(PRIOR_SD**2 / known + REPORT_SD**2),
    )


def _reads(report: Report, felt: float) -> float | None:
    """A report as distress, 0-10; None where it says nothing about it."""
    match report.outcome:
        case Outcome.BROKE_OFF:
            return max(report.value or 0.0, OVERWHELM)
        case Outcome.TOO_HARD:
            return max(report.value or 0.0, OVERWHELM, clamped(felt + HARDER_BY))
        case Outcome.DECLINED_TOO_HARD:
            return max(DECLINED_AT_LEAST, clamped(felt + HARDER_BY))
        case Outcome.TOO_EASY:
            return min(EASY_AT_MOST, clamped(felt - EASIER_BY))
    return report.value
