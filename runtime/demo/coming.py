"""What an ERP is still to write, in the order of time."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from runtime.demo.orders import LONGEST_FATE, Change

DayChanges = Callable[[date], Iterable[Change]]


class Coming:
    """The changes that become known after a moment. A day's orders are made once, when time has come to that day."""

    def __init__(self, day_changes: DayChanges, since: datetime) -> None:
        self._day_changes = day_changes
        self._since = since
        self._next = since.date() - timedelta(days=LONGEST_FATE)
        self._heap: list[tuple[datetime, int, Change]] = []
        self._number = count()

    def prepare(self) -> None:
        """Makes what the orders of the past still give rise to, which takes a second in a large company."""
        self._make(self._since.date())

    def until(self, moment: datetime) -> list[Change]:
        """What becomes known up to and including the moment, and was not given before."""
        self._make(moment.date())
        found = []
        while self._heap and self._heap[0][0] <= moment:
            found.append(heappop(self._heap)[2])
        return found

    def _make(self, last: date) -> None:
        while self._next <= last:
            for change in self._day_changes(self._next):
                if change.at > self._since:
                    heappush(self._heap, (change.at, next(self._number), change))
            self._next += timedelta(days=1)


def changes_of(day_changes: DayChanges, first: date, last: date, until: datetime) -> list[Change]:
    """What the orders of the days, both included, have given rise to up to and including `until`, in the order of time."""
    return sorted(_known(day_changes, first, last, until), key=lambda change: change.at)


def _known(day_changes: DayChanges, first: date, last: date, until: datetime) -> Iterator[Change]:
    for offset in range((last - first).days + 1):
        yield from (change for change in day_changes(first + timedelta(days=offset)) if change.at <= until)
