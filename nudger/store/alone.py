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
    lock = database.with_name(database.name + ".lock")
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        database.touch(mode=0o600)
        held = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreRefusal(
            f"The folder {database.parent} cannot be written ({error.strerror}). Let the user that "
            "runs nudger write there, or set NUDGER_DATA_DIR to another folder."
        ) from error
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreRefusal(
                f"Another nudger runs on the database {database}. Stop that one first, or use "
                "PostgreSQL, which serves several."
            ) from error
        yield
    finally:
        os.close(held)
