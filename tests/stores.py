"""Which store does a test get? A real one, on each database, with tables as migrations make them."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nudger.domain.person import Person, Phase
from nudger.store.store import Store

KEY = base64.b64encode(bytes(range(32))).decode()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a database that is not there yet."""
    return f"sqlite:///{tmp_path / 'nudger.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database: tests that ask for it run on both."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture
async def store(database_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store: tests that ask for it run on both databases."""
    opened = await Store.open(url=database_url, key=KEY, data_dir=tmp_path)
    yield opened
    await opened.close()


def someone(number: int = 1, **told: Any) -> Person:
    """A person who joined; another number is another person."""
    return Person(
        **{
            "id": f"person-{number}",
            "chat": 7_000_000_000 + number,
            "seed": number,
            "joined_at": NOON,
            "phase": Phase.JOINED,
            **told,
        }
    )
