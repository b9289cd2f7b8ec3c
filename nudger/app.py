"""How do the parts make one service? The only maker of randomness; it alone starts a clock."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from nudger.clock import Clock
from nudger.domain.help_line import HelpLine
from nudger.domain.prompt import Library
from nudger.domain.refusal import Refusal
from nudger.domain.time.local_time import use_pinned_zone_data, zone_data_version
from nudger.flows import plan
from nudger.flows.inbox import Edge
from nudger.flows.world import World
from nudger.library import default_prompts_dir, fingerprint, locales, read_helplines, read_library
from nudger.loops import Loops, Parts
from nudger.places import country_of, zone_at, zones_at, zones_for
from nudger.render.words import COMMANDS, languages, sentence
from nudger.settings import Settings
from nudger.store import marks
from nudger.store.store import Store
from nudger.telegram.bot import Telegram
from nudger.telegram.limiter import Limiter
from nudger.telegram.receive import chat_of, read_update, without_place

log = structlog.get_logger()

EDGE = Edge(
    read=lambda raw: read_update(raw, zone_at),
    chat_of=chat_of,
    bare=lambda raw: without_place(raw, zone_at),
)


@dataclass(frozen=True, kw_only=True)
class Texts:
    """All that stands in prompts/; ``mark`` tells one version of it from another."""

    libraries: Mapping[str, Library]
    help_lines: tuple[HelpLine, ...]
    mark: str


def read_texts(folder: Path | None) -> Texts:
    """The texts of every language that the interface speaks too. Raises LibraryError."""
    folder = folder or default_prompts_dir()
    spoken = [language for language in languages() if language in locales(folder)]
    return Texts(
        libraries={language: read_library(folder, language) for language in spoken or languages()},
        help_lines=read_helplines(folder / "helplines.yaml"),
        mark=fingerprint(folder),
    )


def make_world(texts: Texts, *, owner: str, default_zone: str) -> World:
    """What the flows need, with the only sources of chance there are."""
    return World(
        libraries=texts.libraries,
        help_lines=texts.help_lines,
        zones_for=zones_for,
        zones_at=lambda clock, now: zones_at(clock, now=now),
        country_of=country_of,
        new_id=lambda: secrets.token_hex(8),
        new_seed=lambda: secrets.randbelow(2**31),
        owner=owner,
        default_zone=default_zone,
    )


class App:
    """Everything in one process."""

    def __init__(self, parts: Parts, texts: Texts) -> None:
        self._parts = parts
        self._texts = texts

    @property
    def store(self) -> Store:
        """What is remembered."""
        return self._parts.store

    @property
    def world(self) -> World:
        """What the flows need."""
        return self._parts.world

    @classmethod
    async def open(
        cls, settings: Settings, *, clock: Clock, limiter: Limiter | None = None
    ) -> "App":
        """Read the texts, open the store, reach Telegram. Raises Refusal, with a sentence."""
        use_pinned_zone_data()
        texts = read_texts(settings.prompts_dir)
        if settings.bot_token is None:
            raise Refusal(
                "There is no bot token. Get one from @BotFather and set NUDGER_BOT_TOKEN; or try"
                " `nudger demo`, which needs none."
            )
        key = settings.encryption_key
        store = await Store.open(
            url=settings.database,
            key=key.get_secret_value() if key else None,
            data_dir=settings.data_dir,
        )
        if store.key_made is not None:
            log.warning("key_made", file=str(store.key_made), keep="a copy, apart from the data")
        telegram = Telegram(
            token=settings.bot_token,
            api_url=settings.telegram_api_url,
            limiter=limiter or Limiter(settings.messages_per_second),
        )
        try:
            me = await telegram.start()
        except BaseException:
            await store.close()
            raise
        log.info("ready", bot=me.username, database=str(store.address))
        parts = Parts(
            store=store,
            telegram=telegram,
            edge=EDGE,
            world=make_world(texts, owner=store.owner, default_zone=settings.default_timezone),
            clock=clock,
            per_second=settings.messages_per_second,
        )
        return cls(parts, texts)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop. Raises Refusal where only the operator can mend it."""
        loops = Loops(self._parts)
        register = asyncio.create_task(self._register())
        try:
            await loops.rescue(all_of_them=self.store.single_process)
            await self._plan_where_the_ground_moved()
            await loops.run(stop)
        finally:
            register.cancel()
            await asyncio.gather(register, return_exceptions=True)
            await self._parts.telegram.stop()
            await self.store.close()

    async def _plan_where_the_ground_moved(self) -> None:
        """Plans rest on the zone data and on the texts: with new ones they are made again."""
        stands_on = {marks.ZONE_DATA: zone_data_version(), marks.TEXTS: self._texts.mark}
        async with self.store.read() as tx:
            stood_on = {name: await marks.get(tx, name) for name in stands_on}
        if stood_on == stands_on:
            return
        await plan.plan_all(self.store, world=self.world, now=self._parts.clock.now())
        async with self.store.begin() as tx:
            for name, version in stands_on.items():
                await marks.put(tx, name, version)

    async def _register(self) -> None:
        """The menu and the bot's page, in every language; best effort."""
        for language in self.world.languages:
            await self._parts.telegram.register(
                [(name, sentence(f"command.{name}", language)) for name in COMMANDS],
                description=sentence("about.bot", language),
                short_description=sentence("about.bot_short", language),
                language=None if language == "en" else language,
            )
