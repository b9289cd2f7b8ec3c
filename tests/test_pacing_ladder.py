"""Does a ladder hold the right rungs, in the right order?"""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.domain.pacing.ladder import (
    RUNGS,
    build_ladder,
    line,
    rated,
    rungs_to_rate,
    way_on,
    ways,
)
from nudger.domain.person import About, Style
from nudger.domain.prompt import Ladder, Library
from tests.pacing_samples import IDS, LADDER, LIBRARY


@pytest.mark.parametrize(
    ("label", "told", "families"),
    [
        ("nothing picked", {}, {"texting_gap", "checking"}),
        ("a partner", {"about": About.PARTNER}, {"texting_gap", "checking"}),
        ("nobody right now", {"about": About.NOBODY}, {"checking", "own_world"}),
        ("an ex is nobody to text", {"about": About.EX}, {"checking", "own_world"}),
        ("avoidant", {"style": Style.AVOIDANT}, {"letting_in"}),
        ("both begins with distance", {"style": Style.BOTH}, {"texting_gap", "checking"}),
        ("picked over style", {"families": ("letting_in",)}, {"letting_in"}),
        ("one picked", {"families": ("own_world",)}, {"own_world"}),
        ("picked and gone", {"families": ("gone",)}, {"texting_gap", "checking"}),
    ],
)
def test_a_ladder_is_made_of_the_families_that_fit(
    label: str, told: dict[str, object], families: set[str]
) -> None:
    ladder = build_ladder(LIBRARY, **told)  # type: ignore[arg-type]
    assert {rung.family for rung in ladder} == families, label


def test_a_ladder_has_twelve_rungs_from_easy_to_hard_without_wide_gaps() -> None:
    assert len(LADDER) == RUNGS
    assert all(0 <= b.difficulty - a.difficulty <= 1.5 for a, b in pairwise(LADDER))
    assert (LADDER[0].difficulty, LADDER[-1].difficulty) == (1.0, 9.0)


def test_a_rung_that_is_not_for_someone_is_not_on_their_ladder() -> None:
    ladder = build_ladder(LIBRARY, set_aside=frozenset({IDS[3]}))
    assert IDS[3] not in {rung.id for rung in ladder}
    assert len(ladder) == RUNGS  # another one takes its place


def test_a_library_without_families_makes_an_empty_ladder() -> None:
    assert build_ladder(Library(locale="en")) == ()


def test_two_ladders_take_turns_by_date() -> None:
    both = ways(LIBRARY, style=Style.BOTH)
    days = [date(2026, 3, day) for day in range(1, 5)]
    turns = [way_on(both, day) for day in days]
    assert set(turns) == {Ladder.DISTANCE, Ladder.CLOSENESS}
    assert all(today is not tomorrow for today, tomorrow in pairwise(turns))


def test_picked_families_decide_which_ladders_there_are() -> None:
    assert ways(LIBRARY, families=("letting_in", "checking")) == (
        Ladder.CLOSENESS,
        Ladder.DISTANCE,
    )
    assert ways(LIBRARY, families=("letting_in",), style=Style.ANXIOUS) == (Ladder.CLOSENESS,)


def test_five_rungs_are_rated_from_the_easiest_to_the_hardest() -> None:
    asked = rungs_to_rate(LADDER)
    assert len(asked) == 5
    assert (asked[0], asked[-1]) == (LADDER[0], LADDER[-1])
    assert [r.difficulty for r in asked] == sorted(r.difficulty for r in asked)
    assert rungs_to_rate(LADDER[:3]) == LADDER[:3]


@pytest.mark.parametrize(
    ("label", "ratings", "first", "last"),
    [
        ("no ratings: as authored", {}, 1.0, 9.0),
        ("one rating shifts all", {IDS[0]: 3.0}, 3.0, 10.0),
        ("a line through two", {IDS[0]: 2.0, IDS[-1]: 6.0}, 2.0, 6.0),
        ("never falling", {IDS[0]: 8.0, IDS[-1]: 2.0}, 5.0, 5.0),
        ("clamped", {IDS[0]: 9.0, IDS[1]: 10.0}, 9.0, 10.0),
        ("a rating of another ladder says nothing", {"letting_in.1.2": 9.0}, 1.0, 9.0),
    ],
)
def test_the_line_runs_through_the_ratings(
    label: str, ratings: dict[str, float], first: float, last: float
) -> None:
    looks = line(ratings, LADDER)
    assert looks[IDS[0]] == pytest.approx(first), label
    assert looks[IDS[-1]] == pytest.approx(last), label


@given(st.dictionaries(st.sampled_from(IDS), st.floats(0, 10)))
def test_the_line_rises_within_the_scale_and_own_words_stand(ratings: dict[str, float]) -> None:
    looks = line(ratings, LADDER)
    values = [looks[rung.id] for rung in LADDER]
    assert values == sorted(values)
    assert all(0 <= value <= 10 for value in values)
    own = rated(ratings, LADDER)
    assert all(own[id_] == ratings[id_] for id_ in ratings)
