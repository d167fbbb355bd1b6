"""Versions cell by cell: which count in which cell, from when until when."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.expression.columns.column import Array
from engine.metrics.past_places import Placed
from engine.periods import month_start


@dataclass(frozen=True, eq=False)
class Spans:
    """Runs of neighbouring cells: from `first` until before `end`. `to_date`: each begins with a month and stays in it."""

    first: Array
    end: Array
    to_date: bool

    def __len__(self) -> int:
        return len(self.first)

    def take(self, rows: slice) -> "Spans":
        return Spans(self.first[rows], self.end[rows], self.to_date)


@dataclass(frozen=True, eq=False)
class Entries:
    """Versions (`placed`) with the cell of each: a key and a day. Cells with an entry are numbered by key and day."""

    placed: Placed
    cells: Array
    cell_keys: Array
    cell_days: Array

    def __len__(self) -> int:
        """How many cells there are."""
        return len(self.cell_days)

    @cached_property
    def codes(self) -> dict[str, int]:
        return {key: code for code, key in enumerate(self.placed.keys)}

    @cached_property
    def months(self) -> Array:
        """The first day of every cell's month."""
        return month_start(self.cell_days)

    @cached_property
    def runs(self) -> Array:
        """A number for every cell, the same for the cells of one key and month."""
        new = (np.diff(self.cell_keys) != 0) | (np.diff(self.months) != 0)
        return np.concatenate([np.zeros(min(1, len(self)), dtype=np.int64), np.cumsum(new)])

    def spans(self, codes: Array, first: Array, last: Array, *, to_date: bool) -> Spans:
        """The cells of each key (-1: one that has none) from a first to a last day, both included."""
        return Spans(self._place(codes, first), self._place(codes, np.maximum(last + 1, first)), to_date)

    def _place(self, codes: Array, days: Array) -> Array:
        low, high = self._bounds
        places: Array = np.searchsorted(self._packed, codes * (high - low + 1) + np.clip(days, low, high) - low)
        return places

    @cached_property
    def _bounds(self) -> tuple[int, int]:
        """The first day with a cell, and the one behind the last."""
        return (int(self.cell_days.min()), int(self.cell_days.max()) + 1) if len(self) else (1, 1)

    @cached_property
    def _packed(self) -> Array:
        low, high = self._bounds
        packed: Array = self.cell_keys * (high - low + 1) + (self.cell_days - low)
        return packed


def entries_of(placed: Placed, days: Array) -> Entries:
    """The placed versions by key and day; `days` are those of the table's rows."""
    of_day = days[placed.rows]
    low = int(of_day.min(initial=1 << 40))
    width = int(of_day.max(initial=0)) - low + 1
    if len(of_day) == 0:
        return Entries(placed, of_day, of_day, of_day)
    packed = placed.codes * width + (of_day - low)
    if len(placed.keys) * width <= _DENSE + 8 * len(packed):
        there = np.bincount(packed, minlength=len(placed.keys) * width) > 0
        known, cells = np.flatnonzero(there), (np.cumsum(there) - 1)[packed]
    else:
        known, cells = np.unique(packed, return_inverse=True)
    return Entries(placed, cells, known // width, known % width + low)


_DENSE = 1 << 20
