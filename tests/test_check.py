"""Does `nudger check` tell what is missing, and would `nudger run` agree?"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from nudger.cli.check import check
from nudger.demo.bot_api import BotApi
from nudger.settings import SettingsRefusal
from nudger.store.store import Store
from tests.stores import KEY

TOKEN = "4242:test-token"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody's .env, nobody's data."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    api = BotApi(token=TOKEN, now=lambda: datetime(2026, 3, 2, 12, tzinfo=UTC))
    await api.start()
    yield api
    await api.stop()


async def checked(environ: dict[str, str], *, online: bool = False) -> int:
    """In a thread, for it runs an event loop of its own."""
    return await asyncio.to_thread(check, environ, online=online)


def in_the_way(said: str) -> list[str]:
    return [line.removeprefix("- ") for line in said.splitlines() if line.startswith("- ")]


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def opened_once(environ: dict[str, str]) -> None:
    url, key = environ["NUDGER_DATABASE_URL"], environ.get("NUDGER_ENCRYPTION_KEY")
    await (await Store.open(url=url, key=key, data_dir=Path("data"))).close()


async def test_a_token_is_enough_and_nothing_is_made_by_checking(
    empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await checked({"NUDGER_BOT_TOKEN": TOKEN}) == 0
    said = capsys.readouterr().out
    assert "`nudger run` would start." in said
    assert f"the first start makes {empty_folder / 'data' / 'encryption.key'}" in said
    assert names_in(empty_folder) == []


async def test_without_a_token_it_says_where_to_get_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await checked({}) == 2
    (sentence,) = in_the_way(capsys.readouterr().out)
    assert "NUDGER_BOT_TOKEN" in sentence
    assert "@BotFather" in sentence


async def test_every_setting_is_shown_with_its_origin_and_no_secret(
    capsys: pytest.CaptureFixture[str], empty_folder: Path
) -> None:
    (empty_folder / ".env").write_text("NUDGER_DEFAULT_TIMEZONE=Europe/Berlin\n")
    await checked({"NUDGER_BOT_TOKEN": TOKEN, "NUDGER_ENCRYPTION_KEY": KEY})
    said = capsys.readouterr().out
    lines = {line.split()[0]: line.split()[1:3] for line in said.splitlines() if line[:2] == "NU"}
    assert lines["NUDGER_BOT_TOKEN"] == ["4242:***", "environment"]
    assert lines["NUDGER_DEFAULT_TIMEZONE"] == ["Europe/Berlin", ".env"]
    assert lines["NUDGER_MESSAGES_PER_SECOND"] == ["30", "default"]
    assert TOKEN not in said
    assert KEY not in said


async def test_a_wrong_setting_is_refused_before_anything_is_looked_at() -> None:
    with pytest.raises(SettingsRefusal, match="NUDGER_BOT_TOKEN"):
        await checked({"NUDGER_BOT_TOKN": TOKEN})


async def test_a_database_in_use_before_is_read_and_left_as_it_was(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {
        "NUDGER_BOT_TOKEN": TOKEN,
        "NUDGER_DATABASE_URL": database_url,
        "NUDGER_ENCRYPTION_KEY": KEY,
    }
    assert await checked(environ) == 0
    assert "empty" in capsys.readouterr().out
    await opened_once(environ)
    assert await checked(environ) == 0
    assert "up to date" in capsys.readouterr().out


async def test_another_key_than_the_first_is_in_the_way(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {
        "NUDGER_BOT_TOKEN": TOKEN,
        "NUDGER_DATABASE_URL": database_url,
        "NUDGER_ENCRYPTION_KEY": KEY,
    }
    await opened_once(environ)
    assert await checked(environ | {"NUDGER_ENCRYPTION_KEY": KEY[:-4] + "AAA="}) == 2
    (sentence,) = in_the_way(capsys.readouterr().out)
    assert "not the one that this database was written with" in sentence


async def test_postgresql_without_a_key_is_in_the_way(
    postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await checked({"NUDGER_BOT_TOKEN": TOKEN, "NUDGER_DATABASE_URL": postgres_url}) == 2
    (sentence,) = in_the_way(capsys.readouterr().out)
    assert "NUDGER_ENCRYPTION_KEY" in sentence


async def test_tables_of_a_newer_nudger_are_in_the_way(
    postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {
        "NUDGER_BOT_TOKEN": TOKEN,
        "NUDGER_DATABASE_URL": postgres_url,
        "NUDGER_ENCRYPTION_KEY": KEY,
    }
    await opened_once(environ)
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert await checked(environ) == 2
    (sentence,) = in_the_way(capsys.readouterr().out)
    assert "newer nudger" in sentence


async def test_a_lost_key_file_is_in_the_way(
    capsys: pytest.CaptureFixture[str], empty_folder: Path
) -> None:
    data = empty_folder / "data"
    url = f"sqlite:///{data / 'nudger.sqlite3'}"
    await (await Store.open(url=url, data_dir=data)).close()
    assert await checked({"NUDGER_BOT_TOKEN": TOKEN}) == 0
    capsys.readouterr()
    (data / "encryption.key").unlink()
    assert await checked({"NUDGER_BOT_TOKEN": TOKEN}) == 2
    (sentence,) = in_the_way(capsys.readouterr().out)
    assert "encryption.key" in sentence
    assert not (data / "encryption.key").exists()


async def test_a_nudger_that_is_running_is_in_the_way_of_a_second(
    capsys: pytest.CaptureFixture[str], empty_folder: Path
) -> None:
    data = empty_folder / "data"
    running = await Store.open(url=f"sqlite:///{data / 'nudger.sqlite3'}", data_dir=data)
    assert await checked({"NUDGER_BOT_TOKEN": TOKEN}) == 2
    await running.close()
    (sentence,) = in_the_way(capsys.readouterr().out)
    assert "Another nudger is running" in sentence
    assert await checked({"NUDGER_BOT_TOKEN": TOKEN}) == 0


async def test_a_file_that_is_no_database_is_in_the_way(
    capsys: pytest.CaptureFixture[str], empty_folder: Path
) -> None:
    (empty_folder / "data").mkdir()
    (empty_folder / "data" / "nudger.sqlite3").write_bytes(b"dear diary" * 500)
    assert await checked({"NUDGER_BOT_TOKEN": TOKEN}) == 2
    (sentence,) = in_the_way(capsys.readouterr().out)
    assert "not a SQLite database" in sentence


async def test_a_data_folder_that_is_a_file_is_in_the_way(
    capsys: pytest.CaptureFixture[str], empty_folder: Path
) -> None:
    (empty_folder / "data").write_text("")
    assert await checked({"NUDGER_BOT_TOKEN": TOKEN}) == 2
    (sentence,) = in_the_way(capsys.readouterr().out)
    assert "NUDGER_DATA_DIR" in sentence


async def test_a_folder_with_odd_letters_in_its_name_is_just_a_folder(
    empty_folder: Path,
) -> None:
    data = empty_folder / "100% # mine"
    data.mkdir()
    sqlite3.connect(data / "nudger.sqlite3").close()
    environ = {"NUDGER_BOT_TOKEN": TOKEN, "NUDGER_DATA_DIR": str(data)}
    assert await checked(environ) == 0


@pytest.mark.parametrize(
    ("prompts", "says"),
    [({}, "Mend the prompts"), ({"en/x.yaml": "kind: ["}, "`nudger prompts check`")],
)
async def test_prompts_that_cannot_be_used_are_in_the_way(
    prompts: dict[str, str], says: str, capsys: pytest.CaptureFixture[str], empty_folder: Path
) -> None:
    folder = empty_folder / "prompts"
    for name, text in prompts.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    assert await checked({"NUDGER_BOT_TOKEN": TOKEN, "NUDGER_PROMPTS_DIR": str(folder)}) == 2
    (sentence,) = in_the_way(capsys.readouterr().out)
    assert says in sentence


async def test_online_it_asks_telegram_who_the_bot_is(
    api: BotApi, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"NUDGER_BOT_TOKEN": TOKEN, "NUDGER_TELEGRAM_API_URL": api.url}
    assert await checked(environ, online=True) == 0
    assert "knows this bot as @" in capsys.readouterr().out
    assert [call.method for call in api.calls] == ["getMe"]


async def test_online_a_token_that_telegram_does_not_know_is_in_the_way(
    api: BotApi, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"NUDGER_BOT_TOKEN": "4243:other", "NUDGER_TELEGRAM_API_URL": api.url}
    assert await checked(environ, online=True) == 2
    (sentence,) = in_the_way(capsys.readouterr().out)
    assert "@BotFather" in sentence
    assert "other" not in sentence
