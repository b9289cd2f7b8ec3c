"""How does an outcome become a person's pace? Replaying all their events gives the same."""

from nudger.domain.pacing.events import Event
from nudger.domain.pacing.pace import VERSION, Pace, replay
from nudger.domain.pacing.pace import learn as learned
from nudger.store import codec, events, people
from nudger.store.transaction import Transaction


async def current(tx: Transaction, person: str) -> Pace:
    """Where they stand; made again from their events where it was kept by another version."""
    kept = await people.load_pace(tx, person)
    if kept is not None:
        try:
            pace = codec.from_text(Pace, kept)
        except ValueError:  # of another shape
            return replay(await events.all_of(tx, person))
        if pace.version == VERSION:
            return pace
    return replay(await events.all_of(tx, person))


async def learn(tx: Transaction, person: str, event: Event) -> None:
    """Keep an outcome and the pace it leads to; a corrected one is replayed from the first."""
    if await events.known(tx, person, event.id):
        await events.put(tx, person, event)
        pace = replay(await events.all_of(tx, person))
    else:
        pace = learned(await current(tx, person), event)
        await events.put(tx, person, event)
    await people.save_pace(tx, person, codec.to_text(Pace, pace))
