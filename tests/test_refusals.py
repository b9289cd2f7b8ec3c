"""What does an operator read when something only they can mend is wrong? One sentence, exit code 2.

The real command as a process, for each thing that can be wrong at the start.
"""

import asyncio
import base64
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nudger.demo.bot_api import BotApi
from tests.life import TOKEN
from tests.processes import Process

OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    api = BotApi(token=TOKEN, now=lambda: datetime.now(UTC))
    await api.start()
    yield api
    await api.stop()


@pytest.fixture
def service(api: BotApi, tmp_path: Path) -> Process:
    return Process(api=api, folder=tmp_path)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        pytest.param({"NUDGER_BOT_TOKEN": ""}, "NUDGER_BOT_TOKEN", id="no token"),
        pytest.param({"NUDGER_BOT_TOKEN": "1:wrong"}, "@BotFather", id="a wrong token"),
        pytest.param(
            {"NUDGER_TELEGRAM_API_URL": "http://127.0.0.1:9"},
            "NUDGER_TELEGRAM_API_URL",
            id="nothing answers",
        ),
        pytest.param({"NUDGER_DATA_DIR": "/proc/nowhere"}, "/proc/nowhere", id="no folder"),
        pytest.param({"NUDGER_ENCRYPTION_KEY": "short"}, "NUDGER_ENCRYPTION_KEY", id="no key"),
        pytest.param({"NUDGER_PROMPTS_DIR": "/proc"}, "NUDGER_PROMPTS_DIR", id="no prompts"),
        pytest.param({"NUDGER_BOT_TOKN": "1:a"}, "NUDGER_BOT_TOKEN", id="a misspelt variable"),
        pytest.param(
            {"NUDGER_DATABASE_URL": "postgresql://me:secret-word@127.0.0.1:9/nudger"},
            "127.0.0.1:9",
            id="a server that is not there",
        ),
    ],
)
async def test_what_is_wrong_is_one_sentence(
    service: Process, wrong: dict[str, str], says: str
) -> None:
    service.environ = wrong
    await service.launch()
    assert await service.end() == 2
    assert_a_sentence(service, says)
    assert "secret-word" not in service.said()


async def test_a_wrong_key_is_named(service: Process) -> None:
    await service.start()
    assert await service.stop() == 0
    service.environ = {"NUDGER_ENCRYPTION_KEY": OTHER_KEY}
    await service.launch()
    assert await service.end() == 2
    assert_a_sentence(service, "NUDGER_ENCRYPTION_KEY")
    assert OTHER_KEY not in service.said()


async def test_a_newer_schema_than_the_code_is_left_alone(service: Process) -> None:
    await service.start()
    assert await service.stop() == 0
    with sqlite3.connect(service.folder / "nudger.sqlite3") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    await service.launch()
    assert await service.end() == 2
    assert_a_sentence(service, "newer")


async def test_a_broken_prompt_file_is_named_with_its_line(
    service: Process, tmp_path: Path
) -> None:
    prompts = tmp_path / "prompts" / "en"
    prompts.mkdir(parents=True)
    (prompts / "kindness.yaml").write_text("kind: kindness\nprompts:\n  - id: no\n\ttext: x\n")
    service.environ = {"NUDGER_PROMPTS_DIR": str(prompts.parent)}
    await service.launch()
    assert await service.end() == 2
    assert_a_sentence(service, "kindness.yaml:")


async def test_of_two_pollers_one_refuses_and_the_other_goes_on(
    service: Process, api: BotApi, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    second = Process(api=api, folder=tmp_path / "second")
    await service.start()
    await second.launch()
    ends = {asyncio.create_task(each.end()): each for each in (service, second)}
    done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED, timeout=20)
    (ended,) = done
    assert ended.result() == 2
    assert_a_sentence(ends.pop(ended), "Another process is polling")
    ((waiting, left),) = ends.items()
    phone = api.phone(101, "Mira")
    await phone.types("/start")
    await phone.until("I'm nudger", 20)
    assert await left.stop() == 0
    assert await waiting == 0


async def test_a_second_process_on_the_same_database_refuses(service: Process) -> None:
    await service.start()
    second = Process(api=service.api, folder=service.folder)
    await second.launch()
    assert await second.end() == 2
    assert await service.stop() == 0


async def test_it_stops_within_a_moment_when_told_to(service: Process) -> None:
    await service.start()
    async with asyncio.timeout(10):
        assert await service.stop() == 0


def assert_a_sentence(service: Process, says: str) -> None:
    """One sentence that says what to do; no traceback, no token."""
    said = service.said()
    last = [line for line in said.splitlines() if line.startswith("nudger: ")]
    assert last, said
    assert says in said[said.rindex("nudger: ") :], said
    assert "Traceback" not in said
    assert TOKEN not in said
