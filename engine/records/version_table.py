"""The versions of a dataset's records as columns, each with the days on which it was the valid one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

import numpy as np

from engine.calendar import WorkCalendar
from engine.expression.columns.column import Array
from engine.records.record import Record
from engine.records.table import Table
from engine.records.versions import timelines
from schema_defs.dataset import Dataset

NEVER = date.max.toordinal() + 1
"""The end of what is valid to this day."""


@dataclass(frozen=True, eq=False)
class VersionTable:
    """Versions that count, each valid from the close of the day `since` until before that of `until` (as date.toordinal).

    `first` is the earliest day of any version that counts, also of one that was replaced before a close saw it.
    """

    table: Table
    since: Array
    until: Array
    first: int | None


Versions = Iterable[Record] | VersionTable
"""All versions of a dataset's records, in any order; or those that count, as columns."""


def version_table(dataset: Dataset, given: Versions, calendar: WorkCalendar) -> VersionTable:
    """The versions as columns."""
    if isinstance(given, VersionTable):
        return given
    records, found, since, until = list(given), list[Record](), list[int](), list[int]()
    for versions in timelines(records, calendar).values():
        bounds = [*(first_close(moment, calendar) for moment, _ in versions), NEVER]
        for (_, record), (start, end) in zip(versions, pairwise(bounds), strict=True):
            if record.counts and start < end:
                found.append(record)
                since.append(start)
                until.append(end)
    first = min((record.day.toordinal() for record in records if record.counts), default=None)
    return VersionTable(Table(dataset, found), np.array(since, dtype=np.int64), np.array(until, dtype=np.int64), first)


def first_close(moment: datetime, calendar: WorkCalendar) -> int:
    """The first day at whose close the moment has passed, as date.toordinal."""
    local = calendar.local(moment)
    day = local.date()
    return day.toordinal() + (local > calendar.closing(day))
