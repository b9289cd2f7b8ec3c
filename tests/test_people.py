"""What is it like to be one of ten people with nudger, each in their own way?

Lived over real HTTP in moved time, as in test_story.py, and judged from the Bot API's call log.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from nudger.demo.chats import Shown
from nudger.demo.phone import Phone
from nudger.domain.person import Person
from nudger.domain.prompt import Ladder
from nudger.library import default_prompts_dir, read_library
from nudger.store import people
from tests import checker
from tests.checker import Arrived
from tests.life import Life, join, life

DAY_0 = datetime(2026, 10, 12, 18, 14, tzinfo=UTC)  # a Monday, 20:14 in Berlin
MORNING, NIGHT = time(8), time(22)
LIBRARY = read_library(default_prompts_dir(), "en")
STEP = "Not today"  # the way out that stands under every step that is offered
EVERYTHING_SHOWN = (checker.NEW, checker.CHANGED)


@asynccontextmanager
async def living(tmp_path: Path, start: datetime = DAY_0) -> AsyncIterator[tuple[Life, Phone]]:
    """The service, and the phone of the one person who is lived here."""
    async with life(tmp_path, start=start) as lived:
        yield lived, lived.phone()


def arrived(
    lived: Life,
    phone: Phone,
    *,
    since: datetime = DAY_0,
    methods: Sequence[str] = (checker.NEW,),
    zone: str = "Europe/Berlin",
) -> list[Arrived]:
    """What reached the phone, and whether the person had just done something."""
    deeds = [shown.at for shown in phone.conversation if shown.mine]
    taps = [call.at for call in lived.api.calls if call.method == "answerCallbackQuery"]
    calls = [call for call in lived.api.calls if call.at >= since]
    return checker.arrived(
        calls, chat=phone.chat, zone=zone, deeds=[*deeds, *taps], methods=methods
    )


def alone(lived: Life, phone: Phone, *, since: datetime = DAY_0) -> list[Arrived]:
    """What came of nudger's own accord; never in quiet hours, never too close."""
    messages = checker.unasked(arrived(lived, phone, since=since))
    assert not checker.in_quiet_hours(messages, start=NIGHT, end=MORNING)
    assert not checker.too_close(messages, rest=timedelta(hours=3))
    assert max(checker.a_day(messages).values(), default=0) <= 2
    return messages


def steps(messages: Sequence[Arrived]) -> list[Arrived]:
    """Those that ask for practice."""
    return checker.offering(messages, STEP)


def words_of(ladder: Ladder) -> set[str]:
    """All that a step of this ladder may be called."""
    rungs = [r for f in LIBRARY.families.values() if f.ladder is ladder for r in f.rungs]
    return {words for r in rungs for words in (r.short, r.short_single, r.text, r.single) if words}


def mentions(message: Arrived, words: set[str]) -> bool:
    """Whether any of these stands in it."""
    return any(each in message.text for each in words)


async def person_of(lived: Life, phone: Phone) -> Person:
    """As the store has them."""
    async with lived.store.read() as tx:
        person = await people.by_chat(tx, phone.chat)
    assert person is not None
    return person


async def asks(lived: Life, phone: Phone, text: str) -> str:
    """Type something; all that is shown anew then."""
    before = phone.last.change
    await phone.types(text)
    await lived.settle()
    return "\n".join(shown.text for shown in phone.messages if shown.change > before)


async def each_day(lived: Life, phone: Phone, days: range) -> None:
    """Live on with a word every other day, so that it is no silence."""
    for day in days[::2]:
        await lived.until_local(day, 21, 45)
        await phone.types("still here")
        await lived.settle()
    await lived.until_local(days[-1], 21, 50)


async def through_an_attempt(
    lived: Life, phone: Phone, *, peak: str, feared_happened: bool = False
) -> None:
    """From the offer that stands to the question after the worst moment."""
    offer = next(shown for shown in reversed(phone.messages) if STEP in labels(shown))
    await phone.taps("A" if "A" in labels(offer) else "I'm in", message=offer.id)
    asked = await phone.until("alarm say")
    await phone.taps(labels(asked)[0] if feared_happened else "Skip")
    if feared_happened:
        await phone.until("How sure")
        await phone.taps("50 %")
    await phone.until("How bad")
    await phone.taps("6")
    await phone.until(lambda shown: "Start" in labels(shown))
    await phone.taps("Start")
    running = await phone.until(lambda shown: "Stop here" in labels(shown))
    if "I did it" in labels(running):
        await phone.taps("I did it")
    else:
        phone.puts_away()
        await lived.live_until(lived.clock.now() + timedelta(hours=2))
        await phone.taps("I waited it out")
    await phone.until("Worst moment")
    await phone.taps(peak)
    if feared_happened:
        await phone.until(lambda shown: "A little" in labels(shown))
        await phone.taps("Yes")
    await lived.settle()


def labels(shown: Shown) -> list[str]:
    """What stands on its buttons."""
    return [key.label for key in shown.keys]


# ------------------------------------------------------------------ those who are different


async def test_who_feels_crowded_gets_steps_towards_people_and_none_away(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, style="I feel crowded", ratings=None)
        await each_day(lived, phone, range(13, 20))
        offers = steps(arrived(lived, phone, methods=EVERYTHING_SHOWN))
        assert len(offers) >= 5
        assert all(mentions(each, words_of(Ladder.CLOSENESS)) for each in offers)
        assert not [each for each in offers if mentions(each, words_of(Ladder.DISTANCE))]
        alone(lived, phone)


async def test_who_is_both_takes_turns_and_never_meets_both_on_one_date(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, style="Both, in turns", ratings=None)
        await each_day(lived, phone, range(13, 22))
        turns: dict[str, set[Ladder]] = {}
        for each in steps(arrived(lived, phone, methods=EVERYTHING_SHOWN)):
            here = {ladder for ladder in Ladder if mentions(each, words_of(ladder))}
            turns.setdefault(each.day, set()).update(here)
        assert all(len(ladders) == 1 for ladders in turns.values())
        assert set.union(*turns.values()) == {Ladder.CLOSENESS, Ladder.DISTANCE}


@pytest.mark.parametrize("answer", ["Yes, or I'm not sure", "Rather not say"])
async def test_who_may_be_afraid_gets_no_step_by_any_way(tmp_path: Path, answer: str) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, afraid=answer)
        await lived.settle()
        for day in (13, 20):
            await lived.until_local(day, 21)
            for way in ("/challenge", "/resume", "/next", "/ladder", "/why"):
                said = await asks(lived, phone, way)
                assert "a step" not in said.split(), said
            await phone.types("/settings")
            await phone.taps("What I get")
            await lived.settle()
            switch = next(key.label for key in phone.last.keys if "Steps" in key.label)
            assert "✓" not in switch, "a switch does not show on what is off"
            await phone.taps(switch)
            await lived.settle()
        await each_day(lived, phone, range(21, 27))
        shown = arrived(lived, phone, methods=EVERYTHING_SHOWN)
        assert steps(shown) == []
        ladders = words_of(Ladder.CLOSENESS) | words_of(Ladder.DISTANCE)
        assert [each.text for each in shown if mentions(each, ladders)] == []
        kind = checker.a_day(alone(lived, phone))
        assert set(kind.values()) == {1}
        assert len(kind) >= 12, "a kind word a day"
        await phone.types("/settings")
        await phone.taps("About me")
        await phone.taps("Whether I'm afraid")
        await phone.until("afraid of being hurt")
        await phone.taps("No")
        await each_day(lived, phone, range(27, 30))
        assert steps(alone(lived, phone)), "changed back, steps return"


async def test_an_offer_of_before_is_no_way_round_what_was_said_since(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, ratings=None)
        offer = await phone.until(lambda shown: any(key.label == "I'm in" for key in shown.keys))
        yes = next(key.data for key in offer.keys if key.label == "I'm in")
        await phone.types("/settings")
        await phone.taps("About me")
        await phone.taps("Whether I'm afraid")
        await phone.until("afraid of being hurt")
        await phone.taps("Yes, or I'm not sure")
        await lived.settle()
        before = DAY_0 + timedelta(minutes=5)
        await lived.live_until(before)
        await phone.taps_old(offer.id, yes)
        await lived.settle()
        since = arrived(lived, phone, since=before, methods=EVERYTHING_SHOWN)
        assert steps(since) == []
        assert not checker.offering(since, "Start")
        assert not [each for each in since if "alarm say" in each.text]
        await lived.until_local(16, 21)
        assert steps(alone(lived, phone)) == []


async def test_the_question_about_being_afraid_leaves_no_trace_in_the_chat(tmp_path: Path) -> None:
    """Whoever scrolls through the chat must not learn that it was asked, nor the answer."""
    async with living(tmp_path) as (lived, phone):
        await join(phone, afraid="Yes, or I'm not sure")
        await each_day(lived, phone, range(13, 16))
        chat = phone.screen().lower()
        for trace in ("afraid", "hurt", "frighten", "controlled", "believe you", "rather not say"):
            assert trace not in chat


async def test_after_a_loss_kindness_comes_alone_and_steps_begin_by_themselves(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, about="Ex", loss="Yes, in the last weeks")
        await phone.until("two weeks")
        assert "two weeks" in await asks(lived, phone, "/challenge")
        await each_day(lived, phone, range(13, 30))
        messages = alone(lived, phone)
        fortnight = DAY_0 + timedelta(days=14)
        assert steps([each for each in messages if each.at < fortnight]) == []
        assert len(checker.a_day(each for each in messages if each.at < fortnight)) >= 13
        assert steps([each for each in messages if each.at >= fortnight])


async def test_who_has_nobody_right_now_reads_texts_for_one(tmp_path: Path) -> None:
    rungs = [r for f in LIBRARY.families.values() for r in f.rungs]
    not_theirs = {r.short for r in rungs if r.short_single and r.short != r.short_single}
    not_theirs |= {r.text for r in rungs if r.single and r.text != r.single}
    not_theirs |= {p.text for p in LIBRARY.prompts.values() if p.single and p.text != p.single}
    async with living(tmp_path) as (lived, phone):
        await join(phone, about="Nobody right now", ratings=None)
        await each_day(lived, phone, range(13, 20))
        for way in ("/ladder", "/kind", "/calm", "/challenge"):
            await asks(lived, phone, way)
        shown = arrived(lived, phone, methods=EVERYTHING_SHOWN)
        assert steps(shown)
        assert [each.text for each in shown if mentions(each, not_theirs)] == []


# ------------------------------------------------------------------ the silent one


async def test_silence_gets_less_and_never_more_and_a_word_brings_it_back(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, ratings=None)
        await phone.taps("Not today")
        await phone.taps("Just no")
        await lived.until_local(42, 12)
        messages = alone(lived, phone)
        days = [date.fromisoformat(day) for day in checker.a_day(messages)]
        gaps = [(after - before).days for before, after in pairwise(days)]
        assert gaps == sorted(gaps), "less, and never more again"
        assert gaps[0] == 1
        assert gaps[-1] >= 3
        less = [each for each in messages if "write less" in each.text]
        assert len(less) == 1
        assert less[0].labels == ("That's fine", "Once a day please", "Pause")
        assert steps(messages[4:]) == [], "nobody is asked for a step who has gone quiet"
        for each in messages:
            for guilt in ("miss you", "haven't", "streak", "where have you been", "still there"):
                assert guilt not in each.text.lower(), each.text
        back = datetime(2026, 11, 11, 11, tzinfo=UTC)
        assert await asks(lived, phone, "here again")
        await each_day(lived, phone, range(43, 47))
        assert len(checker.a_day(alone(lived, phone, since=back))) >= 4


async def test_once_a_day_please_holds_however_long_the_silence(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, ratings=None)
        while not any("write less" in shown.text for shown in phone.messages):
            await lived.live_until(lived.clock.now() + timedelta(days=1))
        await phone.taps("Once a day please")
        await lived.settle()
        since = lived.clock.now()
        await lived.live_until(since + timedelta(days=12))
        messages = alone(lived, phone, since=since)
        assert len(checker.a_day(messages)) >= 11
        assert not [each for each in messages if "write less" in each.text]


async def test_a_pause_is_silent_to_its_moment_and_ends_by_itself(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, ratings=None)
        await lived.until_local(13, 12)
        assert "Friday 12:00" in await asks(lived, phone, "/pause 3 days")
        paused_at, ends = lived.clock.now(), datetime(2026, 10, 16, 10, tzinfo=UTC)
        await lived.live_until(ends)
        assert checker.unasked(arrived(lived, phone, since=paused_at)) == []
        await lived.until_local(17, 22)
        since = alone(lived, phone, since=ends)
        assert {"2026-10-16", "2026-10-17"} == set(checker.a_day(since)), "it ends by itself"
        await asks(lived, phone, "/pause 1 week")
        await phone.taps("Undo")
        await lived.settle()
        undone_at = lived.clock.now()
        await lived.until_local(18, 22)
        assert alone(lived, phone, since=undone_at), "what was undone is not paused"


async def test_quiet_hours_hold_from_the_moment_they_are_agreed_to_and_can_be_undone(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, ratings=None)
        await lived.until_local(13, 12)
        assert "16:00–09:00" in await asks(lived, phone, "/quiet 16-9")
        await phone.taps("OK")
        await phone.until("Set.")
        await lived.until_local(15, 22)
        since = datetime(2026, 10, 13, 11, tzinfo=UTC)
        messages = alone(lived, phone, since=since)
        assert messages
        assert not checker.in_quiet_hours(messages, start=time(16), end=time(9))
        await phone.taps("Undo")
        await lived.settle()
        assert "22:00–08:00" in phone.last.text or "22:00–08:00" in phone.screen()
        await lived.until_local(16, 22)
        later = alone(lived, phone, since=datetime(2026, 10, 16, 0, tzinfo=UTC))
        assert any(each.clock >= time(16) for each in later)


# ------------------------------------------------------------------ the typist


async def test_everything_can_be_typed_and_nothing_typed_is_lost(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        for typed, wanted in (
            ("/START", "18 or older"),
            ("i'm 18 or older, let's start", "mostly about"),
            ("PARTNER", "afraid of"),
            ("no", "sounds most like"),
            ("I worry theyll leave", "where are you"),
            ("berlin", "Every night"),
            ("23-7", "23:00–07:00"),
            ("yes", "small thing a day"),
            ("evening", "would this be"),
            ("skip these", "Something small"),
        ):
            await phone.types(typed)
            if wanted == "18 or older":
                await phone.until(lambda shown: any("18 or older" in k.label for k in shown.keys))
            else:
                await phone.until(wanted)
        await phone.types("i'm in")
        await phone.until("alarm say")
        await phone.types("skip")
        await phone.until("How bad")
        await phone.types("it was a 7 on the train, maybe 8")
        await phone.until("note")
        await phone.until("How bad")
        await phone.types("6")
        await phone.until(lambda shown: any(key.label == "Start" for key in shown.keys))
        await phone.types("start")
        await phone.until(lambda shown: any(key.label == "Stop here" for key in shown.keys))
        await phone.types("7")  # nothing is asked now: a number is a note like any other
        await phone.until("note")
        await phone.types("stop here")
        await phone.until("Worst moment")
        await phone.types("4.5")
        await phone.until("note")
        await phone.types("4")
        await phone.until("I'll keep that")
        await phone.types("done")
        await lived.settle()
        for command, near in (("/chalenge", "/challenge"), ("/NEXTT", "/next")):
            assert near in await asks(lived, phone, command)
        assert "Sunday 18:00" in await asks(lived, phone, "/apart until Sunday 18:00")
        await phone.types("Yes")
        await phone.until("alarm say")
        await phone.types("he finds someone taller")
        await phone.until("How sure")
        await phone.types("80%")
        await phone.until("How bad")
        await phone.types("10")
        await phone.until("Kept. I'll ask")
        assert "23:30–07:30" in await asks(lived, phone, "/quiet 23:30-7:30")
        assert "Set." in await asks(lived, phone, "ok")
        assert "note" in await asks(lived, phone, "22-8")
        await phone.types("/export")
        await phone.taps("Send it")
        await lived.settle()
        body = next(f.body for f in lived.api.world.files.values() if f.name.endswith("json"))
        for words in ("it was a 7 on the train, maybe 8", '"4.5"', '"22-8"', '"words": "7"'):
            assert words in body.decode(), words
        kept = (await asks(lived, phone, "/evidence")).replace("\xa0", " ")
        assert "Expected 6, the worst was 4." in kept


async def test_words_typed_long_after_a_question_are_a_note_and_no_answer_to_it(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, ratings=None)
        await lived.until_local(13, 12)
        for question in ("/quiet", "/pause", "/settings"):
            await asks(lived, phone, question)
            if question == "/settings":
                await phone.taps("Where I am")
                await lived.settle()
            await lived.live_until(lived.clock.now() + timedelta(hours=3))
            assert "note" in await asks(lived, phone, "2 days were enough for him")


# ------------------------------------------------------------------ old buttons


async def test_yesterdays_offer_is_no_way_to_a_step(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, ratings=None)
        await lived.until_local(13, 21)
        offer = await phone.until(lambda shown: any(key.label == STEP for key in shown.keys))
        yes = next(key for key in offer.keys if key.label in {"A", "I'm in"})
        await lived.until_local(14, 12)
        before = lived.clock.now()
        await phone.taps_old(offer.id, yes.data)
        await lived.settle()
        since = arrived(lived, phone, since=before, methods=EVERYTHING_SHOWN)
        assert [each.text for each in since if "alarm say" in each.text] == []
        assert "yesterday" in since[0].text


async def test_a_second_offer_of_the_same_date_is_settled_by_the_first(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, ratings=None)
        await lived.until_local(13, 12)
        await phone.types("/challenge")
        first = await phone.until(lambda shown: any(key.label == STEP for key in shown.keys))
        await phone.types("/challenge")
        await phone.until(lambda shown: any(key.label == STEP for key in shown.keys))
        await through_an_attempt(lived, phone, peak="3")
        old = lived.clock.now()
        yes = next(key for key in first.keys if key.label in {"A", "I'm in"})
        await phone.taps_old(first.id, yes.data)
        await lived.settle()
        since = arrived(lived, phone, since=old, methods=EVERYTHING_SHOWN)
        assert [each.text for each in since if "alarm say" in each.text] == []


async def test_a_double_tap_and_a_tap_on_what_is_settled_double_nothing(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, ratings=None)
        await lived.until_local(13, 12)
        await phone.types("/challenge")
        offer = await phone.until(lambda shown: any(key.label == STEP for key in shown.keys))
        yes = next(key for key in offer.keys if key.label in {"A", "I'm in"})
        asked = lived.clock.now()
        for _ in range(3):
            await phone.taps_old(offer.id, yes.data)
        await lived.settle()
        assert len(arrived(lived, phone, since=asked, methods=EVERYTHING_SHOWN)) == 1
        await phone.taps("Skip")
        await phone.until("How bad")
        later = lived.clock.now() + timedelta(minutes=20)
        await lived.live_until(later)
        await phone.taps_old(offer.id, yes.data)
        again = await phone.until("Here is where we are")
        assert "How bad" in again.text
        shown = [each for each in phone.messages if not each.deleted and "How bad" in each.text]
        assert sum(bool(each.keys) for each in shown) == 1, "no question stands twice"


async def test_a_forged_button_of_somebody_else_does_nothing_for_anyone(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await join(phone, ratings=None)
        thief = lived.phone(id=202, name="Eve")
        await join(thief, ratings=None)
        await lived.settle()
        victim, screen = await person_of(lived, phone), phone.screen()
        offer = phone.last
        for data in (offer.keys[0].data, "x:offer:a", "forged", "", "a:b:" + "c" * 50):
            await thief.taps_old(thief.last.id, data)
            await lived.settle()
        assert phone.screen() == screen
        assert await person_of(lived, phone) == victim
        assert "no longer works" in thief.screen()
