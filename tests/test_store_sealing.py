"""Does a person's word open in its own place only, and is it nowhere in the clear?"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import StatementError

from nudger.domain.message_out import MessageOut
from nudger.domain.person import Profile
from nudger.domain.practice import Attempt, Finding, Note, Prediction
from nudger.store import codec, dialogues, inbox, outbox, people, practice
from nudger.store.dialogues import Dialogue
from nudger.store.inbox import Update
from nudger.store.outbox import Out
from nudger.store.sealing import CannotOpenError, Context, Key
from nudger.store.store import Store
from nudger.store.tables import note, person
from nudger.store.types import Sealed
from tests.stores import KEY, NOON, someone

HERE = Context(table="note", row="note-1", person="person-1", field="words")
ODD = "👩‍👩‍👧 \u200fשלום\u200e a\0b \ud83d\udc4d \ud83d " + "x" * 4096


@given(text=st.text(st.characters()))
def test_any_text_that_python_can_hold_survives_sealing(text: str) -> None:
    key = Key(bytes(32))
    assert key.open(key.seal(text, HERE), HERE) == text


@given(text=st.text(st.characters()))
def test_any_text_that_python_can_hold_survives_as_json(text: str) -> None:
    kept = Note(id="note-1", at=NOON, words=text)
    assert codec.from_text(Note, codec.to_text(Note, kept)) == kept


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(HERE, table="attempt"),
        replace(HERE, row="note-2"),
        replace(HERE, person="person-2"),
        replace(HERE, field="fear"),
        replace(HERE, row="note-1person-1", person=""),
    ],
    ids=["table", "row", "person", "field", "joined"],
)
def test_a_sealed_word_opens_nowhere_else(elsewhere: Context) -> None:
    key = Key(bytes(32))
    sealed = key.seal("they leave", HERE)
    with pytest.raises(CannotOpenError):
        key.open(sealed, elsewhere)


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_sealed_word_with_one_bit_changed_does_not_open(at: int, bit: int) -> None:
    key = Key(bytes(32))
    changed = bytearray(key.seal("they leave", HERE).ciphertext)
    changed[at % len(changed)] ^= 1 << bit
    with pytest.raises(CannotOpenError):
        key.open(Sealed(bytes(changed)), HERE)


@pytest.mark.parametrize("length", range(30))
def test_what_is_too_short_to_be_sealed_does_not_open(length: int) -> None:
    with pytest.raises(CannotOpenError):
        Key(bytes(32)).open(Sealed(bytes([1]) * length), HERE)


def test_the_same_word_is_never_sealed_the_same_way_twice() -> None:
    key = Key(bytes(32))
    assert len({key.seal("no", HERE).ciphertext for _ in range(100)}) == 100


def test_what_is_sealed_does_not_show_in_a_log() -> None:
    assert "12" not in repr(Sealed(b"12"))


@pytest.mark.parametrize("plain", ["they leave", b"they leave"], ids=["str", "bytes"])
async def test_a_sealed_column_refuses_plain_words_without_repeating_them(
    store: Store, plain: object
) -> None:
    async with store.begin() as tx:
        await people.add(tx, someone())
        with pytest.raises(StatementError, match="seal it first") as refused:
            await tx.connection.execute(
                note.insert().values(id="note-1", person="person-1", at=NOON, words=plain)
            )
    assert "leave" not in str(refused.value)


async def test_a_naive_moment_is_refused(store: Store) -> None:
    async with store.begin() as tx:
        with pytest.raises(StatementError, match="needs a zone"):
            await people.add(tx, someone(joined_at=datetime(2026, 3, 2, 12)))  # noqa: DTZ001


async def test_a_row_moved_to_another_person_does_not_open(store: Store) -> None:
    async with store.begin() as tx:
        for number in (1, 2):
            await people.add(tx, someone(number))
        await practice.add_note(tx, "person-1", Note(id="note-1", at=NOON, words="bath"))
        await tx.connection.execute(update(note).values(person="person-2"))
    async with store.read() as tx:
        with pytest.raises(CannotOpenError):
            await practice.notes(tx, "person-2")


async def test_a_person_given_the_key_of_another_does_not_open(store: Store) -> None:
    async with store.begin() as tx:
        for number in (1, 2):
            await people.add(tx, someone(number))
        first = select(person.c.data_key).where(person.c.id == "person-1").scalar_subquery()
        await tx.connection.execute(
            update(person).where(person.c.id == "person-2").values(data_key=first)
        )
    async with store.read() as tx:
        with pytest.raises(CannotOpenError):
            await people.by_id(tx, "person-2")


async def test_odd_texts_come_back_as_they_were(store: Store) -> None:
    told = someone(set_aside=frozenset({ODD}))
    attempt = Attempt(
        id="attempt-1",
        rung="texting_gap.1",
        chosen_at=NOON,
        prediction=Prediction(fear="own", words=ODD),
        finding=Finding(helped=ODD, words=ODD),
    )
    talk = Dialogue(
        id="0123456789",
        person=told.id,
        kind="attempt",
        step="fear",
        state=ODD,
        opened_at=NOON,
        last_word_at=NOON,
    )
    update = Update(update_id=1, chat=told.chat, body=ODD)
    out = Out(id="out-1", message=MessageOut(chat=told.chat, text=ODD), person=told.id)
    async with store.begin() as tx:
        await people.add(tx, told)
        await practice.save_attempt(tx, told.id, attempt)
        await dialogues.save(tx, talk)
        await inbox.keep(tx, [update], now=NOON)
        await outbox.add(tx, out, now=NOON)
    async with store.begin() as tx:
        assert await people.by_id(tx, told.id) == told
        assert await practice.attempts(tx, told.id) == [attempt]
        assert await dialogues.open_of(tx, told.id) == talk
        assert await inbox.waiting(tx, now=NOON, limit=9) == [update]
        assert await outbox.claim(tx, now=NOON, limit=9, owner="me") == [
            replace(out, tries=1, created_at=NOON)
        ]


async def test_a_persons_words_are_nowhere_in_the_files(sqlite_url: str, tmp_path: Path) -> None:
    word = "Marmelade"
    store = await Store.open(url=sqlite_url, key=KEY, data_dir=tmp_path)
    told = someone(set_aside=frozenset({word}), profile=Profile(country="XQ"))
    async with store.begin() as tx:
        await people.add(tx, told)
        await practice.add_note(tx, told.id, Note(id="note-1", at=NOON, words=word))
        await inbox.keep(tx, [Update(update_id=1, chat=told.chat, body=word)], now=NOON)
        message = MessageOut(chat=told.chat, text=word)
        await outbox.add(tx, Out(id="out-1", message=message, person=told.id), now=NOON)
    whole = b"".join((tmp_path / name).read_bytes() for name in ("nudger.db", "nudger.db-wal"))
    await store.close()
    assert told.id.encode() in whole, "the row is there"
    for encoding in ("utf-8", "utf-16-le"):
        assert word.encode(encoding) not in whole
