"""Does the bot write faster than Telegram allows?

Telegram documents about 30 messages a second for a bot and one a second for a chat, with short
bursts. Rates are about the wire, so they are measured in real (monotonic) time, whatever time a
demo or a test plays.
"""

import math
from collections import deque

A_SECOND = 30  # messages in any one second, all chats together
BURST = 5  # messages a chat takes at once; after that one a second


class Rates:
    """Counts sends; each is given its ``at`` in monotonic seconds."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque()
        self._buckets: dict[int, tuple[float, float]] = {}

    def count(self, chat: int, *, at: float) -> tuple[str, int] | None:
        """Count one send. What it broke and after how many seconds it would be fine, or None."""
        while self._recent and self._recent[0] <= at - 1.0:
            self._recent.popleft()
        left, since = self._buckets.get(chat, (float(BURST), at))
        left = min(float(BURST), left + (at - since))
        if left < 1.0:
            self._buckets[chat] = (left, at)
            return f"more than one message a second to chat {chat}", math.ceil(1.0 - left)
        if len(self._recent) >= A_SECOND:
            return f"more than {A_SECOND} messages within one second", 1
        self._buckets[chat] = (left - 1.0, at)
        self._recent.append(at)
        return None
