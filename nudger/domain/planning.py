"""What is the next nudge of each lane, and why?

For the same facts the plan is the same: what is left to chance comes from the person's seed and
the local date. So a plan can be made again after anything changes, and only what changed differs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from nudger.domain.local_time import clock_reaches, local_date, zone_named
from nudger.domain.nudge import Content, FollowUp, Lane, Nudge, Planned, Reason
from nudger.domain.pacing.dose import Gap, gap
from nudger.domain.pacing.ladder import build_ladder, way_on, ways
from nudger.domain.pacing.offer import NoOffer, Offer, offer
from nudger.domain.pacing.pace import Pace
from nudger.domain.person import Person, Phase, TimeOfDay, steps_barred
from nudger.domain.practice import Attempt, Separation
from nudger.domain.practice import Phase as AttemptPhase
from nudger.domain.prompt import Kind, Ladder, Library, Rung
from nudger.domain.times_of_day import (
    ANOTHER,
    Part,
    chance,
    first_free,
    open_parts,
    part_of,
    time_of_day_on,
    usual_moment,
)

DAY = timedelta(days=1)
USEFUL: Mapping[Lane, timedelta] = {
    Lane.CHALLENGE: timedelta(hours=3),
    Lane.KINDNESS: timedelta(hours=4),
    Lane.INSIGHT: timedelta(hours=24),
    Lane.REVIEW: timedelta(hours=24),
}
USEFUL_FOLLOW_UP: Mapping[FollowUp, timedelta] = {
    FollowUp.ATTEMPT_END: timedelta(hours=2),
    FollowUp.REFLECTION: timedelta(hours=20),
    FollowUp.STEPS_AGAIN: timedelta(hours=4),
    FollowUp.WRITING_LESS: timedelta(hours=4),
    FollowUp.FAREWELL: timedelta(hours=4),
}
BESIDE_EVERY = 3  # [A] dates: how often a kindness comes beside the challenge
STEPS_AGAIN_AFTER = 2 * DAY  # from the hard evening to "steps again, small?"
HORIZON = 22  # dates looked ahead: the longest gap, and a week that may have one day left
# [A] Two questions that fall on one moment are asked one after the other; as long as a
# conversation stays open.
ONE_AFTER_ANOTHER = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Unasked:
    """A nudge that went out, may have gone out, or is on its way (claimed, sending)."""

    lane: Lane
    at: datetime
    local_date: date
    content: Content


@dataclass(frozen=True, kw_only=True)
class PlanFacts:
    """What a plan is made of.

    ``attempts`` and ``separations`` are recent ones and all that are not over. ``unasked`` reaches
    back two months. ``told_at`` is when each kind of follow-up last went out, however long ago.
    """

    person: Person
    pace: Pace
    library: Library
    attempts: Sequence[Attempt] = ()
    separations: Sequence[Separation] = ()
    unasked: Sequence[Unasked] = ()
    told_at: Mapping[FollowUp, datetime] = field(default_factory=dict)


def plan(facts: PlanFacts, *, now: datetime) -> tuple[Planned, ...]:
    """The next nudge of each lane, or why there is none; follow-ups come first, soonest first."""
    zone = zone_named(facts.person.zone)
    today = local_date(now, zone or ZoneInfo("UTC"))
    if zone is None:
        return _nothing(Reason(name="zone_unknown"), today)
    silence = _silence(facts.person, now=now)
    if silence is not None:
        return _nothing(silence, today)
    outlook = _Outlook(facts=facts, zone=zone, now=now)
    awaited = _awaited(outlook)
    outlook = outlook.with_(awaited)
    own = _of_own_accord(outlook)
    outlook = outlook.with_(own)
    if outlook.gap.gone_quiet:
        return (*awaited, *own, *_nothing(Reason(name="silent"), today))
    challenge = _challenge(outlook)
    kindness = _kindness(outlook.with_((challenge,)), challenge)
    return (*awaited, *own, challenge, kindness)


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
    own = ways_of(library, person)
    return ladder_of(library, person, way_on(own, on))


def ways_of(library: Library, person: Person) -> tuple[Ladder, ...]:
    """Which ladders a person climbs."""
    return ways(library, families=person.families, style=person.profile.style)


def ladder_of(library: Library, person: Person, way: Ladder) -> tuple[Rung, ...]:
    """A person's ladder of one way."""
    return build_ladder(
        library,
        way=way,
        families=person.families,
        about=person.profile.about,
        set_aside=person.set_aside,
    )


def useful_until(due_at: datetime, lasts: timedelta, person: Person, zone: ZoneInfo) -> datetime:
    """When a nudge of that moment has lost its use: at the latest when quiet hours begin."""
    quiet_at = person.quiet.next_quiet(due_at, zone)
    return due_at + lasts if quiet_at is None else min(due_at + lasts, quiet_at)


@dataclass(frozen=True, kw_only=True)
class _Outlook:
    """The facts as seen from a moment, and what is planned already."""

    facts: PlanFacts
    zone: ZoneInfo
    now: datetime
    planned: tuple[Planned, ...] = ()

    def with_(self, planned: Sequence[Planned]) -> "_Outlook":
        return replace(self, planned=(*self.planned, *(p for p in planned if p.content)))

    @property
    def person(self) -> Person:
        return self.facts.person

    @cached_property
    def begins(self) -> datetime:
        """Nothing is planned before this: a pause is silent to its end."""
        pause = self.person.pause
        ends = pause.until if pause is not None else None
        return max(self.now, ends) if ends is not None else self.now

    @cached_property
    def today(self) -> date:
        return local_date(self.now, self.zone)

    @cached_property
    def gap(self) -> Gap:
        return gap(self.facts.pace, today=self.today, tempo=self.person.tempo)

    @cached_property
    def taken(self) -> tuple[datetime, ...]:
        """Moments from which every nudge of our own accord rests."""
        planned = (p.due_at for p in self.planned if p.due_at is not None)
        return (*(u.at for u in self.facts.unasked), *planned)

    @cached_property
    def last_contact(self) -> date | None:
        """The last local date on which something came of our own accord, sent or planned."""
        sent = [self._arrived(u) for u in self.facts.unasked if not u.content.awaited]
        planned = [p.local_date for p in self.planned if _own(p) and p.local_date]
        return max((*sent, *planned), default=None)

    def dates(self) -> Iterator[date]:
        """The local dates on which something unasked is welcome, soonest first."""
        first = local_date(self.begins, self.zone)
        for day in (first + n * DAY for n in range(HORIZON)):
            if day.weekday() not in self.person.weekdays_off and day != self.person.skip_on:
                yield day

    def rested(self, day: date, *, days: int) -> bool:
        """Whether so many days have passed since the last contact."""
        return self.last_contact is None or day - self.last_contact >= days * DAY

    def sent(self, lane: Lane, day: date) -> bool:
        """A nudge of that lane went out for that date, or on it."""
        return any(
            u.lane is lane and day in {u.local_date, self._arrived(u)} for u in self.facts.unasked
        )

    def place(self, day: date, time_of_day: TimeOfDay) -> datetime | None:
        """The moment on a local date for one more nudge; None where there is no room."""
        if self._count(day) >= self.person.cap:
            return None
        part = part_of(day, time_of_day, person=self.person, zone=self.zone)
        if part is None:
            return None
        wanted = usual_moment(day, part, person=self.person)
        moved = self.person.moved
        if moved is None or moved.on != day:
            return self._free(wanted, part)
        parts = open_parts(day, person=self.person, zone=self.zone)
        wanted = min(wanted + moved.by, parts[-1][1])
        return next((at for part in parts if (at := self._free(wanted, part))), None)

    def _free(self, wanted: datetime, part: Part) -> datetime | None:
        return first_free(max(wanted, self.begins), part, taken=self.taken, rest=self.person.rest)

    def _count(self, day: date) -> int:
        sent = sum(not u.content.awaited and self._arrived(u) == day for u in self.facts.unasked)
        return sent + sum(_own(p) and p.local_date == day for p in self.planned)

    def _arrived(self, unasked: Unasked) -> date:
        return local_date(unasked.at, self.zone)


def _own(planned: Planned) -> bool:
    return planned.content is not None and not planned.content.awaited


def _silence(person: Person, *, now: datetime) -> Reason | None:
    """Why nothing at all is planned."""
    if person.phase is not Phase.JOINED:
        return Reason(name=str(person.phase))
    if person.pause is not None and person.pause.until is None and person.paused(now=now):
        return Reason(name="paused")
    return None


def _nothing(reason: Reason, today: date) -> tuple[Planned, ...]:
    return tuple(
        Planned(lane=lane, reason=reason, local_date=today)
        for lane in (Lane.CHALLENGE, Lane.KINDNESS)
    )


# ------------------------------------------------------------------ follow-ups


def _awaited(outlook: _Outlook) -> tuple[Planned, ...]:
    """The ends of attempts, and looks back at times apart; each at its moment, one by one."""
    person, zone = outlook.person, outlook.zone
    planned: list[Planned] = []
    for content, ask_at in _asked_for(outlook.facts):
        follow_up = content.follow_up
        if follow_up is None or _asked_since(outlook.facts, content, ask_at):
            continue
        even_in_quiet = content.even_in_quiet and person.quiet.covers(ask_at, zone)
        asks = ask_at if even_in_quiet else person.quiet.next_open(ask_at, zone)
        until = asks + USEFUL_FOLLOW_UP[follow_up]
        if follow_up is FollowUp.ATTEMPT_END and not even_in_quiet:
            until = useful_until(asks, USEFUL_FOLLOW_UP[follow_up], person, zone)
        due_at = asks
        if person.paused(now=outlook.now):
            due_at = max(asks, outlook.begins)
        for other in planned:
            if other.due_at and abs(due_at - other.due_at) < ONE_AFTER_ANOTHER:
                due_at = other.due_at + ONE_AFTER_ANOTHER
        if not even_in_quiet or due_at != asks:
            due_at = person.quiet.next_open(due_at, zone)
        if max(due_at, outlook.now) >= until:
            continue  # it has lost its use; nothing held back is flushed afterwards
        planned.append(
            Planned(
                lane=Lane.FOLLOW_UP,
                reason=Reason(name=follow_up.value),
                content=replace(content, even_in_quiet=even_in_quiet),
                due_at=due_at,
                useful_until=until,
                local_date=local_date(due_at, zone),
            )
        )
    return tuple(sorted(planned, key=lambda p: p.due_at or outlook.now))


def _asked_for(facts: PlanFacts) -> Iterator[tuple[Content, datetime]]:
    for attempt in facts.attempts:
        if attempt.phase is AttemptPhase.RUNNING and attempt.ask_at is not None:
            # An end in quiet hours is asked about before the start: to be asked right then, all
            # the same, was the person's own word.
            content = Content(
                follow_up=FollowUp.ATTEMPT_END,
                follows=attempt.id,
                even_in_quiet=attempt.ask_at == attempt.ends_at,
            )
            yield content, attempt.ask_at
    for apart in sorted(facts.separations, key=lambda s: (s.logged_at, s.id)):
        if apart.ask_at is not None and apart.reflected_at is None:
            yield Content(follow_up=FollowUp.REFLECTION, follows=apart.id), apart.ask_at


def _asked_since(facts: PlanFacts, content: Content, ask_at: datetime) -> bool:
    """It went out already, and was not put off since."""
    return any(
        u.content.follow_up is content.follow_up
        and u.content.follows == content.follows
        and u.at >= ask_at
        for u in facts.unasked
    )


def _of_own_accord(outlook: _Outlook) -> tuple[Planned, ...]:
    """A question or word that is said once, in place of that day's kindness."""
    due = _due_once(outlook)
    if due is None:
        return ()
    content, reason, earliest, days = due
    for day in outlook.dates():
        if day < earliest or not outlook.rested(day, days=days):
            continue
        at = outlook.place(day, time_of_day_on(day, outlook.person))
        if at is not None and content.follow_up is not None:
            lasts = USEFUL_FOLLOW_UP[content.follow_up]
            return (_daily(outlook, Lane.FOLLOW_UP, content, reason, at, lasts),)
    return ()


def _due_once(outlook: _Outlook) -> tuple[Content, Reason, date, int] | None:
    """What is to be said, why, from which date on, and how many days after the last contact."""
    facts, person, dose = outlook.facts, outlook.person, outlook.gap
    told = {what: local_date(at, outlook.zone) for what, at in facts.told_at.items()}
    if dose.gone_quiet and dose.since is not None:
        if not dose.farewell or told.get(FollowUp.FAREWELL, date.min) >= dose.since:
            return None
        content = Content(follow_up=FollowUp.FAREWELL, follows=dose.since.isoformat())
        return content, dose.reason, outlook.today, dose.days
    stopped = person.stopped
    if (
        stopped is not None
        and not stopped.asked_again
        and person.steps_wanted
        and steps_barred(person, now=outlook.begins) is None
        and facts.told_at.get(FollowUp.STEPS_AGAIN, stopped.at) <= stopped.at
    ):
        content = Content(follow_up=FollowUp.STEPS_AGAIN, follows=stopped.at.isoformat())
        earliest = local_date(stopped.at, outlook.zone) + STEPS_AGAIN_AFTER
        return content, Reason(name="steps_again"), earliest, dose.days
    less = dose.days > 1 or (dose.only_kindness and not person.kindness_wanted)
    if less and dose.since and told.get(FollowUp.WRITING_LESS, date.min) < dose.since:
        content = Content(follow_up=FollowUp.WRITING_LESS, follows=dose.since.isoformat())
        return content, dose.reason, outlook.today, 1
    return None


# ------------------------------------------------------------------ daily lanes


def _challenge(outlook: _Outlook) -> Planned:
    """The next challenge: one a local date, and only where steps are right."""
    why_not = _no_challenge(outlook)
    for day in () if why_not else outlook.dates():
        if _stepped(outlook, day) or _own_word_on(outlook, day):
            continue
        made = _offer_on(outlook, day)
        if isinstance(made, NoOffer):
            why_not = made.reason
            continue
        at = outlook.place(day, time_of_day_on(day, outlook.person))
        if at is None or steps_barred(outlook.person, now=at):
            continue
        content = Content(rungs=tuple(rung.id for rung in made.rungs))
        return _daily(outlook, Lane.CHALLENGE, content, made.reason, at, USEFUL[Lane.CHALLENGE])
    return Planned(
        lane=Lane.CHALLENGE, reason=why_not or Reason(name="no_room"), local_date=outlook.today
    )


def _no_challenge(outlook: _Outlook) -> Reason | None:
    """Why no date at all gets a challenge."""
    person = outlook.person
    # The cause stays sealed in the profile: a reason is stored as it stands.
    if steps_barred(person, now=outlook.begins):
        return Reason(name="steps_barred")
    if person.stopped is not None:
        return Reason(name="stopped", values={"cause": person.stopped.cause})
    if not person.steps_wanted:
        return Reason(name="not_wanted")
    if outlook.gap.only_kindness:
        return Reason(name="only_kindness", values={"silent": outlook.gap.silent})
    return None


def _stepped(outlook: _Outlook, day: date) -> bool:
    """A challenge went out for that date, was tried or declined on it, or runs until then."""
    return (
        outlook.sent(Lane.CHALLENGE, day)
        or outlook.facts.pace.declined_on == day
        or any(_on(attempt, day, outlook) for attempt in outlook.facts.attempts)
    )


def _on(attempt: Attempt, day: date, outlook: _Outlook) -> bool:
    if attempt.phase is AttemptPhase.DROPPED:
        return False
    began = local_date(attempt.started_at or attempt.chosen_at, outlook.zone)
    runs = attempt.phase is AttemptPhase.RUNNING and attempt.ends_at is not None
    ends = local_date(attempt.ends_at, outlook.zone) if runs and attempt.ends_at else began
    return began <= day <= ends


def _own_word_on(outlook: _Outlook, day: date) -> bool:
    return any(
        p.lane is Lane.FOLLOW_UP and _own(p) and p.local_date == day for p in outlook.planned
    )


def _offer_on(outlook: _Outlook, day: date) -> Offer | NoOffer:
    person = outlook.person
    return offer(
        outlook.facts.pace,
        ladder_on(outlook.facts.library, person, day),
        local_date=day,
        joined_on=local_date(person.joined_at, outlook.zone),
        rng=chance(person.seed, "offer", day),
    )


def _kindness(outlook: _Outlook, challenge: Planned) -> Planned:
    """The next kindness: on dates without a challenge, and beside every third."""
    why_not = None if outlook.person.kindness_wanted else Reason(name="not_wanted")
    for day in () if why_not else outlook.dates():
        if outlook.sent(Lane.KINDNESS, day) or _own_word_on(outlook, day):
            continue
        beside = _challenge_on(outlook, day, challenge)
        if beside and not _kindness_beside(outlook, day):
            continue
        if outlook.gap.days > 1 and not outlook.rested(day, days=outlook.gap.days):
            continue
        own_time = time_of_day_on(day, outlook.person)
        at = outlook.place(day, ANOTHER[own_time] if beside else own_time)
        if at is None:
            continue
        prompt = _kind_words(outlook, day)
        if prompt is None:
            why_not = Reason(name="no_text")
            break
        reason = Reason(name="beside") if beside else _instead(outlook, day, challenge)
        content = Content(prompt=prompt)
        return _daily(outlook, Lane.KINDNESS, content, reason, at, USEFUL[Lane.KINDNESS])
    return Planned(
        lane=Lane.KINDNESS, reason=why_not or Reason(name="no_room"), local_date=outlook.today
    )


def _challenge_on(outlook: _Outlook, day: date, challenge: Planned) -> bool:
    """Whether that date has a challenge, or, beyond the next one, is likely to."""
    if challenge.content is None or challenge.local_date is None:
        return _stepped(outlook, day)
    return day >= challenge.local_date or _stepped(outlook, day)


def _kindness_beside(outlook: _Outlook, day: date) -> bool:
    third = (day.toordinal() + outlook.person.seed) % BESIDE_EVERY == 0
    return third and outlook.gap.days == 1 and outlook.person.cap > 1


def _instead(outlook: _Outlook, day: date, challenge: Planned) -> Reason:
    """Why a kindness and no challenge on that date."""
    if challenge.content is None:
        return Reason(name="instead", values={"because": challenge.reason.name})
    made = _offer_on(outlook, day)
    because = made.reason.name if isinstance(made, NoOffer) else "no_room"
    return Reason(name="instead", values={"because": because})


def _kind_words(outlook: _Outlook, day: date) -> str | None:
    """A kindness that has not been said for longest, drawn from the older half."""
    said = {u.content.prompt: u.at for u in sorted(outlook.facts.unasked, key=lambda u: u.at)}
    known = [prompt.id for prompt in outlook.facts.library.of_kind(Kind.KINDNESS)]
    new = [id_ for id_ in known if id_ not in said]
    oldest = sorted(set(known) - set(new), key=lambda id_: (said[id_], id_))
    drawn = new or oldest[: (len(oldest) + 1) // 2]
    return chance(outlook.person.seed, "kindness", day).choice(drawn) if drawn else None


def _daily(
    outlook: _Outlook,
    lane: Lane,
    content: Content,
    reason: Reason,
    at: datetime,
    lasts: timedelta,
) -> Planned:
    day = local_date(at, outlook.zone)
    midnight = clock_reaches(day + DAY, time(), outlook.zone)
    until = useful_until(at, lasts, outlook.person, outlook.zone)
    return Planned(
        lane=lane,
        reason=reason,
        content=content,
        due_at=at,
        useful_until=min(until, midnight),
        local_date=day,
    )
