r"""How does one go at a rung go, from the offer to what was found?

offer -> fear -> likely -> expected -> ready | late -> running -> how -> peak -> came_true
      \-> no -> when | which                                     (-> other)      -> summary
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from nudger.domain.dialogues import prompt
from nudger.domain.dialogues.asking import (
    DISTRESS,
    LONGEST_WORDS,
    PREDICTING,
    came_true,
    came_true_screen,
    distress,
    fear_choices,
    found,
    name_of,
    predicted,
    prediction_screen,
    words_of,
)
from nudger.domain.dialogues.resting import rest_now, resting_after
from nudger.domain.dialogues.turn import Begin, Deed, Facts, Offered, Turn, chosen, say, written
from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.pacing.offer import NoOffer, Offer, offer
from nudger.domain.pacing.rules import no_step
from nudger.domain.person import Person, StopCause, TimeOfDay, steps_barred
from nudger.domain.practice import Attempt, CameTrue, Finding, HowItWent, Phase, begun_on, under_way
from nudger.domain.prompt import Kind, Rung
from nudger.domain.said import Said
from nudger.domain.screen import Choice, Screen, row
from nudger.domain.time.local_time import local, local_date
from nudger.domain.time.times_of_day import chance

ASK_UNTIMED = timedelta(hours=3)  # when to ask about a step that has no length of its own
A_MINUTE = timedelta(minutes=1)  # between the end of a step and the night
QUICK = timedelta(seconds=10)  # an answer this soon after the question was hardly weighed

NOT_TODAY = (row("too_hard", "bad_time"), row("not_for_me", "just_no"))
TIMES = (row("morning", "midday", "evening"), row("only_today"))
HOW = (row("waited"), row("broke_off"), row("something_else"))


@dataclass(frozen=True, kw_only=True)
class State:
    """Where it stands. ``rungs`` are the offered ones, gentle first; ``asked_at`` the last question.

    ``quick`` is whether all answers about the outcome came within ten seconds each.
    """

    step: str
    rungs: tuple[str, ...]
    attempt: Attempt | None = None
    asked_at: datetime | None = None
    quick: bool = True


def offered(rungs: tuple[str, ...]) -> State:
    """An offer of one or two rungs."""
    return State(step="offer", rungs=rungs)


def first(person: Person, facts: Facts, *, now: datetime) -> tuple[Deed, ...]:
    """The first small thing, right after joining: the gentle rung alone; nothing where none fits."""
    made = make_offer(replace(facts, person=person), now=now, gentle_only=True)
    if isinstance(made, NoOffer):
        return ()
    begin = Begin(kind="attempt", state=offered((made.gentle.id,)))
    return (Offered(reason=made.reason), begin)


def make_offer(
    facts: Facts, *, now: datetime, gentle_only: bool = False, longest: timedelta | None = None
) -> Offer | NoOffer:
    """What pacing offers this person now; the same all day long, as the planner's is."""
    today = local_date(now, facts.zone)
    return offer(
        facts.pace,
        facts.ladder,
        local_date=today,
        joined_on=local_date(facts.person.joined_at, facts.zone),
        rng=chance(facts.person.seed, "offer", today),
        gentle_only=gentle_only,
        longest=longest,
    )


def time_is_up(state: State) -> State:
    """The moment to ask has come (it may have been answered already)."""
    return replace(state, step="how") if state.step == "running" else state


def lapsed(state: State, *, since: date, today: date) -> bool:
    """An offer that led to no start is of its own date: what fits another day is decided anew."""
    return not _has_begun(state) and since != today


def ask(state: State, facts: Facts) -> Screen:
    """The question of this step."""
    rungs = _offered(state, facts)
    match state.step:
        case "offer" if len(rungs) > 1:
            return Screen(
                key="attempt.two",
                values={
                    "a": name_of(rungs[0], facts.person),
                    "b": name_of(rungs[1], facts.person),
                },
                choices=(row("a", "b"), row("not_today")),
            )
        case "offer" | "no" | "when" | "which" if not rungs:
            return Screen(key="attempt.gone")
        case "offer":
            return Screen(
                key="attempt.one",
                values={"text": words_of(rungs[0], facts.person)},
                choices=(row("in"), row("later", "not_today")),
            )
        case "no":
            return Screen(key="attempt.no", choices=NOT_TODAY)
        case "when":
            return Screen(key="attempt.when", choices=TIMES)
        case "which":
            return Screen(
                key="attempt.which",
                values={
                    "a": name_of(rungs[0], facts.person),
                    "b": name_of(rungs[-1], facts.person),
                },
                choices=(row("a", "b"), row("both_of_them", "neither")),
            )
    return _ask_about_attempt(state, facts)


def _ask_about_attempt(state: State, facts: Facts) -> Screen:
    attempt, rung = _attempt(state), _rung(state, facts)
    if rung is None:
        return Screen(key="attempt.gone")
    match state.step:
        case "fear":
            return Screen(
                key="attempt.fear",
                values={"text": words_of(rung, facts.person)},
                choices=fear_choices(rung.fears, facts.library),
            )
        case "fear_words" | "likely" | "expected":
            return prediction_screen(state.step)
        case "ready":
            return Screen(
                key="attempt.ready_timed" if attempt.ends_at else "attempt.ready",
                values={
                    "until": attempt.ends_at,
                    "meanwhile": rung.meanwhile,
                    "text": words_of(rung, facts.person),
                },
                choices=(row("start", "not_now"),),
            )
        case "late":
            return Screen(
                key="attempt.late",
                values={"until": attempt.ends_at},
                choices=(row("then_anyway"), (_at_opening(attempt, facts),), row("shorter")),
            )
        case "running":
            return Screen(
                key="attempt.running_timed" if attempt.ends_at else "attempt.running",
                values={"until": attempt.ends_at},
                choices=(row("stop_here", "calm_me"),)
                if attempt.ends_at
                else (row("did_it", "stop_here"), row("calm_me")),
            )
        case "how":
            return Screen(key="attempt.how", choices=HOW)
        case "other":
            return Screen(
                key="attempt.other",
                choices=(row("called_off"), row("came_between"), row("unsafe"), row("skip")),
            )
        case "peak":
            return Screen(key="asking.peak", choices=DISTRESS)
        case "came_true":
            return came_true_screen(attempt.prediction, facts.library)
        case "line":
            return Screen(key="asking.line", choices=(row("skip"),))
        case "summary":
            return Screen(
                key="asking.kept",
                above=found(attempt.prediction, attempt.finding, facts.library),
                choices=(row("change", "add_line"), row("done")),
            )
        case "hard":
            return Screen(
                key=f"stopped.{_stop(facts)}",
                above=found(attempt.prediction, attempt.finding, facts.library),
                choices=(row("ok", "change"), row("calm_first")),
            )
    raise ValueError(f"an attempt has no step {state.step!r}")


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """One question answered; a step that is not right (any more) is not gone on with."""
    turn = _answer(state, said, facts, now=now)
    if turn is None or turn.state is None:
        return turn
    if turn.state.attempt is not None and not _has_begun(state):
        why_not = _why_not(facts, now=now)
        if why_not is not None:
            dropped = _dropped(state, now=now)
            return Turn(say=say(why_not), do=dropped)
    return replace(turn, state=replace(turn.state, asked_at=now))


def _why_not(facts: Facts, *, now: datetime) -> str | None:
    """What is said instead of a step: safety is asked again, and one is on at a time."""
    if barred := steps_barred(facts.person, now=now):
        return f"barred.{barred}"
    if facts.person.stopped is not None:
        return "attempt.rests"
    if none := no_step(facts.pace, on=local_date(now, facts.zone)):
        return f"attempt.none.{none.name}"
    on = running(facts, now=now)
    if on is not None and on.id != facts.dialogue:
        return "attempt.one_at_a_time"
    others = [each for each in facts.attempts if each.id != facts.dialogue]
    today = begun_on(others, local_date(now, facts.zone), facts.zone)
    return "attempt.none.one_a_day" if today else None


def _still_chosen(facts: Facts) -> bool:
    return any(each.id == facts.dialogue and each.phase is Phase.CHOSEN for each in facts.attempts)


def _has_begun(state: State) -> bool:
    return state.attempt is not None and state.attempt.phase is not Phase.CHOSEN


def _dropped(state: State, *, now: datetime) -> tuple[Deed, ...]:
    chosen = state.attempt
    return (replace(chosen, phase=Phase.DROPPED, over_at=now),) if chosen else ()


def _answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    choice = chosen(said)
    if state.step in (*PREDICTING, "ready", "late") and not _still_chosen(facts):
        return None  # another was begun since, and this one gave way
    match state.step, choice:
        case "offer", "a" | "b" | "in":
            return _begin(state, choice, facts, now=now)
        case "offer", "later":
            return Turn(say=say("attempt.not_now"))
        case "offer", "not_today":
            return Turn(state=replace(state, step="no"))
        case "no" | "when" | "which", str():
            return _declined(state, choice, facts, now=now)
        case "fear" | "fear_words" | "likely" | "expected", _:
            return _predicted(state, said, facts, now=now)
        case "ready", "start":
            return _started(state, facts, now=now)
        case "ready", "not_now":
            return Turn(say=say("attempt.not_now"), do=_dropped(state, now=now))
        case "late", "then_anyway" | "morning_after":
            return _started(state, facts, now=now, late=choice)
        case "late", "shorter":
            return _shorter(state, facts, now=now)
        case "running" | "how" | "other" | "peak" | "came_true", _:
            return _told(state, said, facts, now=now)
        case "summary" | "hard" | "line", _:
            return _looked_back(state, said, facts)
    return None


def _offered(state: State, facts: Facts) -> tuple[Rung, ...]:
    """What the library still has of what was offered."""
    return tuple(rung for rung in map(facts.library.rung, state.rungs) if rung)


def _begin(state: State, choice: str, facts: Facts, *, now: datetime) -> Turn:
    """Yes to a rung: what was chosen before and is not running any more gives way."""
    rungs = _offered(state, facts)
    if not rungs:
        return Turn(say=say("attempt.gone"))
    rung = rungs[-1] if choice == "b" else rungs[0]
    attempt = Attempt(id=facts.dialogue, rung=rung.id, chosen_at=now)
    given_up = tuple(
        replace(
            each,
            phase=Phase.DROPPED if each.phase is Phase.CHOSEN else Phase.OVER,
            over_at=each.ends_at or now,
        )
        for each in facts.attempts
        if each.phase in {Phase.CHOSEN, Phase.RUNNING} and each.id != attempt.id
    )
    return Turn(state=replace(state, step="fear", attempt=attempt), do=(*given_up, attempt))


def running(facts: Facts, *, now: datetime) -> Attempt | None:
    """The attempt that is on."""
    return next((each for each in facts.attempts if under_way(each, now=now)), None)


def _declined(state: State, choice: str, facts: Facts, *, now: datetime) -> Turn | None:
    """Three kinds of no, and a plain one: each steers another thing."""
    match state.step, choice:
        case "no", "too_hard":
            outcome = Outcome.DECLINED_TOO_HARD
            return Turn(
                say=say("attempt.no_too_hard"), do=(_event(state, outcome, facts, now=now),)
            )
        case "no", "bad_time":
            bad_time = _event(state, Outcome.BAD_TIME, facts, now=now)
            return Turn(state=replace(state, step="when"), do=(bad_time,))
        case "no", "not_for_me":
            not_for_me = _event(state, Outcome.NOT_FOR_ME, facts, now=now)
            if len(state.rungs) > 1:
                return Turn(state=replace(state, step="which"), do=(not_for_me,))
            return _set_aside(state.rungs, facts, not_for_me)
        case "no", "just_no":
            return Turn(
                say=say("attempt.no_just_no"),
                do=(_event(state, Outcome.JUST_NO, facts, now=now),),
            )
        case "when", "only_today":
            return Turn(say=say("attempt.no_bad_time"))
        case "when", "morning" | "midday" | "evening":
            person = replace(facts.person, time_of_day=TimeOfDay(choice))
            return Turn(
                say=(Screen(key="attempt.no_other_time", values={"time": choice}),), do=(person,)
            )
        case "which", "a":
            return _set_aside(state.rungs[:1], facts)
        case "which", "b":
            return _set_aside(state.rungs[1:], facts)
        case "which", "both_of_them":
            return _set_aside(state.rungs, facts)
        case "which", "neither":
            return Turn(say=say("attempt.no_just_no"))
    return None


def _set_aside(rungs: tuple[str, ...], facts: Facts, *events: Event) -> Turn:
    person = replace(facts.person, set_aside=facts.person.set_aside | set(rungs))
    return Turn(say=say("attempt.no_not_for_me"), do=(*events, person))


def _predicted(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """The prediction, one question after another."""
    attempt = _attempt(state)
    now_said = predicted(state.step, said, attempt.prediction, facts.library)
    if now_said is None:
        return None
    attempt = replace(attempt, prediction=now_said.prediction)
    if now_said.step:
        return _on(state, now_said.step, attempt)
    return _about_to_start(state, attempt, facts, now=now)


def _about_to_start(state: State, attempt: Attempt, facts: Facts, *, now: datetime) -> Turn:
    """The end is worked out; one that falls into quiet hours is asked about first."""
    rung = facts.library.rung(attempt.rung)
    ends_at = now + rung.lasts if rung and rung.lasts else None
    attempt = replace(attempt, ends_at=ends_at)
    late = ends_at is not None and facts.person.quiet.covers(ends_at, facts.zone)
    return _on(state, "late" if late else "ready", attempt)


def _started(state: State, facts: Facts, *, now: datetime, late: str | None = None) -> Turn:
    """Off it goes. Time may have passed since the end was shown: it is worked out again.

    ``late`` is what they chose where it ends in quiet hours.
    """
    fresh = _about_to_start(state, _attempt(state), facts, now=now)
    attempt = _attempt(fresh.state)
    if fresh.state.step == "late" and late is None:
        return fresh
    ask_at = attempt.ends_at or facts.person.quiet.next_open(now + ASK_UNTIMED, facts.zone)
    if fresh.state.step == "late" and late == "morning_after":
        ask_at = _opens_at(attempt, facts)
    begun = replace(
        attempt,
        phase=Phase.RUNNING,
        started_at=now,
        ask_at=ask_at,
        even_in_quiet=fresh.state.step == "late" and late == "then_anyway",
    )
    return _on(state, "running", begun)


def _shorter(state: State, facts: Facts, *, now: datetime) -> Turn:
    """An easier rung that ends before quiet hours, or the plain truth that there is none."""
    attempt, current = _attempt(state), _rung(state, facts)
    quiet_at = facts.person.quiet.next_quiet(now, facts.zone)
    left = quiet_at - now - A_MINUTE if quiet_at else None
    made = make_offer(facts, now=now, longest=left)
    fits = [
        rung
        for rung in (made.rungs if isinstance(made, Offer) else ())
        if rung.lasts and current and rung.difficulty <= current.difficulty
    ]
    if not fits or fits[0] == current:
        return Turn(say=say("attempt.nothing_shorter"), do=_dropped(state, now=now))
    shorter = replace(attempt, rung=fits[0].id)
    return _about_to_start(replace(state, rungs=(fits[0].id,)), shorter, facts, now=now)


def _told(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """What happened, one question after another."""
    choice, words = chosen(said), written(said)
    attempt = _attempt(state)
    finding = attempt.finding
    quick = state.quick and state.asked_at is not None and now - state.asked_at <= QUICK
    match state.step, choice:
        case "running", "calm_me":
            return Turn(
                state=state,
                do=(Begin(kind="prompt", state=prompt.pick(facts, Kind.CALM), beside=True),),
            )
        case "running", "stop_here" if attempt.ends_at and now >= attempt.ends_at:
            return _on(state, "how", ended(attempt))  # it was over by then
        case "running", "stop_here":
            stopped = _how(state, HowItWent.BROKE_OFF, facts, now=now)
            return replace(stopped, say=say("attempt.stopped_here"))
        case "running", "did_it":
            return _how(state, HowItWent.WAITED, facts, now=now)
        case "how", "waited" | "broke_off":
            return _how(state, HowItWent(choice), facts, now=now)
        case "how", "something_else":
            return Turn(state=replace(state, step="other"))
        case "other", "called_off" | "came_between" | "skip":
            off = replace(attempt, finding=replace(finding, how=HowItWent.OTHER))
            if choice == "called_off":
                return _found(state, off, facts, now=now, quick=False)
            return _on(state, "peak", off)
        case "other", "unsafe":
            unsafe = replace(attempt, finding=replace(finding, how=HowItWent.UNSAFE))
            return _found(state, unsafe, facts, now=now, quick=False)
        case "other", None if words:
            other = replace(finding, how=HowItWent.OTHER, words=words[:LONGEST_WORDS])
            return _on(state, "peak", replace(attempt, finding=other))
        case "peak", str() if choice == "skip" or distress(choice) is not None:
            peaked = replace(attempt, finding=replace(finding, peak=distress(choice)))
            if attempt.prediction.fear:
                return _on(replace(state, quick=quick), "came_true", peaked)
            return _found(state, peaked, facts, now=now, quick=quick)
        case "came_true", str() if came := came_true(choice):
            seen = replace(attempt, finding=replace(finding, came_true=came))
            return _found(state, seen, facts, now=now, quick=quick)
    return None


def ended(attempt: Attempt) -> Attempt:
    """Its time is over, and how it went is being asked: nobody need ask again."""
    return replace(attempt, phase=Phase.OVER, over_at=attempt.ends_at)


def _how(state: State, how: HowItWent, facts: Facts, *, now: datetime) -> Turn:
    """It is over, and how is known: pacing learns that much, should nothing more be told."""
    before = _attempt(state)
    over = replace(
        before,
        phase=Phase.OVER,
        over_at=before.over_at or now,
        finding=replace(before.finding, how=how),
    )
    turn = _on(state, "peak", over)
    if before.phase is not Phase.RUNNING:
        return turn  # an answer is changed: what was learned stands until the new one is whole
    return replace(turn, do=(over, _learned(over, facts, now=now)))


def _learned(attempt: Attempt, facts: Facts, *, now: datetime, quick: bool = False) -> Event:
    """What an attempt teaches; told again, it takes the place of what was told before."""
    return Event(
        id=f"attempt:{attempt.id}",
        at=attempt.over_at or now,
        local_date=local_date(attempt.over_at or now, facts.zone),
        outcome=_outcome(attempt.finding),
        rung=attempt.rung,
        value=attempt.finding.peak,
        came_true=attempt.finding.came_true is CameTrue.YES,
        quick=quick,
    )


def _found(state: State, attempt: Attempt, facts: Facts, *, now: datetime, quick: bool) -> Turn:
    """All is told: pacing learns, and steps rest where it was too much."""
    attempt = replace(attempt, phase=Phase.OVER, over_at=attempt.over_at or now)
    event = _learned(attempt, facts, now=now, quick=quick)
    resting = resting_after(event, facts, now=now)
    step = "hard" if resting.hard else "summary"
    return Turn(
        state=replace(state, step=step, attempt=attempt, quick=quick),
        do=(attempt, event, *((resting.person,) if resting.person else ())),
    )


def _looked_back(state: State, said: Said, facts: Facts) -> Turn | None:
    """After the end: change an answer, add a line, be done."""
    attempt, words = _attempt(state), written(said)
    match state.step, chosen(said):
        case "summary" | "hard", "change":
            cleared = replace(attempt, finding=Finding(words=attempt.finding.words))
            return Turn(state=replace(state, step="how", attempt=cleared))
        case "summary", "add_line":
            return Turn(state=replace(state, step="line"))
        case "summary" | "line", None if words:
            kept = "\n".join(filter(None, (attempt.finding.words, words[:LONGEST_WORDS])))
            lined = replace(attempt, finding=replace(attempt.finding, words=kept))
            return replace(_on(state, "summary", lined), say=say("asking.line_kept"))
        case "line", "skip":
            return Turn(state=replace(state, step="summary"))
        case "summary", "done":
            summary = found(attempt.prediction, attempt.finding, facts.library)
            return Turn(say=(*summary, *say("asking.done")))
        case "hard", "ok":
            return Turn(say=rest_now(facts))
        case "hard", "calm_first":
            return Turn(do=(Begin(kind="prompt", state=prompt.pick(facts, Kind.CALM)),))
    return None


def _outcome(finding: Finding) -> Outcome:
    match finding.how:
        case HowItWent.WAITED:
            return Outcome.DONE
        case HowItWent.BROKE_OFF:
            return Outcome.BROKE_OFF
        case HowItWent.UNSAFE:
            return Outcome.UNSAFE
        case _:
            # something else happened: it says nothing about the rung unless it was rated
            return Outcome.DONE if finding.peak is not None else Outcome.ANSWERED


def _event(state: State, outcome: Outcome, facts: Facts, *, now: datetime) -> Event:
    return Event(
        id=f"no:{facts.dialogue}",
        at=now,
        local_date=local_date(now, facts.zone),
        outcome=outcome,
        rung=state.rungs[0] if state.rungs else None,
    )


def _on(state: State, step: str, attempt: Attempt) -> Turn:
    return Turn(state=replace(state, step=step, attempt=attempt), do=(attempt,))


def _attempt(state: State) -> Attempt:
    if state.attempt is None:
        raise ValueError(f"no attempt has begun at step {state.step!r}")
    return state.attempt


def _rung(state: State, facts: Facts) -> Rung | None:
    return facts.library.rung(_attempt(state).rung)


def _opens_at(attempt: Attempt, facts: Facts) -> datetime:
    if attempt.ends_at is None:
        raise ValueError("a step without a length never ends in quiet hours")
    return facts.person.quiet.next_open(attempt.ends_at, facts.zone)


def _at_opening(attempt: Attempt, facts: Facts) -> Choice:
    opens = local(_opens_at(attempt, facts), facts.zone).time()
    return Choice(id="morning_after", label="at_clock", values={"clock": opens})


def _stop(facts: Facts) -> str:
    return facts.person.stopped.cause.value if facts.person.stopped else StopCause.NINE.value
