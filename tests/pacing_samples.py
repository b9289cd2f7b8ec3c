"""Which small library, people and events do the tests of pacing and planning share?"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.pacing.ladder import build_ladder
from nudger.domain.person import Afraid, Person, Phase, Profile, Style
from nudger.domain.prompt import Dimension, Family, Kind, Ladder, Library, Prompt, Rung

JOINED_AT = datetime(2026, 3, 2, 18, tzinfo=UTC)  # a Monday
JOINED_ON = date(2026, 3, 2)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)

# Difficulty and minutes (None: no length) of the rungs of each family.
STEPS: dict[tuple[str, Ladder], tuple[tuple[float, int | None], ...]] = {
    ("texting_gap", Ladder.DISTANCE): (
        (1.0, 5),
        (2.4, 10),
        (3.8, 15),
        (5.0, 60),
        (6.2, 120),
        (7.6, 240),
        (9.0, 1440),
    ),
    ("checking", Ladder.DISTANCE): (
        (1.6, 5),
        (3.0, 15),
        (4.4, 15),
        (5.6, 60),
        (6.8, 180),
        (8.2, 1440),
    ),
    ("own_world", Ladder.DISTANCE): ((2.0, 30), (4.0, 120)),
    ("letting_in", Ladder.CLOSENESS): (
        (1.2, None),
        (2.2, None),
        (3.4, 5),
        (4.6, 10),
        (5.8, None),
        (7.0, 20),
    ),
}


def rung(family: str, way: Ladder, difficulty: float, minutes: int | None) -> Rung:
    """A rung, named after its family and difficulty."""
    return Rung(
        id=f"{family}.{difficulty:g}",
        kind=Kind.CHALLENGE,
        text="Leave the phone where it is.",
        family=family,
        ladder=way,
        dimension=Dimension.TIME,
        difficulty=difficulty,
        short="leaving it",
        lasts=None if minutes is None else minutes * MINUTE,
    )


def library(*, kindnesses: int = 6) -> Library:
    """Four families, and some kind words."""
    families = {
        name: Family(
            id=name,
            name=name,
            about="",
            ladder=way,
            rungs=tuple(rung(name, way, *step) for step in steps),
        )
        for (name, way), steps in STEPS.items()
    }
    kind = [
        Prompt(id=f"kind.{n}", kind=Kind.KINDNESS, text="Well done.") for n in range(kindnesses)
    ]
    rungs = [rung for family in families.values() for rung in family.rungs]
    return Library(locale="en", families=families, prompts={p.id: p for p in (*kind, *rungs)})


LIBRARY = library()
LADDER = build_ladder(LIBRARY)
IDS = tuple(rung.id for rung in LADDER)


def event(number: int, outcome: Outcome, *, day: int = 0, **told: Any) -> Event:
    """The event of that number, some days after joining."""
    return Event(
        id=f"event {number}",
        at=JOINED_AT + day * DAY + number * timedelta(seconds=1),
        local_date=JOINED_ON + day * DAY,
        outcome=outcome,
        **told,
    )


def someone(**told: Any) -> Person:
    """A person who has joined, anxious and not afraid, in Berlin, unless told otherwise."""
    profile = Profile(adult=True, afraid=Afraid.NO, style=Style.ANXIOUS)
    return Person(
        **{
            "id": "p1",
            "chat": 1,
            "seed": 7,
            "joined_at": JOINED_AT,
            "phase": Phase.JOINED,
            "zone": "Europe/Berlin",
            "profile": profile,
            **told,
        }
    )


# What may be said about a rung of the ladder, on any day, in any order.
TELLING = (
    Outcome.DONE,
    Outcome.DONE,
    Outcome.DONE,
    Outcome.BROKE_OFF,
    Outcome.TOO_EASY,
    Outcome.TOO_HARD,
    Outcome.DECLINED_TOO_HARD,
    Outcome.BAD_TIME,
    Outcome.RATED,
    Outcome.ANSWERED,
    Outcome.SILENT,
    Outcome.UNSAFE,
    Outcome.RESUMED,
)


@st.composite
def histories(draw: st.DrawFn, *, most: int = 25) -> list[Event]:
    """Any events, each on the day of the one before or later."""
    told: list[Event] = []
    day = 0
    for number in range(draw(st.integers(0, most))):
        day += draw(st.sampled_from((0, 1, 1, 1, 2, 9)))
        told.append(
            event(
                number,
                draw(st.sampled_from(TELLING)),
                day=day,
                rung=draw(st.sampled_from((*IDS, "gone.1"))),
                value=draw(st.none() | st.integers(0, 10).map(float)),
                came_true=draw(st.sampled_from((False, False, False, True))),
                quick=draw(st.booleans()),
            )
        )
    return told
