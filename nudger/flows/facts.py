"""What is known about a person right now?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from nudger.domain.dialogues.turn import Facts
from nudger.domain.local_time import local_date, zone_named
from nudger.domain.nudge import FollowUp, Lane, Nudge, Reason
from nudger.domain.pacing.events import Event
from nudger.domain.pacing.pace import Pace, replay
from nudger.domain.person import Person, steps_barred
from nudger.domain.phrases import NotUnderstood, read_clock
from nudger.domain.planning import PlanFacts, Unasked, ladder_on
from nudger.flows.world import World
from nudger.store import decisions, events, nudges, practice
from nudger.store.transaction import Transaction

LOOK_BACK = timedelta(days=62)  # what planning remembers of what was sent
RECENT = 10


@dataclass(frozen=True, kw_only=True)
class Known:
    """A person, and where they stand."""

    person: Person
    events: Sequence[Event]
    pace: Pace


def zone_of(person: Person) -> ZoneInfo:
    """Their zone, or UTC where the zone data no longer knows it."""
    return zone_named(person.zone) or ZoneInfo("UTC")


async def known(tx: Transaction, person: Person) -> Known:
    """Their events, replayed: the pace is nothing else."""
    told = await events.all_of(tx, person.id)
    return Known(person=person, events=told, pace=replay(told))


async def for_dialogue(
    tx: Transaction, who: Known, *, dialogue: str, world: World, now: datetime
) -> Facts:
    """What a dialogue may look at."""
    person = who.person
    library = world.library_of(person)

    def zones_for(words: str) -> tuple[str, ...]:
        clock = read_clock(words)
        if isinstance(clock, NotUnderstood):
            return world.zones_for(words, person.language)
        return world.zones_at(clock, now)

    recent = tuple(await nudges.unasked_since(tx, person.id, since=now - LOOK_BACK))[::-1]
    return Facts(
        dialogue=dialogue,
        person=person,
        pace=who.pace,
        library=library,
        ladder=ladder_on(library, person, local_date(now, zone_of(person))),
        learned=lambda event: replay((*who.events, event)),
        zones_for=zones_for,
        country_of=world.country_of,
        help_lines=world.help_lines,
        languages=world.languages,
        planned=tuple(await nudges.planned_of(tx, person.id)),
        recent=recent,
        offered=await _offered(tx, person, recent),
        barred=steps_barred(person, now=now),
        attempts=tuple(await practice.attempts(tx, person.id)),
        separations=tuple(await practice.separations(tx, person.id)),
    )


async def _offered(tx: Transaction, person: Person, recent: Sequence[Nudge]) -> Reason | None:
    """Why the step that was offered last: one that arrived, or one that was asked for."""
    arrived = {nudge.id for nudge in recent} | {None}
    made = await decisions.all_of(tx, person.id, lane=Lane.CHALLENGE, limit=RECENT)
    return next((d.reason for d in made if d.reason.name == "offer" and d.nudge in arrived), None)


async def for_planning(tx: Transaction, who: Known, *, world: World, now: datetime) -> PlanFacts:
    """What a plan is made of."""
    person = who.person
    sent = await nudges.unasked_since(tx, person.id, since=now - LOOK_BACK)
    told: dict[FollowUp, datetime] = {}
    for each in sent:
        if each.content.follow_up is not None and each.sent_at is not None:
            told[each.content.follow_up] = each.sent_at
    return PlanFacts(
        person=person,
        pace=who.pace,
        library=world.library_of(person),
        attempts=await practice.attempts(tx, person.id, limit=RECENT),
        separations=await practice.separations(tx, person.id, limit=RECENT),
        unasked=[_unasked(each) for each in sent],
        told_at=told,
    )


def _unasked(nudge: Nudge) -> Unasked:
    return Unasked(
        lane=nudge.lane,
        at=nudge.sent_at or nudge.due_at,
        local_date=nudge.local_date,
        content=nudge.content,
    )
