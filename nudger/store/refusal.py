"""Why can the store not be used, and what mends it?"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy.exc

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


class StoreRefusal(Refusal):
    """The database or the key cannot be used as things are set up."""


@contextmanager
def refusing(where: str) -> Iterator[None]:
    """Turn what a database refuses for reasons outside of nudger into a sentence about ``where``.

    What the tables refuse (a broken CHECK, a taken key) is our mistake or a lost race, and rises.
    """
    try:
        yield
    except (sqlalchemy.exc.IntegrityError, sqlalchemy.exc.DataError):
        raise
    except (sqlalchemy.exc.DBAPIError, sqlalchemy.exc.TimeoutError) as error:
        said = str(getattr(error, "orig", None) or "")
        for part, sentence in SENTENCES.items():
            if part in said:
                raise StoreRefusal(sentence.format(where=where)) from error
        if isinstance(error, sqlalchemy.exc.OperationalError | sqlalchemy.exc.TimeoutError):
            raise StoreRefusal(UNREACHABLE.format(where=where)) from error
        raise
