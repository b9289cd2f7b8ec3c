"""Does silence get less, and never more?"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.domain.pacing.dose import GAPS, Gap, gap
from nudger.domain.pacing.events import Outcome
from nudger.domain.pacing.pace import Pace, replay
from nudger.domain.person import Tempo
from tests.pacing_samples import DAY, JOINED_ON, event


def lived(days: str) -> tuple[Pace, date]:
    """A day for each letter: answered, silent, or nothing sent; and the day after the last."""
    means = {"a": Outcome.ANSWERED, "s": Outcome.SILENT}
    told = [event(n, means[d], day=n) for n, d in enumerate(days) if d in means]
    return replay(told), JOINED_ON + len(days) * DAY


def gap_of(days: str) -> Gap:
    """The gap after such days."""
    pace, today = lived(days)
    return gap(pace, today=today)


@pytest.mark.parametrize(
    ("label", "days", "silent", "between"),
    [
        ("the first day", "", 0, 1),
        ("answering", "aaaaaaa", 0, 1),
        ("one silent day", "aaaaaaaaaaaas", 1, 1),
        ("two, after twelve with an answer", "aaaaaaaaaaaass", 2, 1),
        ("three", "aaaaaaaaaaaasss", 3, 2),
        ("four", "aaaaaaaaaaaassss", 4, 3),
        ("three, after a hundred", "a" * 100 + "sss", 3, 7),
        ("an answer resets", "aaaaaaaaaaaasssa", 0, 1),
        ("days without a message are no silence", "aaaaaaaaaaaas...", 1, 1),
        ("never answered, two days", "ss", 2, 1),
        ("never answered, seven days", "sssssss", 7, 3),
        ("never answered, two weeks", "s" * 14, 14, 7),
        ("never answered, three weeks", "s" * 21, 21, 14),
        ("often silent: silence says little", "sasasasasass", 2, 1),
    ],
)
def test_the_gap_grows_with_silence_that_is_unlikely_by_chance(
    label: str, days: str, silent: int, between: int
) -> None:
    found = gap_of(days)
    assert (found.silent, found.days) == (silent, between), label
    assert found.only_kindness is (silent >= 2), label


def test_the_own_word_of_a_person_stands_over_what_silence_says() -> None:
    pace, today = lived("aaaaaaaaaaaasss")
    assert gap(pace, today=today, tempo=Tempo.DAILY).days == 1


def test_writing_less_is_told_when_the_days_first_grow_apart() -> None:
    gaps = [gap_of(days) for days in ("aaa", "aaassss", "aaasssss", "s" * 9)]
    assert [found.days for found in gaps] == [1, 1, 2, 3]
    assert [found.reason.name for found in gaps[1:]] == ["every_day", "writes_less", "writes_less"]


@pytest.mark.parametrize(
    ("label", "days", "farewell"),
    [
        ("59 days", "a" + "s...." * 11 + "s...", False),
        ("60 days", "a" + "s...." * 12, True),
        ("a pause of two months is no silence", "as" + "." * 70, False),
        ("answered in between", "a" + "s...." * 11 + "a" + "." * 10, False),
    ],
)
def test_a_farewell_comes_after_sixty_silent_days(label: str, days: str, farewell: bool) -> None:
    assert gap_of(days).farewell is farewell, label


@given(st.text("as.", max_size=80))
def test_one_more_silent_day_never_brings_more(days: str) -> None:
    before, after = (gap_of(each) for each in (days, days + "s"))
    assert after.days >= before.days
    assert after.silent >= before.silent


@given(st.text("as.", max_size=80))
def test_an_answer_brings_back_every_day(days: str) -> None:
    found = gap_of(days + "a")
    assert (found.days, found.silent, found.farewell) == (1, 0, False)


@given(st.text("as.", max_size=80))
def test_whoever_is_written_to_more_rarely_gets_only_kindness(days: str) -> None:
    found = gap_of(days)
    assert found.days in {1, *(between for between, _, _ in GAPS)}
    assert found.only_kindness or found.days == 1
