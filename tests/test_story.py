"""One person's first ten days with nudger, lived over real HTTP in moved time. Read this first.

The persona *anxious* of the fortnight: Berlin, quiet hours 22:00-08:00, evenings. What arrived is
judged from the Bot API's call log by code that imports nothing from nudger.
"""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from nudger.demo.phone import Phone
from tests import checker
from tests.life import Life, join, life

PROMPTS = Path(__file__).parent.parent / "prompts"
RATINGS = "24567"
WEEK_2 = "2026-10-19"
DAY_0 = datetime(2026, 10, 12, 18, 14, tzinfo=UTC)  # a Monday, 20:14 in Berlin
OWN_FEAR = "that she meets someone kinder at the wedding"
OWN_LINE = "I drew the whole evening and forgot to look"
FOLLOW_UPS = ("How did it go", "look back", "Steps again")


async def test_ten_days_from_start_to_a_pace_that_answers(tmp_path: Path) -> None:
    async with life(tmp_path, start=DAY_0) as lived:
        phone = lived.phone()
        await day_0_join_and_a_first_small_step(lived, phone)
        await day_1_the_choice_of_two_and_the_pace_that_follows(lived, phone)
        await day_2_three_kinds_of_no(lived, phone)
        await day_4_a_separation_with_a_fear_in_own_words(lived, phone)
        await day_6_the_reflection(lived, phone)
        await day_9_a_hard_one(lived, phone)
        await day_11_steps_again(lived, phone)
        await then_the_log_says(lived, phone)


async def day_0_join_and_a_first_small_step(lived: Life, phone: Phone) -> None:
    await join(phone, ratings=RATINGS)
    await phone.until("Something small right now?")
    await phone.taps("I'm in")
    await phone.until("alarm say")
    await phone.taps("They'll be annoyed")
    await phone.until("How sure")
    await phone.taps("70 %")
    await phone.until("How bad")
    await phone.taps("6")
    await phone.until("Put the phone away")
    await phone.taps("Start")
    await phone.until("Running until")
    phone.puts_away()
    await lived.until_local(12, 20, 45)
    await phone.until("How did it go?")
    await phone.taps("I waited it out")
    await phone.until("Worst moment")
    await phone.taps("4")
    await phone.until("annoyed?")
    await phone.taps("No")
    shown = await phone.until("I'll keep that for you")
    assert "Feared: annoyed, 70 %. Happened: no. Expected 6, the worst was 4." in shown.text
    await phone.taps("Done")
    await phone.until("Kept.")
    await phone.types("/next")
    shown = await phone.until("Tomorrow, Tuesday")
    assert "a step" in shown.text


async def day_1_the_choice_of_two_and_the_pace_that_follows(lived: Life, phone: Phone) -> None:
    phone.puts_away()
    await lived.until_local(13, 21)
    offer = await phone.until("Two to choose from")
    assert "A · " in offer.text
    assert "B · " in offer.text
    await phone.types("B")  # someone who types instead of tapping
    await phone.until("alarm say")
    await phone.taps("Skip")
    await phone.until("How bad")
    await phone.taps("5")
    await phone.until("Put the phone away")
    await phone.taps("Start")
    await phone.until("Running until")
    phone.puts_away()
    await lived.until_local(13, 21, 45)
    await phone.until("How did it go?")
    await phone.taps("I waited it out")
    await phone.until("Worst moment")
    await phone.taps("3")
    await phone.until("I'll keep that")
    await phone.taps("Add a line")
    await phone.until("Write it")
    await phone.types(OWN_LINE)
    await phone.until("Added.")
    await phone.taps("Done")
    await phone.until("Kept.")
    await phone.types("/why")
    why = await phone.until("expect about")
    assert "You said" in why.text or "from the others" in why.text


async def day_2_three_kinds_of_no(lived: Life, phone: Phone) -> None:
    for day, no, answer in (
        (14, "Too hard", "smaller"),
        (15, "Just no", "good answer"),
    ):
        phone.puts_away()
        await lived.until_local(day, 21)
        await phone.taps("Not today")
        await phone.until("What fits?")
        await phone.taps(no)
        await phone.until(answer)


async def day_4_a_separation_with_a_fear_in_own_words(lived: Life, phone: Phone) -> None:
    await lived.until_local(16, 16, 40)
    await phone.types("/apart until sunday 18:00")
    await phone.until("Noted until Sunday 18:00")
    await phone.taps("Yes")
    await phone.until("alarm say")
    await phone.types(OWN_FEAR)
    await phone.until("How sure")
    await phone.types("50%")
    await phone.until("How bad")
    await phone.types("7")
    await phone.until("I'll ask how it went")
    await phone.taps("That's fine")
    await phone.until("I'll ask")


async def day_6_the_reflection(lived: Life, phone: Phone) -> None:
    await lived.until_local(18, 18, 40)
    phone.puts_away()
    await lived.until_local(18, 18, 50)
    ready = await phone.until("look back")
    assert OWN_FEAR not in ready.text, "an unasked message shows nobody's own words"
    await phone.taps("Now")
    asked = await phone.until(OWN_FEAR)
    assert "50 %" in asked.text
    await phone.taps("A little")
    await phone.until("worst moment")
    await phone.taps("5")
    await phone.until("What helped")
    await phone.taps("A friend")
    await phone.until(lambda shown: any(key.label == "Skip" for key in shown.keys))
    await phone.taps("Skip")
    await phone.until("I'll keep that")
    await phone.taps("Done")
    await phone.until("Kept.")


async def day_9_a_hard_one(lived: Life, phone: Phone) -> None:
    await lived.until_local(21, 18)
    await phone.types("/challenge")
    offer = await phone.until(lambda shown: bool(shown.keys))
    await phone.taps("A" if "A · " in offer.text else "I'm in")
    await phone.until("alarm say")
    await phone.taps("Skip")
    await phone.until("How bad")
    await phone.taps("6")
    await phone.until(lambda shown: any(key.label == "Start" for key in shown.keys))
    await phone.taps("Start")
    await phone.until("Running until")
    await phone.taps("Stop here")
    await phone.until("Worst moment")
    await phone.taps("9")
    hard = await phone.until("That was a lot")
    assert "stopping the steps" in hard.text
    await phone.taps("OK")
    await phone.until("two days")
    await phone.types("/challenge")
    await phone.until("Steps rest")
    await phone.taps("Not yet")
    await phone.until("/resume")
    await phone.types("/resume")
    await phone.until("Steps again, small?")


async def day_11_steps_again(lived: Life, phone: Phone) -> None:
    await lived.until_local(22, 21, 30)
    await phone.taps("Yes, small")
    await phone.until("Small ones, then")
    await phone.types("/evidence")
    told = await phone.until("Feared: annoyed")
    assert "waited out" in told.text


async def then_the_log_says(lived: Life, phone: Phone) -> None:
    """Offers within the rules, quiet hours, rest and cap kept, no own words unasked."""
    await lived.until_local(23, 8)
    deeds = [shown.at for shown in phone.conversation if shown.mine]
    taps = [call.at for call in lived.api.calls if call.method == "answerCallbackQuery"]
    messages = checker.arrived(
        lived.api.calls, chat=phone.chat, zone="Europe/Berlin", deeds=[*deeds, *taps]
    )
    alone = checker.unasked(messages)
    assert len(alone) >= 8, "there was something on most days"
    assert not checker.in_quiet_hours(alone, start=time(22), end=time(8))
    own_accord = [m for m in alone if not any(what in m.text for what in FOLLOW_UPS)]
    assert not checker.too_close(own_accord, rest=timedelta(hours=3))
    assert max(checker.a_day(own_accord).values()) <= 2
    for words in (OWN_FEAR, OWN_LINE):
        assert not [m for m in alone if words in m.text]
    assert [f for f in lived.api.findings if f.limit != "rate"] == []
    attempts = [m for m in messages if "Two to choose from" in m.text]
    assert len({m.day for m in attempts}) == len(attempts), "one challenge a day"
    every = ("sendMessage", "editMessageText")
    seen = checker.arrived(lived.api.calls, chat=phone.chat, zone="Europe/Berlin", methods=every)
    ratings = checker.rated(seen, map(int, RATINGS))
    minutes = checker.minutes_of_steps(PROMPTS)
    first_week = [
        step for day, steps in checker.offered(messages) if day < WEEK_2 for step in steps
    ]
    assert len(first_week) >= 4
    for step in first_week:
        assert minutes[step.casefold()] <= 15, f"in the first week: {step}"
        assert ratings.get(step.casefold(), 0) <= 4, f"in the first week: {step}"


@pytest.mark.parametrize(
    ("worst", "next_day"), [("3", "a step"), ("8", "a kind word")], ids=["bearable", "too much"]
)
async def test_another_answer_leads_to_another_day(
    tmp_path: Path, worst: str, next_day: str
) -> None:
    async with life(tmp_path, start=DAY_0) as lived:
        phone = lived.phone()
        await join(phone)
        await phone.until("Something small right now?")
        await phone.taps("I'm in")
        for question, answer in (
            ("alarm say", "Skip"),
            ("How bad", "5"),
            ("Put the phone away", "Start"),
        ):
            await phone.until(question)
            await phone.taps(answer)
        await phone.until("Running until")
        phone.puts_away()
        await lived.until_local(12, 20, 45)
        await phone.until("How did it go?")
        await phone.taps("I waited it out")
        await phone.until("Worst moment")
        await phone.taps(worst)
        await phone.until("I'll keep that")
        await phone.types("/next")
        coming = (await phone.until("Tomorrow")).text
        assert next_day in coming
        phone.puts_away()
        await lived.until_local(13, 21, 30)
        deeds = [shown.at for shown in phone.conversation if shown.mine]
        messages = checker.arrived(
            lived.api.calls, chat=phone.chat, zone="Europe/Berlin", deeds=deeds
        )
        tuesday = [each for each in checker.unasked(messages) if each.day == "2026-10-13"]
        steps = [each for each in tuesday if "Not today" in each.labels]
        assert len(steps) == (next_day == "a step")
        assert tuesday, "there is something either way"
