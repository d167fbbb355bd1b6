"""The one place where time is asked for. Everything else takes a moment as an argument."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time: aware moments in UTC."""

    def now(self) -> datetime: ...

    async def wait_until(self, moment: datetime) -> None: ...


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def wait_until(self, moment: datetime) -> None:
        """Returns when `moment` has come. A clock that is set back makes the wait longer, never shorter."""
        while (left := (moment - self.now()).total_seconds()) > 0:
            await asyncio.sleep(min(left, 60.0))


class VirtualClock:
    """A time of its own: it runs `speed` times as fast as the machine's (0: it stands) and can be moved forward."""

    def __init__(self, start: datetime, speed: float = 0.0) -> None:
        self._base = start.astimezone(UTC)
        self._since = time.monotonic()
        self._speed = speed
        self._moved = asyncio.Event()

    @property
    def speed(self) -> float:
        return self._speed

    def now(self) -> datetime:
        return self._base + timedelta(seconds=(time.monotonic() - self._since) * self._speed)

    def advance(self, by: timedelta) -> datetime:
        """Moves forward by `by` and returns the new moment; whoever waits for a moment before it goes on."""
        if by < timedelta(0):
            raise ValueError("a clock never goes back")
        self._settle(self.now() + by, self._speed)
        return self.now()

    def advance_to(self, moment: datetime) -> datetime:
        """Moves forward to `moment`; a moment that has passed changes nothing."""
        return self.advance(max(moment - self.now(), timedelta(0)))

    def run_at(self, speed: float) -> None:
        """From now on `speed` virtual seconds pass in a second."""
        self._settle(self.now(), speed)

    async def wait_until(self, moment: datetime) -> None:
        while (left := (moment - self.now()).total_seconds()) > 0:
            moved = self._moved
            pause = left / self._speed if self._speed else None
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await moved.wait()

    def _settle(self, base: datetime, speed: float) -> None:
        self._base, self._since, self._speed = base, time.monotonic(), speed
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
