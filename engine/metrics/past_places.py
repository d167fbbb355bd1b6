"""Where records counted on past days, when the organisation was another one."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

from engine.metrics.places import Places
from engine.org import Org
from engine.records.record import Record
from schema_defs.dataset import Dataset
from schema_defs.rule import ScopeKind

Span = tuple[date, date | None, str, float]
"""From a day until before another (None: to this day), a key and the share with which the record counts there."""


class PastPlaces:
    """Places the records of one dataset; under `attribution: now` a record moves along with its owner, day by day."""

    def __init__(self, dataset: Dataset, org: Org) -> None:
        self._dataset = dataset
        self._org = org
        self._fixed = Places(dataset, org, date.max)
        self._moves_along = dataset.attribution == "now" and dataset.region is None and dataset.owner is not None
        self._changes = sorted({day for person in org.people() for day in org.changes(person.key)})
        self._since: dict[date, Places] = {}

    def reaches(self, scope: ScopeKind) -> bool:
        """Whether the dataset can say anything about the scope."""
        return self._fixed.reaches(scope)

    def spans(self, record: Record, scope: ScopeKind, start: date, end: date | None) -> Iterator[Span]:
        """Where a version counts that is known from the close of `start` until before that of `end`."""
        if not self._moves_along or scope != "region":
            for key, share in self._fixed.of(record, scope):
                yield start, end, key, share
            return
        bounds = [start, *self._moves(record, start, end)]
        for since, until in zip(bounds, [*bounds[1:], end], strict=True):
            for key, share in self._places(since).of(record, scope):
                yield since, until, key, share

    def _moves(self, record: Record, start: date, end: date | None) -> list[date]:
        """The days in between on which somebody's region becomes another, of those whom the record is credited to."""
        days = {day for person, _ in record.people for day in self._org.changes(person)}
        return sorted(day for day in days if start < day and (end is None or day < end))

    def _places(self, day: date) -> Places:
        """The organisation of the day: as it has been since its last change."""
        before = bisect_right(self._changes, day)
        since = self._changes[before - 1] if before else date.min
        if since not in self._since:
            self._since[since] = Places(self._dataset, self._org, since)
        return self._since[since]
