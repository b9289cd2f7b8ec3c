"""Do the tables refuse what must not be, and do the migrations lead to them?"""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from nudger.domain.nudge import Content, Lane, Reason, State
from nudger.domain.practice import Phase
from nudger.store import migrate, people, tables
from nudger.store.address import read_address
from nudger.store.engine import make_engines
from nudger.store.states import DialogueStatus, OutState, UpdateState
from nudger.store.store import Store
from nudger.store.tables import metadata
from nudger.store.transaction import Transaction
from nudger.store.types import Sealed
from tests.stores import NOON, someone

LATER = NOON + timedelta(hours=1)
WORDS = Sealed(b"sealed")

ROWS: dict[Table, dict[str, Any]] = {
    tables.dialogue: {
        "id": "d",
        "person": "person-1",
        "kind": "attempt",
        "step": "fear",
        "state": WORDS,
        "status": DialogueStatus.OPEN,
        "opened_at": NOON,
        "last_word_at": NOON,
    },
    tables.attempt: {
        "id": "a",
        "person": "person-1",
        "rung": "texting_gap.1",
        "phase": Phase.CHOSEN,
        "chosen_at": NOON,
        "words": WORDS,
    },
    tables.separation: {"id": "s", "person": "person-1", "logged_at": NOON, "words": WORDS},
    tables.event: {
        "id": "e",
        "person": "person-1",
        "at": NOON,
        "local_date": date(2026, 3, 2),
        "outcome": "done",
        "came_true": False,
        "quick": False,
    },
    tables.nudge: {
        "id": "n",
        "person": "person-1",
        "lane": Lane.CHALLENGE,
        "local_date": date(2026, 3, 2),
        "due_at": NOON,
        "useful_until": LATER,
        "state": State.PLANNED,
        "content": Content(),
        "reason": Reason(name="usual"),
    },
    tables.outbox: {
        "id": "o",
        "chat": 1,
        "body": WORDS,
        "state": OutState.WAITING,
        "created_at": NOON,
        "next_try_at": NOON,
    },
    tables.inbox: {
        "update_id": 1,
        "chat": 1,
        "received_at": NOON,
        "body": WORDS,
        "state": UpdateState.WAITING,
        "next_try_at": NOON,
    },
    tables.service: {"key": "zone_data", "value": "2026f"},
}

HELD = {"claimed_by": "me", "lease_until": LATER}
SENT = {"sent_at": NOON}

ALLOWED = [
    ("a chosen attempt", tables.attempt, {}),
    ("a running attempt", tables.attempt, {"phase": Phase.RUNNING, "started_at": NOON}),
    ("a dropped attempt", tables.attempt, {"phase": Phase.DROPPED}),
    ("a nudge in flight", tables.nudge, {"state": State.SENDING, **HELD, **SENT}),
    (
        "an answered nudge",
        tables.nudge,
        {"state": State.DELIVERED, **SENT, "delivered_at": NOON, "answered_at": NOON, "message": 1},
    ),
    (
        "a follow-up",
        tables.nudge,
        {"lane": Lane.FOLLOW_UP, "follow_up": "reflection", "follows": "s"},
    ),
    (
        "an erased message out",
        tables.outbox,
        {"state": OutState.REFUSED, "body": None, "done_at": NOON},
    ),
    ("an erased update", tables.inbox, {"state": UpdateState.HANDLED, "body": None, "chat": None}),
]

REFUSED = [
    ("likelier than sure", tables.attempt, {"likely": 101}),
    ("less likely than never", tables.separation, {"likely": -1}),
    ("worse than the worst", tables.attempt, {"peak": 11}),
    ("expected worse than the worst", tables.separation, {"expected": 11}),
    ("an unheard-of outcome", tables.separation, {"how": "streak"}),
    ("chosen and begun", tables.attempt, {"started_at": NOON}),
    ("running, not begun", tables.attempt, {"phase": Phase.RUNNING}),
    ("over without an end", tables.attempt, {"phase": Phase.OVER}),
    (
        "running and over",
        tables.attempt,
        {"phase": Phase.RUNNING, "started_at": NOON, "over_at": NOON},
    ),
    ("felt beyond the scale", tables.event, {"value": 10.5}),
    ("useless before it is due", tables.nudge, {"useful_until": NOON - timedelta(seconds=1)}),
    ("claimed by nobody", tables.nudge, {"state": State.CLAIMED}),
    ("claimed for ever", tables.nudge, {"state": State.CLAIMED, "claimed_by": "me"}),
    ("planned and claimed", tables.nudge, HELD),
    ("sending since never", tables.nudge, {"state": State.SENDING, **HELD}),
    ("unknown, never sent", tables.nudge, {"state": State.UNKNOWN}),
    ("delivered at no moment", tables.nudge, {"state": State.DELIVERED, **SENT}),
    ("planned and delivered", tables.nudge, {"delivered_at": NOON}),
    ("answered, not delivered", tables.nudge, {"answered_at": NOON}),
    ("shown, not delivered", tables.nudge, {"message": 1}),
    ("a challenge that follows up", tables.nudge, {"follow_up": "reflection", "follows": "s"}),
    ("a follow-up of nothing", tables.nudge, {"lane": Lane.FOLLOW_UP}),
    (
        "following what is not said",
        tables.nudge,
        {"lane": Lane.FOLLOW_UP, "follow_up": "reflection"},
    ),
    ("a fate that is none", tables.outbox, {"state": "queued"}),
    ("nothing to send", tables.outbox, {"body": None}),
    ("delivered and kept", tables.outbox, {"state": OutState.DELIVERED, "done_at": NOON}),
    ("waiting and done", tables.outbox, {"done_at": NOON}),
    ("sent by nobody", tables.outbox, {"state": OutState.SENDING}),
    ("nothing to handle", tables.inbox, {"body": None}),
    ("handled and kept", tables.inbox, {"state": UpdateState.HANDLED}),
    ("handled, the chat kept", tables.inbox, {"state": UpdateState.HANDLED, "body": None}),
    ("both a mark and a key", tables.service, {"sealed": WORDS}),
    ("neither mark nor key", tables.service, {"value": None}),
    ("an unheard-of status", tables.dialogue, {"status": "lost"}),
    ("of nobody", tables.dialogue, {"person": "person-9"}),
]


def labelled(rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    """The rows of a table whose first column is the label."""
    return {"argvalues": [row[1:] for row in rows], "ids": [row[0] for row in rows]}


@pytest.fixture
async def tx(store: Store) -> AsyncIterator[Transaction]:
    async with store.begin() as tx:
        await people.add(tx, someone())
        yield tx


async def insert(tx: Transaction, table: Table, **changed: object) -> None:
    async with tx.connection.begin_nested():
        # Words that are none of an enum's are refused by it already: past it goes the bare text.
        row = {**ROWS[table], **changed}
        bare = {name: text(f"'{value}'") for name, value in changed.items() if type(value) is str}
        await tx.connection.execute(table.insert().values(**{**row, **bare}))


@pytest.mark.parametrize(("table", "changed"), **labelled(ALLOWED))
async def test_a_state_that_can_be_is_stored(
    tx: Transaction, table: Table, changed: dict[str, object]
) -> None:
    await insert(tx, table, **changed)
    assert await tx.connection.scalar(select(func.count()).select_from(table)) == 1


@pytest.mark.parametrize(("table", "changed"), **labelled(REFUSED))
async def test_a_state_that_cannot_be_is_refused(
    tx: Transaction, table: Table, changed: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError):
        await insert(tx, table, **changed)


FOLLOWING = {"lane": Lane.FOLLOW_UP, "follow_up": "reflection", "follows": "s"}
DELIVERED = {"state": State.DELIVERED, "sent_at": NOON, "delivered_at": NOON}
ANOTHER_DAY = {"local_date": date(2026, 3, 3)}

ONLY_ONE = [
    ("two conversations open", tables.dialogue, {}, {}, False),
    ("one open, one parked", tables.dialogue, {"status": DialogueStatus.PARKED}, {}, True),
    (
        "two attempts under way",
        tables.attempt,
        {},
        {"phase": Phase.RUNNING, "started_at": NOON},
        False,
    ),
    ("one dropped, one chosen", tables.attempt, {"phase": Phase.DROPPED}, {}, True),
    ("two events of one source", tables.event, {}, {"id": "e"}, False),
    ("two planned in a lane", tables.nudge, {}, ANOTHER_DAY, False),
    (
        "one claimed, one planned",
        tables.nudge,
        {"state": State.CLAIMED, **HELD},
        ANOTHER_DAY,
        False,
    ),
    ("two lanes", tables.nudge, {}, {"lane": Lane.KINDNESS}, True),
    ("one skipped, one planned", tables.nudge, {"state": State.SKIPPED}, {}, True),
    ("one expired, one planned", tables.nudge, {"state": State.EXPIRED}, {}, True),
    ("two delivered on a date", tables.nudge, DELIVERED, DELIVERED, False),
    (
        "one unknown, one delivered on a date",
        tables.nudge,
        {"state": State.UNKNOWN, **SENT},
        DELIVERED,
        False,
    ),
    ("one delivered a date", tables.nudge, DELIVERED, {**DELIVERED, **ANOTHER_DAY}, True),
    (
        "two reviews on a date",
        tables.nudge,
        {**DELIVERED, "lane": Lane.REVIEW},
        {**DELIVERED, "lane": Lane.REVIEW},
        True,
    ),
    ("two follow-ups of one thing", tables.nudge, FOLLOWING, FOLLOWING, False),
    ("follow-ups of two things", tables.nudge, FOLLOWING, {**FOLLOWING, "follows": "t"}, True),
    ("two copies of an update", tables.inbox, {}, {}, False),
]


@pytest.mark.parametrize(("table", "first", "second", "both"), **labelled(ONLY_ONE))
async def test_there_is_only_one_of_what_there_may_be_one(
    tx: Transaction,
    table: Table,
    first: dict[str, object],
    second: dict[str, object],
    both: bool,
) -> None:
    await insert(tx, table, **first)
    other = {} if table is tables.inbox else {"id": "another"}
    if both:
        await insert(tx, table, **{**other, **second})
        return
    with pytest.raises(IntegrityError):
        await insert(tx, table, **{**other, **second})


def reflected(connection: Connection) -> dict[str, object]:
    """All that a database says of its tables."""
    inspector = inspect(connection)
    return {
        name: {
            "columns": [
                {**column, "type": str(column["type"])} for column in inspector.get_columns(name)
            ],
            "keys": inspector.get_pk_constraint(name),
            "unique": by_name(inspector.get_unique_constraints(name)),
            "foreign": by_name(inspector.get_foreign_keys(name)),
            "checks": by_name(inspector.get_check_constraints(name)),
            "indexes": [
                {**index, "dialect_options": as_texts(index.get("dialect_options", {}))}
                for index in by_name(inspector.get_indexes(name))
            ],
        }
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def as_texts(options: dict[str, Any]) -> dict[str, str]:
    return {name: str(option) for name, option in options.items()}


def by_name(found: Any) -> list[dict[str, Any]]:
    return sorted(found, key=lambda one: str(one["name"]))


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrations_together_make_the_tables_of_the_code(database_url: str) -> None:
    engine = make_engines(read_address(database_url)).writing
    async with engine.begin() as connection:
        await connection.run_sync(migrate.upgrade)
        assert await connection.run_sync(differences) == []
        migrated = await connection.run_sync(reflected)
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        assert await connection.run_sync(reflected) == migrated
        assert migrated.keys() == metadata.tables.keys()
    await engine.dispose()


async def test_a_migration_that_fails_leaves_nothing_behind(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make_engines(read_address(database_url)).writing
    run = migrate._run

    def fail_after(connection: Connection) -> None:
        run(connection)
        raise ZeroDivisionError

    monkeypatch.setattr(migrate, "_run", fail_after)
    with pytest.raises(ZeroDivisionError):
        async with engine.begin() as connection:
            await connection.run_sync(migrate.upgrade)
    async with engine.connect() as connection:
        assert await connection.run_sync(lambda c: inspect(c).get_table_names()) == []
    await engine.dispose()
