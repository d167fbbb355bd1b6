"""From what rows contribute to what a metric gives per group: one function per aggregate, on arrays."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.expression.columns import Cells, Column, to_units
from engine.expression.columns.column import NOTHING, Array
from engine.metrics.aggregate import Measure
from engine.metrics.facts import Money
from engine.metrics.partial import Order, Tagged, tagged
from engine.metrics.segments import Segments, best_places, distinct_pairs, exact_sums, ranks_of, rounded_sums
from engine.metrics.totals import Counts, Distincts, FloatSums, Means, Picked, Sums, Totals
from schema_defs.metric import Aggregate


@dataclass(frozen=True, eq=False, kw_only=True)
class Contributed:
    """The contributions of a metric, group by group. `shares` split a sum; `orders` say where a contribution stands in time.

    `sets`: a distinct count keeps the values, as storing needs them.
    """

    segments: Segments
    values: Cells | Money = NOTHING
    shares: Array | None = None
    orders: Callable[[], Sequence[Order]] = tuple
    sets: bool = False

    @property
    def size(self) -> int:
        return int(self.segments.counts.sum())

    @cached_property
    def unit_sums(self) -> Sums:
        """The sums of amounts in whole units."""
        assert isinstance(self.values, Money)
        return Sums(exact_sums(self.values.units, self.segments, self.values.largest))

    def cells(self) -> Cells:
        return self.values.cells() if isinstance(self.values, Money) else self.values


def totals_of(measure: Measure, found: Contributed) -> Totals:
    """What the metric gives for every group."""
    return _FOLDS[measure.aggregate](measure, found)


def _sum(measure: Measure, found: Contributed) -> Sums | FloatSums:
    if not measure.shape.is_money:
        return FloatSums(*rounded_sums(numbers_of(found), found.segments))
    if isinstance(found.values, Money) and found.shares is None:
        return found.unit_sums
    return Sums(exact_sums(to_units(numbers_of(found)), found.segments))


def numbers_of(found: Contributed) -> Array:
    """The values as doubles, each by its share."""
    cells = found.cells()
    if not isinstance(cells, Column) or cells.kind != "number":
        return np.zeros(0)
    data = np.broadcast_to(cells.data, (found.size,))
    return data if found.shares is None else data * found.shares


def _count(measure: Measure, found: Contributed) -> Counts:
    return Counts(found.segments.counts)


def _average(measure: Measure, found: Contributed) -> Means:
    whole = found if found.shares is None else replace(found, shares=None)
    return Means(_sum(measure, whole), found.segments.counts)


def _distinct(measure: Measure, found: Contributed) -> Distincts:
    cells = found.cells()
    codes, size = codes_of(cells, found.size)
    groups, held = distinct_pairs(codes, size, found.segments)
    counts = np.bincount(groups, minlength=len(found.segments))
    return Distincts(counts, _sets(codes, size, cells, counts, held) if found.sets else None)


def _sets(codes: Array, size: int, cells: Cells, counts: Array, held: Array) -> list[frozenset[Tagged]]:
    """The values of every group, from their codes."""
    places = np.full(size, -1, dtype=np.int64)
    places[codes] = np.arange(len(codes))
    used = np.flatnonzero(places >= 0)
    values = map(tagged, cells.take(places[used]).values(len(used)))
    tags = dict(zip(used.tolist(), values, strict=True))
    found, ends = [tags[code] for code in held.tolist()], np.cumsum(counts).tolist()
    return [frozenset(found[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


def _picked(measure: Measure, found: Contributed, ranks: Array, orders: Sequence[Order] = ()) -> Picked:
    best = best_places(ranks, found.segments)
    values = iter(found.cells().take(best).values(len(best)))
    places = iter(best.tolist())
    there = found.segments.there.tolist()
    held = [measure.held(next(values)) if each else None for each in there]
    if measure.aggregate != "last":
        return Picked(measure.aggregate, held)
    return Picked(measure.aggregate, held, [orders[next(places)] if each else None for each in there])


def _extreme(measure: Measure, found: Contributed) -> Picked:
    ranks = order_of_values(found.cells(), found.size)
    return _picked(measure, found, ranks if measure.aggregate == "maximum" else -ranks)


def order_of_values(cells: Cells, rows: int) -> Array:
    """A number per row, larger for larger values."""
    if isinstance(cells, Column) and cells.kind not in ("text", "missing"):
        data = np.broadcast_to(cells.data, (rows,))
        return data.astype(np.int8) if cells.kind == "boolean" else data
    return ranks_of([tagged(value) for value in cells.values(rows)])


def _last(measure: Measure, found: Contributed) -> Picked:
    orders = found.orders()
    return _picked(measure, found, ranks_of(orders), orders)


def codes_of(cells: Cells, rows: int) -> tuple[Array, int]:
    """A number from 0 per distinct value, and one that all are below."""
    if isinstance(cells, Column) and cells.kind == "text":
        return np.broadcast_to(cells.data, (rows,)), max(1, len(cells.categories))
    if isinstance(cells, Column) and cells.kind != "missing":
        known, codes = np.unique(np.broadcast_to(cells.data, (rows,)) + 0, return_inverse=True)
        return codes, max(1, len(known))
    known_values: dict[object, int] = {}
    listed = [known_values.setdefault(tagged(value), len(known_values)) for value in cells.values(rows)] if rows else []
    return np.array(listed, dtype=np.int64), max(1, len(known_values))


_FOLDS: dict[Aggregate, Callable[[Measure, Contributed], Totals]] = {
    "sum": _sum,
    "count": _count,
    "count_distinct": _distinct,
    "average": _average,
    "minimum": _extreme,
    "maximum": _extreme,
    "last": _last,
}
