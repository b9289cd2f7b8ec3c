"""What is it like to be one of ten people with nudger, each in their own way?

Lived over real HTTP in moved time, as in test_story.py, and judged from the Bot API's call log.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

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
    return {
        words for r in rungs for words in (r.short, r.short_single, r.text, r.single) if words
    }


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
    """Live on with a word a day, so that it is no silence."""
    for day in days:
        await lived.until_local(day, 21, 45)
        await phone.types("still here")
        await lived.settle()


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
        for day in range(13, 27):
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
        shown = arrived(lived, phone, methods=EVERYTHING_SHOWN)
        assert steps(shown) == []
        ladders = words_of(Ladder.CLOSENESS) | words_of(Ladder.DISTANCE)
        assert [each.text for each in shown if mentions(each, ladders)] == []
        kind = checker.a_day(alone(lived, phone))
        assert set(kind.values()) == {1}
        assert len(kind) == 14, "a kind word a day"
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
