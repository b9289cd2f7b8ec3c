"""Is the next nudge of each lane the right one, at the right moment?"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.domain.nudge import Content, FollowUp, Lane, Nudge, Planned, Reason, State
from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.pacing.pace import Pace, replay
from nudger.domain.person import (
    About,
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
from nudger.domain.planning.last_look import Look, last_look
from nudger.domain.planning.plan import PlanFacts, Unasked, plan, stands
from nudger.domain.practice import Attempt, Separation
from nudger.domain.practice import Phase as AttemptPhase
from nudger.domain.prompt import Kind, Ladder, Library
from nudger.domain.time.local_time import local, local_date, moment_at
from nudger.domain.time.quiet_hours import QuietHours, Window
from tests.pacing_samples import DAY, IDS, JOINED_ON, LIBRARY, event, histories, library, someone

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
ADULT = Profile(adult=True, afraid=Afraid.NO, style=Style.ANXIOUS)


def at(day: int, clock: str, zone: ZoneInfo = BERLIN) -> datetime:
    """A local clock time some days after joining."""
    return moment_at(JOINED_ON + day * DAY, time.fromisoformat(clock), zone)


def facts(person: Person | None = None, told: Sequence[Event] = (), **more: Any) -> PlanFacts:
    """What is known of someone with that history."""
    return PlanFacts(person=person or someone(), pace=replay(told), **{"library": LIBRARY, **more})


def lane(planned: Sequence[Planned], which: Lane) -> Planned:
    """The plan of a lane."""
    return next(p for p in planned if p.lane is which)


def challenge(known: PlanFacts, *, now: datetime) -> Planned:
    """The plan of the challenge lane."""
    return lane(plan(known, now=now), Lane.CHALLENGE)


def kindness(known: PlanFacts, *, now: datetime) -> Planned:
    """The plan of the kindness lane."""
    return lane(plan(known, now=now), Lane.KINDNESS)


def follow_ups(known: PlanFacts, *, now: datetime) -> dict[FollowUp | None, Planned]:
    """The planned follow-ups by what they are."""
    return {
        p.content.follow_up: p
        for p in plan(known, now=now)
        if p.content is not None and p.lane is Lane.FOLLOW_UP
    }


def was_sent(day: int, clock: str, which: Lane = Lane.CHALLENGE, **content: Any) -> Unasked:
    """A nudge that went out."""
    moment = at(day, clock)
    return Unasked(
        lane=which, at=moment, local_date=local_date(moment, BERLIN), content=Content(**content)
    )


def silent(*days: int) -> list[Event]:
    """Messages without an answer on those days, after a fortnight of answers."""
    answered = [event(n, Outcome.ANSWERED, day=-20 + n) for n in range(14)]
    return answered + [event(50 + day, Outcome.SILENT, day=day) for day in days]


# ------------------------------------------------------------------ when


@pytest.mark.parametrize(
    ("time_of_day", "earliest", "latest"),
    [
        (TimeOfDay.MORNING, "08:00", "10:30"),
        (TimeOfDay.MIDDAY, "12:00", "14:00"),
        (TimeOfDay.EVENING, "17:30", "20:30"),
        (TimeOfDay.SURPRISE, "08:00", "20:30"),
    ],
)
def test_a_challenge_comes_at_the_persons_time_of_day(
    time_of_day: TimeOfDay, earliest: str, latest: str
) -> None:
    for seed in range(20):
        known = facts(someone(time_of_day=time_of_day, seed=seed))
        due_at = challenge(known, now=at(1, "07:00")).due_at
        assert due_at is not None
        assert at(1, earliest) <= due_at <= at(1, latest)


def test_people_with_the_same_time_of_day_are_not_nudged_at_once() -> None:
    moments = {
        challenge(facts(someone(seed=seed)), now=at(1, "07:00")).due_at for seed in range(50)
    }
    assert len(moments) > 40


def as_nudge(planned: Planned) -> Nudge:
    """What stands in the store of a plan."""
    assert planned.content is not None
    assert planned.due_at is not None
    assert planned.useful_until is not None
    assert planned.local_date is not None
    return Nudge(
        id="n",
        person="p",
        lane=planned.lane,
        local_date=planned.local_date,
        due_at=planned.due_at,
        useful_until=planned.useful_until,
        state=State.PLANNED,
        content=planned.content,
        reason=planned.reason,
    )


def test_what_is_late_after_downtime_keeps_its_moment_as_long_as_it_is_of_use() -> None:
    due = challenge(facts(someone()), now=at(1, "07:00"))
    standing = as_nudge(due)
    late = facts(someone(), standing=(standing,))
    for minutes in (1, 60, 110):
        now = standing.due_at + timedelta(minutes=minutes)
        if now < standing.useful_until:
            again = challenge(late, now=now)
            assert (again.due_at, again.content) == (standing.due_at, standing.content)
            assert stands(standing, again, now=now)
    over = challenge(late, now=standing.useful_until)
    assert over.local_date == standing.local_date + DAY


def test_what_is_late_gives_way_to_a_step_taken_meanwhile() -> None:
    standing = as_nudge(challenge(facts(someone()), now=at(1, "07:00")))
    now = standing.due_at + timedelta(minutes=30)
    tried = [event(9, Outcome.DONE, day=1, rung=IDS[0], value=3)]
    known = facts(someone(), tried, standing=(standing,))
    assert challenge(known, now=now).local_date != standing.local_date


def test_about_seven_stays_about_seven() -> None:
    clocks = []
    for day in range(1, 30):
        due_at = challenge(facts(), now=at(day, "00:05")).due_at
        assert due_at is not None
        shown = local(due_at, BERLIN)
        clocks.append(shown.hour * 60 + shown.minute)
    assert max(clocks) - min(clocks) <= 16
    assert len(set(clocks)) > 5


@pytest.mark.parametrize(
    ("label", "quiet", "zone", "earliest", "latest"),
    [
        ("quiet cuts the evening", ("19:00", "08:00"), BERLIN, "17:30", "18:30"),
        ("a quiet evening: the nearest hours", ("16:00", "08:00"), BERLIN, "12:30", "15:30"),
        ("open only at night", ("06:00", "21:00"), BERLIN, "21:00", "23:59"),
        ("half-hour zone", ("22:00", "08:00"), ZoneInfo("Asia/Kolkata"), "17:30", "20:30"),
    ],
)
def test_quiet_hours_leave_what_they_leave_of_an_evening(
    label: str, quiet: tuple[str, str], zone: ZoneInfo, earliest: str, latest: str
) -> None:
    window = Window(*map(time.fromisoformat, quiet))
    for seed in range(10):
        person = someone(quiet=QuietHours.every_night(window), zone=zone.key, seed=seed)
        due_at = challenge(facts(person), now=at(1, "00:05", zone)).due_at
        assert due_at is not None, label
        assert at(1, earliest, zone) <= due_at <= at(1, latest, zone), label


@pytest.mark.parametrize(
    ("label", "day"),
    [
        ("clocks go forward in Berlin", date(2026, 3, 29)),
        ("clocks go back in Berlin", date(2026, 10, 25)),
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_a_clock_change_moves_no_evening(label: str, day: date, seed: int) -> None:
    now = moment_at(day - DAY, time(23, 59), BERLIN)
    person = someone(seed=seed, joined_at=now)
    due_at = challenge(facts(person), now=now).due_at
    assert due_at is not None, label
    assert local(due_at, BERLIN).date() == day
    assert time(17, 30) <= local(due_at, BERLIN).time() <= time(20, 30)


def test_a_nudge_loses_its_use_when_quiet_hours_begin() -> None:
    quiet = QuietHours.every_night(Window(time(21), time(8)))
    planned = challenge(facts(someone(quiet=quiet)), now=at(1, "07:00"))
    assert planned.due_at is not None
    assert planned.useful_until == min(planned.due_at + 3 * HOUR, at(1, "21:00"))


def test_a_moment_that_is_past_today_still_comes_in_its_part_of_the_day() -> None:
    usual = challenge(facts(), now=at(1, "07:00")).due_at
    assert usual is not None
    later = challenge(facts(), now=usual + timedelta(minutes=5))
    assert later.due_at == usual + timedelta(minutes=5)
    tomorrow = challenge(facts(), now=at(1, "20:45"))
    assert tomorrow.local_date == JOINED_ON + 2 * DAY


def test_planning_again_changes_nothing() -> None:
    known = facts(told=silent(0, 1))
    assert plan(known, now=at(2, "09:00")) == plan(known, now=at(2, "09:00"))
    one = challenge(facts(), now=at(1, "07:00"))
    assert one == challenge(facts(), now=at(1, "12:00"))


@pytest.mark.parametrize(
    ("label", "person", "day"),
    [
        ("a day skipped", someone(skipped=frozenset({JOINED_ON + DAY})), 2),
        ("a weekday off", someone(weekdays_off=frozenset({1, 2})), 3),  # day 1 is a Tuesday
        ("a pause", someone(pause=Pause(since=at(0, "19:00"), until=at(3, "08:00"))), 3),
        (
            "a pause that is over",
            someone(pause=Pause(since=at(0, "09:00"), until=at(1, "06:00"))),
            1,
        ),
    ],
)
def test_nothing_comes_on_a_day_that_is_not_welcome(label: str, person: Person, day: int) -> None:
    planned = plan(facts(person), now=at(1, "07:00"))
    dates = [p.local_date for p in planned if p.content is not None and p.local_date]
    assert min(dates) == JOINED_ON + day * DAY, label


@pytest.mark.parametrize(
    ("label", "by", "earliest", "latest"),
    [
        ("an hour sooner", -HOUR, "16:30", "19:30"),
        ("as late as quiet hours allow", 12 * HOUR, "21:30", "21:30"),
        ("as early as they allow", -12 * HOUR, "08:00", "08:30"),
    ],
)
def test_a_day_moved_is_moved_within_what_is_open(
    label: str, by: timedelta, earliest: str, latest: str
) -> None:
    person = someone(moved={JOINED_ON + DAY: by})
    due_at = challenge(facts(person), now=at(1, "06:00")).due_at
    assert due_at is not None, label
    assert at(1, earliest) <= due_at <= at(1, latest), label


# ------------------------------------------------------------------ whether


@pytest.mark.parametrize(
    ("label", "person", "why", "also_no_kindness"),
    [
        ("still joining", someone(phase=Phase.JOINING), "joining", True),
        ("gone", someone(phase=Phase.GONE), "gone", True),
        ("paused", someone(pause=Pause(since=at(0, "09:00"), until=None)), "paused", True),
        ("a zone nobody knows", someone(zone="Mars/Olympus"), "zone_unknown", True),
        ("afraid", someone(profile=replace(ADULT, afraid=Afraid.YES)), "steps_barred", False),
        (
            "would not say",
            someone(profile=replace(ADULT, afraid=Afraid.UNSAID)),
            "steps_barred",
            False,
        ),
        ("never asked", someone(profile=replace(ADULT, afraid=None)), "steps_barred", False),
        ("a loss", someone(profile=replace(ADULT, loss_at=at(0, "18:00"))), "steps_barred", False),
        (
            "stopped",
            someone(stopped=StepsStopped(at=at(0, "18:00"), cause=StopCause.NINE)),
            "stopped",
            False,
        ),
        ("steps not wanted", someone(steps_wanted=False), "not_wanted", False),
        ("no cap left for anything", someone(cap=0), "no_room", True),
    ],
)
def test_a_lane_without_a_nudge_says_why(
    label: str, person: Person, why: str, also_no_kindness: bool
) -> None:
    planned = plan(facts(person), now=at(1, "07:00"))
    nothing = lane(planned, Lane.CHALLENGE)
    assert nothing.content is None, label
    assert nothing.reason.name == why, label
    assert (lane(planned, Lane.KINDNESS).content is None) is also_no_kindness, label


def test_why_someone_gets_no_steps_is_not_written_into_a_reason() -> None:
    barred = facts(someone(profile=replace(ADULT, afraid=Afraid.YES)))
    assert all("afraid" not in repr(p.reason) for p in plan(barred, now=at(1, "07:00")))


def test_a_loss_behind_it_means_kindness_alone_for_two_weeks() -> None:
    person = someone(profile=replace(ADULT, loss_at=at(0, "18:00")))
    assert challenge(facts(person), now=at(13, "07:00")).content is None
    assert challenge(facts(person), now=at(15, "07:00")).content is not None


@pytest.mark.parametrize(
    ("label", "more"),
    [
        ("one was sent today", {"unasked": [was_sent(1, "09:00", rungs=("checking.1.6",))]}),
        (
            "one was tried today",
            {
                "attempts": [
                    Attempt(
                        id="a",
                        rung="checking.1.6",
                        chosen_at=at(1, "09:00"),
                        phase=AttemptPhase.OVER,
                    )
                ]
            },
        ),
        ("not today, they said", {"told": [event(1, Outcome.JUST_NO, day=1)]}),
    ],
)
def test_there_is_one_challenge_on_a_local_date(label: str, more: dict[str, Any]) -> None:
    planned = challenge(facts(**more), now=at(1, "10:00"))
    assert planned.local_date == JOINED_ON + 2 * DAY, label


def test_no_challenge_comes_while_one_runs() -> None:
    weekend = Attempt(
        id="a",
        rung="checking.8.2",
        chosen_at=at(1, "09:00"),
        phase=AttemptPhase.RUNNING,
        started_at=at(1, "09:00"),
        ends_at=at(3, "09:00"),
        ask_at=at(3, "09:00"),
    )
    planned = challenge(facts(attempts=[weekend]), now=at(1, "10:00"))
    assert planned.local_date == JOINED_ON + 4 * DAY


def test_the_day_after_a_hard_one_is_kind() -> None:
    told = [event(1, Outcome.BROKE_OFF, day=1, rung="checking.3", value=8)]
    sent = [was_sent(1, "18:00", rungs=("checking.3",))]
    known = facts(told=told, unasked=sent)
    planned = plan(known, now=at(1, "21:00"))
    assert lane(planned, Lane.CHALLENGE).local_date == JOINED_ON + 3 * DAY
    kind = lane(planned, Lane.KINDNESS)
    assert kind.local_date == JOINED_ON + 2 * DAY
    assert kind.reason == Reason(name="instead", values={"because": "coherence"})


def test_kindness_comes_beside_the_challenge_on_every_third_date() -> None:
    beside = []
    for day in range(1, 10):
        planned = plan(facts(), now=at(day, "00:05"))
        kind, step = lane(planned, Lane.KINDNESS), lane(planned, Lane.CHALLENGE)
        if kind.local_date == step.local_date:
            assert kind.due_at is not None
            assert step.due_at is not None
            assert abs(kind.due_at - step.due_at) >= 3 * HOUR
            assert kind.reason.name == "beside"
            beside.append(day)
    assert len(beside) == 3
    assert {b - a for a, b in pairwise(beside)} == {3}


def test_a_cap_of_one_leaves_no_room_beside_the_challenge() -> None:
    for day in range(1, 7):
        planned = plan(facts(someone(cap=1)), now=at(day, "00:05"))
        assert lane(planned, Lane.KINDNESS).content is None


def test_kind_words_are_not_said_again_before_the_others() -> None:
    afraid = someone(profile=replace(ADULT, afraid=Afraid.YES))
    sent: list[Unasked] = []
    for day in range(1, 7):
        content = kindness(facts(afraid, unasked=sent), now=at(day, "07:00")).content
        assert content is not None
        sent.append(was_sent(day, "18:00", Lane.KINDNESS, prompt=content.prompt))
    assert len({u.content.prompt for u in sent}) == len(LIBRARY.of_kind(Kind.KINDNESS))
    seventh = kindness(facts(afraid, unasked=sent), now=at(7, "07:00")).content
    assert seventh is not None
    assert seventh.prompt in {u.content.prompt for u in sent[:3]}


def test_a_library_without_kind_words_says_so() -> None:
    known = facts(someone(steps_wanted=False), library=library(kindnesses=0))
    assert kindness(known, now=at(1, "07:00")).reason.name == "no_text"


def test_both_ladders_take_turns_and_never_share_a_day() -> None:
    person = someone(profile=replace(ADULT, style=Style.BOTH))
    turns = []
    for day in range(1, 7):
        content = challenge(facts(person), now=at(day, "00:05")).content
        assert content is not None
        rungs = [LIBRARY.rung(id_) for id_ in content.rungs]
        ways = {rung.ladder for rung in rungs if rung is not None}
        assert len(ways) == 1
        turns.append(ways.pop())
    assert turns[0::2] == [turns[0]] * 3
    assert turns[1::2] == [turns[1]] * 3
    assert set(turns) == {Ladder.DISTANCE, Ladder.CLOSENESS}


# ------------------------------------------------------------------ silence


def test_nobody_is_asked_for_a_step_twice_on_the_day_they_join() -> None:
    """Joining has its own first step."""
    assert challenge(facts(), now=at(0, "08:00")).local_date == JOINED_ON + DAY


def test_two_silent_days_bring_kindness_alone() -> None:
    known = facts(told=silent(1, 2), unasked=[was_sent(2, "18:00", Lane.KINDNESS)])
    planned = plan(known, now=at(2, "22:30"))
    assert lane(planned, Lane.CHALLENGE).reason.name == "only_kindness"
    assert lane(planned, Lane.KINDNESS).content is not None


def test_writing_less_is_said_once_with_the_next_day_already_planned() -> None:
    sent = [was_sent(day, "18:00", Lane.KINDNESS) for day in (1, 2, 3)]
    known = facts(told=silent(1, 2, 3), unasked=sent)
    planned = plan(known, now=at(3, "22:30"))
    said = next(p for p in planned if p.lane is Lane.FOLLOW_UP)
    assert said.content is not None
    assert said.content.follow_up is FollowUp.WRITING_LESS
    assert said.local_date == JOINED_ON + 4 * DAY
    gap = int(said.reason.values["days"] or 0)
    assert gap > 1
    assert lane(planned, Lane.KINDNESS).local_date == JOINED_ON + (4 + gap) * DAY

    told = was_sent(4, "18:00", Lane.FOLLOW_UP, follow_up=FollowUp.WRITING_LESS, follows="x")
    after = replace(known, unasked=[*sent, told], told_at={FollowUp.WRITING_LESS: told.at})
    assert FollowUp.WRITING_LESS not in follow_ups(after, now=at(4, "22:30"))
    assert kindness(after, now=at(4, "22:30")).local_date == JOINED_ON + (4 + gap) * DAY


@pytest.mark.parametrize("answered", range(0, 60, 3))
def test_the_day_that_was_announced_is_kept_however_long_the_silence_becomes(answered: int) -> None:
    """Each nudge stays without an answer; the one after the announcement is where it was said."""
    told = [event(n, Outcome.ANSWERED, day=n - answered) for n in range(answered)]
    sent: list[Unasked] = []
    now, days = at(1, "00:05"), 0
    for _ in range(20):
        known = facts(
            told=told,
            unasked=sent,
            told_at={u.content.follow_up: u.at for u in sent if u.content.follow_up},
        )
        coming = [p for p in plan(known, now=now) if p.content is not None and p.due_at]
        first = min(coming, key=lambda p: p.due_at or now)
        assert first.due_at is not None
        assert first.local_date is not None
        assert first.content is not None
        if sent and sent[-1].content.follow_up is FollowUp.WRITING_LESS:
            assert first.local_date == sent[-1].local_date + days * DAY
            return
        days = int(first.reason.values.get("days") or 0)
        sent.append(
            Unasked(
                lane=first.lane,
                at=first.due_at,
                local_date=first.local_date,
                content=first.content,
            )
        )
        day = (first.local_date - JOINED_ON).days
        told.append(event(100 + len(sent), Outcome.SILENT, day=day))
        now = at(day, "23:00")
    pytest.fail("it was never announced")


def test_once_a_day_stays_once_a_day_where_they_said_so() -> None:
    sent = [was_sent(day, "18:00", Lane.KINDNESS) for day in (1, 2, 3)]
    known = facts(someone(tempo=Tempo.DAILY), told=silent(1, 2, 3), unasked=sent)
    assert not follow_ups(known, now=at(3, "22:30"))
    assert kindness(known, now=at(3, "22:30")).local_date == JOINED_ON + 4 * DAY


def test_after_two_silent_months_one_farewell_and_then_nothing() -> None:
    told = silent(*range(0, 60, 6))
    sent = [was_sent(54, "18:00", Lane.KINDNESS)]
    known = facts(told=told, unasked=sent)
    now = at(61, "08:00")
    farewell = follow_ups(known, now=now)[FollowUp.FAREWELL]
    assert farewell.due_at is not None
    assert {p.reason.name for p in plan(known, now=now) if p.content is None} == {"silent"}
    after = replace(known, told_at={FollowUp.FAREWELL: farewell.due_at})
    assert not follow_ups(after, now=now + 8 * DAY)
    assert not follow_ups(known, now=at(100, "08:00")), "out of nowhere"


def test_steps_again_is_asked_two_days_after_a_hard_evening_and_only_once() -> None:
    stopped = StepsStopped(at=at(1, "19:00"), cause=StopCause.NINE)
    known = facts(someone(stopped=stopped))
    asked = follow_ups(known, now=at(1, "21:00"))[FollowUp.STEPS_AGAIN]
    assert asked.local_date == JOINED_ON + 3 * DAY
    assert kindness(known, now=at(1, "21:00")).local_date == JOINED_ON + 2 * DAY
    assert kindness(known, now=at(2, "21:00")).local_date == JOINED_ON + 4 * DAY
    told = replace(known, told_at={FollowUp.STEPS_AGAIN: at(3, "18:00")})
    assert not follow_ups(told, now=at(3, "21:00"))
    assert not follow_ups(known, now=at(32, "08:00")), "out of nowhere"
    not_yet = replace(known, person=someone(stopped=replace(stopped, asked_again=True)))
    assert not follow_ups(not_yet, now=at(1, "21:00"))


# ------------------------------------------------------------------ what the person began


def running(ends: datetime, ask: datetime | None = None) -> Attempt:
    """An attempt under way."""
    return Attempt(
        id="a",
        rung="checking.1.6",
        chosen_at=ends - HOUR,
        phase=AttemptPhase.RUNNING,
        started_at=ends - HOUR,
        ends_at=ends,
        ask_at=ask or ends,
    )


ANYWAY = replace(running(at(1, "22:10")), even_in_quiet=True)


@pytest.mark.parametrize(
    ("label", "attempt", "due", "until"),
    [
        ("by day", running(at(1, "15:00")), at(1, "15:00"), at(1, "17:00")),
        ("just before quiet", running(at(1, "21:30")), at(1, "21:30"), at(1, "22:00")),
        ("tell me then anyway", ANYWAY, at(1, "22:10"), at(2, "00:10")),
        ("quiet hours set meanwhile", running(at(1, "22:10")), at(2, "08:00"), at(2, "10:00")),
        ("at 08:00", running(at(1, "22:10"), at(2, "08:00")), at(2, "08:00"), at(2, "10:00")),
        (
            "moved into quiet",
            running(at(1, "21:00"), at(1, "23:00")),
            at(2, "08:00"),
            at(2, "10:00"),
        ),
    ],
)
def test_the_end_of_an_attempt_is_asked_about_at_the_moment_that_was_said(
    label: str, attempt: Attempt, due: datetime, until: datetime
) -> None:
    asked = follow_ups(facts(attempts=[attempt]), now=at(1, "14:30"))[FollowUp.ATTEMPT_END]
    assert (asked.due_at, asked.useful_until) == (due, until), label
    assert asked.content is not None
    assert asked.content.follows == "a"


@pytest.mark.parametrize(
    ("label", "ask_at", "due"),
    [
        ("by day", at(1, "18:45"), at(1, "18:45")),
        ("in quiet hours: in the morning", at(1, "23:00"), at(2, "08:00")),
    ],
)
def test_a_look_back_is_offered_when_it_was_said(
    label: str, ask_at: datetime, due: datetime
) -> None:
    apart = Separation(id="s", logged_at=at(0, "10:00"), ask_at=ask_at)
    asked = follow_ups(facts(separations=[apart]), now=at(1, "10:00"))[FollowUp.REFLECTION]
    assert (asked.due_at, asked.useful_until) == (due, due + 20 * HOUR), label


def test_a_look_back_put_off_is_offered_again_and_one_that_was_not_is_not() -> None:
    apart = Separation(id="s", logged_at=at(0, "10:00"), ask_at=at(1, "18:45"))
    sent = was_sent(1, "18:45", Lane.FOLLOW_UP, follow_up=FollowUp.REFLECTION, follows="s")
    known = facts(separations=[apart], unasked=[sent])
    assert not follow_ups(known, now=at(1, "19:00"))
    put_off = replace(known, separations=[replace(apart, ask_at=at(1, "21:00"))])
    assert FollowUp.REFLECTION in follow_ups(put_off, now=at(1, "19:00"))


def test_what_lost_its_use_in_a_pause_is_dropped_and_the_rest_waits_for_its_end() -> None:
    soon = Separation(id="soon", logged_at=at(0, "10:00"), ask_at=at(1, "18:45"))
    late = Separation(id="late", logged_at=at(0, "10:00"), ask_at=at(2, "18:45"))
    pause = Pause(since=at(0, "12:00"), until=at(3, "12:00"))
    known = facts(someone(pause=pause), separations=[soon, late])
    asked = [p for p in plan(known, now=at(1, "10:00")) if p.lane is Lane.FOLLOW_UP]
    assert [(p.content.follows, p.due_at) for p in asked if p.content] == [("late", at(3, "12:00"))]


def test_two_questions_that_fall_together_come_one_after_the_other() -> None:
    known = facts(
        attempts=[running(at(1, "15:00"))],
        separations=[Separation(id="s", logged_at=at(0, "10:00"), ask_at=at(1, "15:00"))],
    )
    asked = follow_ups(known, now=at(1, "14:30"))
    assert asked[FollowUp.ATTEMPT_END].due_at == at(1, "15:00")
    assert asked[FollowUp.REFLECTION].due_at == at(1, "15:30")


def test_what_comes_of_our_own_accord_rests_from_a_look_back() -> None:
    usual = challenge(facts(), now=at(1, "07:00")).due_at
    assert usual is not None
    apart = Separation(id="s", logged_at=at(0, "10:00"), ask_at=usual - timedelta(minutes=10))
    planned = challenge(facts(separations=[apart]), now=at(1, "07:00"))
    assert planned.due_at is not None
    assert apart.ask_at is not None
    assert planned.due_at >= apart.ask_at + 3 * HOUR


# ------------------------------------------------------------------ standing plans


def standing(planned: Planned, **changed: Any) -> Nudge:
    """A planned nudge as it stands in the store."""
    assert planned.content is not None
    assert planned.due_at is not None
    assert planned.useful_until is not None
    assert planned.local_date is not None
    nudge = Nudge(
        id="n",
        person="p1",
        lane=planned.lane,
        local_date=planned.local_date,
        due_at=planned.due_at,
        useful_until=planned.useful_until,
        state=State.PLANNED,
        content=planned.content,
        reason=planned.reason,
    )
    return replace(nudge, **changed)


def test_a_plan_that_is_still_right_stands_and_one_put_off_keeps_its_moment() -> None:
    now = at(1, "07:00")
    wanted = challenge(facts(), now=now)
    assert wanted.due_at is not None
    assert stands(standing(wanted), wanted, now=now)
    assert not stands(standing(wanted, due_at=wanted.due_at + HOUR), wanted, now=now)
    assert not stands(standing(wanted, content=Content(rungs=("other",))), wanted, now=now)
    late = wanted.due_at + timedelta(minutes=1)
    again = challenge(facts(), now=late)
    assert stands(standing(wanted), again, now=late)
    assert stands(standing(wanted, due_at=wanted.due_at + HOUR), again, now=late)


# ------------------------------------------------------------------ three weeks of anybody

QUIET = (
    QuietHours.standard(),
    QuietHours.none(),
    QuietHours.every_night(Window(time(20), time(10))),
    QuietHours.every_night(Window(time(1), time(17))),
    QuietHours.every_night(Window(time(9), time(18))).changed(
        frozenset({5, 6}), (Window(time(23), time(12)), Window(time(13), time(16, 30)))
    ),
)
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Pacific/Apia",
    "UTC",
)
# Three weeks from here hold the clock changes of those zones, both ways.
BEGINNINGS = tuple(
    datetime(2026, month, day, 12, tzinfo=UTC)
    for month, day in ((3, 1), (3, 20), (8, 25), (10, 12), (7, 1))
)


@st.composite
def people(draw: st.DrawFn) -> Person:
    """Anybody who joined."""
    profile = Profile(
        adult=True,
        afraid=draw(st.sampled_from((Afraid.NO, Afraid.NO, Afraid.YES, None))),
        style=draw(st.sampled_from(Style)),
        about=draw(st.sampled_from(About)),
    )
    return someone(
        seed=draw(st.integers(0, 1000)),
        joined_at=draw(st.sampled_from(BEGINNINGS)),
        zone=draw(st.sampled_from(ZONES)),
        quiet=draw(st.sampled_from(QUIET)),
        time_of_day=draw(st.sampled_from(TimeOfDay)),
        tempo=draw(st.sampled_from(Tempo)),
        cap=draw(st.integers(1, 3)),
        rest=draw(st.sampled_from((HOUR, 3 * HOUR, 8 * HOUR))),
        weekdays_off=draw(st.frozensets(st.integers(0, 6), max_size=3)),
        profile=profile,
    )


@dataclass
class Life:
    """Three weeks of a person, from one nudge to the next, with answers by luck."""

    person: Person
    luck: Random
    now: datetime
    sent: list[Unasked] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)
    apart: list[Separation] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        """Where they live."""
        return ZoneInfo(self.person.zone)

    def live(self, until: datetime) -> None:
        """Every nudge that comes, and now and then a time apart of their own."""
        while self.now < until:
            if self.luck.random() < 0.2:
                number = len(self.apart)
                ask_at = self.now + self.luck.randint(1, 72) * HOUR
                apart = Separation(id=f"s{number}", logged_at=self.now, ask_at=ask_at)
                self.apart.append(apart)
            known = PlanFacts(
                person=self.person,
                pace=replay(self.told),
                library=LIBRARY,
                separations=self.apart,
                unasked=self.sent,
                told_at={u.content.follow_up: u.at for u in self.sent if u.content.follow_up},
            )
            planned = plan(known, now=self.now)
            assert planned == plan(known, now=self.now)
            coming = [p for p in planned if p.content is not None]
            if not coming:
                return
            first = min(coming, key=lambda p: (p.due_at is None, p.due_at, p.lane))
            assert first.due_at is not None
            self.now = max(self.now, first.due_at)
            self.deliver(standing(first))

    def deliver(self, nudge: Nudge) -> None:
        """The last look agrees with the plan; then an answer, or none."""
        today = local_date(self.now, self.zone)
        own = [u for u in self.sent if not u.content.awaited]
        verdict = last_look(
            nudge,
            self.person,
            now=self.now,
            last_unasked_at=max((u.at for u in self.sent), default=None),
            unasked_today=sum(local_date(u.at, self.zone) == today for u in own),
        )
        assert verdict.look is Look.GO, verdict
        self.sent.append(
            Unasked(
                lane=nudge.lane,
                at=self.now,
                local_date=nudge.local_date,
                content=nudge.content,
            )
        )
        tells = self.luck.random() < 0.6
        step = tells and nudge.lane is Lane.CHALLENGE
        self.told.append(
            Event(
                id=f"e{len(self.told)}",
                at=self.now,
                local_date=today,
                outcome=self.luck.choice((Outcome.DONE, Outcome.BROKE_OFF, Outcome.JUST_NO))
                if step
                else Outcome.ANSWERED
                if tells
                else Outcome.SILENT,
                rung=self.luck.choice(nudge.content.rungs) if step else None,
                value=float(self.luck.randint(0, 8)) if step else None,
            )
        )
        self.now += timedelta(minutes=1)


@given(people(), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_three_weeks_of_anybody_keep_every_promise_about_time(person: Person, luck: int) -> None:
    life = Life(person=person, luck=Random(luck), now=person.joined_at)
    life.live(person.joined_at + 21 * DAY)
    zone, own = life.zone, [u for u in life.sent if not u.content.awaited]
    for each in life.sent:
        assert not person.quiet.covers(each.at, zone), "in quiet hours"
    for each in own:
        day = local_date(each.at, zone)
        assert day.weekday() not in person.weekdays_off, "on a day off"
        assert sum(local_date(u.at, zone) == day for u in own) <= person.cap, "above the cap"
        same = [u for u in own if u.lane is each.lane and local_date(u.at, zone) == day]
        assert len(same) == 1, "two of a lane on a date"
    for before, after in pairwise(life.sent):
        if not after.content.awaited:
            assert after.at - before.at >= person.rest, "without a rest"
    if person.profile.afraid is not Afraid.NO:
        assert all(u.lane is not Lane.CHALLENGE for u in life.sent), "a step for the afraid"


@given(
    people(), histories(), st.integers(0, 40), st.sampled_from((Afraid.YES, Afraid.UNSAID, None))
)
@settings(deadline=None)
def test_whoever_is_afraid_never_gets_a_challenge(
    person: Person, told: list[Event], day: int, afraid: Afraid | None
) -> None:
    stopped = StepsStopped(at=person.joined_at, cause=StopCause.NINE)
    person = replace(
        person, profile=replace(person.profile, afraid=afraid), stopped=stopped if day % 2 else None
    )
    planned = plan(facts(person, told), now=person.joined_at + day * DAY)
    assert lane(planned, Lane.CHALLENGE).content is None
    follow_ups = {p.content.follow_up for p in planned if p.content is not None}
    assert FollowUp.STEPS_AGAIN not in follow_ups


@given(people(), histories(), st.integers(0, 80))
@settings(deadline=None)
def test_whatever_happened_a_plan_lies_ahead_in_open_hours(
    person: Person, told: list[Event], day: int
) -> None:
    now = person.joined_at + day * DAY
    for planned in plan(facts(person, told), now=now):
        if planned.content is None:
            continue
        assert planned.due_at is not None
        assert planned.useful_until is not None
        assert now <= planned.due_at < planned.useful_until
        zone = ZoneInfo(person.zone)
        assert not person.quiet.covers(planned.due_at, zone)
        assert planned.local_date == local_date(planned.due_at, zone)


def test_an_empty_library_plans_nothing_and_does_not_crash() -> None:
    known = PlanFacts(person=someone(), pace=Pace(), library=Library(locale="en"))
    assert all(p.content is None for p in plan(known, now=at(1, "07:00")))
