"""How does a test run, kill and restart the service as an operator would?"""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

from nudger.demo.bot_api import BotApi
from tests.life import TOKEN
from tests.stores import KEY

START_PATIENCE = 20.0
READY = "getMe"


@dataclass(kw_only=True)
class Process:
    """`nudger run` against a loopback Bot API, with all it says kept in a file."""

    api: BotApi
    folder: Path
    url: str | None = None
    speed: float = 1
    environ: dict[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it has reached Telegram."""
        before = self._greetings()
        await self.launch()
        async with asyncio.timeout(START_PATIENCE):
            while self._greetings() == before:
                assert self._process.returncode is None, self.said()
                await asyncio.sleep(0.02)

    async def launch(self) -> None:
        """Start it and wait for nothing."""
        environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environ |= {
            "NUDGER_BOT_TOKEN": TOKEN,
            "NUDGER_TELEGRAM_API_URL": self.api.url,
            "NUDGER_DATA_DIR": str(self.folder),
            "NUDGER_ENCRYPTION_KEY": KEY,
            "NUDGER_LOG_FORMAT": "json",
            "NUDGER_MESSAGES_PER_SECOND": "1000",
            **({"NUDGER_DATABASE_URL": self.url} if self.url else {}),
            **self.environ,
        }
        with (self.folder / "log.jsonl").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "nudger", "run", "--speed", str(self.speed)),
                env={name: text for name, text in environ.items() if text},
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """As a crash does: no chance to finish anything."""
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> int:
        """As an operator does; the exit code."""
        self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            return await self._process.wait()

    async def end(self) -> int:
        """Wait until it ends by itself; the exit code."""
        async with asyncio.timeout(START_PATIENCE):
            return await self._process.wait()

    def said(self) -> str:
        """All that it and those before it in this folder wrote."""
        return (self.folder / "log.jsonl").read_text()

    @property
    def _process(self) -> asyncio.subprocess.Process:
        assert self.process is not None, "it was not started"
        return self.process

    def _greetings(self) -> int:
        return sum(call.method == READY for call in self.api.calls)
