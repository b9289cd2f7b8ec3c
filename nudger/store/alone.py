"""Does this process have the SQLite database for itself?"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nudger.store.refusal import StoreRefusal


@contextmanager
def alone_with(database: Path) -> Iterator[None]:
    """Hold a lock file beside the database; a second process is refused.

    Two would send every nudge twice after a crash of one, for each takes back at its start what
    was claimed. The system lets go of the lock however the process ends.
    """
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        database.touch(mode=0o600)
        held = os.open(_lock(database), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreRefusal(
            f"The folder {database.parent} cannot be written ({error.strerror}). Let the user that "
            "runs nudger write there, or set NUDGER_DATA_DIR to another folder."
        ) from error
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _company(database) from None
        yield
    finally:
        os.close(held)


def refuse_company(database: Path) -> None:
    """Refuse where another process holds the lock, and leave it as it is."""
    if not _lock(database).exists():
        return
    with _lock(database).open("rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _company(database) from None


def _lock(database: Path) -> Path:
    return database.with_name(database.name + ".lock")


def _company(database: Path) -> StoreRefusal:
    return StoreRefusal(
        f"Another nudger is running with {database}. Stop that one first, or use PostgreSQL, which "
        "serves several."
    )
