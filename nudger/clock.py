"""What time is it for this process? The only module that tells the system's time.

(The metronome's watchdog holds two of the system's clocks against each other, and tells neither.) A
rehearsal moves faster, and may leap; everything else takes `now` as an argument and cannot
tell the difference.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """The wall clock, run at ``speed`` times its pace from ``start`` on (default: now).

    At speed 1 and without a start it is the system's clock and follows its corrections.
    """

    def __init__(self, *, speed: float = 1.0, start: datetime | None = None) -> None:
        self._speed = speed
        self._moved = speed != 1.0 or start is not None
        self._real_origin = time.monotonic()
        self._origin = start or datetime.now(UTC)
        self._watchers: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The current moment, aware, UTC."""
        if not self._moved:
            return datetime.now(UTC)
        passed = (time.monotonic() - self._real_origin) * self._speed
        return self._origin + timedelta(seconds=passed)

    @property
    def speed(self) -> float:
        """How many seconds of this clock pass in a real one."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._settle(self.now())
        self._speed = speed
        self._tell()

    def leap(self, to: datetime) -> None:
        """Go on from ``to``, which may not lie in the past: a person's day never runs twice."""
        self._settle(max(to, self.now()))
        self._tell()

    def real_moment(self, moment: datetime) -> datetime:
        """The system's moment at which this clock will show ``moment`` (never before now)."""
        ahead = max(moment - self.now(), timedelta(0))
        return datetime.now(UTC) + ahead / self._speed

    def watch(self, told: Callable[[], None]) -> None:
        """Call ``told`` whenever the clock leaps or changes its pace."""
        self._watchers.append(told)

    def _settle(self, at: datetime) -> None:
        self._moved = True
        self._origin, self._real_origin = at, time.monotonic()

    def _tell(self) -> None:
        for told in self._watchers:
            told()
