"""Up to which day data were complete, as known on any day: a day whose source is late has no data."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from operator import itemgetter

Watermarks = Mapping[str, Sequence[tuple[date, date]]]
"""By dataset, ascending: from the close of a day on, it was complete up to and including another. Before the first: never."""


class Completeness:
    """Datasets of which nothing is said are complete."""

    def __init__(self, complete: Mapping[str, date], watermarks: Watermarks) -> None:
        self._complete = complete
        self._watermarks = watermarks

    def until(self, datasets: Iterable[str], known: date) -> date:
        """The last day on which all of the datasets were complete, as known at the close of `known`."""
        return min((self._until(name, known) for name in datasets), default=date.max)

    def _until(self, dataset: str, known: date) -> date:
        fixed, moving = self._complete.get(dataset, date.max), self._watermarks.get(dataset)
        if moving is None:
            return fixed
        place = bisect_right(moving, known, key=itemgetter(0))
        return min(fixed, moving[place - 1][1]) if place else date.min

    def come(self, datasets: Sequence[str], known: date) -> tuple[date, date]:
        """The first and last day that were late the day before, and are complete on `known`; the last lies before the first if none."""
        before = self.until(datasets, known - timedelta(days=1))
        first = before + timedelta(days=1) if before < date.max else date.max
        return first, min(self.until(datasets, known), known - timedelta(days=1))
