"""Aggregates of many groups at once, on columns. Every result equals the one of reading the group's records one by one."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from engine.expression.columns import Cells, Column, to_units
from engine.expression.columns.column import Array
from engine.metrics.aggregate import Measure
from engine.metrics.contributions import Contributions
from engine.metrics.grouping import Grouping
from engine.metrics.partial import Extreme, FloatSum, Last, Mean, Partial, Sum, Tally, float_sum, tagged
from engine.records.table import Table
from schema_defs.metric import Aggregate

_EXACT_IN_DOUBLES = 2.0**53
_EXACT_IN_INT64 = 2.0**62
_DENSE = 20_000_000
"""So many pairs of group and value are kept as one bit each; beyond that pairs are sorted."""


class _Members:
    """Contributing rows with their groups: for every pair the position in the contributions, the group and the share."""

    def __init__(self, found: Contributions, grouping: Grouping, rows: int) -> None:
        positions = np.full(rows, -1, dtype=np.int64)
        positions[found.rows] = np.arange(len(found.rows))
        at = positions[grouping.rows]
        there = at >= 0
        self.found = found
        self.at = at[there]
        self.rows = grouping.rows[there]
        self.numbers = grouping.numbers[there]
        self.shares = None if grouping.shares is None else grouping.shares[there]
        self.groups = len(grouping.groups)

    @property
    def counts(self) -> Array:
        return np.bincount(self.numbers, minlength=self.groups)

    def slices(self, values: Array) -> Iterator[list[float]]:
        """The values of every group in turn."""
        order = np.argsort(self.numbers, kind="stable")
        ordered: list[float] = values[order].tolist()
        start = 0
        for count in self.counts.tolist():
            yield ordered[start : start + count]
            start += count


def partials_of(measure: Measure, table: Table, found: Contributions, grouping: Grouping) -> list[Partial]:
    """For every group a partial with the metric's value there. It is not for storing: a distinct count is no more than a number."""
    members = _Members(found, grouping, len(table))
    return list(_GROUPED[measure.aggregate](measure, table, members))


def _sums(measure: Measure, table: Table, members: _Members) -> Iterator[Partial]:
    values = _numbers(members)
    if members.shares is not None:
        values = values * members.shares
    if measure.shape.is_money:
        return map(Sum, _unit_sums(to_units(values), members))
    return map(_rounded, members.slices(values))


def _counts(measure: Measure, table: Table, members: _Members) -> Iterator[Partial]:
    return map(Tally, members.counts.tolist())


def _distinct(measure: Measure, table: Table, members: _Members) -> Iterator[Partial]:
    codes, size = _codes(members.found.values, len(members.found.rows))
    pairs = members.numbers * size + codes[members.at]
    if members.groups * size <= _DENSE:
        seen = np.zeros(members.groups * size, dtype=bool)
        seen[pairs] = True
        counts = np.count_nonzero(seen.reshape(members.groups, size), axis=1)
    else:
        counts = np.bincount(np.unique(pairs) // size, minlength=members.groups)
    return map(Tally, counts.tolist())


def _means(measure: Measure, table: Table, members: _Members) -> Iterator[Partial]:
    values, counts = _numbers(members), members.counts.tolist()
    if measure.shape.is_money:
        totals = map(Sum, _unit_sums(to_units(values), members))
        return map(Mean, totals, counts)
    return map(Mean, map(float_sum, members.slices(values)), counts)


def _smallest(measure: Measure, table: Table, members: _Members) -> Iterator[Partial]:
    return _extremes(measure, members, largest=False)


def _largest(measure: Measure, table: Table, members: _Members) -> Iterator[Partial]:
    return _extremes(measure, members, largest=True)


def _extremes(measure: Measure, members: _Members, *, largest: bool) -> Iterator[Partial]:
    ranks = _ranks([tagged(value) for value in members.found.values.values(len(members.found.rows))])
    best = _best(members, ranks[members.at] if largest else -ranks[members.at])
    for value in _values_at(measure, members, best):
        yield Extreme(largest, value)


def _last(measure: Measure, table: Table, members: _Members) -> Iterator[Partial]:
    orders = [measure.order(table.records[row]) for row in members.found.rows.tolist()]
    best = _best(members, _ranks(orders)[members.at])
    for value, at in zip(_values_at(measure, members, best), best, strict=True):
        yield Last(None if at is None else orders[at], value)


def _best(members: _Members, ranks: Array) -> list[int | None]:
    """For every group the position of its contribution with the highest rank."""
    order = np.lexsort((ranks, members.numbers))
    ends = np.cumsum(members.counts)
    best = members.at[order]
    return [int(best[end - 1]) if count else None for end, count in zip(ends, members.counts, strict=True)]


def _values_at(
    measure: Measure, members: _Members, best: Sequence[int | None]
) -> list[tuple[str, float | str | bool] | None]:
    index = np.array([at for at in best if at is not None], dtype=np.int64)
    values = iter(members.found.values.take(index).values(len(index)))
    return [None if at is None else measure.held(next(values)) for at in best]


def _ranks(keys: Sequence[object]) -> Array:
    """The place of every key in their order, equal keys alike."""
    known = {key: place for place, key in enumerate(sorted(set(keys)))}  # type: ignore[type-var]  # keys of one kind
    return np.array([known[key] for key in keys], dtype=np.int64)


def _numbers(members: _Members) -> Array:
    values = members.found.values
    if not isinstance(values, Column) or values.kind != "number":
        return np.zeros(0)
    return np.broadcast_to(values.data, (len(members.found.rows),))[members.at]


def _unit_sums(units: Array, members: _Members) -> list[int]:
    """Exact sums of whole units: in doubles while these hold them, then in 64 bits, then in Python's integers."""
    bound = float(np.abs(units).astype(np.float64).sum()) if len(units) else 0.0
    if bound < _EXACT_IN_DOUBLES:
        return np.bincount(members.numbers, weights=units, minlength=members.groups).astype(np.int64).tolist()  # type: ignore[no-any-return]
    if units.dtype != object and bound < _EXACT_IN_INT64:
        totals = np.zeros(members.groups, dtype=np.int64)
        np.add.at(totals, members.numbers, units)
        return totals.tolist()
    exact = [0] * members.groups
    for number, unit in zip(members.numbers.tolist(), units.tolist(), strict=True):
        exact[number] += unit
    return exact


def _rounded(numbers: list[float]) -> FloatSum:
    """The sum of a group, rounded once; what lies beyond the doubles is left to exact arithmetic."""
    try:
        return FloatSum((math.fsum(numbers),))
    except OverflowError:
        return float_sum(numbers)


def _codes(cells: Cells, rows: int) -> tuple[Array, int]:
    """A number from 0 per distinct value, and how many there are at most."""
    if isinstance(cells, Column) and cells.kind == "text":
        return np.broadcast_to(cells.data, (rows,)).astype(np.int64), max(1, len(cells.categories))
    if isinstance(cells, Column) and cells.kind != "missing":
        known, codes = np.unique(np.broadcast_to(cells.data, (rows,)) + 0, return_inverse=True)
        return codes.astype(np.int64), max(1, len(known))
    known_values: dict[object, int] = {}
    listed = [known_values.setdefault(tagged(value), len(known_values)) for value in cells.values(rows)] if rows else []
    return np.array(listed, dtype=np.int64), max(1, len(known_values))


_GROUPED: dict[Aggregate, Callable[[Measure, Table, _Members], Iterator[Partial]]] = {
    "sum": _sums,
    "count": _counts,
    "count_distinct": _distinct,
    "average": _means,
    "minimum": _smallest,
    "maximum": _largest,
    "last": _last,
}
