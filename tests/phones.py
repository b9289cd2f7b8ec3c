"""What does one person's chat look like, without a store and without Telegram?"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from zoneinfo import ZoneInfo

from nudger.domain.dialogues import DIALOGUES, commands
from nudger.domain.dialogues.turn import (
    Begin,
    Export,
    Facts,
    Forget,
    KeepNote,
    Offered,
    State,
    Turn,
)
from nudger.domain.help_line import HelpLine
from nudger.domain.message_out import Button
from nudger.domain.nudge import Nudge, Reason
from nudger.domain.nudge import State as NudgeState
from nudger.domain.pacing.events import Event
from nudger.domain.pacing.pace import Pace, replay
from nudger.domain.person import Afraid, Person, Phase, Profile, Style
from nudger.domain.planning.plan import PlanFacts, ladder_on, plan
from nudger.domain.practice import Attempt, Separation
from nudger.domain.practice import Phase as AttemptPhase
from nudger.domain.prompt import Library
from nudger.domain.said import Place, Said, Tap, Typed
from nudger.domain.screen import Choice, Screen
from nudger.domain.time.local_time import local_date, zone_named
from nudger.library import default_prompts_dir, read_helplines, read_library
from nudger.render.message import CALLBACK_BYTES, Rendered, render
from nudger.store import codec

# A Monday, 20:14 in Berlin.
EVENING = datetime(2026, 3, 2, 19, 14, tzinfo=UTC)
ZONES = {
    "berlin": ("Europe/Berlin",),
    "birmingham": ("Europe/London", "America/Chicago"),
    "19:30": ("Europe/Berlin", "Africa/Lagos"),
}
COUNTRIES = {"Europe/Berlin": "DE", "Europe/London": "GB", "Asia/Kolkata": "IN"}
CHOICE_ID = re.compile(r"[a-z0-9_.-]{1,24}")
MOST_UNITS = 4096  # UTF-16 units of a message, once its markup is read
IN_A_ROW = 8  # buttons, as Telegram shows them
ON_A_BUTTON = 40  # characters a phone can show
ACROSS = 40  # characters of all labels of a row that has more than one


@cache
def english() -> Library:
    """The texts of prompts/en."""
    return read_library(default_prompts_dir(), "en")


@cache
def help_lines() -> tuple[HelpLine, ...]:
    """All lines of help."""
    return read_helplines(default_prompts_dir() / "helplines.yaml")


def stranger(**told: object) -> Person:
    """Someone who writes for the first time."""
    return replace(Person(id="p1", chat=1, seed=7, joined_at=EVENING), **told)  # type: ignore[arg-type]


def joined(**told: object) -> Person:
    """Someone in Berlin who joined ten days ago: anxious, about a partner, not afraid."""
    profile = Profile(adult=True, afraid=Afraid.NO, style=Style.ANXIOUS, country="DE")
    known = stranger(
        phase=Phase.JOINED,
        zone="Europe/Berlin",
        profile=profile,
        joined_at=EVENING - timedelta(days=10),
    )
    return replace(known, **told)  # type: ignore[arg-type]


@dataclass
class Phone:
    """One chat: what a flow keeps of a person's turns, and what was said last.

    Every message that is said is looked at as Telegram and a phone would: a broken promise about
    messages fails whatever test it comes up in.
    """

    person: Person
    now: datetime = EVENING
    events: list[Event] = field(default_factory=list)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    separations: dict[str, Separation] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    files: int = 0
    forgotten: bool = False
    offered: Reason | None = None
    rows: dict[str, tuple[str, State]] = field(default_factory=dict)
    open: str | None = None
    screens: tuple[Screen, ...] = ()
    told: list[str] = field(default_factory=list)  # what was done, for a failure to be read
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    # ------------------------------------------------------------------ what is seen

    @property
    def kind(self) -> str:
        """Which dialogue is open; empty where none is."""
        return self.rows[self.open][0] if self.open else ""

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.rows[self.open][1] if self.open else None

    @property
    def step(self) -> str:
        """Its step; empty where nothing is asked."""
        return self.state.step if self.open else ""

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be tapped."""
        return tuple(choice.id for row in self.screens[-1].choices for choice in row)

    @property
    def text(self) -> str:
        """The last message, without its markup."""
        return shown(self.rendered())

    @property
    def attempt(self) -> Attempt:
        """The latest one."""
        return list(self.attempts.values())[-1]

    @property
    def separation(self) -> Separation:
        """The latest one."""
        return list(self.separations.values())[-1]

    @property
    def pace(self) -> Pace:
        """What all that was told comes to."""
        return replay(self.events)

    def rendered(self) -> Rendered:
        """The last message as the phone gets it."""
        return render(
            *self.screens,
            person=self.person,
            now=self.now,
            dialogue=self.open or "",
            step=self.step,
        )

    # ------------------------------------------------------------------ what is done

    def command(self, name: str, text: str = "") -> "Phone":
        """/name, with a text behind it."""
        id = self._new_id()
        started = commands.start(name, text, self.facts(id, whole=True), now=self.now)
        if started.resume is not None:
            on = next(
                (i for i, row in self.rows.items() if started.resume in {i, row[0]}),
                None,
            )
            if on is not None:
                self._show(on, *self.rows[on], *started.turn.say)
                return self
        kind = started.kind or "onboarding"
        if started.resume is not None and kind == "onboarding":
            return self.begins("onboarding", DIALOGUES["onboarding"].State(), *started.turn.say)
        self._take(id, kind, started.turn)
        return self

    def begins(self, kind: str, state: State, *said: Screen) -> "Phone":
        """A dialogue begins without a turn before it, as a nudge opens one."""
        self._show(self._new_id(), kind, state, *said)
        return self

    def taps(self, *choices: str) -> "Phone":
        """One button after another, each of which is there and is taken."""
        for choice in choices:
            assert choice in self.choices, f"{choice} is not among {self.choices}: {self.text}"
            assert self.says(self._tap(choice)), f"{choice} was not taken at {self.step}"
        return self

    def types(self, text: str) -> "Phone":
        """Words; those that are no answer are kept as a note, as the flow does."""
        if not self.says(Typed(text=text)):
            self.notes.append(text)
        return self

    def shares(self, zone: str | None) -> "Phone":
        """A place, by its zone."""
        self.says(Place(zone=zone))
        return self

    def waits(self, **long: float) -> "Phone":
        """Time passes."""
        self.now += timedelta(**long)
        return self

    def turns_to(self, id: str) -> "Phone":
        """An older message, whose buttons still count."""
        self._show(id, *self.rows[id])
        return self

    def time_is_up(self) -> "Phone":
        """The end of an attempt has come, and it is asked about."""
        on, (kind, state) = next((i, row) for i, row in self.rows.items() if row[0] == "attempt")
        self._show(on, kind, DIALOGUES[kind].time_is_up(state))
        return self

    def says(self, said: Said) -> bool:
        """Whatever it is, to the open dialogue; whether it was an answer."""
        if self.open is None:
            return False
        id = self.open
        kind, state = self.rows[id]
        turn = DIALOGUES[kind].answer(state, said, self.facts(id, kind=kind), now=self.now)
        if turn is None:
            return False
        self._take(id, kind, turn)
        return True

    # ------------------------------------------------------------------ as the flows do

    @property
    def _zone(self) -> ZoneInfo:
        return zone_named(self.person.zone) or ZoneInfo("UTC")

    def _tap(self, choice: str) -> Tap:
        return Tap(dialogue=self.open or "", step=self.step, choice=choice)

    def _new_id(self) -> str:
        return f"d{next(self.ids):015}"

    def _take(self, id: str, kind: str, turn: Turn) -> None:
        begun = None
        for deed in turn.do:
            match deed:
                case Person():
                    self.person = deed
                case Attempt():
                    self.attempts[deed.id] = deed
                    if deed.phase is AttemptPhase.DROPPED and deed.id != id:
                        self.rows.pop(deed.id, None)  # its buttons are old ones now
                case Separation():
                    self.separations[deed.id] = deed
                case Event():
                    self.events = [*self.events, deed]
                case Offered():
                    self.offered = deed.reason
                case KeepNote():
                    self.notes.append(deed.words)
                case Begin():
                    begun = deed
                case Export():
                    self.files += 1
                case Forget():
                    self.forgotten = True
                    self.screens = (Screen(key="forget.done"),)
        if begun is None:
            self._show(id, kind, turn.state, *turn.say)
            return
        if begun.beside:
            self.rows[id] = (kind, turn.state)
        else:
            self.rows.pop(id, None)
        self._show(self._new_id(), begun.kind, begun.state, *turn.say)

    def _show(self, id: str, kind: str, state: State, *said: Screen) -> None:
        asked: tuple[Screen, ...] = ()
        if state is None:
            self.rows.pop(id, None)
            self.open = None if self.open == id else self.open
        else:
            self.rows[id] = (kind, codec.from_text(type(state), codec.to_text(type(state), state)))
            assert self.rows[id] == (kind, state), "a state comes back from the store changed"
            self.open = id
            asked = (DIALOGUES[kind].ask(state, self.facts(id, kind=kind)),)
        if said or asked:
            self.screens = (*said, *asked)
            check_message(self.rendered(), self.screens[-1])

    def facts(self, dialogue: str, *, kind: str = "", whole: bool = False) -> Facts:
        """What the dialogue of that id may look at; ``whole`` is as a command sees it."""
        planned = self._planned() if whole or kind in {"coming", "writing_less"} else ()
        return Facts(
            dialogue=dialogue,
            person=self.person,
            pace=self.pace,
            library=english(),
            ladder=ladder_on(english(), self.person, local_date(self.now, self._zone)),
            learned=lambda event: replay((*self.events, event)),
            zones_for=lambda words: ZONES.get(words.strip().lower(), ()),
            country_of=lambda zone: COUNTRIES.get(zone, ""),
            help_lines=help_lines(),
            planned=planned,
            coming=planned,
            attempts=tuple(self.attempts.values())[::-1],
            separations=tuple(self.separations.values())[::-1],
            offered=self.offered,
        )

    def _planned(self) -> tuple[Nudge, ...]:
        facts = PlanFacts(
            person=self.person,
            pace=self.pace,
            library=english(),
            attempts=tuple(self.attempts.values()),
            separations=tuple(self.separations.values()),
        )
        wanted = (p for p in plan(facts, now=self.now) if p.content is not None)
        nudges = [
            Nudge(
                id=f"n{n}",
                person=self.person.id,
                state=NudgeState.PLANNED,
                lane=p.lane,
                reason=p.reason,
                content=p.content,
                due_at=p.due_at,
                useful_until=p.useful_until,
                local_date=p.local_date,
            )
            for n, p in enumerate(wanted)
            if p.content and p.due_at and p.useful_until and p.local_date
        ]
        return tuple(sorted(nudges, key=lambda n: n.due_at))


def shown(message: Rendered) -> str:
    """What a person reads."""
    return html.unescape(re.sub(r"</?[bi]>", "", message.text))


def check_message(message: Rendered, screen: Screen) -> None:
    """What must hold for any message: words, buttons, and what comes back from them."""
    text = shown(message)
    assert text.strip(), f"{screen.key} says nothing"
    assert units(text) <= MOST_UNITS, f"{screen.key} is too long"
    assert "None" not in text, f"{screen.key} misses a value: {text}"
    ids = [choice.id for row in screen.choices for choice in row]
    assert len(set(ids)) == len(ids), f"{screen.key} has a button twice"
    for choices, row in zip(screen.choices, message.buttons, strict=True):
        _check_row(screen.key, choices, row)


def _check_row(key: str, choices: tuple[Choice, ...], row: tuple[Button, ...]) -> None:
    assert 1 <= len(row) <= IN_A_ROW, f"{key} has a row of {len(row)}"
    labels = [button.label for button in row]
    for choice, label in zip(choices, labels, strict=True):
        assert CHOICE_ID.fullmatch(choice.id), f"{key}: {choice.id}"
        assert 1 <= len(label.strip()) <= ON_A_BUTTON, f"{key}: {label}"
    if len(labels) > 1:
        assert sum(map(len, labels)) <= ACROSS, f"{key}: {labels} are too long for one row"
    for button in row:
        assert len(button.data.encode()) <= CALLBACK_BYTES


def units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
