"""Why can the store not be used, and what mends it?"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy.exc
from psycopg.errors import InsufficientPrivilege

from nudger.domain.refusal import Refusal

# What the drivers say, as far as it is always the same, and what to do about it. The first that
# is found counts. SQLite and PostgreSQL have codes for some of these, but not before a connection
# stands, which is when most of them happen.
SENTENCES = {
    "not a database": "{where} is not a SQLite database. Point NUDGER_DATABASE_URL at another file.",
    "malformed": "{where} is damaged. Stop nudger and put a backup in its place.",
    "unable to open": "{where} cannot be opened. Let the user that runs nudger write in its folder.",
    "readonly": "{where} cannot be written. Let the user that runs nudger write it and its folder.",
    "disk is full": "The disk that holds {where} is full. Make room; nudger goes on by itself.",
    "No space left": "The disk that holds {where} is full. Make room; nudger goes on by itself.",
    "disk I/O error": "The disk that holds {where} fails. Check it and make room.",
    "database is locked": "{where} is held by another program. Close that program.",
    "password authentication failed": (
        "The server of {where} refuses the user or the password. Correct NUDGER_DATABASE_URL."
    ),
    "no password supplied": (
        "The server of {where} wants a password. Put it into NUDGER_DATABASE_URL."
    ),
    "does not exist": (
        "The server of {where} knows no such database or user. Create it, or correct "
        "NUDGER_DATABASE_URL."
    ),
    "no pg_hba.conf entry": (
        "The server of {where} lets nobody in from here. Add a line to its pg_hba.conf."
    ),
    "permission denied": (
        "The user of {where} may not make tables there. Grant it CREATE on the schema."
    ),
    "too many": "The server of {where} has no connection left. Raise its max_connections.",
}
UNREACHABLE = (
    "{where} cannot be reached. Start the server, or correct the address in NUDGER_DATABASE_URL."
)

# A broken CHECK, a taken key, a column that is not there: our mistake, or a lost race.
OURS = (
    sqlalchemy.exc.IntegrityError,
    sqlalchemy.exc.DataError,
    sqlalchemy.exc.ProgrammingError,
)


class StoreRefusal(Refusal):
    """The database or the key cannot be used as things are set up."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence[:1].upper() + sentence[1:])


@contextmanager
def refusing(where: str) -> Iterator[None]:
    """Turn what a database refuses for reasons outside of nudger into a sentence about ``where``.

    Everything else rises as it is.
    """
    try:
        yield
    except sqlalchemy.exc.DBAPIError as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        raise StoreRefusal(sentence.format(where=where)) from error


def _sentence(error: sqlalchemy.exc.DBAPIError) -> str | None:
    if isinstance(error, OURS) and not isinstance(error.orig, InsufficientPrivilege):
        return None
    said = str(error.orig)
    for part, sentence in SENTENCES.items():
        if part in said:
            return sentence
    # PostgreSQL's codes for "connection" and "shut down". Where there was no connection at all,
    # there is no code either.
    if isinstance(error.orig, psycopg.OperationalError):
        code = error.orig.sqlstate
        return UNREACHABLE if code is None or code[:2] in {"08", "57"} else None
    return None
