"""Which follow-ups are due next, and when?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nudger.domain.nudge import Content, FollowUp, Lane, Planned, Reason
from nudger.domain.person import Tempo, steps_barred
from nudger.domain.planning.outlook import DAY, Outlook, PlanFacts
from nudger.domain.practice import UNANSWERED, Phase
from nudger.domain.time.times_of_day import time_of_day_on

USEFUL: Mapping[FollowUp, timedelta] = {
    FollowUp.ATTEMPT_END: UNANSWERED,
    FollowUp.REFLECTION: timedelta(hours=20),
    FollowUp.STEPS_AGAIN: timedelta(hours=4),
    FollowUp.WRITING_LESS: timedelta(hours=4),
    FollowUp.FAREWELL: timedelta(hours=4),
}
STEPS_AGAIN_AFTER = 2 * DAY  # from the hard evening to "steps again, small?"
STEPS_AGAIN_BEFORE = 30 * DAY  # [A] later it would come from nowhere; /resume is always there
# [A] Two questions that fall on one moment are asked one after the other; as long as a
# conversation stays open.
ONE_AFTER_ANOTHER = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class _AskedFor:
    """What the person began, and when they are to be asked about it."""

    follow_up: FollowUp
    follows: str
    ask_at: datetime
    even_in_quiet: bool = False


def awaited(outlook: Outlook) -> tuple[Planned, ...]:
    """The ends of attempts, and looks back at times apart; each at its moment, one by one."""
    planned: list[Planned] = []
    for asked in _asked_for(outlook.facts):
        if _asked_since(outlook.facts, asked):
            continue
        one = _planned(outlook, asked, after=planned)
        if one is not None:
            planned.append(one)
    return tuple(sorted(planned, key=lambda p: p.due_at or outlook.now))


def said_once(outlook: Outlook) -> tuple[Planned, ...]:
    """A question or a word of our own accord, in the place of one date's kindness."""
    another_first = False
    for day in outlook.dates():
        due = _due_on(outlook, day)
        if due and due[0] is FollowUp.WRITING_LESS and another_first:
            # The gap of so far ahead is a guess, and a word about it would hold all else back.
            due = None
        turn = due or (outlook.turn_of(day) and outlook.rested(day, days=1))
        time_of_day = time_of_day_on(day, outlook.person)
        at = outlook.place(day, time_of_day, Lane.FOLLOW_UP) if turn else None
        another_first = another_first or at is not None
        if due and at:
            follow_up, follows, reason = due
            content = Content(follow_up=follow_up, follows=follows)
            lasts = USEFUL[follow_up]
            if outlook.gave_up(content, day):
                continue
            return (outlook.nudge(Lane.FOLLOW_UP, content, reason, at=at, lasts=lasts),)
    return ()


def _asked_for(facts: PlanFacts) -> Iterator[_AskedFor]:
    for attempt in facts.attempts:
        if attempt.phase is Phase.RUNNING and attempt.ask_at is not None:
            yield _AskedFor(
                follow_up=FollowUp.ATTEMPT_END,
                follows=attempt.id,
                ask_at=attempt.ask_at,
                even_in_quiet=attempt.even_in_quiet,
            )
    for apart in sorted(facts.separations, key=lambda s: (s.logged_at, s.id)):
        if apart.ask_at is not None and apart.reflected_at is None:
            yield _AskedFor(follow_up=FollowUp.REFLECTION, follows=apart.id, ask_at=apart.ask_at)


def _asked_since(facts: PlanFacts, asked: _AskedFor) -> bool:
    """It went out already, and was not put off since."""
    return any(
        (u.content.follow_up, u.content.follows) == (asked.follow_up, asked.follows)
        and u.at >= asked.ask_at
        for u in facts.unasked
    )


def _planned(outlook: Outlook, asked: _AskedFor, *, after: list[Planned]) -> Planned | None:
    """At its moment, or none where it lost its use: nothing held back is flushed afterwards."""
    quiet, lasts = outlook.person.quiet, USEFUL[asked.follow_up]
    even_in_quiet = asked.even_in_quiet and quiet.covers(asked.ask_at, outlook.zone)
    asks = asked.ask_at if even_in_quiet else quiet.next_open(asked.ask_at, outlook.zone)
    until = asks + lasts
    if asked.follow_up is FollowUp.ATTEMPT_END and not even_in_quiet:
        until = outlook.useful_until(asks, lasts)
    due_at = max(asks, outlook.begins) if outlook.person.paused(now=outlook.now) else asks
    for other in after:
        if other.due_at is not None and abs(due_at - other.due_at) < ONE_AFTER_ANOTHER:
            due_at = other.due_at + ONE_AFTER_ANOTHER
    if due_at != asks:
        due_at = quiet.next_open(due_at, outlook.zone)
    content = Content(follow_up=asked.follow_up, follows=asked.follows, even_in_quiet=even_in_quiet)
    on = outlook.date_of(due_at)
    if max(due_at, outlook.now) >= until or outlook.gave_up(content, on):
        return None
    return Planned(
        lane=Lane.FOLLOW_UP,
        reason=Reason(name=asked.follow_up.value),
        content=content,
        due_at=due_at,
        useful_until=until,
        local_date=on,
    )


def _due_on(outlook: Outlook, day: date) -> tuple[FollowUp, str, Reason] | None:
    """What is to be said once, on that date if on any; what it follows, and why."""
    gap = outlook.gap_on(day)
    if gap.since is not None and gap.gone_quiet:
        due = gap.farewell and day == outlook.next_turn
        if due and not _told(outlook, FollowUp.FAREWELL, since=gap.since):
            return FollowUp.FAREWELL, gap.since.isoformat(), gap.reason
        return None
    if _steps_may_be_asked(outlook, day):
        stopped = outlook.person.stopped
        follows = stopped.at.isoformat() if stopped else ""
        return FollowUp.STEPS_AGAIN, follows, Reason(name="steps_again")
    less = gap.days > 1 or (gap.only_kindness and not outlook.person.kindness_wanted)
    less = less and outlook.person.tempo is not Tempo.DAILY  # they said so themselves
    if less and gap.since is not None and outlook.rested(day, days=1):
        if _told(outlook, FollowUp.WRITING_LESS, since=gap.since):
            return None
        return FollowUp.WRITING_LESS, gap.since.isoformat(), gap.reason
    return None


def _told(outlook: Outlook, what: FollowUp, *, since: date) -> bool:
    at = outlook.facts.told_at.get(what)
    return at is not None and outlook.date_of(at) >= since


def _steps_may_be_asked(outlook: Outlook, day: date) -> bool:
    """Steps were stopped two days ago, and nobody has asked for them since."""
    person = outlook.person
    stopped = person.stopped
    if stopped is None or stopped.asked_again or not person.steps_wanted:
        return False
    asked_at = outlook.facts.told_at.get(FollowUp.STEPS_AGAIN)
    since = day - outlook.date_of(stopped.at)
    return (
        (asked_at is None or asked_at < stopped.at)
        and steps_barred(person, now=outlook.begins) is None
        and STEPS_AGAIN_AFTER <= since < STEPS_AGAIN_BEFORE
        and outlook.turn_of(day)
        and outlook.rested(day, days=1)
    )
