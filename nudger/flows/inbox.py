"""How does an update become a reply that is handled, once, in order, and never lost?"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from nudger.domain.message_out import MessageOut
from nudger.domain.said import Reply
from nudger.domain.screen import Screen
from nudger.flows.respond import respond
from nudger.flows.world import World
from nudger.render.message import render
from nudger.store import inbox, outbox, people
from nudger.store.inbox import Update
from nudger.store.outbox import Out
from nudger.store.refusal import StoreRefusal
from nudger.store.store import Store

log = structlog.get_logger()

TRIES = 3  # then it is laid aside, and the chat's next one is handled
FIRST_RETRY = timedelta(seconds=2)

Raw = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Edge:
    """How raw updates are read: telegram/receive, passed in, for flows know no Telegram.

    ``read`` may raise; ``bare`` takes places out of an update before it is written down.
    """

    read: Callable[[Raw], Reply | None]
    chat_of: Callable[[Raw], int | None]
    bare: Callable[[Raw], Raw]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What is left to do once it is committed: a spinner to stop, a log to empty.

    ``held`` is False where another worker handles it.
    """

    held: bool = True
    query: str | None = None
    forgotten: bool = False


async def keep(store: Store, batch: Sequence[Raw], *, edge: Edge, now: datetime) -> None:
    """Write updates down; only then may they be confirmed to Telegram."""
    updates = []
    for raw in batch:
        try:
            bare = edge.bare(raw)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others must be kept
            # nothing of it can be kept without what must not be kept; its id still can
            log.warning("update_bared", update=raw["update_id"], error=type(error).__name__)
            bare = {"update_id": raw["update_id"]}
        chat, body = edge.chat_of(raw), json.dumps(bare)
        updates.append(Update(update_id=raw["update_id"], chat=chat, body=body))
    async with store.begin() as tx:
        await inbox.keep(tx, updates, now=now)


async def handle(store: Store, update: Update, *, edge: Edge, world: World, now: datetime) -> Done:
    """Do all that an update asks for, or put it off; after some tries it is laid aside."""
    try:
        reply = edge.read(json.loads(update.body))
    except Exception as error:  # noqa: BLE001 - anybody can send anything: it is laid aside at once
        await _lay_aside(store, update, error)
        return Done()
    try:
        async with store.begin() as tx:
            if not await inbox.hold(tx, update.update_id):
                return Done(held=False)
            forgotten = False
            if reply is not None:
                forgotten = await respond(tx, reply, world=world, now=now)
            await inbox.handled(tx, update.update_id)
    except StoreRefusal:
        raise  # nothing was done, and all of it will be
    except Exception as error:  # noqa: BLE001 - whatever it is, it is written down there
        await _failed(store, update, error, world=world, now=now)
        return Done()
    return Done(query=reply.query if reply else None, forgotten=forgotten)


async def _lay_aside(store: Store, update: Update, error: Exception) -> None:
    """Nobody can read it: the chat's next one is handled."""
    name = type(error).__name__
    log.warning("update_laid_aside", update=update.update_id, error=name)
    async with store.begin() as tx:
        await inbox.quarantine(tx, update.update_id, error=name)


async def _failed(
    store: Store, update: Update, error: Exception, *, world: World, now: datetime
) -> None:
    """Later again, or aside; the person hears once that it was not them."""
    name = type(error).__name__
    last = update.tries + 1 >= TRIES
    log.error("update_failed", update=update.update_id, error=name, laid_aside=last, exc_info=error)
    async with store.begin() as tx:
        if last:
            await inbox.quarantine(tx, update.update_id, error=name)
        else:
            later = now + FIRST_RETRY * 4**update.tries
            await inbox.failed(tx, update.update_id, error=name, next_try_at=later)
    if update.tries == 0 and update.chat is not None and update.chat > 0:
        try:
            await _say_sorry(store, update.chat, world=world, now=now)
        except Exception:  # it may be this very person that cannot be read
            log.exception("not_said", update=update.update_id)


async def _say_sorry(store: Store, chat: int, *, world: World, now: datetime) -> None:
    async with store.begin() as tx:
        person = await people.by_chat(tx, chat)
        if person is not None:
            words = render(Screen(key="sorry"), person=person, now=now)
            message = MessageOut(chat=chat, text=words.text)
            sorry = Out(id=world.new_id(), message=message, person=person.id)
            await outbox.add(tx, sorry, now=now)
