"""What is it like to be one of ten people with nudger, each in their own way?

Lived over real HTTP in moved time, as in test_story.py, and judged from the Bot API's call log.
"""

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from nudger.clock import Clock
from nudger.demo.bot_api import BotApi
from nudger.demo.chats import Shown
from nudger.demo.phone import Phone
from nudger.domain.person import Person, Style
from nudger.domain.prompt import Ladder
from nudger.library import default_prompts_dir, read_library
from nudger.store import nudges, people
from nudger.store.tables import metadata
from tests import checker
from tests.checker import Arrived
from tests.life import BERLIN, TOKEN, Life, join, joined, life

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
    before = max((shown.change for shown in phone.messages), default=0)
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


async def to_the_fear(phone: Phone) -> None:
    """From /challenge to the question about the fear."""
    await phone.types("/challenge")
    offer = await phone.until(lambda shown: STEP in labels(shown))
    await phone.taps("A" if "A" in labels(offer) else "I'm in", message=offer.id)
    await phone.until("alarm say")


async def to_the_start(phone: Phone) -> None:
    """From /challenge to the question before the start."""
    await to_the_fear(phone)
    await phone.taps("Skip")
    await phone.until("How bad")
    await phone.taps("6")


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
        await joined(lived, phone, style=Style.AVOIDANT)
        await each_day(lived, phone, range(13, 20))
        offers = steps(arrived(lived, phone, methods=EVERYTHING_SHOWN))
        assert len(offers) >= 5
        assert all(mentions(each, words_of(Ladder.CLOSENESS)) for each in offers)
        assert not [each for each in offers if mentions(each, words_of(Ladder.DISTANCE))]
        alone(lived, phone)


async def test_who_is_both_takes_turns_and_never_meets_both_on_one_date(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await joined(lived, phone, style=Style.BOTH)
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
        await lived.until_local(20, 21)
        for way in ("/challenge", "/resume", "/next", "/ladder", "/why"):
            assert "a step" not in await asks(lived, phone, way)
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
        assert len(kind) >= 10, "a kind word a day"
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
        offer = await phone.until(lambda shown: "I'm in" in labels(shown))
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
        await joined(lived, phone)
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
        await joined(lived, phone)
        while not any("write less" in shown.text for shown in phone.messages):
            await lived.live_until(lived.clock.now() + timedelta(days=1))
        await phone.taps("Once a day please")
        await lived.settle()
        since = lived.clock.now()
        await lived.live_until(since + timedelta(days=8))
        messages = alone(lived, phone, since=since)
        assert len(checker.a_day(messages)) >= 7
        assert not [each for each in messages if "write less" in each.text]


async def test_a_pause_is_silent_to_its_moment_and_ends_by_itself(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await joined(lived, phone)
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
        await joined(lived, phone)
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
        assert "afraid" not in phone.screen(), "a typed answer takes its question away, too"
        await phone.types("i'm in")
        await phone.until("alarm say")
        await phone.types("skip")
        await phone.until("How bad")
        await phone.types("it was a 7 on the train, maybe 8")
        await phone.until("note")
        await phone.until("How bad")
        await phone.types("6")
        await phone.until(lambda shown: "Start" in labels(shown))
        await phone.types("start")
        await phone.until(lambda shown: "Stop here" in labels(shown))
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
        await phone.until("I'll ask how it went")
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
        await joined(lived, phone)
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
        await joined(lived, phone)
        await lived.until_local(13, 21)
        offer = await phone.until(lambda shown: STEP in labels(shown))
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
        await joined(lived, phone)
        await lived.until_local(13, 12)
        await phone.types("/challenge")
        first = await phone.until(lambda shown: STEP in labels(shown))
        await phone.types("/challenge")
        await phone.until(lambda shown: STEP in labels(shown))
        await through_an_attempt(lived, phone, peak="3")
        old = lived.clock.now()
        yes = next(key for key in first.keys if key.label in {"A", "I'm in"})
        await phone.taps_old(first.id, yes.data)
        await lived.settle()
        since = arrived(lived, phone, since=old, methods=EVERYTHING_SHOWN)
        assert [each.text for each in since if "alarm say" in each.text] == []


async def test_a_double_tap_and_a_tap_on_what_is_settled_double_nothing(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await joined(lived, phone)
        await lived.until_local(13, 12)
        await phone.types("/challenge")
        offer = await phone.until(lambda shown: STEP in labels(shown))
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
        await joined(lived, phone)
        thief = lived.phone(id=202, name="Eve")
        await joined(lived, thief)
        await asks(lived, phone, "/challenge")
        await asks(lived, thief, "/challenge")
        victim, screen = await person_of(lived, phone), phone.screen()
        offer = phone.last
        for data in (offer.keys[0].data, "x:offer:a", "forged", "", "a:b:" + "c" * 50):
            await thief.taps_old(thief.last.id, data)
            await lived.settle()
        assert phone.screen() == screen
        assert await person_of(lived, phone) == victim
        assert "no longer works" in thief.screen()


# ------------------------------------------------------------------ odd senders


async def test_what_cannot_be_read_is_answered_kindly_and_asks_for_nothing_twice(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as (lived, phone):
        await joined(lived, phone)
        await lived.until_local(13, 12)
        await phone.sends_sticker()
        await phone.until("can't read stickers")
        await phone.sends_voice()
        await phone.until("can't listen")
        await phone.sends_photo("the two of us")
        await phone.until("can't see pictures")
        before = await person_of(lived, phone)
        await phone.shares_place(40.7, -74.0)
        await phone.until("keep no places")
        assert (await person_of(lived, phone)).zone == before.zone
        calls = len(lived.api.calls)
        await phone.in_group("I miss her so much")
        await lived.settle()
        sent = [c for c in lived.api.calls[calls:] if c.method == checker.NEW]
        assert sent == [], "plain words in a group are not for nudger"
        await phone.in_group("/next")
        await lived.settle()
        edited = {"message_id": 3, "chat": {"id": phone.chat, "type": "private"}, "text": "edited"}
        sender = {"id": phone.chat, "is_bot": False, "first_name": "Mira"}
        await phone.sends_raw(
            {"update_id": 900_000_001, "edited_message": edited | {"from": sender, "date": 1}}
        )
        await lived.settle()
        answers = [c for c in lived.api.calls[calls:] if c.method == checker.NEW]
        assert len(answers) == 1
        assert answers[0].chat != phone.chat
        assert "private chat" in str(answers[0].params["text"])


FEARS = {
    "as long as Telegram lets it be": ("<&>'" * 1024)[:4096],
    "emoji, each of two units": "👩‍👩‍👧💔" * 300,
    "right to left, and NUL": "שהוא ילך \u202e ולא יחזור\x00" * 20,
    "half of a pair": "he leaves \ud83d and \udc94",
}


@pytest.mark.parametrize("fear", FEARS.values(), ids=FEARS.keys())
async def test_a_fear_in_any_letters_is_kept_shown_back_and_exported_as_it_is(
    tmp_path: Path, fear: str
) -> None:
    async with living(tmp_path) as (lived, phone):
        await joined(lived, phone)
        await to_the_fear(phone)
        await phone.types(fear)
        await phone.until("How sure")
        await phone.taps("50 %")
        await phone.until("How bad")
        await phone.taps("6")
        await phone.until(lambda shown: "Start" in labels(shown))
        await phone.taps("Start")
        await phone.taps("Stop here")
        await phone.until("Worst moment")
        await phone.taps("5")
        await phone.until(lambda shown: "A little" in labels(shown))
        await phone.taps("Yes")
        await phone.until("I'll keep that")
        await asks(lived, phone, "/evidence")
        await phone.types("/export")
        await phone.taps("Send it")
        await lived.settle()
        body = next(f.body for f in lived.api.world.files.values() if f.name.endswith("json"))
        (attempt,) = json.loads(body)["attempts"]
        assert attempt["prediction"]["words"] == fear
        assert [f for f in lived.api.findings if f.limit != "rate"] == []
        assert "Something went wrong" not in phone.screen()


# ------------------------------------------------------------------ the leaver


async def test_who_breaks_off_the_first_questions_goes_on_where_they_were(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await phone.types("/start")
        await phone.taps("I'm 18 or older")
        await phone.until("mostly about")
        await phone.taps("Partner")
        await phone.until("afraid of")
        await phone.taps("No")
        await phone.until("sounds most like")
        await phone.taps("I worry they'll leave")
        await phone.until("where are you")
        await phone.types("/calm")
        await phone.until(lambda shown: "Another one" in labels(shown))
        await lived.live_until(DAY_0 + timedelta(days=2))
        assert checker.unasked(arrived(lived, phone)) == []
        await phone.types("Berlin")
        await phone.until("Every night")
        await phone.types("/challenge")
        await phone.until("few questions first")
        await phone.types("yes")
        await phone.until("small thing a day")


async def test_who_said_they_are_younger_is_never_written_to(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await phone.types("/start")
        await phone.taps("I'm younger")
        await phone.until("made for adults")
        await phone.blocks()
        await lived.settle()
        await phone.unblocks()
        await lived.live_until(DAY_0 + timedelta(days=3))
        assert checker.unasked(arrived(lived, phone)) == []
        await phone.types("/challenge")
        await phone.until(lambda shown: "I'm younger" in labels(shown))


async def test_who_blocks_in_the_middle_comes_back_to_where_they_were(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await joined(lived, phone)
        await to_the_fear(phone)
        await phone.taps("Skip")
        await phone.until("How bad")
        phone._chat.blocked = True  # the 403 comes before the update that says so
        await phone.taps("6")
        await lived.settle()
        await phone.blocks()
        await lived.live_until(DAY_0 + timedelta(days=5))
        gone = [
            c
            for c in lived.api.calls
            if c.method == checker.NEW and c.at > DAY_0 + timedelta(hours=1)
        ]
        assert gone == [], "nothing is tried while the bot is blocked"
        await phone.unblocks()
        await lived.settle()
        back = lived.clock.now()
        await lived.live_until(back + timedelta(hours=30))
        messages = alone(lived, phone, since=back)
        assert messages, "it goes on by itself"
        assert max(checker.a_day(messages).values()) <= 2
        assert "Something small" not in "".join(each.text for each in messages)


async def test_who_is_forgotten_in_the_middle_is_nowhere_and_hears_nothing_again(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as (lived, phone):
        await joined(lived, phone)
        await to_the_fear(phone)
        await phone.types("that nobody ever stays")
        await phone.until("How sure")
        await phone.taps("Skip")
        await phone.until("How bad")
        await phone.taps("6")
        await phone.until(lambda shown: "Start" in labels(shown))
        await phone.taps("Start")
        await phone.until(lambda shown: "Stop here" in labels(shown))
        running = phone.last
        person = await person_of(lived, phone)
        await phone.types("/forget")
        await phone.taps("Erase everything")
        await phone.taps("Yes, erase it all")
        await phone.until("It's gone")
        await lived.settle()
        async with lived.store.read() as tx:
            for table in metadata.sorted_tables:
                rows = (await tx.connection.execute(table.select())).all()
                held = [row for row in rows if {person.id, phone.chat} & set(row)]
                assert held == [], table.name
        erased = lived.clock.now()
        await lived.live_until(erased + timedelta(days=8))
        assert arrived(lived, phone, since=erased + timedelta(minutes=1)) == []
        await phone.taps_old(running.id, running.keys[0].data)
        await phone.until("nothing stored about you")
        await phone.types("/start")
        await phone.until("I'm nudger")


# ------------------------------------------------------------------ the traveller


async def test_a_traveller_over_a_clock_change_is_planned_anew_at_once(tmp_path: Path) -> None:
    start = datetime(2026, 10, 23, 16, tzinfo=UTC)  # the Friday before the clocks go back
    async with living(tmp_path, start) as (lived, phone):
        await joined(lived, phone)
        await each_day(lived, phone, range(24, 25))
        before = await asks(lived, phone, "/next")
        flown = lived.clock.now()
        await phone.types("/settings")
        await phone.taps("Where I am")
        await phone.until("share your place")
        await phone.shares_place(40.71, -74.0)
        await phone.until("New York")
        assert await asks(lived, phone, "/next") != before
        await lived.live_until(datetime(2026, 10, 28, 15, tzinfo=UTC))
        there = checker.unasked(arrived(lived, phone, since=flown, zone="America/New_York"))
        assert not checker.in_quiet_hours(there, start=NIGHT, end=MORNING)
        assert {"2026-10-25", "2026-10-26", "2026-10-27"} <= set(checker.a_day(there))
        assert max(checker.a_day(steps(there)).values(), default=0) <= 1
        await phone.types("/settings")
        await phone.taps("Where I am")
        await phone.until("type a city")
        await phone.types("Tokyo")
        await phone.until("Tokyo")
        moved = lived.clock.now()
        await lived.live_until(moved + timedelta(days=3))
        far = checker.unasked(arrived(lived, phone, since=moved, zone="Asia/Tokyo"))
        assert not checker.in_quiet_hours(far, start=NIGHT, end=MORNING)
        assert not checker.too_close(far, rest=timedelta(hours=3))
        assert max(checker.a_day(steps(far)).values(), default=0) <= 1


# ------------------------------------------------------------------ what was announced


@pytest.mark.parametrize("change", [None, "Sooner", "Later", "Skip it"])
async def test_what_next_announces_is_what_comes(tmp_path: Path, change: str | None) -> None:
    async with living(tmp_path) as (lived, phone):
        await joined(lived, phone)
        await lived.until_local(13, 12)
        first = announced(await asks(lived, phone, "/next"), date(2026, 10, 13))
        if change is not None:
            await phone.taps(change)
            await lived.settle()
        then = announced(phone.last.text, date(2026, 10, 13))
        if change == "Skip it":
            assert then.date() > date(2026, 10, 13)
        elif change is not None:
            moved = timedelta(hours=-1 if change == "Sooner" else 1)
            assert abs(then - first - moved) <= timedelta(minutes=30)
        asked = lived.clock.now()
        await lived.live_until(then.astimezone(UTC) + timedelta(hours=1))
        came = alone(lived, phone, since=asked)
        assert came
        assert abs(came[0].at - then) <= timedelta(minutes=15)


async def test_next_tells_the_truth_also_right_before(tmp_path: Path) -> None:
    """Asking is a conversation, and nothing barges into one: so it says when that is over."""
    async with living(tmp_path) as (lived, phone):
        await joined(lived, phone)
        await lived.until_local(13, 12)
        person = await person_of(lived, phone)
        async with lived.store.read() as tx:
            soonest = (await nudges.planned_of(tx, person.id))[0]
        await lived.live_until(soonest.due_at - timedelta(minutes=5))
        then = announced(await asks(lived, phone, "/next"), date(2026, 10, 13))
        asked = lived.clock.now()
        await lived.live_until(asked + timedelta(hours=2))
        assert abs(alone(lived, phone, since=asked)[0].at - then) <= timedelta(minutes=15)
        assert "/resume" in await asks(lived, phone, "/pause") + await asks(
            lived, phone, "until I say so"
        )
        assert "Silent until you say so" in await asks(lived, phone, "/next")


def announced(text: str, today: date) -> datetime:
    """The first moment that stands in an answer to /next."""
    found = re.search(r"(Today|Tomorrow|On \w+).*?(\d\d):(\d\d)", text)
    assert found, text
    day, hour, minute = found.groups()
    ahead = {"Today": 0, "Tomorrow": 1}.get(day)
    if ahead is None:
        names = [f"{today + timedelta(days=n):%A}" for n in range(8)]
        ahead = names.index(day.removeprefix("On "), 1)
    at = datetime.combine(today + timedelta(days=ahead), time(int(hour), int(minute)))
    return at.replace(tzinfo=BERLIN)


# ------------------------------------------------------------------ an attempt that ends oddly


@pytest.mark.parametrize("choice", ["Tell me then anyway", "At 08:00", "Something shorter"])
async def test_an_end_in_quiet_hours_is_asked_about_when_they_said(
    tmp_path: Path, choice: str
) -> None:
    async with living(tmp_path) as (lived, phone):
        await joined(lived, phone)
        await lived.until_local(13, 21, 57)
        await to_the_start(phone)
        await phone.until("in your quiet hours")
        asked = lived.clock.now()
        await phone.taps(choice)
        await lived.settle()
        phone.puts_away()
        await lived.until_local(14, 9)
        ends = [each for each in arrived(lived, phone, since=asked) if "How did it go" in each.text]
        if choice == "Something shorter":
            assert ends == []
            assert "Nothing shorter" in phone.screen()
            return
        (end,) = ends
        night = end.clock >= NIGHT
        assert night if choice == "Tell me then anyway" else end.clock.hour == 8
        assert end.at - asked < timedelta(minutes=20) or not night
        await phone.taps("I waited it out")
        await phone.until("Worst moment")


async def test_an_end_that_is_never_answered_holds_nothing_up(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await joined(lived, phone)
        await lived.until_local(13, 12)
        await to_the_start(phone)
        await phone.taps("Start")
        await phone.until(lambda shown: "Stop here" in labels(shown))
        phone.puts_away()
        await lived.until_local(14, 22)
        messages = arrived(lived, phone, since=DAY_0 + timedelta(hours=2))
        ends = [each for each in messages if "How did it go" in each.text]
        assert len(ends) == 1
        next_day = [each for each in checker.unasked(messages) if each.day == "2026-10-14"]
        assert steps(next_day), "the next day goes on as ever"
        await phone.taps("I waited it out")
        await phone.until("Worst moment")
        await phone.taps("4")
        await phone.until("Expected 6, the worst was 4.")


async def test_calm_me_leaves_the_way_out_of_the_attempt_usable(tmp_path: Path) -> None:
    async with living(tmp_path) as (lived, phone):
        await joined(lived, phone)
        await lived.until_local(13, 12)
        await to_the_start(phone)
        await phone.taps("Start")
        running = await phone.until(lambda shown: "Stop here" in labels(shown))
        await phone.taps("Calm me")
        calm = await phone.until(lambda shown: "Another one" in labels(shown))
        assert calm.id != running.id
        await phone.taps("Another one")
        await lived.settle()
        await phone.types("it helps a bit")
        await lived.settle()
        await phone.taps("Stop here")
        await phone.until("Worst moment")


# ------------------------------------------------------------------ when it is too much


@pytest.mark.parametrize(
    ("days", "peak", "feared_happened"),
    [((13,), "9", False), ((13, 16), "8", False), ((13, 14), "3", True)],
    ids=["a nine", "two eights within a week", "what was feared, twice"],
)
async def test_what_is_too_much_stops_the_steps_with_a_way_back(
    tmp_path: Path, days: Sequence[int], peak: str, feared_happened: bool
) -> None:
    async with living(tmp_path) as (lived, phone):
        await joined(lived, phone)
        for day in days:
            await lived.until_local(day, 12)
            await phone.types("/challenge")
            await phone.until(lambda shown: STEP in labels(shown))
            await through_an_attempt(lived, phone, peak=peak, feared_happened=feared_happened)
        assert "stopping the steps" in phone.last.text
        assert {"OK", "Change"} <= set(labels(phone.last))
        await phone.taps("OK")
        await phone.until("two days")
        stopped = lived.clock.now()
        assert "/resume" in await asks(lived, phone, "/challenge")
        await each_day(lived, phone, range(days[-1] + 1, days[-1] + 8))
        messages = alone(lived, phone, since=stopped)
        assert steps(messages) == []
        again = [each for each in messages if "Steps again" in each.text]
        assert len(again) == 1, "asked once"
        assert timedelta(days=1) < again[0].at - stopped < timedelta(days=3)
        assert len(checker.a_day(messages)) >= 6, "something kind on the other days"
        await phone.types("/resume")
        await phone.until("Steps again, small?")
        await phone.taps("Yes, small")
        await phone.until("Small ones")
        resumed = lived.clock.now()
        await each_day(lived, phone, range(days[-1] + 8, days[-1] + 11))
        assert steps(alone(lived, phone, since=resumed))


# ------------------------------------------------------------------ when the service was away


@pytest.mark.parametrize("away", [timedelta(hours=1), timedelta(days=2, hours=-8)])
async def test_after_downtime_what_is_late_comes_once_or_not_at_all(
    tmp_path: Path, away: timedelta
) -> None:
    clocks = [Clock(start=DAY_0)]

    def now() -> datetime:
        return clocks[-1].now()

    api = BotApi(token=TOKEN, now=now)
    await api.start()
    try:
        async with life(tmp_path, start=DAY_0, api=api) as lived:
            clocks.append(lived.clock)
            phone = lived.phone()
            await joined(lived, phone)
            await lived.until_local(13, 12)
            due = announced(await asks(lived, phone, "/next"), date(2026, 10, 13))
        back = due.astimezone(UTC) + away
        clocks.append(Clock(start=back))
        async with life(tmp_path, start=back, api=api) as lived:
            clocks.append(lived.clock)
            await lived.settle()
            at_once = arrived(lived, phone, since=back)
            useful = away < timedelta(hours=3)
            assert len(steps(at_once)) == useful, "late within its use it comes, else it does not"
            assert len(at_once) <= 1, "and never a burst"
            await lived.live_until(back + timedelta(days=1, hours=10))
            assert alone(lived, phone, since=back), "and the plan goes on"
    finally:
        await api.stop()
