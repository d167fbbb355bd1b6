"""All versions of a dataset's records in memory, as immutable columns that grow by pieces."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import cast

import msgspec
import numpy as np

from engine.calendar import WorkCalendar
from engine.expression.columns import Cells, Column, texts
from engine.expression.columns.column import Array, joined_cells
from engine.expression.values import Value
from engine.records.record import Record
from engine.records.returns import with_originals
from engine.records.table import Table
from engine.records.version_table import NEVER, VersionTable, first_close, version_table
from schema_defs.dataset import Dataset

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PER_TEXT = 90
"""Bytes of a text among the categories of a column, about."""


class Version(msgspec.Struct, frozen=True):
    """One stored version: its record's key as text, its number among those of the key, and since when it is known."""

    key: str
    number: int
    known_at: datetime
    record: Record


@dataclass(frozen=True, eq=False)
class Stock:
    """Columns of all versions, in the order in which they were added."""

    dataset: Dataset
    calendar: WorkCalendar
    keys: Column
    numbers: Array
    known: Array
    since: Array
    days: Array
    moments: Cells
    counts: Array
    owners: Column
    regions: Column
    credits: tuple[tuple[tuple[str, float], ...], ...]
    returns: tuple[tuple[Value, ...] | None, ...]
    fields: dict[str, Cells]

    def __len__(self) -> int:
        return len(self.days)

    @cached_property
    def size(self) -> int:
        """About so many bytes."""
        arrays = (self.numbers, self.known, self.since, self.days, self.counts)
        columns = (self.keys, self.moments, self.owners, self.regions, *self.fields.values())
        return sum(array.nbytes for array in arrays) + sum(map(_bytes, columns)) + 16 * len(self.credits)

    def grown(self, pieces: Sequence["Stock"]) -> "Stock":
        """With the versions of some more."""
        parts = [self, *pieces]

        def cells(of: Callable[[Stock], Cells]) -> Cells:
            return joined_cells([(len(part), of(part)) for part in parts])

        def column(of: Callable[[Stock], Column]) -> Column:
            return cast(Column, cells(of))

        return replace(
            self,
            keys=column(lambda part: part.keys),
            numbers=np.concatenate([part.numbers for part in parts]),
            known=np.concatenate([part.known for part in parts]),
            since=np.concatenate([part.since for part in parts]),
            days=np.concatenate([part.days for part in parts]),
            moments=cells(lambda part: part.moments),
            counts=np.concatenate([part.counts for part in parts]),
            owners=column(lambda part: part.owners),
            regions=column(lambda part: part.regions),
            credits=tuple(credit for part in parts for credit in part.credits),
            returns=tuple(of for part in parts for of in part.returns),
            fields={name: cells(lambda part, name=name: part.fields[name]) for name in self.fields},  # type: ignore[misc]
        )

    @cached_property
    def until(self) -> Array:
        """Before which close every version ended: where the next one of its key begins, whatever was stored when it was written."""
        ends = np.append(self.since[self._order[1:]], NEVER)[: len(self)]
        ends[self._is_last] = NEVER
        found = np.empty_like(ends)
        found[self._order] = ends
        return found

    @cached_property
    def _order(self) -> Array:
        """The versions of every key behind each other, oldest first."""
        order: Array = np.lexsort((self.numbers, self.known, self.keys.data))
        return order

    @cached_property
    def _is_last(self) -> Array:
        """Whether a version in that order is the last of its key."""
        return np.append(np.diff(self.keys.data[self._order]) != 0, True)[: len(self)]

    @cached_property
    def versions(self) -> VersionTable:
        """The versions that count at the close of some day; of a dataset with returns each return with its original, as it was known."""
        if self.dataset.returns is not None:
            return version_table(self.dataset, map(self._as_told, self._order.tolist()), self.calendar)
        rows = np.flatnonzero(self.counts & (self.since < self.until))
        first = self.days[self.counts].min() if self.counts.any() else None
        return VersionTable(
            self._table(rows), self.since[rows], self.until[rows], None if first is None else int(first)
        )

    @cached_property
    def present(self) -> Table:
        """The records as known now that count, returns with their originals."""
        table = self._table(self._present)
        return table if self.dataset.returns is None else Table(self.dataset, with_originals(table.records[:]))

    def present_of(self, days: Collection[date]) -> Table:
        """Those of some days."""
        wanted = np.isin(self.days[self._present], [day.toordinal() for day in days])
        return self._table(self._present[wanted])

    @cached_property
    def _present(self) -> Array:
        rows = np.sort(self._order[self._is_last])
        return np.asarray(rows[self.counts[rows]])

    def _table(self, rows: Array) -> Table:
        columns = {name: column.take(rows) for name, column in self.fields.items()}
        owners, regions = self.owners.take(rows), self.regions.take(rows)
        return Table(self.dataset, _Records(self, rows), columns, self.days[rows], owners, regions)

    def _as_told(self, row: int) -> Record:
        """A version with the moment since which it is known."""
        known_at = _EPOCH + int(self.known[row]) * _MICROSECOND
        return msgspec.structs.replace(self.record(row), known_at=known_at, void=not self.counts[row])

    def record(self, row: int) -> Record:
        """The record that a version said."""
        at = np.array([row])

        def value(column: Cells) -> Value:
            return column.take(at).values(1)[0]

        moment, key, owner, region = (value(each) for each in (self.moments, self.keys, self.owners, self.regions))
        return Record(
            dataset=self.dataset.name,
            key=tuple(msgspec.json.decode(str(key))),
            day=date.fromordinal(int(self.days[row])),
            at=moment.replace(tzinfo=UTC) if isinstance(moment, datetime) else None,
            owner=owner if isinstance(owner, str) else None,
            credit=self.credits[row],
            region=region if isinstance(region, str) else None,
            values={name: value(column) for name, column in self.fields.items()},
            returns=self.returns[row],
        )


class _Records(Sequence[Record]):
    """Records that are put together when they are asked for."""

    def __init__(self, stock: Stock, rows: Array) -> None:
        self._stock = stock
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, row):  # type: ignore[no-untyped-def]  # one row, or a slice of them
        if isinstance(row, slice):
            return [self._stock.record(each) for each in self._rows[row].tolist()]
        return self._stock.record(int(self._rows[row]))


def stock_of(dataset: Dataset, calendar: WorkCalendar, versions: Sequence[Version] = ()) -> Stock:
    """The versions as columns."""
    records = [version.record for version in versions]
    table = Table(dataset, records)
    moments = [None if record.at is None else record.at.astimezone(UTC).replace(tzinfo=None) for record in records]
    return Stock(
        dataset=dataset,
        calendar=calendar,
        keys=texts([version.key for version in versions]),
        numbers=np.array([version.number for version in versions], dtype=np.int64),
        known=np.array([(version.known_at - _EPOCH) // _MICROSECOND for version in versions], dtype=np.int64),
        since=np.array([first_close(version.known_at, calendar) for version in versions], dtype=np.int64),
        days=table.days,
        moments=_moments(moments),
        counts=np.array([record.counts for record in records], dtype=bool),
        owners=table.owners(),
        regions=table.regions(),
        credits=tuple(record.credit for record in records),
        returns=tuple(record.returns for record in records),
        fields=table.columns(dataset.fields),
    )


def _moments(moments: Sequence[datetime | None]) -> Cells:
    start = _EPOCH.replace(tzinfo=None)
    data = np.array([0 if each is None else (each - start) // _MICROSECOND for each in moments], dtype=np.int64)
    return Column("datetime", data, np.array([each is None for each in moments], dtype=bool))


def _bytes(cells: Cells) -> int:
    columns = [cells] if isinstance(cells, Column) else list(cells.parts.values())
    return sum(each.data.nbytes + each.mask.nbytes + _PER_TEXT * len(each.categories) for each in columns)
