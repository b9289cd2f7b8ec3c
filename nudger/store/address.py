"""Where is the database, in the words of the operator and of SQLAlchemy?"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from nudger.store.refusal import StoreRefusal

POSTGRESQL = "postgresql+psycopg"
DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": POSTGRESQL,
    "postgres": POSTGRESQL,  # as some hosting services still call it
}


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where the database is. As a text it is safe to show: no user, no password, no options.

    ``file`` is None for PostgreSQL.
    """

    url: URL
    file: Path | None

    def __str__(self) -> str:
        if self.file is not None:
            return f"the database {self.file}"
        host = self.url.host or self.url.query.get("host") or "localhost"
        port = f":{self.url.port}" if self.url.port else ""
        return f"the database {self.url.database or ''} on {host}{port}"


def read_address(text: str) -> Address:
    """Understand ``sqlite:///path`` and ``postgresql://user:password@host/name``."""
    try:
        url = make_url(text)
    except ArgumentError:
        url = None
    dialect = url.get_backend_name() if url else ""
    if url is None or dialect not in DRIVERS or url.database in {None, "", ":memory:"}:
        # Without the text and without its cause: both may hold a password.
        raise StoreRefusal(
            "NUDGER_DATABASE_URL is not understood. Write sqlite:///path/to/nudger.db or "
            "postgresql://user:password@host/name."
        )
    file = Path(url.database or "").absolute() if dialect == "sqlite" else None
    return Address(url=url.set(drivername=DRIVERS[dialect]), file=file)
