"""What does planning see from here: which dates are welcome, and which moments are free?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from nudger.domain.nudge import Content, FollowUp, Lane, Nudge, Planned, Reason
from nudger.domain.pacing.dose import Gap, gap
from nudger.domain.pacing.pace import Pace
from nudger.domain.person import Person, TimeOfDay
from nudger.domain.practice import Attempt, Separation
from nudger.domain.prompt import Library
from nudger.domain.time.local_time import clock_reaches, local_date
from nudger.domain.time.times_of_day import Part, first_free, open_parts, part_of, usual_moment

DAY = timedelta(days=1)
HORIZON = 22  # dates looked ahead: the longest gap, and a week that may have one day left


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
    back two months; ``given_up`` is what was skipped or expired of late, which does not come back on
    the same date; ``standing`` is what is planned already; ``told_at`` is when each kind of follow-up last went out, in the same time.
    """

    person: Person
    pace: Pace
    library: Library
    attempts: Sequence[Attempt] = ()
    separations: Sequence[Separation] = ()
    unasked: Sequence[Unasked] = ()
    given_up: Sequence[Unasked] = ()
    standing: Sequence[Nudge] = ()
    told_at: Mapping[FollowUp, datetime] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A local date on which something came of our own accord, sent or planned."""

    on: date
    follow_up: FollowUp | None


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The facts as seen from a moment, and what is planned already."""

    facts: PlanFacts
    zone: ZoneInfo
    now: datetime
    planned: tuple[Planned, ...] = ()

    def and_planned(self, *planned: Planned) -> "Outlook":
        """The outlook once these are planned as well."""
        return replace(self, planned=(*self.planned, *(p for p in planned if p.content)))

    @property
    def person(self) -> Person:
        """Whose plans these are."""
        return self.facts.person

    @cached_property
    def begins(self) -> datetime:
        """Nothing is planned before this: a pause is silent to its end."""
        pause = self.person.pause
        ends = pause.until if pause is not None else None
        return max(self.now, ends) if ends is not None else self.now

    @cached_property
    def today(self) -> date:
        """The person's date."""
        return self.date_of(self.now)

    @cached_property
    def joined_on(self) -> date:
        """The date on which they joined."""
        return self.date_of(self.person.joined_at)

    def date_of(self, moment: datetime) -> date:
        """What the person's calendar shows then."""
        return local_date(moment, self.zone)

    def dates(self) -> Iterator[date]:
        """The local dates on which something unasked is welcome, soonest first."""
        first = self.date_of(self.begins)
        for day in (first + n * DAY for n in range(HORIZON)):
            if day.weekday() not in self.person.weekdays_off and day not in self.person.skipped:
                yield day

    def gap_on(self, day: date) -> Gap:
        """The gap as of a local date."""
        return gap(self.facts.pace, today=day, tempo=self.person.tempo)

    @cached_property
    def last_contact(self) -> Contact | None:
        """The latest date on which something came of our own accord."""
        sent = [
            Contact(on=self.date_of(u.at), follow_up=u.content.follow_up)
            for u in self.facts.unasked
            if not u.content.awaited
        ]
        planned = [
            Contact(on=p.local_date, follow_up=p.content.follow_up)
            for p in self.planned
            if p.content is not None and p.local_date is not None and of_own_accord(p)
        ]
        return max((*sent, *planned), key=lambda contact: contact.on, default=None)

    def rested(self, day: date, *, days: int) -> bool:
        """Whether so many days have passed since the last contact."""
        return self.last_contact is None or day - self.last_contact.on >= days * DAY

    def turn_of(self, day: date) -> bool:
        """Whether the gap since the last contact is over on that date.

        Who was told when to expect the next one gets it then, however long the silence became.
        """
        last = self.last_contact
        told = last is not None and last.follow_up is FollowUp.WRITING_LESS
        gap = self.gap_on(last.on if last is not None and told else day)
        return gap.days == 1 or self.rested(day, days=gap.days)

    @cached_property
    def next_turn(self) -> date | None:
        """The first date on which something may come of our own accord."""
        return next((day for day in self.dates() if self.turn_of(day)), None)

    def sent(self, lane: Lane, day: date) -> bool:
        """A nudge of that lane went out for that date, or on it, or was given up then."""
        return any(
            u.lane is lane and day in {u.local_date, self.date_of(u.at)}
            for u in (*self.facts.unasked, *self.facts.given_up)
        )

    def gave_up(self, content: Content, day: date) -> bool:
        """That follow-up was skipped or lost its use on that date already."""
        return any(
            g.local_date == day
            and (g.content.follow_up, g.content.follows) == (content.follow_up, content.follows)
            for g in self.facts.given_up
        )

    def follow_up_on(self, day: date) -> bool:
        """A follow-up of our own accord takes the place of that date's kindness."""
        return any(
            p.lane is Lane.FOLLOW_UP and p.local_date == day and of_own_accord(p)
            for p in self.planned
        )

    def place(self, day: date, time_of_day: TimeOfDay, lane: Lane) -> datetime | None:
        """The moment on a local date for one more nudge of a lane; None where there is no room.

        One that should have left by now and is still of use keeps its moment, also after its time
        of day: late after downtime is better than not at all.
        """
        for late in self.facts.standing:
            if (late.lane, late.local_date) == (lane, day) and (
                late.due_at <= self.now < late.useful_until
            ):
                return late.due_at
        part = part_of(day, time_of_day, person=self.person, zone=self.zone)
        if part is None or self._count(day) >= self.person.cap:
            return None
        wanted = usual_moment(day, part, person=self.person)
        moved_by = self.person.moved.get(day)
        if moved_by is None:
            return self._free(wanted, part)
        parts = open_parts(day, person=self.person, zone=self.zone)
        wanted = min(wanted + moved_by, parts[-1][1])
        return next((at for part in parts if (at := self._free(wanted, part))), None)

    def nudge(
        self, lane: Lane, content: Content, reason: Reason, *, at: datetime, lasts: timedelta
    ) -> Planned:
        """A nudge of our own accord, of use on its own date alone."""
        day = self.date_of(at)
        midnight = clock_reaches(day + DAY, time(), self.zone)
        return Planned(
            lane=lane,
            reason=reason,
            content=content,
            due_at=at,
            useful_until=min(self.useful_until(at, lasts), midnight),
            local_date=day,
        )

    def useful_until(self, at: datetime, lasts: timedelta) -> datetime:
        """When a nudge of that moment has lost its use: at the latest when quiet hours begin."""
        quiet_at = self.person.quiet.next_quiet(at, self.zone)
        return at + lasts if quiet_at is None else min(at + lasts, quiet_at)

    def _free(self, wanted: datetime, part: Part) -> datetime | None:
        """The first moment that rests from all that came or is to come, whatever its lane."""
        planned = (p.due_at for p in self.planned if p.due_at is not None)
        taken = (*(u.at for u in self.facts.unasked), *planned)
        wanted = max(wanted, self.begins)
        return first_free(wanted, part, taken=taken, rest=self.person.rest)

    def _count(self, day: date) -> int:
        sent = (self.date_of(u.at) for u in self.facts.unasked if not u.content.awaited)
        planned = (p.local_date for p in self.planned if of_own_accord(p))
        return sum(each == day for each in (*sent, *planned))


def of_own_accord(planned: Planned) -> bool:
    """Whether a nudge comes without the person having begun what it follows."""
    return planned.content is not None and not planned.content.awaited
