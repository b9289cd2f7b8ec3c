"""How is a time apart logged, and looked back on afterwards?

until -> fear_any -> fear -> likely -> expected -> noted
ready -> came_true -> peak -> helped -> learned -> summary
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from nudger.domain.dialogues.asking import (
    DISTRESS,
    LONGEST_WORDS,
    OWN,
    came_true,
    came_true_screen,
    distress,
    fear_choices,
    feared,
    found,
    predicted,
    prediction_screen,
    words_of,
)
from nudger.domain.dialogues.resting import rest_now, resting_after
from nudger.domain.dialogues.turn import Facts, KeepNote, Turn, chosen, say, written
from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.practice import CameTrue, Finding, Separation
from nudger.domain.prompt import Kind, Ladder
from nudger.domain.said import Said
from nudger.domain.screen import Screen, plain, row
from nudger.domain.time.local_time import local, local_date, moment_at
from nudger.domain.time.phrases import NotUnderstood, read_end, read_past

ASK_AFTER = timedelta(minutes=45)  # time to arrive, before "ready to look back?"
TONIGHT = time(19, 30)
HELPED = ("a_friend", "my_own_thing", "moving", "a_calm_skill", "waiting", "nothing_much")
UNTIL = (row("one_hour", "three_hours"), row("this_evening", "tomorrow"), row("over_already"))


@dataclass(frozen=True, kw_only=True)
class State:
    """Where it stands; ``question`` is the id of the closing question."""

    step: str = "until"
    separation: Separation | None = None
    question: str = ""


def begin(text: str, facts: Facts, *, now: datetime) -> Turn:
    """/apart, with or without a text behind it."""
    return _until_words(State(), text, facts, now=now) if text else Turn(state=State())


def look_back(text: str, facts: Facts, *, now: datetime) -> Turn:
    """/reflect: the latest time apart that has not been looked back on, or one just told."""
    over_by_now = (s for s in facts.separations if s.reflected_at is None and _over(s, now=now))
    open_ = next(over_by_now, None)
    if open_ is not None and not text:
        which = say("separation.which", until=open_.until) if open_.until else ()
        return Turn(state=_reflecting(open_), say=which)
    over = Separation(id=facts.dialogue, logged_at=now, until=now)
    if text:
        past = read_past(text, now=now, zone=facts.zone)
        if isinstance(past, NotUnderstood):
            return Turn(state=_reflecting(over), say=say("separation.past_unclear"), do=(over,))
        over = replace(over, until=past)
    return Turn(state=_reflecting(over), do=(over,))


def told_of(turn: Turn) -> str | None:
    """The id of the time apart that a turn is about."""
    return turn.state.separation.id if turn.state and turn.state.separation else None


def _over(separation: Separation, *, now: datetime) -> bool:
    return separation.until is None or separation.until <= now


def ready_to_look_back(separation: Separation) -> State:
    """The question after a time apart, before any of the person's words is shown."""
    return State(step="ready", separation=separation)


def ask(state: State, facts: Facts) -> Screen:
    """The question of this step."""
    if state.step == "until":
        return Screen(key="separation.until", choices=UNTIL)
    separation = _separation(state)
    prediction, finding = separation.prediction, separation.finding
    match state.step:
        case "fear_any":
            return Screen(
                key="separation.fear_any",
                values={"until": separation.until},
                choices=(row("yes", "no"),),
            )
        case "fear":
            fears = tuple(
                dict.fromkeys(
                    fear
                    for family in facts.library.families.values()
                    if family.ladder is Ladder.DISTANCE
                    for rung in family.rungs
                    for fear in rung.fears
                )
            )[:5]
            return Screen(key="separation.fear", choices=fear_choices(fears, facts.library))
        case "fear_words" | "likely" | "expected":
            return prediction_screen(state.step)
        case "noted":
            return Screen(
                key="separation.noted" if separation.ask_at else "separation.noted_open",
                values={"ask_at": separation.ask_at},
                choices=(row("fine", "take_back"),),
            )
        case "ready":
            return Screen(
                key="separation.ready",
                choices=(row("look_now", "tonight"), row("tomorrow", "no_need")),
            )
        case "came_true":
            screen = came_true_screen(prediction, facts.library)
            if prediction.fear == OWN and prediction.likely is None:
                return screen  # it stands in the question itself
            wrote = Screen(
                key="separation.feared"
                if prediction.likely is None
                else "separation.feared_likely",
                values={"fear": feared(prediction, facts.library), "likely": prediction.likely},
            )
            return replace(screen, above=(wrote,))
        case "peak":
            return Screen(key="separation.peak", choices=DISTRESS)
        case "helped":
            return Screen(
                key="separation.helped",
                choices=(row(*HELPED[:2]), row(*HELPED[2:4]), row(*HELPED[4:]), row("skip")),
            )
        case "learned":
            prompt = facts.library.prompts[state.question]
            return Screen(
                key="text",
                values={"text": words_of(prompt, facts.person)},
                choices=(*((plain(a.id, a.label),) for a in prompt.answers), row("skip")),
            )
        case "line":
            return Screen(key="asking.line", choices=(row("skip"),))
        case "summary":
            return Screen(
                key="asking.kept",
                above=found(prediction, finding, facts.library),
                choices=(row("change", "add_line"), row("done")),
            )
        case "hard":
            cause = facts.person.stopped.cause.value if facts.person.stopped else "nine"
            return Screen(key=f"stopped.{cause}", choices=(row("ok", "change"),))
    raise ValueError(f"a separation has no step {state.step!r}")


def answer(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    """One question answered."""
    match state.step:
        case "until":
            return _until(state, said, facts, now=now)
        case "fear_any" | "fear" | "fear_words" | "likely" | "expected":
            return _predicted(state, said, facts)
        case "noted":
            return _noted(state, said, facts, now=now)
        case "ready":
            return _ready(state, said, facts, now=now)
        case "came_true" | "peak" | "helped" | "learned":
            return _reflected(state, said, facts, now=now)
        case "summary" | "hard" | "line":
            return _looked_back(state, said, facts)
    return None


def _until(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    words = written(said)
    if words:
        return _until_words(state, words, facts, now=now)
    today = local_date(now, facts.zone)
    match chosen(said):
        case "one_hour":
            return _apart_until(state, now + timedelta(hours=1), facts, now=now)
        case "three_hours":
            return _apart_until(state, now + timedelta(hours=3), facts, now=now)
        case "this_evening":
            evening = moment_at(today, time(21), facts.zone)
            return _apart_until(state, max(evening, now + timedelta(hours=1)), facts, now=now)
        case "tomorrow":
            noon = moment_at(today + timedelta(days=1), time(18), facts.zone)
            return _apart_until(state, noon, facts, now=now)
        case "over_already":
            return look_back("", replace(facts, separations=()), now=now)
    return None


def _until_words(state: State, words: str, facts: Facts, *, now: datetime) -> Turn:
    """An end ("until sunday 18:00"), or a time apart that is over ("yesterday evening")."""
    until = read_end(words, now=now, zone=facts.zone)
    if not isinstance(until, NotUnderstood):
        return _apart_until(state, until, facts, now=now)
    past = read_past(words, now=now, zone=facts.zone)
    if isinstance(past, NotUnderstood):
        kept = KeepNote(words=words)
        return Turn(state=state, say=say("separation.until_unclear"), do=(kept,))
    over = Separation(id=facts.dialogue, logged_at=now, until=past)
    return Turn(state=_reflecting(over), do=(over,))


def _apart_until(state: State, until: datetime, facts: Facts, *, now: datetime) -> Turn:
    ask_at = facts.person.quiet.next_open(until + ASK_AFTER, facts.zone)
    apart = Separation(id=facts.dialogue, logged_at=now, until=until, ask_at=ask_at)
    return Turn(state=replace(state, step="fear_any", separation=apart), do=(apart,))


def _predicted(state: State, said: Said, facts: Facts) -> Turn | None:
    """Whether there is a fear, then the prediction; without a fear nothing more is asked."""
    separation, choice = _separation(state), chosen(said)
    match state.step, choice:
        case "fear_any", "no":
            return Turn(state=replace(state, step="noted"))
        case "fear_any", "yes":
            return Turn(state=replace(state, step="fear"))
    step = "fear" if state.step == "fear_any" else state.step
    now_said = predicted(step, said, separation.prediction, facts.library)
    if now_said is None or (state.step == "fear_any" and choice is not None):
        return None
    feared = now_said.prediction.fear or now_said.step == "fear_words"
    following = now_said.step if feared else ""
    separation = replace(separation, prediction=now_said.prediction)
    return _on(state, following or "noted", separation)


def _noted(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    id = _separation(state).id
    if any(each.id == id and each.reflected_at for each in facts.separations):
        return None  # it was looked back at since: nothing is taken back
    match chosen(said):
        case "fine":
            return Turn(say=ask_again_at(_separation(state)))
        case "take_back":
            taken_back = replace(_separation(state), ask_at=None, reflected_at=now)
            return Turn(say=say("separation.taken_back"), do=(taken_back,))
    return None


def ask_again_at(separation: Separation) -> tuple[Screen, ...]:
    """When the look back will be offered."""
    if separation.ask_at is None:
        return say("asking.done")
    return (Screen(key="separation.will_ask", values={"ask_at": separation.ask_at}),)


def _ready(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    separation = _separation(state)
    today = local_date(now, facts.zone)
    match chosen(said):
        case "look_now":
            return Turn(state=_reflecting(separation))
        case "tonight":
            tonight = moment_at(today, TONIGHT, facts.zone)
            later = tonight if tonight > now else now + timedelta(hours=1)
        case "tomorrow":
            same_clock = local(now, facts.zone).time()
            later = moment_at(today + timedelta(days=1), same_clock, facts.zone)
        case "no_need":
            closed = replace(separation, ask_at=None, reflected_at=now)
            return Turn(say=say("separation.no_need"), do=(closed,))
        case _:
            return None
    put_off = replace(separation, ask_at=facts.person.quiet.next_open(later, facts.zone))
    return Turn(say=ask_again_at(put_off), do=(put_off,))


def _reflecting(separation: Separation) -> State:
    return State(step="came_true" if separation.prediction.fear else "peak", separation=separation)


def _reflected(state: State, said: Said, facts: Facts, *, now: datetime) -> Turn | None:
    separation, choice, words = _separation(state), chosen(said), written(said)
    finding = separation.finding
    match state.step, choice:
        case "came_true", str() if came := came_true(choice):
            return _on(state, "peak", replace(separation, finding=replace(finding, came_true=came)))
        case "peak", str() if choice == "skip" or distress(choice) is not None:
            peaked = replace(separation, finding=replace(finding, peak=distress(choice)))
            turn = _on(state, "helped", peaked)
            if separation.reflected_at is not None:
                return turn  # an answer is changed: what was learned stands until it is whole
            event = _learned(peaked, facts, at=now)
            resting = resting_after(event, facts, now=now).person
            return replace(turn, do=(peaked, event, *((resting,) if resting else ())))
        case "helped", str() if choice in HELPED or choice == "skip":
            helped = "" if choice == "skip" else choice
            return _to_question(
                state, replace(separation, finding=replace(finding, helped=helped)), facts, now=now
            )
        case "helped", None if words:
            told = replace(finding, helped="own", words=_with_line(finding.words, words))
            return _to_question(state, replace(separation, finding=told), facts, now=now)
        case "learned", "skip":
            return _closed(state, separation, facts, now=now)
        case "learned", None if words:
            told = replace(finding, words=_with_line(finding.words, words))
            return _closed(state, replace(separation, finding=told), facts, now=now)
        case "learned", str():
            answers = facts.library.prompts[state.question].answers
            reply = next((a for a in answers if a.id == choice), None)
            if reply is None:
                return None
            told = replace(finding, words=_with_line(finding.words, reply.label))
            closed = _closed(state, replace(separation, finding=told), facts, now=now)
            line = (Screen(key="text", values={"text": reply.reply}),) if reply.reply else ()
            return replace(closed, say=line)
    return None


def _to_question(state: State, separation: Separation, facts: Facts, *, now: datetime) -> Turn:
    """One closing question, another each time."""
    questions = facts.library.of_kind(Kind.REFLECTION)
    if not questions:
        return _closed(state, separation, facts, now=now)
    asked = sum(s.reflected_at is not None for s in facts.separations)
    question = questions[asked % len(questions)]
    turn = _on(state, "learned", separation)
    return replace(turn, state=replace(turn.state, question=question.id))


def _closed(state: State, separation: Separation, facts: Facts, *, now: datetime) -> Turn:
    reflected_at = separation.reflected_at or now
    closed = replace(separation, ask_at=None, reflected_at=reflected_at)
    event = _learned(closed, facts, at=reflected_at)
    resting = resting_after(event, facts, now=now)
    return Turn(
        state=replace(state, step="hard" if resting.hard else "summary", separation=closed),
        do=(closed, event, *((resting.person,) if resting.person else ())),
    )


def _learned(separation: Separation, facts: Facts, *, at: datetime) -> Event:
    """What a time apart teaches; told again, it takes the place of what was told before."""
    return Event(
        id=f"separation:{separation.id}",
        at=at,
        local_date=local_date(at, facts.zone),
        outcome=Outcome.ANSWERED,
        value=separation.finding.peak,
        came_true=separation.finding.came_true is CameTrue.YES,
    )


def _looked_back(state: State, said: Said, facts: Facts) -> Turn | None:
    separation, words = _separation(state), written(said)
    match state.step, chosen(said):
        case "summary" | "hard", "change":
            cleared = replace(separation, finding=Finding(words=separation.finding.words))
            return Turn(state=_reflecting(cleared))
        case "summary", "add_line":
            return Turn(state=replace(state, step="line"))
        case "summary" | "line", None if words:
            lined = replace(separation.finding, words=_with_line(separation.finding.words, words))
            turn = _on(state, "summary", replace(separation, finding=lined))
            return replace(turn, say=say("asking.line_kept"))
        case "line", "skip":
            return Turn(state=replace(state, step="summary"))
        case "summary", "done":
            summary = found(separation.prediction, separation.finding, facts.library)
            return Turn(say=(*summary, *say("asking.done")))
        case "hard", "ok":
            return Turn(say=rest_now(facts))
    return None


def _with_line(words: str, line: str) -> str:
    return "\n".join(filter(None, (words, line[:LONGEST_WORDS])))


def _on(state: State, step: str, separation: Separation) -> Turn:
    return Turn(state=replace(state, step=step, separation=separation), do=(separation,))


def _separation(state: State) -> Separation:
    if state.separation is None:
        raise ValueError(f"no separation is logged at step {state.step!r}")
    return state.separation
