"""Is a claimed nudge still right in the moment of sending?"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from nudger.domain.nudge import DAILY_LANES, FollowUp, Lane, Nudge, Reason
from nudger.domain.person import Person, Phase, Tempo, steps_barred
from nudger.domain.time.local_time import local_date, zone_named

CONVERSATION_IDLE = timedelta(minutes=30)  # after the last word it is no longer under way


class Look(StrEnum):
    """What to do with the nudge. ``LATER`` puts it back as planned, with a new ``due_at``."""

    GO = "go"
    LATER = "later"
    SKIP = "skip"
    EXPIRE = "expire"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The look, why, and for `Look.LATER` when."""

    look: Look
    reason: Reason | None = None
    due_at: datetime | None = None


GO = Verdict(look=Look.GO)


def last_look(
    nudge: Nudge,
    person: Person,
    *,
    now: datetime,
    last_unasked_at: datetime | None = None,
    unasked_today: int = 0,
    last_word_at: datetime | None = None,
    attempt_ends_at: datetime | None = None,
) -> Verdict:
    """Whether a nudge goes now.

    ``last_unasked_at`` is when anything unasked last went out, ``unasked_today`` how many did on
    this local date without those the person awaited (`Content.awaited`). ``last_word_at`` is the
    last thing the person said, or was answered. ``attempt_ends_at`` is the end of an attempt that
    runs.
    """
    no = _no_longer_right(nudge, person, now=now)
    if no is not None:
        return no
    waits = [(now, "")]
    if not nudge.content.awaited:
        if unasked_today >= person.cap:
            return _verdict(Look.SKIP, "cap")
        if last_unasked_at is not None:
            waits.append((last_unasked_at + person.rest, "rest"))
        if attempt_ends_at is not None:
            after = attempt_ends_at + CONVERSATION_IDLE
            if after < nudge.useful_until:
                waits.append((after, "attempt_running"))
            elif nudge.lane is Lane.CHALLENGE:
                return _verdict(Look.SKIP, "attempt_running")
    if nudge.content.follow_up is not FollowUp.ATTEMPT_END and last_word_at is not None:
        waits.append((last_word_at + CONVERSATION_IDLE, "conversation"))
    return _wait(nudge, person, *max(waits), now=now)


def as_it_will_come(planned: Nudge, *, now: datetime) -> Nudge:
    """A planned nudge with the moment to announce in a conversation: it does not barge into it."""
    free_at = now + CONVERSATION_IDLE
    if planned.due_at >= free_at or planned.content.follow_up is FollowUp.ATTEMPT_END:
        return planned
    return replace(planned, due_at=min(free_at, planned.useful_until))


def _wait(nudge: Nudge, person: Person, until: datetime, why: str, *, now: datetime) -> Verdict:
    """Later, where it is still of use by then; never in quiet hours."""
    zone = zone_named(person.zone)
    if zone is None:
        return _verdict(Look.SKIP, "zone_unknown")
    opens = until if nudge.content.even_in_quiet else person.quiet.next_open(until, zone)
    if opens > until:
        why = "quiet_hours"
    if opens <= now:
        return GO
    another_day = nudge.lane in DAILY_LANES and local_date(opens, zone) != nudge.local_date
    if opens >= nudge.useful_until or another_day:
        return _verdict(Look.EXPIRE if why == "quiet_hours" else Look.SKIP, why)
    return Verdict(look=Look.LATER, reason=Reason(name=why), due_at=opens)


def _no_longer_right(nudge: Nudge, person: Person, *, now: datetime) -> Verdict | None:
    if person.phase is not Phase.JOINED:
        return _verdict(Look.SKIP, str(person.phase))
    if not person.profile.adult:
        return _verdict(Look.SKIP, "not_adult")
    if person.paused(now=now):
        return _verdict(Look.SKIP, "paused")
    if now >= nudge.useful_until:
        return _verdict(Look.EXPIRE, "lost_its_use")
    if not nudge.content.awaited:
        zone = zone_named(person.zone)
        if zone is not None:
            today = local_date(now, zone)
            if today in person.skipped or today.weekday() in person.weekdays_off:
                return _verdict(Look.SKIP, "day_off")
            if nudge.lane in DAILY_LANES and today != nudge.local_date:
                return _verdict(Look.EXPIRE, "another_day")
    unwanted = _unwanted(nudge, person, now=now)
    return None if unwanted is None else _verdict(Look.SKIP, unwanted)


def _unwanted(nudge: Nudge, person: Person, *, now: datetime) -> str | None:
    """What the person said since the plan was made stands over it."""
    follow_up = nudge.content.follow_up
    asks_for_steps = nudge.lane is Lane.CHALLENGE or follow_up is FollowUp.STEPS_AGAIN
    if asks_for_steps and steps_barred(person, now=now) is not None:
        return "steps_barred"
    if asks_for_steps and not person.steps_wanted:
        return "not_wanted"
    if nudge.lane is Lane.CHALLENGE and person.stopped is not None:
        return "stopped"
    if follow_up is FollowUp.STEPS_AGAIN and (person.stopped is None or person.stopped.asked_again):
        return "not_stopped"
    if nudge.lane is Lane.KINDNESS and not person.kindness_wanted:
        return "not_wanted"
    if follow_up is FollowUp.WRITING_LESS and person.tempo is Tempo.DAILY:
        return "daily_wanted"
    return None


def _verdict(look: Look, why: str) -> Verdict:
    return Verdict(look=look, reason=Reason(name=why))
