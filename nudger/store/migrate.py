"""Are the tables those that this code knows, and if not, how do they become so?

A migration is a file in migrations/versions, numbered: it is found by its name, states its number
and the one before it, and uses no name of tables.py, which will have moved on. Alembic is imported
only where there is something to migrate; it costs most of a second.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from nudger.store.refusal import StoreRefusal

FOLDER = Path(__file__).parent / "migrations"
KNOWN = tuple(sorted(file.stem.split("_")[0] for file in (FOLDER / "versions").glob("[0-9]*.py")))

ONE_AT_A_TIME = 0x6E_75_64_67  # an advisory lock: processes that start together migrate once


def upgrade(connection: Connection) -> None:
    """Bring the tables up to date, all within the transaction of the connection."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    if revision(connection) != KNOWN[-1]:
        check(connection)
        _run(connection)


def check(connection: Connection) -> None:
    """Refuse tables that a newer nudger has written."""
    found = revision(connection)
    if found is not None and found not in KNOWN:
        raise StoreRefusal(
            f"The database was written by a newer nudger (its tables are number {found}, this "
            f"version knows {KNOWN[-1]}). Install that version again, or put back the backup from "
            "before the update."
        )


def revision(connection: Connection) -> str | None:
    """The number of the migration that was run last; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _run(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    # A percent sign in the path would be read as the start of a variable.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
