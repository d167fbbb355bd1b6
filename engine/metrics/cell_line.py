"""One cell through time: the partial result of one metric, key and day, for every day on whose close it changed."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from engine.metrics.aggregate import Measure
from engine.metrics.partial import Partial, merge
from engine.records.record import Record


class Entry(NamedTuple):
    """A version that counts in the cell from the close of `start` until before the close of `end` (None: to this day)."""

    start: date
    end: date | None
    record: Record
    share: float


class CellLine:
    """The partials of a cell; what only adds records is merged, what takes some away is read anew."""

    def __init__(self, measure: Measure, entries: Sequence[Entry]) -> None:
        self._nothing = measure.partial(())
        starts = {entry.start for entry in entries}
        ends = {entry.end for entry in entries if entry.end is not None}
        self._known = sorted(starts | ends)
        self._partials = []
        contributions = [measure.contribution(entry.record, entry.share) for entry in entries]
        now = self._nothing
        for known in self._known:
            if known in ends:
                now = measure.partial(
                    each
                    for entry, each in zip(entries, contributions, strict=True)
                    if entry.start <= known and (entry.end is None or known < entry.end)
                )
            else:
                added = (each for entry, each in zip(entries, contributions, strict=True) if entry.start == known)
                now = merge(now, measure.partial(added))
            self._partials.append(now)

    def at(self, known: date) -> Partial:
        """The partial at the close of `known`."""
        place = bisect_right(self._known, known)
        return self._partials[place - 1] if place else self._nothing
