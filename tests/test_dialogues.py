"""Does each dialogue go as a person would expect, answer by answer?"""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from nudger.domain.dialogues import attempt, separation, writing_less
from nudger.domain.pacing.events import Outcome
from nudger.domain.person import (
    About,
    Afraid,
    Phase,
    Profile,
    StepsStopped,
    StopCause,
    Style,
    Tempo,
    TimeOfDay,
    steps_barred,
)
from nudger.domain.practice import CameTrue, HowItWent
from nudger.domain.practice import Phase as AttemptPhase
from nudger.domain.prompt import Kind, Ladder
from nudger.domain.said import Tap
from nudger.domain.time.quiet_hours import QuietHours
from tests.phones import EVENING, Phone, english, joined, stranger

RUNG = "texting.15_minutes"


def newcomer() -> Phone:
    """A chat at the very first message."""
    return Phone(stranger()).command("start")


def trying(rung: str = RUNG, *, now: datetime = EVENING, **told: object) -> Phone:
    """A chat in which that rung was offered and taken."""
    phone = Phone(joined(**told), now=now).begins("attempt", attempt.offered((rung,)))
    return phone.taps("in")


def ended(*answers: str) -> Phone:
    """A try with a fear of 70 % and an expected 6, at its end, answered so far."""
    phone = trying().taps("annoyed", "70", "6", "start").waits(minutes=15).time_is_up()
    return phone.taps(*answers)


# ------------------------------------------------------------------ joining

GATES = [
    # who, the taps before the place, what becomes of them
    ("anxious", ("partner", "afraid_no", "anxious"), None, Ladder.DISTANCE),
    ("avoidant", ("partner", "afraid_no", "avoidant"), None, Ladder.CLOSENESS),
    ("both", ("friend", "afraid_no", "both"), None, None),
    ("not sure", ("family", "afraid_no", "unsure"), None, Ladder.DISTANCE),
    ("afraid", ("partner", "afraid_yes", "anxious"), "afraid", Ladder.DISTANCE),
    ("rather not say", ("partner", "afraid_unsaid", "anxious"), "afraid", Ladder.DISTANCE),
    ("left lately", ("ex", "loss_yes", "afraid_no", "anxious"), "loss", Ladder.DISTANCE),
    ("left long ago", ("ex", "loss_no", "afraid_no", "anxious"), None, Ladder.DISTANCE),
    ("nobody", ("nobody", "loss_no", "afraid_no", "unsure"), None, Ladder.DISTANCE),
    ("left, afraid", ("ex", "loss_yes", "afraid_yes", "anxious"), "afraid", Ladder.DISTANCE),
]


@pytest.mark.parametrize(
    ("taps", "barred", "way"), [row[1:] for row in GATES], ids=[row[0] for row in GATES]
)
def test_joining_takes_a_few_taps_and_a_city(
    taps: tuple[str, ...], barred: str | None, way: Ladder | None
) -> None:
    phone = newcomer().taps("adult", *taps).types("Berlin").taps("yes", "evening")
    if barred is None:
        assert phone.step == "rate"
        phone.taps("skip_these")
        assert (phone.kind, phone.step) == ("attempt", "offer")
        assert phone.choices == ("in", "later", "not_today")
    else:
        assert not phone.open, "no rating, no step"
        assert "/calm" in phone.text
    person = phone.person
    assert (person.phase, person.zone) == (Phase.JOINED, "Europe/Berlin")
    assert steps_barred(person, now=phone.now) == barred
    ladders = {rung.ladder for rung in phone.facts("").ladder}
    assert way is None or ladders == {way}


def test_the_first_step_is_the_gentle_one_and_why_is_about_it() -> None:
    phone = newcomer().taps("adult", "partner", "afraid_no", "anxious").types("Berlin")
    phone.taps("yes", "evening", "1", "3", "5", "7", "9")
    (gentle,) = phone.state.rungs
    assert phone.offered is not None
    assert phone.offered.values["stretch"] == gentle
    assert "Something small right now?" in phone.text
    assert phone.command("why").text.lower().startswith(english().prompts[gentle].short)  # type: ignore[attr-defined]


def test_all_five_ratings_are_kept() -> None:
    phone = newcomer().taps("adult", "partner", "afraid_no", "anxious").types("Berlin")
    phone.taps("yes", "morning", "0", "2", "4", "6", "10")
    assert sorted(phone.pace.ratings.values()) == [0, 2, 4, 6, 10]
    assert phone.person.time_of_day is TimeOfDay.MORNING


def test_someone_younger_is_shown_help_and_nothing_else() -> None:
    phone = newcomer().taps("younger")
    assert not phone.open
    assert "/helpnow" in phone.text
    assert (phone.person.phase, phone.person.profile.adult) == (Phase.JOINING, False)


def test_privacy_can_be_read_before_anything_is_told() -> None:
    phone = newcomer().taps("privacy")
    assert "What I store" in phone.text
    assert phone.taps("adult").step == "about"


def at_the_place() -> Phone:
    """Asked where they are."""
    return newcomer().taps("adult", "partner", "afraid_no", "anxious")


def test_a_shared_place_becomes_its_zone_and_country() -> None:
    phone = at_the_place().shares("Europe/Berlin")
    assert (phone.person.zone, phone.person.profile.country) == ("Europe/Berlin", "DE")
    assert "it's 20:14 there now" in phone.text


def test_a_city_with_several_zones_is_asked_about() -> None:
    phone = at_the_place().types("Birmingham")
    assert phone.choices == ("0", "1")
    assert "America/Chicago" in phone.rendered().buttons[1][0].label
    assert phone.taps("1").person.zone == "America/Chicago"


def test_a_typed_clock_is_as_good_as_a_city() -> None:
    assert at_the_place().types("19:30").taps("0").person.zone == "Europe/Berlin"


@pytest.mark.parametrize("words", ["Atlantis", "??", "x" * 4096])
def test_an_unknown_city_is_asked_again_with_what_would_work(words: str) -> None:
    phone = at_the_place().types(words)
    assert phone.step == "place"
    assert "bigger city" in phone.text


def test_a_place_in_the_sea_has_no_zone_and_is_asked_again() -> None:
    phone = at_the_place().shares(None)
    assert (phone.step, phone.person.zone) == ("place", "UTC")


def at_quiet_hours() -> Phone:
    """Asked whether 22 to 8 is right."""
    return at_the_place().types("Berlin")


def test_quiet_hours_are_changed_by_a_tap_and_read_back() -> None:
    phone = at_quiet_hours().taps("change", "preset2")
    assert "23:00–07:00" in phone.text
    assert phone.taps("yes").step == "time"


def test_quiet_hours_are_changed_by_typing_and_read_back() -> None:
    phone = at_quiet_hours().types("weekends 23-9")
    assert "Saturday and Sunday: 23:00–09:00. Other nights: 22:00–08:00" in phone.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [("09:00-07:00", "2 hours"), ("8-8", "no open hour"), ("whenever", "22-8"), ("25-8", "22-8")],
)
def test_quiet_hours_that_cannot_be_are_refused_with_a_sentence(typed: str, said: str) -> None:
    phone = at_quiet_hours().types(typed)
    assert said in phone.text
    assert phone.step == "quiet_change"
    assert phone.person.quiet == QuietHours.standard()


# ------------------------------------------------------------------ a step


def test_a_step_is_asked_about_before_and_after() -> None:
    phone = ended()
    assert phone.attempt.ask_at == EVENING + timedelta(minutes=15)
    assert phone.taps("waited", "4").text.startswith("Were they annoyed?")
    phone.taps("no")
    assert "Feared: annoyed, 70 %. Happened: no. Expected 6, the worst was 4." in phone.text
    phone.taps("done")
    assert not phone.open
    told = phone.attempt.finding
    assert (told.how, told.came_true, told.peak) == (HowItWent.WAITED, CameTrue.NO, 4)
    assert (phone.attempt.phase, phone.events[-1].outcome) == (AttemptPhase.OVER, Outcome.DONE)


ENDS = [
    ("waited", ("waited", "4", "no"), Outcome.DONE, 4, False),
    ("came true", ("waited", "4", "yes"), Outcome.DONE, 4, True),
    ("a little is no yes", ("waited", "4", "a_little"), Outcome.DONE, 4, False),
    ("cannot tell", ("waited", "skip", "unknown"), Outcome.DONE, None, False),
    ("broke off", ("broke_off", "6", "no"), Outcome.BROKE_OFF, 6, False),
    ("rated", ("something_else", "came_between", "5", "no"), Outcome.DONE, 5, False),
    ("not rated", ("something_else", "skip", "skip", "no"), Outcome.ANSWERED, None, False),
    ("never came to it", ("something_else", "called_off"), Outcome.ANSWERED, None, False),
]


@pytest.mark.parametrize(
    ("answers", "outcome", "value", "came_true"),
    [row[1:] for row in ENDS],
    ids=[row[0] for row in ENDS],
)
def test_each_end_means_its_own_to_pacing(
    answers: tuple[str, ...], outcome: Outcome, value: int | None, came_true: bool
) -> None:
    event = ended(*answers).events[-1]
    assert (event.outcome, event.value, event.came_true) == (outcome, value, came_true)
    assert event.rung == RUNG


def test_stopping_early_is_thanked_and_counts_as_broken_off() -> None:
    phone = trying().taps("skip", "skip", "start", "stop_here")
    assert "worth knowing" in phone.text
    phone.taps("7")
    assert phone.attempt.finding.how is HowItWent.BROKE_OFF


def test_words_about_what_happened_are_kept() -> None:
    phone = ended("something_else").types("they rang me")
    assert phone.attempt.finding.words == "they rang me"
    assert phone.step == "peak"


def test_a_fear_in_their_own_words_comes_back_in_the_question_and_the_summary() -> None:
    phone = trying().types("they think I'm <odd>").taps("30", "5", "start").time_is_up()
    phone.taps("waited", "3")
    assert "You feared: “they think I'm <odd>”. Did it happen?" in phone.text
    assert "&lt;odd&gt;" in phone.rendered().text
    assert "they think I'm <odd>, 30 %" in phone.taps("no").text


def test_everything_can_be_left_out() -> None:
    phone = trying().taps("skip", "skip", "start").time_is_up().taps("waited", "skip")
    assert phone.step == "summary"
    assert phone.text == "I'll keep that for you: /evidence."


def test_calm_is_opened_beside_the_step_that_runs() -> None:
    phone = trying().taps("skip", "skip", "start", "calm_me")
    assert phone.kind == "prompt"
    assert phone.attempt.phase is AttemptPhase.RUNNING
    assert phone.time_is_up().step == "how"


def test_a_step_without_a_length_is_ended_by_the_person() -> None:
    phone = trying("closer.one_small_thing").taps("skip", "skip")
    assert english().prompts["closer.one_small_thing"].text[:30] in phone.text
    phone.taps("start")
    assert phone.attempt.ends_at is None
    assert phone.attempt.ask_at == datetime(2026, 3, 3, 7, tzinfo=UTC), "three hours is too late"
    assert phone.taps("did_it").step == "peak"


def test_a_change_of_the_answer_is_the_same_event_corrected() -> None:
    phone = ended("waited", "4", "no", "change", "broke_off", "8", "yes")
    ids = {event.id for event in phone.events if event.id.startswith("attempt:")}
    assert len(ids) == 1
    assert phone.pace.reports[-1].outcome is Outcome.BROKE_OFF
    assert len(phone.pace.reports) == 1


def test_a_line_is_added_to_what_was_said() -> None:
    phone = ended("waited", "4", "no", "add_line").types("It was quiet.").types("And fine.")
    assert phone.attempt.finding.words == "It was quiet.\nAnd fine."
    assert (phone.step, phone.pace.reports[-1].value) == ("summary", 4)


def test_a_nine_stops_the_steps_kindly() -> None:
    phone = ended("waited", "9", "no")
    assert "That was a lot, and you told me" in phone.text
    assert phone.person.stopped is not None
    assert phone.person.stopped.cause is StopCause.NINE
    assert "in two days" in phone.taps("ok").text


def test_a_nine_that_was_a_slip_is_taken_back() -> None:
    phone = ended("waited", "9", "no", "change", "waited", "4", "no")
    assert phone.person.stopped is None
    assert phone.pace.stop is None
    assert phone.step == "summary"


def test_talking_down_comes_first_where_they_wish() -> None:
    assert ended("waited", "10", "no", "calm_first").kind == "prompt"


def test_two_hard_ones_in_a_week_have_a_sentence_of_their_own() -> None:
    phone = ended("waited", "8", "no", "done")
    phone.waits(days=3).begins("attempt", attempt.offered((RUNG,)))
    phone.taps("in", "skip", "skip", "start").time_is_up().taps("waited", "8")
    assert "Two hard ones" in phone.text


def test_what_was_feared_twice_in_a_week_has_a_sentence_of_its_own() -> None:
    phone = ended("waited", "4", "yes", "done").waits(days=2)
    phone.begins("attempt", attempt.offered((RUNG,))).taps("in", "annoyed", "50", "5", "start")
    assert "happened twice this week" in phone.time_is_up().taps("waited", "4", "yes").text


def test_answers_within_ten_seconds_each_are_marked_as_quick() -> None:
    quick = trying().taps("annoyed", "skip", "skip", "start").time_is_up()
    assert quick.taps("waited", "5", "no").events[-1].quick
    slow = trying().taps("annoyed", "skip", "skip", "start").time_is_up()
    assert not slow.taps("waited").waits(seconds=30).taps("5", "no").events[-1].quick


# ------------------------------------------------------------------ an end in quiet hours

LATE = [
    # label, now, rung, when it ends
    ("an ordinary night", datetime(2026, 3, 2, 20, 50, tzinfo=UTC), RUNG),
    ("before midnight", datetime(2026, 3, 2, 22, 50, tzinfo=UTC), RUNG),
    ("the night of spring", datetime(2026, 3, 28, 20, 55, tzinfo=UTC), RUNG),
    ("the night of autumn", datetime(2026, 10, 24, 19, 55, tzinfo=UTC), RUNG),
    ("over the change", datetime(2026, 3, 28, 20, 30, tzinfo=UTC), "texting.evening_agreed"),
]


@pytest.mark.parametrize(("now", "rung"), [r[1:] for r in LATE], ids=[r[0] for r in LATE])
def test_an_end_in_quiet_hours_is_asked_about_before_it_starts(now: datetime, rung: str) -> None:
    lasts = english().rung(rung).lasts  # type: ignore[union-attr]
    assert lasts is not None
    phone = trying(rung, now=now).taps("skip", "skip")
    assert phone.choices == ("then_anyway", "morning_after", "shorter")
    assert "At 08:00" in phone.rendered().buttons[1][0].label
    anyway = trying(rung, now=now).taps("skip", "skip", "then_anyway")
    assert anyway.attempt.ask_at == anyway.attempt.ends_at == now + lasts
    morning = phone.taps("morning_after").attempt
    assert morning.ends_at == now + lasts
    assert morning.ask_at is not None
    there = morning.ask_at.astimezone(phone.facts("").zone)
    assert f"{there:%H:%M}" == "08:00"
    assert morning.ask_at > morning.ends_at


def test_something_shorter_ends_before_quiet_hours_or_there_is_none() -> None:
    late = datetime(2026, 3, 2, 20, 50, tzinfo=UTC)  # 21:50 in Berlin
    phone = trying(now=late).taps("skip", "skip", "shorter")
    assert phone.step == "ready"
    assert phone.attempt.ends_at is not None
    assert phone.attempt.ends_at < datetime(2026, 3, 2, 21, tzinfo=UTC)
    none = trying(now=late + timedelta(hours=2)).taps("skip", "skip", "shorter")
    assert "Nothing shorter fits" in none.text
    assert (none.attempt.phase, none.open) == (AttemptPhase.DROPPED, None)


def test_a_start_that_was_long_in_coming_is_asked_about_anew() -> None:
    phone = trying().taps("skip", "skip").waits(hours=1, minutes=40)
    assert phone.step == "ready"
    assert phone.taps("start").step == "late"


def test_a_choice_about_the_night_tapped_next_day_is_about_that_day() -> None:
    phone = trying(now=datetime(2026, 3, 2, 20, 50, tzinfo=UTC)).taps("skip", "skip")
    phone.waits(hours=13).taps("morning_after")
    assert phone.attempt.ask_at == phone.attempt.ends_at == phone.now + timedelta(minutes=15)


# ------------------------------------------------------------------ no


def offered_two() -> Phone:
    """Two rungs to choose from, both declined."""
    phone = Phone(joined()).begins("attempt", attempt.offered(("texting.5_minutes", RUNG)))
    return phone.taps("not_today")


NOES = [
    ("too_hard", Outcome.DECLINED_TOO_HARD),
    ("bad_time", Outcome.BAD_TIME),
    ("not_for_me", Outcome.NOT_FOR_ME),
    ("just_no", Outcome.JUST_NO),
]


@pytest.mark.parametrize(("choice", "outcome"), NOES)
def test_each_kind_of_no_steers_another_thing(choice: str, outcome: Outcome) -> None:
    phone = offered_two().taps(choice)
    assert [event.outcome for event in phone.events] == [outcome]
    assert not phone.attempts


def test_a_bad_time_may_become_another_time_of_day() -> None:
    phone = offered_two().taps("bad_time", "morning")
    assert phone.person.time_of_day is TimeOfDay.MORNING
    assert "From now on in the morning." in phone.text
    assert offered_two().taps("bad_time", "only_today").person.time_of_day is TimeOfDay.EVENING


@pytest.mark.parametrize(
    ("choice", "gone"),
    [
        ("a", {"texting.5_minutes"}),
        ("b", {RUNG}),
        ("both_of_them", {"texting.5_minutes", RUNG}),
        ("neither", set()),
    ],
)
def test_not_for_me_asks_which_of_two_to_leave_out(choice: str, gone: set[str]) -> None:
    phone = offered_two().taps("not_for_me", choice)
    assert phone.person.set_aside == gone
    assert not gone & {rung.id for rung in phone.facts("").ladder}


def test_not_for_me_of_a_single_one_asks_nothing_more() -> None:
    phone = Phone(joined()).begins("attempt", attempt.offered((RUNG,)))
    assert phone.taps("not_today", "not_for_me").person.set_aside == {RUNG}
    assert not phone.open


def test_a_rung_that_is_no_longer_there_is_neither_shown_nor_begun() -> None:
    phone = Phone(joined()).begins("attempt", attempt.offered(("texting.gone", RUNG)))
    assert phone.taps("in").attempt.rung == RUNG
    gone = Phone(joined()).begins("attempt", attempt.offered(("texting.gone",)))
    assert "/challenge finds another" in gone.text
    assert not gone.choices


def test_not_now_is_no_no() -> None:
    phone = trying().taps("skip", "skip", "not_now")
    assert phone.attempt.phase is AttemptPhase.DROPPED
    assert not phone.events


# ------------------------------------------------------------------ safety

BARRED: list[tuple[str, dict[str, object]]] = [
    ("afraid", {"afraid": Afraid.YES}),
    ("rather not say", {"afraid": Afraid.UNSAID}),
    ("never asked", {"afraid": None}),
    ("a loss", {"loss_at": EVENING - timedelta(days=2)}),
    ("not adult", {"adult": False}),
]


@pytest.mark.parametrize("told", [row[1] for row in BARRED], ids=[row[0] for row in BARRED])
@pytest.mark.parametrize("step", ["offer", "fear", "ready", "late"])
def test_who_gets_no_steps_is_not_led_on_by_an_old_button(
    step: str, told: dict[str, object]
) -> None:
    late = datetime(2026, 3, 2, 20, 50, tzinfo=UTC)
    taps = {"offer": (), "fear": ("in",), "ready": ("in", "skip", "skip")}
    taps["late"] = taps["ready"]
    phone = Phone(joined(), now=late if step == "late" else EVENING)
    phone.begins("attempt", attempt.offered((RUNG,))).taps(*taps[step])
    assert phone.step == step
    gates: dict[str, object] = {"adult": True, "afraid": Afraid.NO, **told}
    phone.person = joined(profile=Profile(**gates))  # type: ignore[arg-type]
    go_on = {"offer": "in", "fear": "skip", "ready": "start", "late": "then_anyway"}
    phone.taps(go_on[step])
    assert not phone.open
    assert all(each.phase is AttemptPhase.DROPPED for each in phone.attempts.values())
    assert "/challenge" not in phone.text


@pytest.mark.parametrize("told", [row[1] for row in BARRED], ids=[row[0] for row in BARRED])
def test_who_gets_no_steps_is_told_why_when_asking_for_one(told: dict[str, object]) -> None:
    gates: dict[str, object] = {"adult": True, "afraid": Afraid.NO, **told}
    person = joined(profile=Profile(**gates))  # type: ignore[arg-type]
    phone = Phone(person).command("challenge")
    assert not phone.open
    assert "steps" in phone.text


def test_only_one_step_is_on_at_a_time() -> None:
    phone = trying().taps("skip", "skip")
    ready = phone.open
    phone.begins("attempt", attempt.offered(("texting.5_minutes",))).taps("in", "skip", "skip")
    phone.taps("start")
    assert ready is not None
    assert ready not in phone.rows, "it gave way: its buttons are old ones"
    running = [a for a in phone.attempts.values() if a.phase is AttemptPhase.RUNNING]
    assert len(running) == 1


def test_asking_for_a_step_while_one_is_on_shows_that_one() -> None:
    phone = trying().taps("skip", "skip", "start").command("challenge")
    assert (phone.kind, phone.step) == ("attempt", "running")
    assert "How is it going?" in phone.text


def test_a_question_of_a_step_that_gave_way_is_an_old_one() -> None:
    phone = trying()
    first = phone.open
    assert first is not None
    phone.begins("attempt", attempt.offered(("texting.5_minutes",))).taps("in")
    assert first not in phone.rows
    chosen = [a for a in phone.attempts.values() if a.phase is AttemptPhase.CHOSEN]
    assert len(chosen) == 1


def test_breaking_off_teaches_even_if_nothing_more_is_told() -> None:
    phone = trying().taps("skip", "skip", "start", "stop_here")
    assert phone.step == "peak"
    assert [report.outcome for report in phone.pace.reports] == [Outcome.BROKE_OFF]
    assert "One step a day is enough" in phone.command("challenge").text


def test_stop_here_after_the_end_is_no_breaking_off() -> None:
    phone = trying().taps("skip", "skip", "start").waits(hours=1).taps("stop_here")
    assert phone.step == "how"
    assert not phone.pace.reports


def test_asking_for_a_step_after_the_end_of_one_asks_how_that_went() -> None:
    phone = trying().taps("skip", "skip", "start").waits(hours=1).command("challenge")
    assert (phone.kind, phone.step) == ("attempt", "how")


def test_a_hard_time_apart_stops_the_steps_also_where_the_rest_is_not_told() -> None:
    phone = apart("yes", "leave", "70", "6", "fine").waits(days=9).command("reflect")
    phone.taps("no", "9")
    assert phone.step == "helped"
    assert phone.person.stopped is not None


def test_a_time_apart_that_was_looked_back_at_is_not_taken_back() -> None:
    phone = apart("no")
    noted = phone.open
    assert noted is not None
    phone.waits(days=9).command("reflect").taps("5", "skip", "skip", "done")
    told = phone.separation
    tap = Tap(dialogue=noted, step="noted", choice="take_back")
    assert not phone.turns_to(noted).says(tap)
    assert phone.separations[told.id].finding.peak == 5


def test_someone_new_gets_no_step_until_the_question_of_safety_is_answered() -> None:
    phone = Phone(joined()).command("settings").taps("set_about", "ask_about", "friend")
    assert steps_barred(phone.person, now=phone.now) == "unasked"
    assert "About me" in phone.command("challenge").text


def test_a_step_a_day_is_enough() -> None:
    phone = ended("waited", "3", "no", "done").command("challenge")
    assert "One step a day is enough" in phone.text
    assert not phone.open


def test_the_day_after_a_hard_one_is_for_something_kind() -> None:
    phone = ended("broke_off", "8", "no", "done").waits(days=1).command("challenge")
    assert "something kind" in phone.text


# ------------------------------------------------------------------ times apart

APART = [
    ("until sunday 18:00", datetime(2026, 3, 8, 17, tzinfo=UTC)),
    ("2h30", EVENING + timedelta(hours=2, minutes=30)),
    ("until 21:00", datetime(2026, 3, 2, 20, tzinfo=UTC)),
]


@pytest.mark.parametrize(("typed", "until"), APART)
def test_a_time_apart_is_logged_with_one_line(typed: str, until: datetime) -> None:
    phone = Phone(joined()).command("apart", typed)
    assert phone.separation.until == until
    assert phone.separation.ask_at is not None
    assert phone.separation.ask_at >= until + timedelta(minutes=45)
    assert not phone.person.quiet.covers(phone.separation.ask_at, phone.facts("").zone)


@pytest.mark.parametrize(
    ("choice", "until"),
    [
        ("one_hour", EVENING + timedelta(hours=1)),
        ("three_hours", EVENING + timedelta(hours=3)),
        ("this_evening", EVENING + timedelta(hours=1)),
        ("tomorrow", datetime(2026, 3, 3, 17, tzinfo=UTC)),
    ],
)
def test_a_time_apart_is_logged_with_one_tap(choice: str, until: datetime) -> None:
    assert Phone(joined()).command("apart").taps(choice).separation.until == until


def test_a_time_apart_may_be_over_already() -> None:
    assert Phone(joined()).command("apart").taps("over_already").step == "peak"
    phone = Phone(joined()).command("apart", "yesterday evening")
    assert phone.step == "peak"
    assert phone.separation.until is not None
    assert phone.separation.until < EVENING


def test_an_end_that_is_not_understood_is_asked_again_with_two_examples() -> None:
    phone = Phone(joined()).command("apart", "when pigs fly")
    assert "until sunday 18:00" in phone.text
    assert phone.step == "until"
    assert phone.types("until 22:00").step == "fear_any"


def apart(*taps: str) -> Phone:
    """Apart until Sunday evening."""
    return Phone(joined()).command("apart", "until sunday 18:00").taps(*taps)


def test_a_fear_before_a_time_apart_is_kept() -> None:
    told = apart("yes", "leave", "70", "6").separation.prediction
    assert (told.fear, told.likely, told.expected) == ("leave", 70, 6)
    assert apart("no").separation.prediction.fear is None


def test_a_time_apart_may_be_taken_back() -> None:
    phone = apart("no", "take_back")
    assert phone.separation.ask_at is None
    assert "Taken back" in phone.text
    assert "I'll ask on Sunday, about 18:45" in apart("no", "fine").text


def reflecting(*taps: str, fear: bool = True) -> Phone:
    """Asked on Sunday whether they are ready to look back."""
    phone = apart(*(("yes", "leave", "70", "6", "fine") if fear else ("no", "fine")))
    phone.now = datetime(2026, 3, 8, 17, 45, tzinfo=UTC)
    phone.begins("separation", separation.ready_to_look_back(phone.separation))
    return phone.taps(*taps)


def test_the_whole_look_back_is_five_taps() -> None:
    phone = reflecting("look_now")
    assert phone.text.startswith("You feared: being left, 70 %.")
    assert phone.taps("no").step == "peak"
    phone.taps("4", "a_friend", "skip")
    assert "Feared: being left, 70 %. Happened: no. Expected 6, the worst was 4." in phone.text
    finding = phone.separation.finding
    assert (finding.came_true, finding.peak, finding.helped) == (CameTrue.NO, 4, "a_friend")
    phone.taps("done")
    assert (phone.separation.ask_at, phone.separation.reflected_at) == (None, phone.now)
    assert not phone.open


def test_words_are_welcome_where_a_look_back_asks() -> None:
    phone = reflecting("look_now", "3", fear=False).types("a long walk").types("I can do this")
    assert phone.separation.finding.words == "a long walk\nI can do this"
    assert phone.separation.finding.helped == "own"


def test_a_look_back_is_corrected_under_the_same_event() -> None:
    phone = reflecting("look_now", "yes", "9", "skip", "skip")
    assert phone.step == "hard"
    assert phone.person.stopped is not None
    changed = phone.taps("change", "no", "4", "skip", "skip")
    assert changed.step == "summary"
    assert changed.person.stopped is None
    assert len({event.id for event in phone.events}) == 1


PUT_OFF = [
    ("tonight", datetime(2026, 3, 8, 18, 30, tzinfo=UTC)),
    ("tomorrow", datetime(2026, 3, 9, 17, 45, tzinfo=UTC)),
    ("no_need", None),
]


@pytest.mark.parametrize(("choice", "ask_at"), PUT_OFF)
def test_a_look_back_may_be_put_off_or_left(choice: str, ask_at: datetime | None) -> None:
    phone = reflecting(choice)
    assert phone.separation.ask_at == ask_at
    assert (phone.separation.reflected_at is None) == (ask_at is not None)
    assert not phone.open


def test_reflect_goes_on_with_the_last_time_apart_or_takes_a_new_one() -> None:
    phone = apart("yes", "leave", "70", "6", "fine").command("reflect")
    assert len(phone.separations) == 2, "one that runs is not looked back on"
    phone = apart("yes", "leave", "70", "6", "fine").waits(days=9).command("reflect")
    assert (phone.step, len(phone.separations)) == ("came_true", 1)
    assert "time apart that ended" in phone.text
    assert Phone(joined()).command("reflect", "yesterday evening").step == "peak"
    unclear = Phone(joined()).command("reflect", "long ago")
    assert "take it as just now" in unclear.text


def test_what_did_not_feel_safe_stops_the_steps_and_nobody_asks_again() -> None:
    phone = ended("something_else", "unsafe")
    assert phone.step == "hard"
    assert "/helpnow" in phone.text
    assert phone.person.stopped is not None
    assert phone.person.stopped.cause is StopCause.UNSAFE
    assert phone.person.stopped.asked_again
    assert "only when you say so" in phone.taps("ok").text


def test_later_leaves_the_first_step_where_it_is() -> None:
    phone = newcomer().taps("adult", "partner", "afraid_no", "anxious").types("Berlin")
    phone.taps("yes", "evening", "skip_these", "later")
    assert "/challenge" in phone.text
    assert not phone.pace.reports


# ------------------------------------------------------------------ what they set


def test_quiet_hours_are_typed_agreed_to_and_undone() -> None:
    phone = Phone(joined()).command("quiet", "23-7 weekends")
    assert "Saturday and Sunday: 23:00–07:00. Other nights: 22:00–08:00. Right?" in phone.text
    assert phone.person.quiet == QuietHours.standard(), "not before it is agreed to"
    phone.taps("ok")
    assert phone.person.quiet != QuietHours.standard()
    assert phone.taps("undo").person.quiet == QuietHours.standard()


def test_quiet_hours_off_are_read_back_as_what_they_mean() -> None:
    phone = Phone(joined()).command("quiet", "off")
    assert "I may write at any hour" in phone.text
    assert phone.taps("ok").person.quiet == QuietHours.none()


def test_words_after_quiet_hours_are_set_are_a_note_and_no_hours() -> None:
    phone = Phone(joined()).command("quiet", "23-7").taps("ok").types("I feel better")
    assert (phone.notes, phone.step) == (["I feel better"], "done")


def test_a_pause_says_when_it_ends_and_can_be_undone() -> None:
    phone = Phone(joined()).command("pause", "3 days")
    assert phone.text == "Silent until Thursday 20:14. It ends by itself."
    assert phone.taps("undo").person.pause is None


@pytest.mark.parametrize(
    ("choice", "until"),
    [
        ("today", datetime(2026, 3, 3, 7, tzinfo=UTC)),
        ("one_day", EVENING + timedelta(days=1)),
        ("three_days", EVENING + timedelta(days=3)),
        ("one_week", EVENING + timedelta(days=7)),
        ("two_weeks", EVENING + timedelta(days=14)),
        ("open", None),
    ],
)
def test_a_pause_has_the_length_that_was_tapped(choice: str, until: datetime | None) -> None:
    phone = Phone(joined()).command("pause").taps(choice)
    assert phone.person.pause is not None
    assert phone.person.pause.until == until


def test_words_after_a_pause_is_set_are_a_note_and_no_length() -> None:
    phone = Phone(joined()).command("pause", "3 days").types("thank you")
    assert (phone.notes, phone.step) == (["thank you"], "done")


def test_resume_ends_a_pause_and_asks_about_steps_only_where_they_rest() -> None:
    phone = Phone(joined()).command("pause", "3 days").command("resume")
    assert phone.person.pause is None
    assert "The pause is over" in phone.text
    assert phone.kind != "steps_again"
    stopped = StepsStopped(at=EVENING - timedelta(days=1), cause=StopCause.NINE)
    assert Phone(joined(stopped=stopped)).command("resume").kind == "steps_again"
    assert Phone(joined(steps_wanted=False)).command("resume").kind == "steps_again"
    assert Phone(joined()).command("resume").text.startswith("Nothing is paused")


def test_steps_again_takes_the_rest_away_or_leaves_it() -> None:
    hard = ended("waited", "9", "no", "ok")
    assert hard.command("challenge").kind == "steps_again"
    hard.taps("not_yet")
    assert hard.person.stopped is not None
    assert hard.person.stopped.asked_again
    again = hard.command("resume").taps("yes_small")
    assert again.pace.stop is None
    assert again.person.stopped is None


def test_what_comes_can_come_sooner_later_or_not_at_all() -> None:
    phone = Phone(joined(), now=EVENING + timedelta(hours=1)).command("next")
    first = phone.text
    assert first.startswith("Tomorrow, Tuesday, about")
    later = phone.taps("later").text
    assert later != first
    assert phone.taps("sooner").text == first
    assert "Wednesday" in phone.taps("skip_it").text
    assert phone.types("I like this").notes == ["I like this"]


SETTINGS = [
    # taps from the menu, what it makes of a person
    (("set_time", "morning"), {"time_of_day": TimeOfDay.MORNING}),
    (("set_days", "day6", "day5", "day6", "back"), {"weekdays_off": frozenset({5})}),
    (("set_kinds", "kind_kindness", "back"), {"kindness_wanted": False}),
    (("set_kinds", "kind_steps", "back"), {"steps_wanted": False}),
    (("set_kinds", "kind_steps", "kind_steps", "back"), {"steps_wanted": True}),
    (("set_cap", "1"), {"cap": 1}),
    (("set_sound", "silently", "back"), {"silently": True}),
    (("set_language", "en"), {"language": "en"}),
    (("set_families", "time_apart", "back"), {"families": ("checking", "time_apart")}),
]


@pytest.mark.parametrize(
    ("taps", "made"), SETTINGS, ids=[row[0][0] + row[0][1] for row in SETTINGS]
)
def test_each_page_of_the_settings_sets_what_it_says(
    taps: tuple[str, ...], made: dict[str, object]
) -> None:
    phone = Phone(joined()).command("settings").taps(*taps)
    assert phone.step == "menu"
    assert {name: getattr(phone.person, name) for name in made} == made


def test_a_week_without_a_single_open_day_cannot_be_set() -> None:
    phone = Phone(joined()).command("settings").taps("set_days", *(f"day{n}" for n in range(7)))
    assert len(phone.person.weekdays_off) == 6


def test_quiet_hours_are_reached_from_the_settings() -> None:
    assert Phone(joined()).command("settings").taps("set_quiet").kind == "quiet"


def test_a_new_place_plans_everything_again_and_says_so() -> None:
    phone = Phone(joined()).command("settings").taps("set_zone").shares("Asia/Kolkata")
    assert (phone.person.zone, phone.person.profile.country) == ("Asia/Kolkata", "IN")
    assert "00:44" in phone.text
    assert "planned again" in phone.text
    several = Phone(joined()).command("settings").taps("set_zone").types("Birmingham")
    assert several.taps("0").person.zone == "Europe/London"


def test_who_becomes_afraid_is_told_that_steps_stop() -> None:
    phone = Phone(joined()).command("settings").taps("set_about", "ask_afraid", "afraid_yes")
    assert steps_barred(phone.person, now=phone.now) == "afraid"
    assert "because of something you told me" in phone.text
    phone.taps("ask_afraid", "afraid_no")
    assert "opens the way to steps" in phone.text


def test_steps_cannot_be_switched_on_where_they_are_barred() -> None:
    afraid = Profile(adult=True, afraid=Afraid.YES)
    phone = Phone(joined(profile=afraid, steps_wanted=False)).command("settings")
    phone.taps("set_kinds", "kind_steps")
    assert not phone.person.steps_wanted
    assert "because of something you told me" in phone.text


def test_someone_new_is_asked_the_questions_of_safety_again() -> None:
    phone = Phone(joined()).command("settings").taps("set_about", "ask_about", "ex")
    assert phone.step == "about_loss"
    assert phone.taps("loss_yes").step == "about_afraid"
    phone.taps("afraid_no")
    assert phone.person.profile.about is About.EX
    assert steps_barred(phone.person, now=phone.now) == "loss"


def test_another_style_brings_its_own_ladder() -> None:
    phone = Phone(joined(families=("checking",))).command("settings")
    phone.taps("set_about", "ask_style", "avoidant")
    assert phone.person.profile.style is Style.AVOIDANT
    assert {rung.ladder for rung in phone.facts("").ladder} == {Ladder.CLOSENESS}


def test_less_is_agreed_to_or_not() -> None:
    late = EVENING + timedelta(hours=1)
    phone = Phone(joined(), now=late).begins("writing_less", writing_less.State())
    assert "so I'm not in your way: next tomorrow, Tuesday, about" in phone.text
    assert phone.taps("daily_please").person.tempo is Tempo.DAILY
    assert (
        Phone(joined()).begins("writing_less", writing_less.State()).taps("pause_me").step == "ask"
    )


# ------------------------------------------------------------------ help and data


def test_help_now_shows_the_lines_of_the_persons_country_and_of_others() -> None:
    phone = Phone(joined()).command("helpnow")
    assert "call 112" in phone.text
    phone.taps("other_country", "gb")
    assert "999" in phone.text
    assert "/" not in phone.taps("other_country", "world").choices[0]


def test_help_now_works_before_anything_was_told() -> None:
    phone = Phone(stranger()).command("helpnow")
    assert "findahelpline" in phone.text
    assert len(phone.taps("other_country").choices) > 20


def test_everything_is_sent_only_after_a_yes() -> None:
    assert Phone(joined()).command("export").files == 0
    assert Phone(joined()).command("export").taps("send_it").files == 1
    assert Phone(joined()).command("export").taps("leave").files == 0


def test_erasing_takes_two_taps() -> None:
    phone = Phone(joined()).command("forget").taps("go_on")
    assert not phone.forgotten
    assert phone.taps("erase").forgotten
    kept = Phone(joined()).command("forget").taps("export_first", "go_on", "keep_it")
    assert (kept.forgotten, kept.files) == (False, 1)


# ------------------------------------------------------------------ what is told


def test_evidence_counts_honestly() -> None:
    assert Phone(joined()).command("evidence").text.startswith("Nothing yet")
    phone = ended("waited", "3", "yes", "done").command("evidence")
    assert "1 try, 1 waited out. One fear, and it came true." in phone.text
    assert "You expected about 6, it was 3." in phone.text
    phone.waits(days=1).begins("attempt", attempt.offered(("texting.5_minutes",)))
    phone.taps("in", "leave", "30", "5", "start").time_is_up().taps("broke_off", "4", "no", "done")
    phone.command("evidence")
    assert "2 tries, 1 waited out. Of 2 fears, 1 came true." in phone.text
    assert "You expected about 5½, it was 3½." in phone.text


def test_the_ladder_shows_what_was_done() -> None:
    phone = ended("waited", "3", "no", "done").command("ladder")
    assert "✓ fifteen minutes before a second message" in phone.text


def test_why_quotes_the_persons_own_numbers() -> None:
    phone = Phone(joined()).command("challenge").command("why")
    assert "I expect about" in phone.text
    assert Phone(joined(phase=Phase.JOINED)).command("why").text


def test_calm_asks_nobody_who_is_afraid_whether_a_fear_is_true() -> None:
    afraid = joined(profile=Profile(adult=True, afraid=Afraid.YES))
    for id in range(20):
        phone = Phone(afraid, ids=count(id)).command("calm")
        seen = english().prompts[phone.state.prompt].kind
        assert seen is Kind.CALM
        assert english().prompts[phone.taps("another").state.prompt].kind is Kind.CALM
