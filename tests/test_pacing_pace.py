"""Does the same history always lead to the same pace?"""

from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.pacing.pace import Pace, learn, replay
from nudger.domain.person import StopCause
from tests.pacing_samples import IDS, event, histories

PACE = TypeAdapter(Pace)
DONE, BROKE_OFF, ANSWERED = Outcome.DONE, Outcome.BROKE_OFF, Outcome.ANSWERED


@given(histories())
def test_learning_one_by_one_is_the_same_as_replaying(told: list[Event]) -> None:
    assert reduce(learn, told, Pace()) == replay(told)


@given(histories(), st.data())
def test_a_pace_goes_on_from_json_as_if_it_had_never_been_stored(
    told: list[Event], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(told)))
    stored = PACE.dump_json(replay(told[:cut]))
    assert reduce(learn, told[cut:], PACE.validate_json(stored)) == replay(told)


@given(histories(), st.data())
def test_a_corrected_answer_takes_the_place_of_the_first(
    told: list[Event], data: st.DataObject
) -> None:
    told = [*told, event(999, DONE, day=99, rung=IDS[0], value=2.0)]
    at = data.draw(st.integers(0, len(told) - 1))
    corrected = replace(told[at], value=data.draw(st.integers(0, 10).map(float)))
    assert replay([*told, corrected]) == replay([*told[:at], corrected, *told[at + 1 :]])


@given(st.lists(st.integers(0, 30)))
def test_what_was_answered_and_what_was_not_never_share_a_date(days: list[int]) -> None:
    told = [event(n, Outcome.SILENT if n % 2 else ANSWERED, day=day) for n, day in enumerate(days)]
    pace = replay(told)
    assert not set(pace.answered_on) & set(pace.silent_on)


@pytest.mark.parametrize(
    ("label", "told", "cause"),
    [
        ("an 8 alone", [event(1, DONE, rung=IDS[2], value=8)], None),
        ("a 9", [event(1, DONE, rung=IDS[2], value=9)], StopCause.NINE),
        ("a 9 in a time apart of their own", [event(1, ANSWERED, value=9)], StopCause.NINE),
        (
            "two 8s in a week",
            [
                event(1, DONE, rung=IDS[2], value=8),
                event(2, BROKE_OFF, day=6, rung=IDS[1], value=8.5),
            ],
            StopCause.TWO_EIGHTS,
        ),
        (
            "two 8s a week apart",
            [event(1, DONE, rung=IDS[2], value=8), event(2, DONE, day=7, rung=IDS[1], value=8)],
            None,
        ),
        (
            "two broken off, not so bad",
            [
                event(1, BROKE_OFF, rung=IDS[2], value=5),
                event(2, BROKE_OFF, day=2, rung=IDS[1], value=5),
            ],
            None,
        ),
        (
            "the fear came true twice",
            [
                event(1, DONE, rung=IDS[2], value=3, came_true=True),
                event(2, ANSWERED, day=3, value=3, came_true=True),
            ],
            StopCause.FEAR_TWICE,
        ),
        ("unsafe", [event(1, Outcome.UNSAFE)], StopCause.UNSAFE),
        ("unsafe, then taken up", [event(1, Outcome.UNSAFE), event(2, Outcome.RESUMED)], None),
        (
            "an 8 before resuming counts no more",
            [
                event(1, DONE, rung=IDS[2], value=9),
                event(2, Outcome.RESUMED, day=3),
                event(3, DONE, day=4, rung=IDS[1], value=8),
            ],
            None,
        ),
    ],
)
def test_steps_stop_when_it_was_too_much(
    label: str, told: list[Event], cause: StopCause | None
) -> None:
    assert replay(told).stop is cause, label


def test_a_nine_corrected_to_a_four_stops_nothing() -> None:
    nine = event(1, DONE, rung=IDS[2], value=9)
    assert replay([nine, replace(nine, value=4)]).stop is None


@pytest.mark.parametrize(
    ("label", "told", "mastered"),
    [
        ("once", [(0, 4)], False),
        ("twice on one day", [(0, 4), (0, 3)], False),
        ("on two days", [(0, 4), (2, 5)], True),
        ("the second one hard", [(0, 4), (2, 6)], False),
        ("hard in between", [(0, 4), (2, 6), (3, 5)], True),
        ("hard again afterwards", [(0, 4), (2, 5), (6, 7)], False),
        ("not said how bad", [(0, None), (1, None)], False),
    ],
)
def test_a_rung_is_mastered_when_it_was_calm_on_two_days(
    label: str, told: list[tuple[int, float | None]], mastered: bool
) -> None:
    events = [
        event(n, DONE, day=day, rung=IDS[0], value=value) for n, (day, value) in enumerate(told)
    ]
    assert replay(events).done[IDS[0]].mastered is mastered, label
