"""Do the plan, the last look at it, and what is stored of both agree?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.domain.nudge import Content, FollowUp, Lane, Nudge, Planned, State
from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.pacing.pace import replay
from nudger.domain.person import (
    Afraid,
    Pause,
    Person,
    Phase,
    Profile,
    StepsStopped,
    StopCause,
    Style,
    Tempo,
    TimeOfDay,
)
from nudger.domain.planning.last_look import Look, Verdict, last_look
from nudger.domain.planning.plan import PlanFacts, Unasked, plan, stands
from nudger.domain.practice import Attempt, Separation, under_way
from nudger.domain.practice import Phase as AttemptPhase
from nudger.domain.time.local_time import local_date, zone_named
from nudger.domain.time.quiet_hours import QuietHours, Window
from nudger.flows import pace
from nudger.store import events, people
from nudger.store.store import Store
from tests import stores
from tests.pacing_samples import DAY, IDS, JOINED_AT, LIBRARY, event, histories, someone

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
QUIET = (
    QuietHours.standard(),
    QuietHours.none(),
    QuietHours.every_night(Window(time(20), time(10))),
    QuietHours.every_night(Window(time(1), time(17))),
    QuietHours.every_night(Window(time(12), time(18))),
    QuietHours.every_night(Window(time(9), time(18))).changed(
        frozenset({5, 6}), (Window(time(23), time(12)), Window(time(13), time(16, 30)))
    ),
)
ZONES = ("Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
OWN_WORDS = (FollowUp.STEPS_AGAIN, FollowUp.WRITING_LESS, FollowUp.FAREWELL)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of someone at some moment."""

    facts: PlanFacts
    now: datetime

    @property
    def person(self) -> Person:
        """Of whom."""
        return self.facts.person


@st.composite
def people_and_pasts(draw: st.DrawFn) -> Known:
    """Anybody, with any past that the store could tell of."""
    now = JOINED_AT + draw(st.integers(0, 60)) * DAY + draw(st.integers(0, 1439)) * MINUTE
    hours = st.integers(-400, 200).map(lambda n: now + n * HOUR)
    past = st.integers(0, 24 * 40).map(lambda n: now - n * HOUR)
    person = someone(
        seed=draw(st.integers(0, 1000)),
        zone=draw(st.sampled_from(ZONES)),
        quiet=draw(st.sampled_from(QUIET)),
        phase=draw(st.sampled_from((Phase.JOINED, Phase.JOINED, Phase.JOINED, Phase.GONE))),
        time_of_day=draw(st.sampled_from(TimeOfDay)),
        tempo=draw(st.sampled_from(Tempo)),
        cap=draw(st.integers(1, 3)),
        rest=draw(st.sampled_from((HOUR, 3 * HOUR, 8 * HOUR))),
        steps_wanted=draw(st.sampled_from((True, True, False))),
        kindness_wanted=draw(st.sampled_from((True, True, False))),
        weekdays_off=draw(st.frozensets(st.integers(0, 6), max_size=3)),
        skipped=draw(st.frozensets(hours.map(datetime.date), max_size=2)),
        moved=draw(
            st.dictionaries(
                hours.map(datetime.date), st.sampled_from((-3 * HOUR, HOUR, 5 * HOUR)), max_size=1
            )
        ),
        pause=draw(st.none() | st.builds(Pause, since=st.just(now), until=st.none() | hours)),
        stopped=draw(
            st.none()
            | st.builds(
                StepsStopped, at=past, cause=st.sampled_from(StopCause), asked_again=st.booleans()
            )
        ),
        profile=Profile(
            adult=True,
            afraid=draw(st.sampled_from((Afraid.NO, Afraid.NO, Afraid.YES, None))),
            loss_at=draw(st.none() | past),
            style=draw(st.sampled_from(Style)),
        ),
    )
    zone = zone_named(person.zone)
    assert zone is not None
    unasked = []
    for at in draw(st.lists(past, max_size=8)):
        lane, content = draw(st.sampled_from(_sent_before()))
        unasked.append(Unasked(lane=lane, at=at, local_date=local_date(at, zone), content=content))
    unasked.sort(key=lambda each: each.at)
    facts = PlanFacts(
        person=person,
        pace=replay(draw(histories(most=12))),
        library=LIBRARY,
        attempts=draw(st.lists(_attempts(now), max_size=1)),
        separations=[
            Separation(id=f"s{n}", logged_at=now - 400 * HOUR, ask_at=at)
            for n, at in enumerate(draw(st.lists(hours, max_size=3)))
        ],
        unasked=unasked,
        told_at={u.content.follow_up: u.at for u in unasked if u.content.follow_up},
    )
    return Known(facts=facts, now=now)


def _sent_before() -> Sequence[tuple[Lane, Content]]:
    return (
        (Lane.CHALLENGE, Content(rungs=IDS[:2])),
        (Lane.KINDNESS, Content(prompt="kind.1")),
        (Lane.FOLLOW_UP, Content(follow_up=FollowUp.ATTEMPT_END, follows="earlier")),
        (Lane.FOLLOW_UP, Content(follow_up=FollowUp.REFLECTION, follows="s0")),
        *((Lane.FOLLOW_UP, Content(follow_up=each, follows="x")) for each in OWN_WORDS),
    )


@st.composite
def _attempts(draw: st.DrawFn, now: datetime) -> Attempt:
    began = now - draw(st.integers(0, 40)) * HOUR
    ends = began + draw(st.sampled_from((10 * MINUTE, HOUR, 4 * HOUR, 24 * HOUR)))
    return Attempt(
        id="a",
        rung=IDS[0],
        chosen_at=began,
        phase=draw(st.sampled_from(AttemptPhase)),
        started_at=began,
        ends_at=ends,
        ask_at=ends + draw(st.sampled_from((0, 0, 2, 10))) * HOUR,
    )


def written_down(planned: Planned) -> Nudge:
    """As it would stand in the store."""
    assert planned.content is not None
    assert planned.due_at is not None
    assert planned.useful_until is not None
    assert planned.local_date is not None
    return Nudge(
        id="n",
        person="p1",
        lane=planned.lane,
        local_date=planned.local_date,
        due_at=planned.due_at,
        useful_until=planned.useful_until,
        state=State.CLAIMED,
        content=planned.content,
        reason=planned.reason,
    )


def wanted(known: Known) -> list[Nudge]:
    """All that is planned to be sent, the first due first."""
    planned = [p for p in plan(known.facts, now=known.now) if p.content is not None]
    return sorted(map(written_down, planned), key=lambda nudge: nudge.due_at)


def as_sent(nudge: Nudge) -> Unasked:
    """It went out, or was given up, in its moment."""
    return Unasked(
        lane=nudge.lane, at=nudge.due_at, local_date=nudge.local_date, content=nudge.content
    )


def looked_at(nudge: Nudge, known: Known, *, sent: Sequence[Unasked]) -> Verdict:
    """The last look in the moment it is due; what is looked at is asked as `flows.deliver` does."""
    zone = zone_named(known.person.zone)
    assert zone is not None
    now = nudge.due_at
    today = local_date(now, zone)
    running = [
        a.ends_at for a in known.facts.attempts if under_way(a, now=now) and a.ends_at is not None
    ]
    return last_look(
        nudge,
        known.person,
        now=now,
        last_unasked_at=max((u.at for u in sent), default=None),
        unasked_today=sum(local_date(u.at, zone) == today for u in sent if not u.content.awaited),
        attempt_ends_at=max(running, default=None),
    )


@given(people_and_pasts())
@settings(max_examples=400, deadline=None)
def test_what_is_planned_is_still_right_when_nothing_changes(known: Known) -> None:
    sent = list(known.facts.unasked)
    for nudge in wanted(known):
        verdict = looked_at(nudge, known, sent=sent)
        assert verdict.look in {Look.GO, Look.LATER}, (nudge, verdict)
        sent.append(as_sent(nudge))


@given(people_and_pasts())
@settings(max_examples=200, deadline=None)
def test_what_is_given_up_is_not_planned_again_on_its_date(known: Known) -> None:
    for nudge in wanted(known):
        given_up = replace(known.facts, given_up=[as_sent(nudge)])
        for later in (timedelta(0), MINUTE, HOUR):
            again = wanted(Known(facts=given_up, now=nudge.due_at + later))
            same = [
                other
                for other in again
                if (other.lane, other.local_date) == (nudge.lane, nudge.local_date)
                and (other.content.follow_up, other.content.follows)
                == (nudge.content.follow_up, nudge.content.follows)
            ]
            assert not same, (nudge, same)


@given(people_and_pasts(), st.integers(1, 600))
@settings(max_examples=200, deadline=None)
def test_planning_again_while_nothing_changes_moves_nothing(known: Known, minutes: int) -> None:
    before = wanted(known)
    now = known.now + minutes * MINUTE
    if any(nudge.due_at <= now for nudge in before):
        return
    planned = plan(known.facts, now=now)
    for nudge in before:
        assert any(stands(nudge, one, now=now) for one in planned), nudge


# ------------------------------------------------------------------ what is stored

OUTCOMES = tuple(Outcome)


@pytest.mark.parametrize("seed", range(4))
async def test_the_stored_pace_is_what_the_stored_events_lead_to(store: Store, seed: int) -> None:
    luck = Random(seed)
    async with store.begin() as tx:
        await people.add(tx, stores.someone())
    for number in range(60):
        async with store.begin() as tx:
            await pace.learn(tx, "person-1", _some_event(luck, number))
            stored = replay(await events.all_of(tx, "person-1"))
            assert await pace.current(tx, "person-1") == stored
            if luck.random() < 0.1:
                await people.save_pace(tx, "person-1", '{"version": 0}')  # of another version
                assert await pace.current(tx, "person-1") == stored


def _some_event(luck: Random, number: int) -> Event:
    """A new one, or, now and then, one that corrects an earlier one."""
    corrects = luck.randrange(number) if number and luck.random() < 0.3 else number
    return event(
        corrects,
        luck.choice(OUTCOMES),
        day=corrects // 3,
        rung=luck.choice((*IDS, "gone.1", None)),
        value=luck.choice((None, *map(float, range(11)))),
        came_true=luck.random() < 0.2,
        quick=luck.random() < 0.2,
    )
