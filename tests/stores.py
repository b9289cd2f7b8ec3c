"""Which store does a test get? A real one, on each database, with tables as migrations make them."""

import base64
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, make_url

from nudger.domain.nudge import Content, FollowUp, Lane, Nudge, Reason, State
from nudger.domain.person import Person, Phase
from nudger.store import migrate
from nudger.store.store import Store

if TYPE_CHECKING:
    from tests.postgres import NewDatabase

KEY = base64.b64encode(bytes(range(32))).decode()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
LATER = NOON + timedelta(hours=3)


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


@pytest.fixture(scope="session")
def sqlite_like(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with tables, to be copied: migrations are run once, not for each test."""
    file = tmp_path_factory.mktemp("like") / "nudger.db"
    migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_like(new_database: "NewDatabase") -> Iterator[str]:
    """The name of a database with tables, to be copied."""
    with new_database() as url:
        migrated(url)
        yield make_url(url).database or ""


def migrated(url: str) -> None:
    """Make the tables there, as migrations make them."""
    driver = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
    address = make_url(url)
    engine = create_engine(address.set(drivername=driver[address.get_backend_name()]))
    with engine.begin() as connection:
        migrate.upgrade(connection)
    engine.dispose()


@pytest.fixture
def sqlite_store_url(sqlite_like: Path, tmp_path: Path) -> str:
    """The address of a database of its own, with tables."""
    shutil.copy(sqlite_like, tmp_path / "nudger.db")
    return f"sqlite:///{tmp_path / 'nudger.db'}"


@pytest.fixture
def postgres_store_url(postgres_like: str, new_database: "NewDatabase") -> Iterator[str]:
    """The address of a database of its own, with tables."""
    with new_database(like=postgres_like) as url:
        yield url


@pytest.fixture
async def sqlite_store(sqlite_store_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store in a file."""
    opened = await Store.open(url=sqlite_store_url, key=KEY, data_dir=tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def postgres_store(postgres_store_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store on a server."""
    opened = await Store.open(url=postgres_store_url, key=KEY, data_dir=tmp_path)
    yield opened
    await opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """An open store: tests that ask for it run on both databases."""
    fixture = "sqlite_store" if request.param == "sqlite" else "postgres_store"
    opened: Store = request.getfixturevalue(fixture)
    return opened


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


def planned(number: int = 1, **changed: Any) -> Nudge:
    """A challenge planned for the first person at noon."""
    return Nudge(
        **{
            "id": f"nudge-{number}",
            "person": "person-1",
            "lane": Lane.CHALLENGE,
            "local_date": date(2026, 3, 2),
            "due_at": NOON,
            "useful_until": LATER,
            "state": State.PLANNED,
            "content": Content(rungs=("texting_gap.1", "texting_gap.2")),
            "reason": Reason(name="usual", values={"risk": 0.16, "rung": "texting_gap.1"}),
            **changed,
        }
    )


def following(number: int, thing: str = "attempt-1") -> Nudge:
    """A follow-up planned for the same person and moment."""
    content = Content(follow_up=FollowUp.ATTEMPT_END, follows=thing)
    return planned(number, lane=Lane.FOLLOW_UP, content=content)
