"""Is what is known of a person kept whole, and gone when they want it gone?"""

import asyncio
import contextlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from nudger.domain.message_out import MessageOut
from nudger.domain.nudge import Lane, Reason
from nudger.domain.pacing.events import Event, Outcome
from nudger.domain.person import (
    About,
    Afraid,
    Pause,
    Person,
    Phase,
    Profile,
    StepsStopped,
    StopCause,
    Style,
    Tempo,
    TimeOfDay,
)
from nudger.domain.practice import (
    Attempt,
    CameTrue,
    Finding,
    HowItWent,
    Note,
    Prediction,
    Separation,
)
from nudger.domain.practice import Phase as AttemptPhase
from nudger.domain.time.quiet_hours import QuietHours
from nudger.store import (
    decisions,
    dialogues,
    events,
    inbox,
    marks,
    nudges,
    outbox,
    people,
    practice,
)
from nudger.store.decisions import Decision
from nudger.store.dialogues import Dialogue
from nudger.store.inbox import Update
from nudger.store.outbox import Out
from nudger.store.refusal import StoreRefusal
from nudger.store.states import DialogueStatus
from nudger.store.store import Store
from nudger.store.tables import metadata
from nudger.store.transaction import ForgottenError
from tests.stores import KEY, NOON, following, planned, someone

DAY = timedelta(days=1)
TOLD = someone(
    language="en",
    zone="Europe/Berlin",
    quiet=QuietHours.none(),
    time_of_day=TimeOfDay.SURPRISE,
    tempo=Tempo.DAILY,
    cap=1,
    rest=timedelta(hours=5),
    steps_wanted=False,
    weekdays_off=frozenset({5, 6}),
    families=("texting_gap", "checking"),
    set_aside=frozenset({"checking.3"}),
    pause=Pause(since=NOON, until=NOON + DAY),
    stopped=StepsStopped(at=NOON, cause=StopCause.TWO_EIGHTS),
    skipped=frozenset({date(2026, 3, 3)}),
    profile=Profile(
        adult=True,
        about=About.PARTNER,
        afraid=Afraid.NO,
        loss_at=NOON,
        style=Style.BOTH,
        country="DE",
    ),
)
TALK = Dialogue(
    id="0123456789",
    person="person-1",
    kind="attempt",
    step="fear",
    state='{"rung":"texting_gap.1"}',
    opened_at=NOON,
    last_word_at=NOON,
)


@pytest.mark.parametrize("person", [someone(), TOLD], ids=["as everyone begins", "all told"])
async def test_a_person_comes_back_as_they_were(store: Store, person: Person) -> None:
    async with store.begin() as tx:
        await people.add(tx, someone())
        await people.save(tx, person)
    async with store.read() as tx:
        assert await people.by_chat(tx, person.chat) == person
        assert await people.by_id(tx, person.id) == person
        assert await people.by_chat(tx, 1) is None


async def test_one_chat_is_one_person(store: Store) -> None:
    async with store.begin() as tx:
        await people.add(tx, someone(1))
        with pytest.raises(IntegrityError):
            await people.add(tx, someone(2, chat=someone(1).chat))
        await tx.connection.rollback()


async def test_people_are_listed_by_how_far_they_have_come(store: Store) -> None:
    async with store.begin() as tx:
        for number, phase in enumerate(Phase):
            await people.add(tx, someone(number, phase=phase))
        assert await people.all_ids(tx) == ["person-0", "person-1", "person-2"]
        assert await people.all_ids(tx, phase=Phase.JOINED) == ["person-1"]


async def test_the_last_word_and_the_pace_are_kept(store: Store) -> None:
    async with store.begin() as tx:
        await people.add(tx, someone())
        assert await people.last_word_at(tx, "person-1") is None
        assert await people.load_pace(tx, "person-1") is None
        await people.heard(tx, "person-1", now=NOON)
        await people.save_pace(tx, "person-1", '{"mean":[1.0]}')
        await people.save(tx, TOLD)
        assert await people.last_word_at(tx, "person-1") == NOON
        assert await people.load_pace(tx, "person-1") == '{"mean":[1.0]}'


async def test_no_update_of_a_person_is_lost_between_reading_and_writing(store: Store) -> None:
    async with store.begin() as tx:
        await people.add(tx, someone(cap=0))

    async def count_up() -> None:
        for _ in range(20):
            async with store.begin() as tx:
                person = await people.by_id(tx, "person-1")
                assert person is not None
                await people.save(tx, replace(person, cap=person.cap + 1))

    async with asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(count_up())
    async with store.read() as tx:
        person = await people.by_id(tx, "person-1")
    assert person is not None
    assert person.cap == 160


async def test_an_error_undoes_all_of_a_transaction(store: Store) -> None:
    with contextlib.suppress(ZeroDivisionError):
        async with store.begin() as tx:
            await people.add(tx, someone())
            raise ZeroDivisionError
    async with store.read() as tx:
        assert await people.all_ids(tx) == []


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises((DBAPIError, StoreRefusal)):
        async with store.read() as tx:
            await people.add(tx, someone())


async def test_a_reader_sees_one_moment(store: Store) -> None:
    async with store.read() as reading:
        assert await people.all_ids(reading) == []
        async with store.begin() as tx:
            await people.add(tx, someone())
        assert await people.all_ids(reading) == []


async def test_a_conversation_is_found_by_its_own_person_only(store: Store) -> None:
    async with store.begin() as tx:
        for number in (1, 2):
            await people.add(tx, someone(number))
        await dialogues.save(tx, TALK)
        assert await dialogues.by_id(tx, TALK.id, person="person-1") == TALK
        assert await dialogues.by_id(tx, TALK.id, person="person-2") is None


async def test_a_conversation_is_parked_for_another_and_found_again(store: Store) -> None:
    other = replace(TALK, id="abcdefghij", kind="separation")
    async with store.begin() as tx:
        await people.add(tx, someone())
        await dialogues.save(tx, TALK)
        await dialogues.park(tx, "person-1")
        await dialogues.save(tx, other)
        await dialogues.shown(tx, other.id, 77)
        assert await dialogues.open_of(tx, "person-1") == replace(other, message=77)
        parked = replace(TALK, status=DialogueStatus.PARKED)
        assert await dialogues.newest_parked(tx, "person-1") == parked
        assert await dialogues.newest_parked(tx, "person-1", kind="separation") is None
        await dialogues.close(tx, other.id, now=NOON)
        await dialogues.save(tx, replace(parked, status=DialogueStatus.OPEN, step="likely"))
        found = await dialogues.open_of(tx, "person-1")
        assert found is not None
        assert found.step == "likely"


async def test_practice_comes_back_as_it_was_newest_first(store: Store) -> None:
    first = Attempt(
        id="a1",
        rung="texting_gap.1",
        chosen_at=NOON,
        phase=AttemptPhase.OVER,
        started_at=NOON,
        ends_at=NOON + DAY,
        ask_at=NOON + DAY,
        over_at=NOON + DAY,
        prediction=Prediction(fear="own", words="they sigh", likely=70, expected=6),
        finding=Finding(
            how=HowItWent.WAITED,
            came_true=CameTrue.A_LITTLE,
            peak=4,
            helped="tea",
            words="it was all right",
        ),
    )
    second = Attempt(id="a2", rung="checking.1", chosen_at=NOON + DAY)
    apart = Separation(
        id="s1",
        logged_at=NOON,
        until=NOON + DAY,
        ask_at=NOON + 2 * DAY,
        prediction=first.prediction,
        finding=first.finding,
    )
    notes = [Note(id=f"n{days}", at=NOON + days * DAY, words=f"day {days}") for days in (2, 1)]
    async with store.begin() as tx:
        await people.add(tx, someone())
        await practice.save_attempt(
            tx, "person-1", replace(first, phase=AttemptPhase.RUNNING, over_at=None)
        )
        await practice.save_attempt(tx, "person-1", first)
        await practice.save_attempt(tx, "person-1", second)
        await practice.save_separation(tx, "person-1", apart)
        for one in notes:
            await practice.add_note(tx, "person-1", one)
    async with store.read() as tx:
        assert await practice.attempts(tx, "person-1") == [second, first]
        assert await practice.attempts(tx, "person-1", rung="texting_gap.1") == [first]
        assert await practice.attempts(tx, "person-1", limit=1) == [second]
        assert await practice.attempt_by_id(tx, "a1", person="person-1") == first
        assert await practice.attempt_by_id(tx, "a1", person="person-2") is None
        assert await practice.separations(tx, "person-1") == [apart]
        assert await practice.separation_by_id(tx, "s1", person="person-1") == apart
        assert await practice.notes(tx, "person-1") == notes


async def test_a_corrected_answer_takes_the_place_of_the_first(store: Store) -> None:
    first, second, third = (
        Event(id=f"e{n}", at=NOON, local_date=NOON.date(), outcome=Outcome.DONE, value=n)
        for n in (1, 2, 3)
    )
    corrected = replace(first, at=NOON + DAY, outcome=Outcome.BROKE_OFF, value=9.5, came_true=True)
    async with store.begin() as tx:
        await people.add(tx, someone())
        for one in (first, second, third, corrected):
            await events.put(tx, "person-1", one)
        assert await events.known(tx, "person-1", "e2")
        assert not await events.known(tx, "person-2", "e2")
        assert await events.all_of(tx, "person-1") == [corrected, second, third]


async def test_a_mark_is_kept_until_the_next(store: Store) -> None:
    async with store.begin() as tx:
        assert await marks.get(tx, marks.ZONE_DATA) is None
        await marks.put(tx, marks.ZONE_DATA, "2026e")
        await marks.put(tx, marks.ZONE_DATA, "2026f")
        assert await marks.get(tx, marks.ZONE_DATA) == "2026f"


async def fill(store: Store, person: Person) -> None:
    """Leave something of the person in every table that can hold it."""
    id = person.id
    async with store.begin() as tx:
        await people.add(tx, person)
        await dialogues.save(tx, replace(TALK, id=f"talk-{id}", person=id))
        await practice.save_attempt(tx, id, Attempt(id=f"a-{id}", rung="r", chosen_at=NOON))
        await practice.save_separation(tx, id, Separation(id=f"s-{id}", logged_at=NOON))
        await practice.add_note(tx, id, Note(id=f"n-{id}", at=NOON, words="Marmelade"))
        await events.put(
            tx, id, Event(id="e", at=NOON, local_date=NOON.date(), outcome=Outcome.ANSWERED)
        )
        await nudges.add(tx, replace(planned(), id=f"nudge-{id}", person=id))
        await nudges.add(tx, replace(following(2), id=f"follow-{id}", person=id))
        reason = Reason(name="usual")
        decision = Decision(lane=Lane.CHALLENGE, local_date=NOON.date(), at=NOON, reason=reason)
        await decisions.add(tx, id, replace(decision, nudge=f"nudge-{id}"))
        message = MessageOut(chat=person.chat, text="Marmelade")
        await outbox.add(tx, Out(id=f"o-{id}", message=message, person=id), now=NOON)
        await outbox.add(tx, Out(id=f"p-{id}", message=message), now=NOON)
        last = person.seed * 10
        for update_id in (last, last + 1):
            await inbox.keep(tx, [Update(update_id=update_id, chat=person.chat, body="")], now=NOON)
        await inbox.handled(tx, last)
        await inbox.quarantine(tx, last + 1, error="ValueError")


async def rows_about(store: Store, person: Person) -> dict[str, int]:
    """In which tables is a row that names the person or their chat, in whatever column?"""
    found = {}
    async with store.read() as tx:
        for table in metadata.sorted_tables:
            texts = [cast(column, Text) for column in table.columns if not is_sealed(column)]
            named = or_(
                *(text.contains(person.id, autoescape=True) for text in texts),
                *(text == str(person.chat) for text in texts),
            )
            query = select(func.count()).select_from(table).where(named)
            found[table.name] = await tx.connection.scalar(query) or 0
    return found


def is_sealed(column: object) -> bool:
    return type(getattr(column, "type", None)).__name__ == "SealedBytes"


async def test_to_forget_leaves_no_row_of_a_person_in_any_table(store: Store) -> None:
    gone, stays = someone(1), someone(2)
    for person in (gone, stays):
        await fill(store, person)
    before = await rows_about(store, stays)
    assert {table for table, rows in before.items() if not rows} == {"service"}
    async with store.begin() as tx:
        await people.forget(tx, gone)
    await store.shred()
    assert set((await rows_about(store, gone)).values()) == {0}
    assert await rows_about(store, stays) == before


async def test_what_a_chat_sends_after_forgetting_is_a_new_beginning(store: Store) -> None:
    asked, anew = (Update(update_id=n, chat=someone().chat, body="{}") for n in (1, 2))
    async with store.begin() as tx:
        await people.add(tx, someone())
        await inbox.keep(tx, [asked, anew], now=NOON)
        await people.forget(tx, someone())
        await inbox.handled(tx, 1)
    async with store.begin() as tx:
        assert await inbox.waiting(tx, now=NOON, limit=9) == [anew]
        await inbox.keep(tx, [asked], now=NOON)
        assert await inbox.waiting(tx, now=NOON, limit=9) == [anew]


async def test_nothing_can_be_sealed_for_someone_who_was_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await people.add(tx, someone())
        await people.forget(tx, someone())
        with pytest.raises(ForgottenError):
            await practice.add_note(tx, "person-1", Note(id="n", at=NOON, words="tea"))


async def test_a_forgotten_persons_key_is_not_left_in_the_files(
    sqlite_store_url: str, tmp_path: Path
) -> None:
    store = await Store.open(url=sqlite_store_url, key=KEY, data_dir=tmp_path)
    await fill(store, someone())
    person = metadata.tables["person"]
    async with store.read() as tx:
        wrapped = await tx.connection.scalar(select(person.c.data_key))
    assert wrapped is not None

    def found() -> bool:
        names = ("nudger.db", "nudger.db-wal")
        return any(wrapped.ciphertext in (tmp_path / name).read_bytes() for name in names)

    assert found()
    async with store.begin() as tx:
        await people.forget(tx, someone())
    await store.shred()
    assert not found()
    await store.close()
