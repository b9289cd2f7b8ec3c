"""Does only what is still right leave, in the moment of sending?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.domain.nudge import Content, FollowUp, Lane, Nudge, Reason, State
from nudger.domain.person import Afraid, Pause, Person, Phase, StepsStopped, StopCause, Tempo
from nudger.domain.planning.last_look import Look, last_look
from nudger.domain.time.local_time import local_date, zone_named
from nudger.domain.time.quiet_hours import QuietHours, Window
from tests.pacing_samples import JOINED_ON, someone

EVENING = datetime(2026, 3, 2, 18, tzinfo=UTC)  # 19:00 in Berlin, a Monday
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
STOPPED = StepsStopped(at=EVENING - 48 * HOUR, cause=StopCause.NINE)


def due(
    lane: Lane = Lane.CHALLENGE,
    *,
    due_at: datetime = EVENING,
    lasts: timedelta = 3 * HOUR,
    **content: Any,
) -> Nudge:
    """A nudge due in the evening."""
    return Nudge(
        id="n1",
        person="p1",
        lane=lane,
        local_date=JOINED_ON,
        due_at=due_at,
        useful_until=due_at + lasts,
        state=State.CLAIMED,
        content=Content(**content),
        reason=Reason(name="offer"),
    )


KIND = due(Lane.KINDNESS, lasts=4 * HOUR, prompt="kind.1")
END = due(Lane.FOLLOW_UP, lasts=2 * HOUR, follow_up=FollowUp.ATTEMPT_END, follows="a")
LOOK_BACK = due(Lane.FOLLOW_UP, lasts=20 * HOUR, follow_up=FollowUp.REFLECTION, follows="s")
AGAIN = due(Lane.FOLLOW_UP, lasts=4 * HOUR, follow_up=FollowUp.STEPS_AGAIN, follows="x")
LESS = due(Lane.FOLLOW_UP, lasts=4 * HOUR, follow_up=FollowUp.WRITING_LESS, follows="x")


@pytest.mark.parametrize(
    ("label", "nudge", "person", "more", "look", "why"),
    [
        ("right as planned", due(), someone(), {}, Look.GO, None),
        ("late, of use", due(), someone(), {"now": EVENING + 2 * HOUR}, Look.GO, None),
        (
            "late, of none",
            due(),
            someone(),
            {"now": EVENING + 3 * HOUR},
            Look.EXPIRE,
            "lost_its_use",
        ),
        ("blocked", due(), someone(phase=Phase.GONE), {}, Look.SKIP, "gone"),
        ("not yet joined", due(), someone(phase=Phase.JOINING), {}, Look.SKIP, "joining"),
        (
            "paused",
            END,
            someone(pause=Pause(since=EVENING, until=EVENING + HOUR)),
            {},
            Look.SKIP,
            "paused",
        ),
        (
            "a pause that is over",
            due(),
            someone(pause=Pause(since=EVENING - HOUR, until=EVENING)),
            {},
            Look.GO,
            None,
        ),
        (
            "consent taken back",
            KIND,
            someone(profile=replace(someone().profile, adult=False)),
            {},
            Look.SKIP,
            "not_adult",
        ),
        (
            "afraid",
            due(),
            someone(profile=replace(someone().profile, afraid=Afraid.YES)),
            {},
            Look.SKIP,
            "steps_barred",
        ),
        (
            "afraid: kindness",
            KIND,
            someone(profile=replace(someone().profile, afraid=Afraid.YES)),
            {},
            Look.GO,
            None,
        ),
        (
            "a fresh loss",
            due(),
            someone(profile=replace(someone().profile, loss_at=EVENING)),
            {},
            Look.SKIP,
            "steps_barred",
        ),
        ("steps rest", due(), someone(stopped=STOPPED), {}, Look.SKIP, "stopped"),
        ("steps rest: kindness", KIND, someone(stopped=STOPPED), {}, Look.GO, None),
        ("no steps, please", due(), someone(steps_wanted=False), {}, Look.SKIP, "not_wanted"),
        (
            "no kindness, please",
            KIND,
            someone(kindness_wanted=False),
            {},
            Look.SKIP,
            "not_wanted",
        ),
        ("steps again?", AGAIN, someone(stopped=STOPPED), {}, Look.GO, None),
        ("taken up already", AGAIN, someone(), {}, Look.SKIP, "not_stopped"),
        (
            "asked already",
            AGAIN,
            someone(stopped=replace(STOPPED, asked_again=True)),
            {},
            Look.SKIP,
            "not_stopped",
        ),
        ("less? daily, please", LESS, someone(tempo=Tempo.DAILY), {}, Look.SKIP, "daily_wanted"),
        ("skipped today", due(), someone(skipped=frozenset({JOINED_ON})), {}, Look.SKIP, "day_off"),
        ("a Monday off", due(), someone(weekdays_off=frozenset({0})), {}, Look.SKIP, "day_off"),
        ("a Monday off, an end", END, someone(weekdays_off=frozenset({0})), {}, Look.GO, None),
        ("the cap is full", due(), someone(), {"unasked_today": 2}, Look.SKIP, "cap"),
        ("the cap is full: an end", END, someone(), {"unasked_today": 2}, Look.GO, None),
        ("an unknown zone", due(), someone(zone="Mars/Olympus"), {}, Look.SKIP, "zone_unknown"),
        (
            "no rest before it loses its use",
            due(lasts=HOUR),
            someone(),
            {"last_unasked_at": EVENING - HOUR},
            Look.SKIP,
            "rest",
        ),
        (
            "a long attempt runs",
            due(),
            someone(),
            {"attempt_ends_at": EVENING + 24 * HOUR},
            Look.SKIP,
            "attempt_running",
        ),
        (
            "kindness in a long attempt",
            KIND,
            someone(),
            {"attempt_ends_at": EVENING + 24 * HOUR},
            Look.GO,
            None,
        ),
        ("an end in a conversation", END, someone(), {"last_word_at": EVENING}, Look.GO, None),
        (
            "a conversation that is over",
            due(),
            someone(),
            {"last_word_at": EVENING - 30 * MINUTE},
            Look.GO,
            None,
        ),
    ],
)
def test_only_what_is_still_right_goes(
    label: str, nudge: Nudge, person: Person, more: dict[str, Any], look: Look, why: str | None
) -> None:
    verdict = last_look(nudge, person, **{"now": EVENING, **more})
    assert verdict.look is look, label
    assert (verdict.reason.name if verdict.reason else None) == why, label


@pytest.mark.parametrize(
    ("label", "nudge", "more", "due_at", "why"),
    [
        ("rest", due(), {"last_unasked_at": EVENING - HOUR}, EVENING + 2 * HOUR, "rest"),
        (
            "a conversation under way",
            due(),
            {"last_word_at": EVENING - 10 * MINUTE},
            EVENING + 20 * MINUTE,
            "conversation",
        ),
        (
            "a short attempt runs",
            KIND,
            {"attempt_ends_at": EVENING + 15 * MINUTE},
            EVENING + 45 * MINUTE,
            "attempt_running",
        ),
        (
            "the later of two",
            KIND,
            {"attempt_ends_at": EVENING + 15 * MINUTE, "last_unasked_at": EVENING - HOUR},
            EVENING + 2 * HOUR,
            "rest",
        ),
        (
            "a look back waits for the morning",
            LOOK_BACK,
            {"now": EVENING + 5 * HOUR},
            EVENING + 13 * HOUR,
            "quiet_hours",
        ),
        (
            "a talk that ends in quiet hours",
            LOOK_BACK,
            {"now": EVENING + 3 * HOUR - MINUTE, "last_word_at": EVENING + 3 * HOUR - MINUTE},
            EVENING + 13 * HOUR,
            "quiet_hours",
        ),
    ],
)
def test_what_is_right_a_little_later_is_put_back(
    label: str, nudge: Nudge, more: dict[str, Any], due_at: datetime, why: str
) -> None:
    verdict = last_look(nudge, someone(), **{"now": EVENING, **more})
    assert (verdict.look, verdict.due_at) == (Look.LATER, due_at), label
    assert verdict.reason == Reason(name=why), label


def test_quiet_hours_set_since_hold_it_back_for_good() -> None:
    quiet = QuietHours.every_night(Window(EVENING.time(), EVENING.time().replace(hour=7)))
    nudge = due(due_at=EVENING, lasts=3 * HOUR)
    assert last_look(nudge, someone(quiet=quiet), now=EVENING).look is Look.EXPIRE


def test_then_anyway_is_kept_in_quiet_hours() -> None:
    late = replace(END, due_at=EVENING + 4 * HOUR, useful_until=EVENING + 6 * HOUR)
    anyway = replace(late, content=replace(late.content, even_in_quiet=True))
    now = EVENING + 4 * HOUR
    assert last_look(late, someone(), now=now).look is Look.EXPIRE
    assert last_look(anyway, someone(), now=now).look is Look.GO


def test_a_nudge_of_yesterday_does_not_count_for_today() -> None:
    person = someone(quiet=QuietHours.none())
    nudge = due(due_at=EVENING + 4 * HOUR, lasts=4 * HOUR)
    assert last_look(nudge, person, now=EVENING + 6 * HOUR).look is Look.EXPIRE


@given(
    st.sampled_from((due(), KIND, END, LOOK_BACK, AGAIN, LESS)),
    st.integers(-600, 2000),
    st.none() | st.integers(-600, 600),
    st.none() | st.integers(-600, 600),
    st.none() | st.integers(-600, 3000),
    st.integers(0, 3),
    st.booleans(),
)
def test_nothing_leaves_in_quiet_hours_and_later_is_always_right(
    nudge: Nudge,
    minutes: int,
    unasked: int | None,
    word: int | None,
    ends: int | None,
    count: int,
    stopped: bool,
) -> None:
    person, now = someone(stopped=STOPPED if stopped else None), EVENING + minutes * MINUTE
    zone = zone_named(person.zone)
    assert zone is not None

    def when(minutes: int | None) -> datetime | None:
        return None if minutes is None else EVENING + minutes * MINUTE

    verdict = last_look(
        nudge,
        person,
        now=now,
        last_unasked_at=when(unasked),
        unasked_today=count,
        last_word_at=when(word),
        attempt_ends_at=when(ends),
    )
    if verdict.look is Look.GO:
        assert not person.quiet.covers(now, zone)
        assert now < nudge.useful_until
        assert nudge.content.awaited or count < person.cap
    if verdict.look is Look.LATER:
        assert verdict.due_at is not None
        assert now < verdict.due_at < nudge.useful_until
        assert not person.quiet.covers(verdict.due_at, zone)
        if nudge.lane is not Lane.FOLLOW_UP:
            assert local_date(verdict.due_at, zone) == nudge.local_date
    else:
        assert verdict.due_at is None
