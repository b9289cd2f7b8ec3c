"""What is known about a person right now?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from nudger.domain.dialogues.turn import Facts
from nudger.domain.nudge import FollowUp, Lane, Nudge, Reason
from nudger.domain.pacing.events import Event
from nudger.domain.pacing.pace import Pace, learn, replay
from nudger.domain.person import Person, steps_barred
from nudger.domain.planning.last_look import as_it_will_come
from nudger.domain.planning.plan import PlanFacts, Unasked, ladder_on
from nudger.domain.time.local_time import local_date, zone_named
from nudger.domain.time.phrases import NotUnderstood, read_clock
from nudger.flows import pace
from nudger.flows.world import World
from nudger.store import decisions, events, nudges, practice
from nudger.store.transaction import Transaction

LOOK_BACK = timedelta(days=62)  # what planning remembers of what was sent
PRACTICE_SHOWN = 60  # attempts, and separations, that a dialogue may look at
DECISIONS_SHOWN = 10
DAY = timedelta(days=1)


def zone_of(person: Person) -> ZoneInfo:
    """Their zone, or UTC where the zone data no longer knows it."""
    return zone_named(person.zone) or ZoneInfo("UTC")


async def for_dialogue(
    tx: Transaction, person: Person, *, dialogue: str, world: World, now: datetime
) -> Facts:
    """What a dialogue may look at."""
    library = world.library_of(person)
    standing = await pace.current(tx, person.id)
    # What this dialogue taught before is corrected by what it teaches now: from the first event on.
    taught = (f"attempt:{dialogue}", f"separation:{dialogue}")
    corrects = await events.known(tx, person.id, *taught)
    told = await events.all_of(tx, person.id) if corrects else ()

    def learned(event: Event) -> Pace:
        return replay((*told, event)) if told else learn(standing, event)

    def zones_for(words: str) -> tuple[str, ...]:
        clock = read_clock(words)
        if isinstance(clock, NotUnderstood):
            return world.zones_for(words, person.language)
        return world.zones_at(clock, now)

    recent = tuple(await nudges.sent_since(tx, person.id, since=now - LOOK_BACK))[::-1]
    planned = tuple(await nudges.planned_of(tx, person.id))
    return Facts(
        dialogue=dialogue,
        person=person,
        pace=standing,
        library=library,
        ladder=ladder_on(library, person, local_date(now, zone_of(person))),
        learned=learned,
        zones_for=zones_for,
        country_of=world.country_of,
        help_lines=world.help_lines,
        languages=world.languages,
        planned=planned,
        coming=tuple(as_it_will_come(each, now=now) for each in planned),
        recent=recent,
        offered=await _offered(tx, person, recent),
        barred=steps_barred(person, now=now),
        attempts=tuple(await practice.attempts(tx, person.id, limit=PRACTICE_SHOWN)),
        separations=tuple(await practice.separations(tx, person.id, limit=PRACTICE_SHOWN)),
    )


async def _offered(tx: Transaction, person: Person, recent: Sequence[Nudge]) -> Reason | None:
    """Why the step that was offered last: one that arrived, or one that was asked for."""
    arrived = {nudge.id for nudge in recent} | {None}
    made = await decisions.all_of(tx, person.id, lane=Lane.CHALLENGE, limit=DECISIONS_SHOWN)
    return next((d.reason for d in made if d.reason.name == "offer" and d.nudge in arrived), None)


async def for_planning(
    tx: Transaction, person: Person, *, world: World, now: datetime
) -> PlanFacts:
    """What a plan is made of."""
    sent = await nudges.sent_since(tx, person.id, since=now - LOOK_BACK)
    yesterday = local_date(now, zone_of(person)) - DAY
    given_up = await nudges.given_up_since(tx, person.id, since=yesterday)
    told: dict[FollowUp, datetime] = {}
    for each in sent:
        if each.content.follow_up is not None and each.sent_at is not None:
            told[each.content.follow_up] = each.sent_at
    return PlanFacts(
        person=person,
        pace=await pace.current(tx, person.id),
        library=world.library_of(person),
        attempts=await practice.attempts(tx, person.id, limit=PRACTICE_SHOWN),
        separations=await practice.separations(tx, person.id, limit=PRACTICE_SHOWN),
        unasked=[_unasked(each) for each in sent],
        given_up=[_unasked(each) for each in given_up],
        standing=await nudges.planned_of(tx, person.id),
        told_at=told,
    )


def _unasked(nudge: Nudge) -> Unasked:
    return Unasked(
        lane=nudge.lane,
        at=nudge.sent_at or nudge.due_at,
        local_date=nudge.local_date,
        content=nudge.content,
    )
