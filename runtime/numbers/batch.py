"""What is to be computed next: the newest dirty days of one dataset and month."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import msgspec

from engine.metrics.day import Whose, whose
from engine.metrics.places import Places
from engine.periods import month_bounds, month_of
from engine.records.record import Record
from runtime.bulk import Condition, in_pieces, read_many
from runtime.numbers.rows import DirtyRow
from runtime.tenancy import rows

AT_ONCE = 4000
"""Dirty places taken together: about a month of the reference organisation."""
_COLUMNS = ("mark", "day", "region", "owner", "since")


class Mark(msgspec.Struct, frozen=True):
    """A dirty place; without region and owner, the whole day."""

    mark: str
    day: date
    region: str
    owner: str
    since: str | None

    @property
    def is_day(self) -> bool:
        return not (self.region or self.owner)


class Batch(msgspec.Struct, frozen=True):
    """Dirty places of one dataset and month, the newest days first."""

    dataset: str
    marks: Sequence[Mark]

    @property
    def month(self) -> str:
        return month_of(self.marks[0].day)

    @property
    def since(self) -> str | None:
        """The first version that made a place dirty, as far as it is known; versions are identified in the order of writing."""
        return min((mark.since for mark in self.marks if mark.since), default=None)

    def touched(self, places: Places) -> dict[date, frozenset[Whose] | None]:
        """Per day whose cells may have changed; None: everybody's."""
        found: dict[date, frozenset[Whose] | None] = defaultdict(frozenset)
        for mark in self.marks:
            known = found[mark.day]
            if mark.is_day:
                found[mark.day] = None
            elif known is not None:
                found[mark.day] = known | whose(places, _stand_in(self.dataset, mark))
        return dict(found)


def _stand_in(dataset: str, mark: Mark) -> Record:
    """A record of the place."""
    return Record(dataset=dataset, key=(), day=mark.day, owner=mark.owner or None, region=mark.region or None)


async def next_batch(tenant: str, among: Sequence[Condition] = ()) -> Batch | None:
    """The newest dirty day's dataset and month, as far as it is dirty; None when nothing (`among` some places) is."""
    order = ("-day", "dataset")
    while newest := await read_many(DirtyRow, tenant, ("dataset", "day"), among, order=order, limit=1):
        dataset, day = newest[0]
        first, last = month_bounds(month_of(day))
        where = [("dataset", "=", dataset), ("day", ">=", first), ("day", "<=", last)]
        # Between the two readings another worker may have computed the month: then the next one is asked for.
        if found := await read_many(DirtyRow, tenant, _COLUMNS, where, order=("-day",), limit=AT_ONCE):
            return Batch(dataset, [Mark(*row) for row in found])
    return None


async def strike_out(tenant: str, batch: Batch) -> None:
    """Removes the marks that were read; a place that was marked anew in between keeps its new mark, and is computed again."""
    for some in in_pieces(mark.mark for mark in batch.marks):
        await rows(DirtyRow, tenant).filter(mark__in=some).delete()
