"""The vendor's limit: twenty messages a minute and robot; the next one costs ten minutes of silence."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

PER_MINUTE = 20
WINDOW = timedelta(minutes=1)
PENALTY = timedelta(minutes=10)


class Throttle:
    """Counts one robot's messages on the clock that is passed in."""

    def __init__(self, taken: Iterable[datetime] = ()) -> None:
        self._taken = deque(taken, maxlen=PER_MINUTE)
        self._closed_until: datetime | None = None

    def admits(self, now: datetime) -> bool:
        """Whether one more message is taken now; it is counted then."""
        if self._closed_until is not None and now < self._closed_until:
            return False
        self._closed_until = None
        while self._taken and self._taken[0] <= now - WINDOW:
            self._taken.popleft()
        if len(self._taken) >= PER_MINUTE:
            self._closed_until = now + PENALTY
            return False
        self._taken.append(now)
        return True
