"""What is told when nothing is asked back: the ladder, the evidence, the reason?"""

from collections.abc import Iterable
from datetime import datetime
from statistics import fmean

from nudger.domain.dialogues.asking import found_lines, name_of
from nudger.domain.dialogues.turn import Facts
from nudger.domain.nudge import Reason
from nudger.domain.practice import Attempt, CameTrue, HowItWent, Separation
from nudger.domain.screen import Label, Screen, Value

# Why it goes no higher, where that is more than "one step at a time".
RULES_TOLD = frozenset(
    {
        "first_week",
        "coherence",
        "came_true",
        "skips",
        "ceiling",
        "flat_answers",
        "rest_week",
        "risk",
    }
)
RUNG_KEYS = {  # by whether it was done, and rated
    (False, False): "ladder.rung",
    (False, True): "ladder.rung_rated",
    (True, False): "ladder.rung_done",
    (True, True): "ladder.rung_done_rated",
}
EVIDENCE_SHOWN = 5  # more than that is not read on a phone


def ladder(facts: Facts) -> Screen:
    """The rungs in order, what was done, and the person's own ratings."""
    if facts.barred is not None:
        return Screen(key=f"barred.{facts.barred}")
    if not facts.ladder:
        return Screen(key="ladder.none")
    rungs: list[Value] = []
    for rung in facts.ladder:
        rating = facts.pace.ratings.get(rung.id)
        key = RUNG_KEYS[rung.id in facts.pace.done, rating is not None]
        values: dict[str, Value] = {"rung": name_of(rung, facts.person), "rating": rating}
        rungs.append(Label(key=key, values=values))
    return Screen(key="ladder.show", values={"rungs": tuple(rungs)})


def evidence(facts: Facts) -> Screen:
    """Predictions beside outcomes, counted honestly: what came true counts too."""
    kept: list[Attempt | Separation] = [*facts.attempts, *facts.separations]
    told = [
        each
        for each in sorted(kept, key=_told_at, reverse=True)
        if each.finding.peak is not None or each.finding.came_true is not None
    ]
    if not told:
        return Screen(key="evidence.none")
    lines = tuple(
        Label(key="evidence.line", values={"at": _told_at(each), "what": lines_of})
        for each in told[:EVIDENCE_SHOWN]
        if (lines_of := found_lines(each.prediction, each.finding, facts.library))
    )
    values: dict[str, Value] = {"summary": tuple(_counts(told)), "found": lines}
    return Screen(key="evidence.show", values=values)


def _counts(told: list[Attempt | Separation]) -> Iterable[Label]:
    tries = [each for each in told if isinstance(each, Attempt)]
    if tries:
        waited = sum(each.finding.how is HowItWent.WAITED for each in tries)
        key = "evidence.tries" if waited else "evidence.tries_alone"
        yield Label(key=key, values={"tries": len(tries), "waited": waited})
    feared = [each.finding.came_true for each in told if each.prediction.fear]
    known = [came for came in feared if came not in {None, CameTrue.UNKNOWN}]
    if len(known) == 1:
        yield Label(key=f"evidence.one_fear_{known[0]}")
    elif known:
        came = sum(each is CameTrue.YES for each in known)
        a_little = sum(each is CameTrue.A_LITTLE for each in known)
        values: dict[str, Value] = {"feared": len(known), "came": came, "a_little": a_little}
        yield Label(key="evidence.fears_little" if a_little else "evidence.fears", values=values)
    both = [
        (each.prediction.expected, each.finding.peak)
        for each in told
        if each.prediction.expected is not None and each.finding.peak is not None
    ]
    if both:
        expected, peak = fmean(e for e, _ in both), fmean(p for _, p in both)
        yield Label(key="evidence.distress", values={"expected": expected, "peak": peak})


def why(facts: Facts) -> Screen:
    """The stored reason of the last step offered, or of the next thing planned."""
    if facts.offered is not None:
        return because(facts.offered, facts)
    own = (n for n in (*facts.recent, *facts.planned) if not n.content.awaited)
    nudge = next(own, None)
    return Screen(key="why.none") if nudge is None else because(nudge.reason, facts)


def because(reason: Reason, facts: Facts) -> Screen:
    """A reason in plain words, with the person's own numbers; only what was decided with."""
    if reason.name == "instead":
        instead = str(reason.values.get("because"))
        return Screen(key=f"why.instead.{instead}")
    if reason.name != "offer":
        return Screen(key=f"why.{reason.name}", values=dict(reason.values))
    values: dict[str, Value] = dict(reason.values)
    rung = facts.library.rung(str(values["stretch"]))
    if rung is None:
        return Screen(key="why.gone")
    values["stretch"] = name_of(rung, facts.person)
    told = "last" if values["last"] else "rated" if values["rated"] is not None else "looks"
    above = values["above"]
    high = (
        "first" if above is None else "above" if isinstance(above, int) and above > 0 else "known"
    )
    rule = Screen(key=f"why.rule.{values['rule']}") if values["rule"] in RULES_TOLD else None
    return Screen(
        key=f"why.offer.{high}",
        above=(Screen(key=f"why.offer.{told}", values=values), *((rule,) if rule else ())),
    )


def _told_at(each: Attempt | Separation) -> datetime:
    if isinstance(each, Attempt):
        return each.over_at or each.chosen_at
    return each.reflected_at or each.logged_at
