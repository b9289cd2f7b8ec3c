"""Is an offer within the rules, whatever was said before?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.pacing.expect import LIMIT, expected
from nudger.domain.pacing.offer import NoOffer, Offer, offer
from nudger.domain.pacing.pace import Pace, learn, replay
from nudger.domain.prompt import Rung
from tests.pacing_samples import DAY, IDS, JOINED_ON, LADDER, event, histories

DONE, BROKE_OFF = Outcome.DONE, Outcome.BROKE_OFF
DECLINED = Outcome.DECLINED_TOO_HARD
PLACE = {id_: k for k, id_ in enumerate(IDS)}
LOW = {id_: rung.difficulty / 2 for id_, rung in zip(IDS, LADDER, strict=True)}
CALM = [event(100 + k, Outcome.RATED, rung=id_, value=LOW[id_]) for k, id_ in enumerate(IDS)]


def made(
    told: Sequence[Event],
    *,
    day: int,
    goal: str | None = None,
    seed: int = 1,
    ladder: Sequence[Rung] = LADDER,
    longest: timedelta | None = None,
) -> Offer | NoOffer:
    """What someone with that history is offered some days after joining."""
    return offer(
        replay(told),
        ladder,
        local_date=JOINED_ON + day * DAY,
        joined_on=JOINED_ON,
        rng=Random(seed),
        goal=goal,
        longest=longest,
    )


def hardest(result: Offer | NoOffer) -> int:
    """The number of the hardest rung offered, -1 where there is none."""
    return PLACE[result.stretch.id] if isinstance(result, Offer) else -1


def climbed(to: int, *, day: int = 0, value: float = 3) -> list[Event]:
    """A rung a day, up to that number."""
    return [event(n, DONE, day=day + n, rung=IDS[n], value=value) for n in range(to + 1)]


@pytest.mark.parametrize(
    ("label", "told", "day", "stretch"),
    [
        ("the first one is rated 4 at most", [], 0, 4),
        ("and so it stays without a completion", [], 30, 4),
        ("one step above the highest completed", [*CALM, *climbed(5)], 10, 6),
        ("one step above a low start", [*CALM, *climbed(0)], 5, 1),
        ("nothing long in the first week", [*CALM, *climbed(4)], 6, 5),
        (
            "not the rung of the last try again",
            [*CALM, *climbed(5), event(50, DONE, day=7, rung=IDS[6], value=7.5, came_true=True)],
            9,
            5,
        ),
        (
            "a rung lower after an 8",
            [*CALM, *climbed(5), event(50, DONE, day=7, rung=IDS[6], value=8)],
            9,
            5,
        ),
        (
            "a rung lower after a break-off",
            [*CALM, *climbed(5), event(50, BROKE_OFF, day=7, rung=IDS[4], value=3)],
            9,
            3,
        ),
        (
            "still lower after one completion",
            [
                *CALM,
                *climbed(5),
                event(50, Outcome.TOO_HARD, day=7, rung=IDS[5]),
                event(51, DONE, day=9, rung=IDS[3], value=4),
            ],
            10,
            4,
        ),
        (
            "back after two completions",
            [
                *CALM,
                *climbed(5),
                event(50, Outcome.TOO_HARD, day=7, rung=IDS[6]),
                event(51, DONE, day=9, rung=IDS[3], value=4),
                event(52, DONE, day=10, rung=IDS[4], value=4),
            ],
            11,
            6,
        ),
        (
            "twice too hard running",
            [
                *CALM,
                *climbed(5),
                *(event(50 + n, DECLINED, day=7 + n, rung=IDS[4]) for n in (0, 1)),
            ],
            9,
            3,
        ),
        ("once too hard", [*CALM, *climbed(5), event(50, DECLINED, day=7, rung=IDS[4])], 9, 6),
        (
            "too hard, lifted by a completion",
            [
                *CALM,
                *climbed(5),
                *(event(50 + n, DECLINED, day=7 + n, rung=IDS[4]) for n in (0, 1)),
                event(53, DONE, day=9, rung=IDS[3], value=4),
            ],
            10,
            6,
        ),
        ("one lower after a week away", [*CALM, *climbed(5)], 12, 4),
        (
            "flat answers open no new rung",
            [
                *CALM,
                *(event(n, DONE, day=n, rung=IDS[n], value=3, quick=True) for n in range(6)),
            ],
            9,
            4,
        ),
    ],
)
def test_the_stretch_is_as_high_as_the_rules_allow(
    label: str, told: list[Event], day: int, stretch: int
) -> None:
    assert hardest(made(told, day=day)) == stretch, label


@pytest.mark.parametrize(
    ("label", "told", "day", "why"),
    [
        ("one a day", climbed(3), 3, "one_a_day"),
        ("only kindness the day after", [event(1, BROKE_OFF, rung=IDS[3])], 1, "coherence"),
        ("stopped", [event(1, DONE, rung=IDS[3], value=9)], 5, "stopped"),
        (
            "nothing rated low enough",
            [event(n, Outcome.RATED, rung=id_, value=7) for n, id_ in enumerate(IDS)],
            0,
            "no_rung_fits",
        ),
        ("the easiest was too much", [event(1, BROKE_OFF, rung=IDS[0])], 7, "no_rung_fits"),
    ],
)
def test_there_is_no_offer_when_a_rule_says_so(
    label: str, told: list[Event], day: int, why: str
) -> None:
    result = made(told, day=day)
    assert isinstance(result, NoOffer), label
    assert result.reason.name == why, label


def test_the_easiest_rung_comes_back_after_a_week_rather_than_never() -> None:
    assert hardest(made([event(1, BROKE_OFF, rung=IDS[0], value=5)], day=8)) == 0


def test_an_empty_ladder_makes_no_offer() -> None:
    result = made([], day=0, ladder=())
    assert isinstance(result, NoOffer)
    assert result.reason.name == "no_ladder"


def test_two_different_rungs_are_offered_where_two_fit() -> None:
    result = made([], day=0)
    assert isinstance(result, Offer)
    assert result.gentle.difficulty < result.stretch.difficulty
    only = made([], day=0, ladder=LADDER[:1])
    assert isinstance(only, Offer)
    assert only.rungs == LADDER[:1]


def test_something_shorter_leaves_out_what_runs_longer() -> None:
    result = made([], day=0, longest=timedelta(minutes=5))
    assert isinstance(result, Offer)
    assert all(rung.lasts == timedelta(minutes=5) for rung in result.rungs)


@pytest.mark.parametrize(
    ("day", "back"), [(2, None), (3, IDS[1]), (4, IDS[1])], ids=["too soon", "a day on", "later"]
)
def test_a_mastered_rung_comes_back_as_the_gentle_one(day: int, back: str | None) -> None:
    told = [
        *CALM,
        event(1, DONE, day=1, rung=IDS[1], value=3),
        event(2, DONE, day=2, rung=IDS[1], value=3),
        # so that the last try, and the highest completed rung, are others
        event(3, DONE, day=2, rung=IDS[5], value=3),
    ]
    result = made(told, day=day)
    assert (result.gentle.id if isinstance(result, Offer) else None) == back


def test_a_reason_tells_the_numbers_it_came_from() -> None:
    told = [
        event(0, Outcome.RATED, rung=IDS[5], value=6),
        *(event(1 + n, DONE, day=10 + n, rung=IDS[5], value=v) for n, v in enumerate((5, 4, 4))),
        event(9, DONE, day=13, rung=IDS[3], value=3),
    ]
    result = made(told, day=14, goal=IDS[5])
    assert isinstance(result, Offer)
    values = result.reason.values
    assert result.stretch.id == IDS[5]
    assert (values["rated"], values["last"], values["rule"]) == (6, "5, 4, 4", "ceiling")
    assert 4 <= float(values["expected"] or 0) <= 5
    assert 0 < float(values["risk"] or 0) < 0.25
    assert values["above"] == 0


@given(histories(), st.integers(0, 12), st.sampled_from((None, *IDS)))
def test_no_offer_ever_breaks_a_rule(told: list[Event], later: int, goal: str | None) -> None:
    """The rules once more, each from the history alone."""
    day = (told[-1].local_date - JOINED_ON).days + later if told else later
    result = made(told, day=day, goal=goal)
    if isinstance(result, NoOffer):
        return
    top = hardest(result)
    pace, today = replay(told), JOINED_ON + day * DAY
    completions = [
        (n, PLACE[e.rung])
        for n, e in enumerate(told)
        if e.outcome is DONE and (e.value or 0) < 8 and not e.came_true and e.rung in PLACE
    ]
    ratings = {e.rung: e.value for e in told if e.outcome is Outcome.RATED and e.value is not None}
    if completions:
        assert top <= max(place for _, place in completions) + 1, "skipped"
    elif not ratings:
        assert all(rung.difficulty <= 4 for rung in result.rungs), "started too high"
    for rung in result.rungs:
        assert expected(pace, LADDER, rung).risk <= 0.2501
        if day < 7:
            assert ratings.get(rung.id, 0) <= 4
            assert rung.lasts is None or rung.lasts <= timedelta(minutes=15)
    assert goal is None or top <= PLACE[goal], "above the goal"
    tries = {DONE, BROKE_OFF, Outcome.TOO_HARD}
    assert not any(e.outcome in tries and e.local_date == today for e in told), "two a day"
    for n, e in enumerate(told):
        hard = e.outcome in {BROKE_OFF, Outcome.TOO_HARD} or (
            e.outcome is DONE and (e.value or 0) >= 8
        )
        if not hard or e.rung is None:
            continue
        assert today > e.local_date + DAY, "a step on the day after"
        lifted = sum(e2.outcome is DONE and (e2.value or 0) < 8 and not e2.came_true
                     for e2 in told[n + 1 :]) >= 2  # fmt: skip
        if e.rung in PLACE and not lifted:
            easiest_again = top == PLACE[e.rung] == 0 and today > e.local_date + 7 * DAY
            assert top < PLACE[e.rung] or easiest_again, "up after an overwhelm"


@given(histories(), st.integers(0, 12), st.data())
def test_a_worse_answer_never_leads_to_a_harder_offer(
    told: list[Event], later: int, data: st.DataObject
) -> None:
    # How quick an answer was is trust in it, not how bad it was; own ratings may say that a
    # harder rung is easier, and then there is no "harder".
    told = [replace(e, quick=False) for e in told if e.outcome is not Outcome.RATED]
    answers = [n for n, e in enumerate(told) if e.outcome in {DONE, BROKE_OFF, Outcome.ANSWERED}]
    assume(answers)
    at = data.draw(st.sampled_from(answers))
    told[at] = replace(told[at], value=told[at].value or 0.0)
    worse = replace(told[at], value=data.draw(st.floats(told[at].value or 0.0, 10)))
    if worse.outcome is DONE and data.draw(st.booleans()):
        worse = replace(worse, outcome=BROKE_OFF)
    if data.draw(st.booleans()):
        worse = replace(worse, came_true=True)
    day = (told[-1].local_date - JOINED_ON).days + later
    after = [*told[:at], worse, *told[at + 1 :]]
    assert hardest(made(after, day=day)) <= hardest(made(told, day=day))


@given(histories(), st.integers(0, 9))
def test_the_same_pace_and_luck_make_the_same_offer(told: list[Event], seed: int) -> None:
    assert made(told, day=400, seed=seed) == made(told, day=400, seed=seed)


@given(histories())
def test_what_is_expected_stays_within_the_scale(told: list[Event]) -> None:
    pace = replay(told)
    for rung in LADDER:
        estimate = expected(pace, LADDER, rung)
        assert 0 <= estimate.mean <= 10
        assert 0 <= estimate.risk <= 1


def test_reports_move_what_is_expected_most_on_their_own_rung() -> None:
    before = [expected(Pace(), LADDER, rung).mean for rung in LADDER]
    after = learn(Pace(), event(1, DONE, rung=IDS[4], value=1))
    moved = [
        was - expected(after, LADDER, rung).mean for was, rung in zip(before, LADDER, strict=True)
    ]
    assert max(moved) == moved[4] > moved[5] > moved[8] > 0
    assert expected(after, LADDER, LADDER[4]).spread < expected(Pace(), LADDER, LADDER[4]).spread


def test_the_risk_is_even_where_the_limit_is_expected() -> None:
    high = learn(Pace(), event(1, Outcome.RATED, rung=IDS[4], value=LIMIT))
    assert expected(high, LADDER, LADDER[4]).risk == pytest.approx(0.5)
