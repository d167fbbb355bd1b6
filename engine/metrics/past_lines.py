"""A base metric in all cells as known at the close of one day; one kind of line per kind of aggregate."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from engine.expression.columns import Cells, to_units
from engine.expression.columns.column import Array
from engine.metrics.aggregate import Measure
from engine.metrics.as_known import Added, Best, Lives
from engine.metrics.contributions import contributions
from engine.metrics.entries import Entries, Spans
from engine.metrics.folding import Contributed, codes_of, numbers_of, order_of_values
from engine.metrics.partial import Order, Tagged
from engine.metrics.segments import Segments, ranks_of
from engine.metrics.totals import Counts, Distincts, FloatSums, Means, Picked, Sums, Totals
from engine.metrics.whole import float_sums, to_whole
from engine.records.table import Table
from schema_defs.metric import Aggregate


class Line(Protocol):
    """One metric through time."""

    def move(self, known: int) -> Array:
        """To the close of another day; the cells whose number may have changed on the way."""

    def totals(self, spans: Spans) -> Totals:
        """What the metric gives for each span of cells."""


class Given:
    """What the entries of a dataset contribute to a metric: the values of those that do, and where and when these count.

    `anywhere`: spans will be asked for that do not begin with a month.
    """

    def __init__(self, measure: Measure, table: Table, entries: Entries, *, anywhere: bool) -> None:
        self.measure, self.table, self.entries, self.anywhere = measure, table, entries, anywhere
        found = contributions(measure, table)
        places = np.full(len(table), -1, dtype=np.int64)
        places[found.rows] = np.arange(len(found.rows))
        at = places[entries.placed.rows]
        kept = np.flatnonzero(at >= 0)
        placed = entries.placed
        self.rows = placed.rows[kept]
        self.values: Cells = found.values.take(at[kept])
        self.lives = Lives(entries.cells[kept], placed.since[kept], placed.until[kept])
        self._shares = None if placed.shares is None else placed.shares[kept]

    def __len__(self) -> int:
        return len(self.rows)

    def numbers(self, *, split: bool) -> Array:
        """The values as doubles, each by its share where a sum is split."""
        segments = Segments(np.array([len(self)]))
        return numbers_of(Contributed(segments=segments, values=self.values, shares=self._shares if split else None))

    def added(self, amounts: Array) -> Added:
        return Added(self.lives, self.entries.cell_days, amounts)


class _Sum:
    def __init__(self, given: Given, *, split: bool) -> None:
        numbers = given.numbers(split=split)
        self._is_money = given.measure.shape.is_money
        whole, self._exponent = (to_units(numbers), 0) if self._is_money else to_whole(numbers)
        self._added = given.added(whole)

    def move(self, known: int) -> Array:
        return self._added.move(known)

    def totals(self, spans: Spans) -> Sums | FloatSums:
        sums = self._added.sums(spans)
        return Sums(sums) if self._is_money else float_sums(sums, self._exponent)


class _Count:
    def __init__(self, given: Given) -> None:
        self._added = given.added(np.ones(len(given), dtype=np.int64))

    def move(self, known: int) -> Array:
        return self._added.move(known)

    def totals(self, spans: Spans) -> Counts:
        return Counts(self._added.sums(spans))


class _Mean:
    def __init__(self, given: Given) -> None:
        self._sum, self._count = _Sum(given, split=False), _Count(given)

    def move(self, known: int) -> Array:
        return np.concatenate([self._sum.move(known), self._count.move(known)])

    def totals(self, spans: Spans) -> Means:
        return Means(self._sum.totals(spans), self._count.totals(spans).counts)


class _Picked:
    """The smallest, largest or latest value, by its rank among all."""

    def __init__(self, given: Given) -> None:
        self._kind = given.measure.aggregate
        ranks, self._values, self._orders = _ranked(given)
        self._best = Best(given.lives, len(given.entries), ranks)

    def move(self, known: int) -> Array:
        return self._best.move(known).groups

    def totals(self, spans: Spans) -> Picked:
        best = self._best.highest(spans).tolist()
        orders = [self._orders[rank] for rank in best] if self._orders else ()
        return Picked(self._kind, [self._values[rank] for rank in best], orders)


def _ranked(given: Given) -> tuple[Array, list[Tagged | None], list[Order | None]]:
    """The rank of every entry from 1 on, and by rank the value (and for the latest its place in time); of rank 0 nothing."""
    measure, orders = given.measure, list[Order]()
    if measure.aggregate == "last":
        orders = [measure.order(given.table.records[row]) for row in given.rows.tolist()]
        held = [None if value is None else measure.held(value) for value in given.values.values(len(given))]
        keys: Array = ranks_of(list(zip(orders, held, strict=True)))
    else:
        keys = order_of_values(given.values, len(given))
        keys = keys if measure.aggregate == "maximum" else -keys
    _, first, ranks = np.unique(keys, return_index=True, return_inverse=True)
    values = given.values.take(first).values(len(first))
    by_rank = [None, *(None if value is None else measure.held(value) for value in values)]
    return ranks + 1, by_rank, [None, *(orders[place] for place in first.tolist())] if orders else []


class _Distinct:
    """How many values a month's beginning has: a value is counted on the first of its days there."""

    def __init__(self, given: Given) -> None:
        self._lives, self._size, self._anywhere = given.lives, len(given.entries), given.anywhere
        self._codes, size = codes_of(given.values, len(given))
        cells = given.lives.cells
        _, groups = np.unique(given.entries.runs[cells] * size + self._codes, return_inverse=True)
        lives = Lives(groups, given.lives.since, given.lives.until)
        self._first = Best(lives, int(groups.max(initial=-1)) + 1, self._size - cells)
        self._counts = np.zeros(self._size, dtype=np.int64)
        self._order = np.argsort(cells, kind="stable")
        self._ends = np.append(0, np.cumsum(np.bincount(cells, minlength=self._size)))
        self._known = 0

    def move(self, known: int) -> Array:
        moved, self._known = self._first.move(known), known
        gone, come = (self._size - each[each > 0] for each in (moved.before, moved.after))
        np.subtract.at(self._counts, gone, 1)
        np.add.at(self._counts, come, 1)
        return self._lives.cells[moved.entries] if self._anywhere else np.concatenate([gone, come])

    def totals(self, spans: Spans) -> Distincts:
        if not spans.to_date:
            pairs = zip(spans.first.tolist(), spans.end.tolist(), strict=True)
            return Distincts(np.array([self._within(first, end) for first, end in pairs], dtype=np.int64))
        before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self._counts)])
        return Distincts(before[spans.end] - before[spans.first])

    def _within(self, first: int, end: int) -> int:
        rows = self._order[self._ends[first] : self._ends[end]]
        valid = (self._lives.since[rows] <= self._known) & (self._known < self._lives.until[rows])
        return len(np.unique(self._codes[rows[valid]]))


_LINES: dict[Aggregate, Callable[[Given], Line]] = {
    "sum": lambda given: _Sum(given, split=True),
    "count": _Count,
    "count_distinct": _Distinct,
    "average": _Mean,
    "minimum": _Picked,
    "maximum": _Picked,
    "last": _Picked,
}


def line_of(measure: Measure, table: Table, entries: Entries, *, anywhere: bool) -> Line:
    """The metric over a dataset's versions, before the first day."""
    return _LINES[measure.aggregate](Given(measure, table, entries, anywhere=anywhere))
