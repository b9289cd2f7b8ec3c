"""Whatever is tapped, typed or sent in any order, does every dialogue keep its promises?"""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from nudger.domain.dialogues import (
    DIALOGUES,
    attempt,
    commands,
    prompt,
    separation,
    steps_again,
    writing_less,
)
from nudger.domain.dialogues.turn import State
from nudger.domain.person import (
    CAP_WITH_SECOND_CHANCE,
    About,
    Afraid,
    Person,
    Phase,
    Profile,
    StepsStopped,
    StopCause,
    Style,
    steps_barred,
)
from nudger.domain.practice import Phase as AttemptPhase
from nudger.domain.practice import Prediction, Separation
from nudger.domain.prompt import Kind
from nudger.domain.said import Tap
from nudger.domain.time.local_time import zone_named
from nudger.render.message import own_words
from nudger.render.texts.buttons import BUTTONS
from nudger.store import codec
from tests.phones import EVENING, Phone, english, joined, stranger

TOWARDS_A_STEP = frozenset({"fear", "fear_words", "likely", "expected", "ready", "late", "running"})
STEPS = 60  # of one walk
JUNK = (
    "22-8",
    "weekends 23-9",
    "off",
    "0-23",
    "3 days",
    "until sunday 18:00",
    "yesterday evening",
    "2h30",
    "Berlin",
    "Birmingham",
    "19:30",
    "<b>&amp;</i>",
    "\x00",
    "\ud83d",
    "👩‍👩‍👧 שלום",
    "x" * 4096,
    "{text} %s {0}",
    " ",
)
FORGED = (*BUTTONS, "day9", "preset7", "11", "-1", "1000", "gone", "de", "xx", "٣")
NAMES = (*commands.COMMANDS, "challange", "x", "")


def fearing(**prediction: object) -> Separation:
    """A time apart that is over, with a fear in it."""
    feared = Prediction(**prediction)  # type: ignore[arg-type]
    return Separation(id="s1", logged_at=EVENING, until=EVENING, prediction=feared)


# What a nudge opens: the kind, and the state it begins in.
OPENINGS: tuple[tuple[str, State], ...] = (
    ("attempt", attempt.offered(("texting.5_minutes", "texting.15_minutes"))),
    ("attempt", attempt.offered(("closer.one_small_thing", "closer.gone"))),
    ("attempt", attempt.offered(("closer.hard_thing", "texting.2_hours_told"))),
    ("attempt", attempt.offered(("gone", "gone too"))),
    ("separation", separation.ready_to_look_back(fearing())),
    ("separation", separation.ready_to_look_back(fearing(fear="leave", likely=70))),
    ("separation", separation.ready_to_look_back(fearing(fear="gone"))),
    ("separation", separation.ready_to_look_back(fearing(fear="own", words="<they> & I"))),
    ("steps_again", steps_again.State()),
    ("writing_less", writing_less.State()),
    ("writing_less", writing_less.State(farewell=True)),
    *(("prompt", prompt.State(prompt=p.id)) for p in english().of_kind(Kind.KINDNESS)),
)


def somebody(rng: Random) -> Person:
    """Someone new, or someone who has joined, with any answer to any gate."""
    if rng.random() < 0.3:
        return stranger(seed=rng.randrange(50))
    profile = Profile(
        adult=rng.random() < 0.9,
        about=rng.choice((None, *About)),
        afraid=rng.choice((Afraid.NO, Afraid.NO, Afraid.NO, Afraid.NO, *Afraid, None)),
        loss_at=rng.choice((None, None, None, EVENING - timedelta(days=3))),
        style=rng.choice((None, *Style)),
    )
    stopped = StepsStopped(at=EVENING - timedelta(days=2), cause=rng.choice(tuple(StopCause)))
    return joined(
        profile=profile,
        stopped=stopped if rng.random() < 0.1 else None,
        steps_wanted=rng.random() < 0.9,
        seed=rng.randrange(50),
    )


def walk(phone: Phone, rng: Random) -> None:
    """Anything, one after another: mostly what the screen offers, and everything else too."""
    for _ in range(STEPS):
        what = rng.choices(tuple(WAYS), tuple(WAYS.values()))[0]
        barred = steps_barred(phone.person, now=phone.now)
        before = near_a_step(phone), running(phone)
        phone.told.append(what.__name__)
        what(phone, rng)
        if barred and steps_barred(phone.person, now=phone.now):
            assert near_a_step(phone) <= before[0], "someone barred came nearer to a step"
            assert running(phone) <= before[1], "someone barred began a step"
        holds(phone)
        if phone.forgotten:
            return


def taps_what_is_there(phone: Phone, rng: Random) -> None:
    """A button, or words where there is none."""
    if phone.open and phone.choices:
        phone.taps(rng.choice(phone.choices))
    elif phone.open:
        phone.types(rng.choice(("Berlin", "Birmingham", "22-8")))


def taps_an_older_message(phone: Phone, rng: Random) -> None:
    """One whose buttons still count."""
    if phone.rows:
        phone.turns_to(rng.choice(sorted(phone.rows)))
        taps_what_is_there(phone, rng)


def forges_a_tap(phone: Phone, rng: Random) -> None:
    """What no button says."""
    phone.says(Tap(dialogue=phone.open or "", step=phone.step, choice=rng.choice(FORGED)))


def types_something(phone: Phone, rng: Random) -> None:
    """Sense or nonsense."""
    phone.types(rng.choice(JUNK))


def sends_a_command(phone: Phone, rng: Random) -> None:
    """With or without a text behind it."""
    phone.command(rng.choice(NAMES), rng.choice(("", "", "", rng.choice(JUNK))))


def shares_a_place(phone: Phone, rng: Random) -> None:
    """Known, unknown, or in the sea."""
    phone.shares(rng.choice((None, "Europe/Berlin", "Asia/Kolkata", "Nowhere/Atall")))


def lets_time_pass(phone: Phone, rng: Random) -> None:
    """Seconds to a fortnight."""
    phone.waits(minutes=rng.choice((0.1, 5, 47, 300, 1440, 20000)))


def is_asked_how_it_went(phone: Phone, rng: Random) -> None:
    """The end of an attempt."""
    del rng
    if any(kind == "attempt" for kind, _ in phone.rows.values()):
        phone.time_is_up()


def gets_a_nudge(phone: Phone, rng: Random) -> None:
    """Whatever may open a dialogue unasked; a challenge only where steps are right."""
    kind, state = rng.choice(OPENINGS)
    barred = steps_barred(phone.person, now=phone.now)
    if phone.person.phase is Phase.JOINED and not (barred and kind == "attempt"):
        phone.begins(kind, state)


WAYS: dict[Callable[[Phone, Random], None], int] = {
    taps_what_is_there: 60,
    taps_an_older_message: 4,
    forges_a_tap: 3,
    types_something: 5,
    sends_a_command: 10,
    shares_a_place: 1,
    lets_time_pass: 6,
    is_asked_how_it_went: 4,
    gets_a_nudge: 4,
}


def near_a_step(phone: Phone) -> set[tuple[str, str]]:
    """Where a dialogue leads on to a step."""
    return {
        (id, state.step)
        for id, (kind, state) in phone.rows.items()
        if kind == "attempt" and state.step in TOWARDS_A_STEP
    }


def running(phone: Phone) -> set[str]:
    """The attempts that are on."""
    return {a.id for a in phone.attempts.values() if a.phase is AttemptPhase.RUNNING}


def holds(phone: Phone) -> None:
    """What is true at any time: every button is taken, the person stays whole, one step at most."""
    if phone.open:
        kind, state = phone.rows[phone.open]
        facts = phone.facts(phone.open, kind=kind)
        for choice in (c for line in DIALOGUES[kind].ask(state, facts).choices for c in line):
            tap = Tap(dialogue=phone.open, step=state.step, choice=choice.id)
            turn = DIALOGUES[kind].answer(state, tap, facts, now=phone.now)
            assert turn is not None, f"{kind} does not take {choice.id} at {state.step}"
    person = phone.person
    assert zone_named(person.zone)
    assert person.quiet.refused() is None
    assert 1 <= person.cap <= CAP_WITH_SECOND_CHANCE
    assert len(person.weekdays_off) < 7
    assert codec.from_text(Person, codec.to_text(Person, person)) == person
    fresh = [
        a
        for a in phone.attempts.values()
        if a.phase is AttemptPhase.RUNNING and (a.ask_at is None or a.ask_at > phone.now)
    ]
    assert len(fresh) <= 1, "two steps are on at a time"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_whatever_is_done_every_message_is_whole_and_nobody_barred_gets_a_step(seed: int) -> None:
    rng = Random(seed)
    phone = Phone(somebody(rng))
    try:
        walk(phone, rng)
    finally:
        note(f"{phone.person.profile}: {' '.join(phone.told)}")


@pytest.mark.parametrize(
    ("kind", "state"), OPENINGS, ids=[f"{kind}-{n}" for n, (kind, _) in enumerate(OPENINGS)]
)
def test_a_message_nobody_asked_for_shows_no_words_of_the_person(kind: str, state: State) -> None:
    phone = Phone(joined()).begins(kind, state)
    assert not own_words(*phone.screens)


def test_how_did_it_go_shows_no_words_of_the_person() -> None:
    phone = Phone(joined()).begins("attempt", attempt.offered(("texting.5_minutes",)))
    phone.taps("in", "else").types("they are <angry>").taps("70", "6", "start").time_is_up()
    assert not own_words(*phone.screens)
    phone.taps("waited", "4")
    assert "they are <angry>" in phone.text
