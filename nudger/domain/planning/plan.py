"""What is the next nudge of each lane, and why?

For the same facts the plan is the same: what is left to chance comes from the person's seed and
the local date. So a plan can be made again after anything changes, and only what changed differs.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from nudger.domain.nudge import Content, Lane, Nudge, Planned, Reason
from nudger.domain.pacing.ladder import build_ladder, way_on, ways
from nudger.domain.pacing.offer import NoOffer, Offer, offer
from nudger.domain.person import Person, Phase, steps_barred
from nudger.domain.planning.follow_ups import awaited, said_once
from nudger.domain.planning.outlook import Outlook, PlanFacts, Unasked
from nudger.domain.practice import Attempt
from nudger.domain.practice import Phase as AttemptPhase
from nudger.domain.prompt import Kind, Library, Rung
from nudger.domain.time.local_time import local_date, zone_named
from nudger.domain.time.times_of_day import ANOTHER, chance, time_of_day_on

__all__ = ["PlanFacts", "Unasked", "ladder_on", "plan", "stands"]

USEFUL: Mapping[Lane, timedelta] = {
    Lane.CHALLENGE: timedelta(hours=3),
    Lane.KINDNESS: timedelta(hours=4),
    Lane.INSIGHT: timedelta(hours=24),
    Lane.REVIEW: timedelta(hours=24),
}
AFTER_HARD = frozenset({"after_hard", "after_lapse"})  # tags of texts for the day after
BESIDE_EVERY = 3  # [A] dates: how often a kindness comes beside the challenge


def plan(facts: PlanFacts, *, now: datetime) -> tuple[Planned, ...]:
    """The next nudge of each lane, or why there is none; follow-ups come first, soonest first."""
    zone = zone_named(facts.person.zone)
    silence = _silence(facts.person, zone)
    if silence is not None or zone is None:
        return _nothing(silence, local_date(now, zone or ZoneInfo("UTC")))
    outlook = Outlook(facts=facts, zone=zone, now=now)
    begun = awaited(outlook)
    outlook = outlook.and_planned(*begun)
    once = said_once(outlook)
    if outlook.gap_on(outlook.next_turn or outlook.today).gone_quiet:
        return (*begun, *once, *_nothing(Reason(name="silent"), outlook.today))
    outlook = outlook.and_planned(*once)
    challenge = _challenge(outlook)
    kindness = _kindness(outlook.and_planned(challenge), challenge)
    return (*begun, *once, challenge, kindness)


def stands(nudge: Nudge, wanted: Planned, *, now: datetime) -> bool:
    """Whether a nudge that is planned already is the one wanted.

    What is wanted by now may have been put off (a conversation, a limit of Telegram): it keeps the
    moment that it was put off to.
    """
    same = (nudge.lane, nudge.content, nudge.local_date) == (
        wanted.lane,
        wanted.content,
        wanted.local_date,
    )
    if not same or wanted.due_at is None:
        return False
    moments = (nudge.due_at, nudge.useful_until) == (wanted.due_at, wanted.useful_until)
    return moments or wanted.due_at <= now < nudge.useful_until


def ladder_on(library: Library, person: Person, on: date) -> tuple[Rung, ...]:
    """The ladder whose turn it is on a local date."""
    return build_ladder(
        library,
        way=way_on(ways(library, families=person.families, style=person.profile.style), on),
        families=person.families,
        about=person.profile.about,
        set_aside=person.set_aside,
    )


def _silence(person: Person, zone: ZoneInfo | None) -> Reason | None:
    """Why nothing at all is planned."""
    if zone is None:
        return Reason(name="zone_unknown")
    if person.phase is not Phase.JOINED:
        return Reason(name=str(person.phase))
    if not person.profile.adult:
        return Reason(name="not_adult")
    if person.pause is not None and person.pause.until is None:
        return Reason(name="paused")
    return None


def _nothing(reason: Reason | None, today: date) -> tuple[Planned, ...]:
    return tuple(
        Planned(lane=lane, reason=reason or Reason(name="zone_unknown"), local_date=today)
        for lane in (Lane.CHALLENGE, Lane.KINDNESS)
    )


# ------------------------------------------------------------------ challenge


def _challenge(outlook: Outlook) -> Planned:
    """The next challenge: one a local date, and only where steps are right."""
    why_not = _no_challenge(outlook)
    for day in () if why_not else outlook.dates():
        if _has_step(outlook, day) or outlook.follow_up_on(day):
            continue
        gap = outlook.gap_on(day)
        if gap.only_kindness:
            why_not = Reason(name="only_kindness", values={"silent": gap.silent})
            continue
        made = _offer_on(outlook, day)
        if isinstance(made, NoOffer):
            why_not = made.reason
            continue
        at = outlook.place(day, time_of_day_on(day, outlook.person), Lane.CHALLENGE)
        if at is not None:
            content = Content(rungs=tuple(rung.id for rung in made.rungs))
            lasts = USEFUL[Lane.CHALLENGE]
            return outlook.nudge(Lane.CHALLENGE, content, made.reason, at=at, lasts=lasts)
    return Planned(
        lane=Lane.CHALLENGE, reason=why_not or Reason(name="no_room"), local_date=outlook.today
    )


def _no_challenge(outlook: Outlook) -> Reason | None:
    """Why no date at all gets a challenge."""
    person = outlook.person
    if steps_barred(person, now=outlook.begins):
        # The cause stays sealed in the profile: a reason is stored as it stands.
        return Reason(name="steps_barred")
    if person.stopped is not None:
        return Reason(name="stopped", values={"cause": person.stopped.cause})
    if not person.steps_wanted:
        return Reason(name="not_wanted")
    return None


def _has_step(outlook: Outlook, day: date) -> bool:
    """A challenge went out for that date, was tried or declined on it, or runs until then.

    Joining has its own first step.
    """
    return (
        day in {outlook.joined_on, outlook.facts.pace.declined_on}
        or outlook.sent(Lane.CHALLENGE, day)
        or any(_runs_on(attempt, day, outlook) for attempt in outlook.facts.attempts)
    )


def _runs_on(attempt: Attempt, day: date, outlook: Outlook) -> bool:
    if attempt.phase is AttemptPhase.DROPPED:
        return False
    began = ends = outlook.date_of(attempt.started_at or attempt.chosen_at)
    if attempt.phase is AttemptPhase.RUNNING and attempt.ends_at is not None:
        ends = outlook.date_of(attempt.ends_at)
    return began <= day <= ends


def _offer_on(outlook: Outlook, day: date) -> Offer | NoOffer:
    person = outlook.person
    return offer(
        outlook.facts.pace,
        ladder_on(outlook.facts.library, person, day),
        local_date=day,
        joined_on=outlook.joined_on,
        rng=chance(person.seed, "offer", day),
    )


# ------------------------------------------------------------------ kindness


def _kindness(outlook: Outlook, challenge: Planned) -> Planned:
    """The next kindness: on dates without a challenge, and beside every third."""
    why_not = None if outlook.person.kindness_wanted else Reason(name="not_wanted")
    for day in () if why_not else outlook.dates():
        if outlook.sent(Lane.KINDNESS, day) or outlook.follow_up_on(day):
            continue
        beside = _challenge_on(outlook, day, challenge)
        if not (_may_stand_beside(outlook, day) if beside else outlook.turn_of(day)):
            continue
        own_time = time_of_day_on(day, outlook.person)
        at = outlook.place(day, ANOTHER[own_time] if beside else own_time, Lane.KINDNESS)
        if at is None:
            continue
        reason = Reason(name="beside") if beside else _instead(outlook, day, challenge)
        after_hard = reason.values.get("because") in {"coherence", "stopped"}
        prompt = _kind_words(outlook, day, after_hard=after_hard)
        if prompt is None:
            why_not = Reason(name="no_text")
            break
        lasts = USEFUL[Lane.KINDNESS]
        return outlook.nudge(Lane.KINDNESS, Content(prompt=prompt), reason, at=at, lasts=lasts)
    return Planned(
        lane=Lane.KINDNESS, reason=why_not or Reason(name="no_room"), local_date=outlook.today
    )


def _challenge_on(outlook: Outlook, day: date, challenge: Planned) -> bool:
    """Whether that date has a challenge, or, beyond the next one, is likely to."""
    next_on = challenge.local_date if challenge.content is not None else None
    return (next_on is not None and day >= next_on) or _has_step(outlook, day)


def _may_stand_beside(outlook: Outlook, day: date) -> bool:
    third = (day.toordinal() + outlook.person.seed) % BESIDE_EVERY == 0
    return third and outlook.gap_on(day).days == 1 and outlook.person.cap > 1


def _instead(outlook: Outlook, day: date, challenge: Planned) -> Reason:
    """Why a kindness and no challenge on that date."""
    because = challenge.reason.name
    if challenge.content is not None:
        made = _offer_on(outlook, day)
        because = made.reason.name if isinstance(made, NoOffer) else "no_room"
    return Reason(name="instead", values={"because": because})


def _kind_words(outlook: Outlook, day: date, *, after_hard: bool) -> str | None:
    """A kindness not said yet, or else one out of the half that was said longest ago.

    One for a moment of its own comes in that moment alone.
    """
    unasked = sorted(outlook.facts.unasked, key=lambda u: u.at)
    said = {u.content.prompt: u.at for u in unasked if u.content.prompt}
    fitting = AFTER_HARD if after_hard else frozenset()
    known = [
        prompt.id
        for prompt in outlook.facts.library.of_kind(Kind.KINDNESS)
        if not prompt.tags or prompt.tags & fitting
    ]
    new = [each for each in known if each not in said]
    old = sorted((each for each in known if each in said), key=lambda each: said[each])
    drawn = new or old[: (len(old) + 1) // 2]
    return chance(outlook.person.seed, "kindness", day).choice(drawn) if drawn else None
