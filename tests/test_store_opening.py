"""Which set-ups does the store refuse, and does its sentence say what to do?"""

import asyncio
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from nudger.store import inbox, people
from nudger.store.inbox import Update
from nudger.store.migrate import KNOWN
from nudger.store.refusal import StoreRefusal, refusing
from nudger.store.store import Store
from tests.stores import KEY, NOON, someone

OTHER_KEY = KEY[:-4] + "AAA="


async def opened_once(url: str, data_dir: Path, key: str | None = KEY) -> None:
    await (await Store.open(url=url, key=key, data_dir=data_dir)).close()


async def test_a_store_opens_again_with_what_it_held(database_url: str, tmp_path: Path) -> None:
    store = await Store.open(url=database_url, key=KEY, data_dir=tmp_path)
    async with store.begin() as tx:
        await people.add(tx, someone())
    await store.close()
    store = await Store.open(url=database_url, key=KEY, data_dir=tmp_path)
    async with store.read() as tx:
        assert await people.by_chat(tx, someone().chat) == someone()
    await store.close()


async def test_another_key_than_the_first_is_refused(database_url: str, tmp_path: Path) -> None:
    await opened_once(database_url, tmp_path)
    with pytest.raises(StoreRefusal, match="not the one that this database was written with"):
        await opened_once(database_url, tmp_path, OTHER_KEY)


async def test_tables_of_a_newer_nudger_are_refused(database_url: str, tmp_path: Path) -> None:
    store = await Store.open(url=database_url, key=KEY, data_dir=tmp_path)
    async with store.begin() as tx:
        await tx.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    with pytest.raises(StoreRefusal, match=r"written by a newer nudger .*9999"):
        await opened_once(database_url, tmp_path)


async def test_a_second_process_on_a_sqlite_database_is_refused(
    sqlite_url: str, tmp_path: Path
) -> None:
    store = await Store.open(url=sqlite_url, key=KEY, data_dir=tmp_path)
    second = subprocess.run(  # noqa: ASYNC221, S603
        [sys.executable, "-c", ALONE, tmp_path / "nudger.db"],
        check=False,
        capture_output=True,
        text=True,
    )
    await store.close()
    assert "Another nudger is running with" in second.stdout
    await opened_once(sqlite_url, tmp_path)


ALONE = """
import sys, pathlib
from nudger.store.alone import alone_with
from nudger.store.refusal import StoreRefusal
try:
    with alone_with(pathlib.Path(sys.argv[1])):
        pass
except StoreRefusal as refusal:
    print(refusal)
"""


async def test_the_first_start_makes_a_key_that_only_its_owner_can_read(
    sqlite_url: str, tmp_path: Path
) -> None:
    first = await Store.open(url=sqlite_url, data_dir=tmp_path)
    await first.close()
    assert first.key_made == tmp_path / "encryption.key"
    assert stat.S_IMODE(first.key_made.stat().st_mode) == 0o600
    second = await Store.open(url=sqlite_url, data_dir=tmp_path)
    await second.close()
    assert second.key_made is None


async def test_a_lost_key_file_is_not_replaced_by_a_new_one(
    sqlite_url: str, tmp_path: Path
) -> None:
    await opened_once(sqlite_url, tmp_path, key=None)
    (tmp_path / "encryption.key").unlink()
    with pytest.raises(StoreRefusal, match=r"Put the file .*encryption\.key back"):
        await opened_once(sqlite_url, tmp_path, key=None)
    assert not (tmp_path / "encryption.key").exists()


async def test_a_database_outside_of_the_data_folder_needs_a_key(
    postgres_url: str, tmp_path: Path
) -> None:
    outside = f"sqlite:///{tmp_path / 'elsewhere' / 'nudger.db'}"
    for url in (outside, postgres_url):
        with pytest.raises(StoreRefusal, match="NUDGER_ENCRYPTION_KEY is not set"):
            await opened_once(url, tmp_path, key=None)


@pytest.mark.parametrize("key", ["secret", "c2hvcnQ=", "ü" * 44], ids=["no base64", "short", "ü"])
async def test_a_key_that_is_none_is_refused_without_being_shown(
    sqlite_url: str, tmp_path: Path, key: str
) -> None:
    with pytest.raises(StoreRefusal, match="holds no key of 32 bytes in base64") as refused:
        await opened_once(sqlite_url, tmp_path, key)
    assert key not in str(refused.value)


@pytest.mark.parametrize(
    ("label", "content", "says"),
    [
        ("not a database", b"Dear diary, " * 100, "is not a SQLite database"),
        (
            "a header and nonsense",
            b"SQLite format 3\0" + b"\x10\0\1\1\0" + bytes(3000),
            "damaged|not a",
        ),
    ],
)
async def test_a_file_that_is_no_good_database_is_refused_and_left_alone(
    sqlite_url: str, tmp_path: Path, label: str, content: bytes, says: str
) -> None:
    file = tmp_path / "nudger.db"
    file.write_bytes(content)
    with pytest.raises(StoreRefusal, match=says):
        await opened_once(sqlite_url, tmp_path)
    assert file.read_bytes() == content, label


async def test_a_database_with_a_damaged_page_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    store = await Store.open(url=sqlite_url, key=KEY, data_dir=tmp_path)
    async with store.begin() as tx:
        for number in range(50):
            await people.add(tx, someone(number))
    await store.close()
    file = tmp_path / "nudger.db"
    page = 4096
    with sqlite3.connect(file) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'person'")
        start = (root.fetchone()[0] - 1) * page
    connection.close()
    whole = bytearray(file.read_bytes())
    whole[start : start + page] = bytes(page)
    file.write_bytes(whole)
    with pytest.raises(StoreRefusal, match="is damaged"):
        await opened_once(sqlite_url, tmp_path)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreRefusal, match=r"cannot be written .*NUDGER_DATA_DIR"):
        await opened_once(f"sqlite:///{tmp_path / 'file' / 'nudger.db'}", tmp_path)


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://u:hunter2@h/d", "sqlite://", "sqlite:///:memory:"]
)
async def test_an_address_that_is_not_understood_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreRefusal, match="NUDGER_DATABASE_URL is not understood") as refused:
        await opened_once(url, tmp_path)
    assert "hunter2" not in str(refused.value)


async def test_a_server_that_is_not_there_is_named_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(StoreRefusal, match=r"words on 127\.0\.0\.1:1 cannot be reached") as refused:
        await opened_once("postgresql://me:hunter2@127.0.0.1:1/words", tmp_path)
    assert "hunter2" not in str(refused.value)


async def test_a_database_that_the_server_does_not_have_is_named(
    postgres_url: str, tmp_path: Path
) -> None:
    wrong = postgres_url.replace("nudger_", "nobody_")
    with pytest.raises(StoreRefusal, match="knows no such database or user"):
        await opened_once(wrong, tmp_path)


def test_a_wrong_password_has_a_sentence() -> None:
    said = psycopg.OperationalError('FATAL:  password authentication failed for user "me"')
    with (
        pytest.raises(StoreRefusal, match="refuses the user or the password"),
        refusing("the database words on host"),
    ):
        raise OperationalError("", None, said)


def test_the_newest_migration_is_the_last_in_the_folder() -> None:
    assert list(KNOWN) == [f"{number:04}" for number in range(1, len(KNOWN) + 1)]


@pytest.mark.parametrize(
    "mistake",
    [
        "SELECT nothing FROM nowhere",
        "INSERT INTO service (key) VALUES ('neither value nor key')",
        "SELECT count(*) FROM",
    ],
    ids=["no such table", "a CHECK", "no SQL"],
)
async def test_a_mistake_of_ours_is_not_told_as_one_of_the_operator(
    store: Store, mistake: str
) -> None:
    async with store.begin() as tx:
        with pytest.raises(DBAPIError), refusing("the database"):
            await tx.connection.execute(text(mistake))
        await tx.connection.rollback()


async def test_a_database_that_another_program_holds_is_named(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nudger.store.engine.PATIENCE", 0)
    store = await Store.open(url=sqlite_url, key=KEY, data_dir=tmp_path)
    other = sqlite3.connect(tmp_path / "nudger.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreRefusal, match="is held by another program"):
        async with store.begin():
            pytest.fail("two write at the same time")
    other.close()
    async with store.begin() as tx:
        assert await people.all_ids(tx) == []
    await store.close()


async def test_processes_that_start_together_agree_on_tables_and_keys(
    postgres_url: str, tmp_path: Path
) -> None:
    opening = (Store.open(url=postgres_url, key=KEY, data_dir=tmp_path) for _ in range(3))
    first, *others = await asyncio.gather(*opening)
    kept = Update(update_id=1, chat=1, body="{}")
    async with first.begin() as tx:
        await inbox.keep(tx, [kept], now=NOON)
    for other in others:
        async with other.read() as tx:
            assert await inbox.waiting(tx, now=NOON, limit=9) == [kept]
    for store in (first, *others):
        await store.close()
