"""When is what a process held taken back: at once where it died, by its lease where it lives?"""

from pathlib import Path

import pytest
from sqlalchemy import text

from nudger.store import nudges, people
from nudger.store.store import Store
from tests.stores import KEY, LATER, NOON, planned, someone

pytestmark = pytest.mark.timeout(60)


async def opened(url: str, folder: Path) -> Store:
    return await Store.open(url=url, key=KEY, data_dir=folder)


async def test_what_a_dead_process_held_is_taken_back_at_once_and_a_living_ones_is_not(
    postgres_store_url: str, tmp_path: Path
) -> None:
    first, second = [await opened(postgres_store_url, tmp_path) for _ in range(2)]
    async with first.begin() as tx:
        await people.add(tx, someone())
        await nudges.add(tx, planned())
    async with first.begin() as tx:
        held = await nudges.claim_due(tx, now=LATER, limit=9, owner=first.owner)
    assert len(held) == 1
    async with second.begin() as tx:
        assert not (await nudges.rescue(tx, now=NOON)).planned, "its process lives"
    await first.close()
    async with second.begin() as tx:
        assert [n.id for n in (await nudges.rescue(tx, now=NOON)).planned] == [held[0].id]
    await second.close()


async def test_a_broken_connection_is_made_again_before_others_take_us_for_dead(
    postgres_store_url: str, tmp_path: Path
) -> None:
    first, second = [await opened(postgres_store_url, tmp_path) for _ in range(2)]
    async with second.begin() as tx:
        break_off = text(
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND objid = :number"
        )
        number = int(first.owner.removeprefix("alive-"))
        await tx.connection.execute(break_off, {"number": number})
    await first.still_here()
    async with first.begin() as tx:
        await people.add(tx, someone())
        await nudges.add(tx, planned())
    async with first.begin() as tx:
        assert await nudges.claim_due(tx, now=LATER, limit=9, owner=first.owner)
    async with second.begin() as tx:
        assert not (await nudges.rescue(tx, now=NOON)).planned
    await first.close()
    await second.close()


async def test_only_one_process_is_on_sqlite_and_needs_nobody_to_see_it(
    sqlite_store_url: str, tmp_path: Path
) -> None:
    store = await opened(sqlite_store_url, tmp_path)
    await store.still_here()
    assert store.single_process
    assert store.owner
    await store.close()
