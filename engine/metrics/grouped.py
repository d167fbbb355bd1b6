"""Aggregates of many groups at once, from what the rows of a table contribute. Every result equals the one of reading the group's records one by one."""

from collections.abc import Sequence

import numpy as np

from engine.expression.columns.column import Array
from engine.metrics.aggregate import Measure
from engine.metrics.contributions import Contributions
from engine.metrics.folding import Contributed, totals_of
from engine.metrics.grouping import Grouping
from engine.metrics.partial import Order, Partial
from engine.metrics.segments import Segments
from engine.metrics.totals import Totals
from engine.records.table import Table


def partials_of(measure: Measure, table: Table, found: Contributions, grouping: Grouping) -> list[Partial]:
    """For every group a partial with the metric's value there. It is not for storing: a distinct count is no more than a number."""
    return grouped_totals(measure, table, found, grouping).partials()


def grouped_totals(measure: Measure, table: Table, found: Contributions, grouping: Grouping) -> Totals:
    """What the metric gives for every group."""
    positions = np.full(len(table), -1, dtype=np.int64)
    positions[found.rows] = np.arange(len(found.rows))
    at = positions[grouping.rows]
    there = at >= 0
    at = at[there]
    return totals_of(
        measure,
        Contributed(
            segments=Segments(np.bincount(grouping.numbers[there], minlength=len(grouping.groups))),
            values=found.values.take(at),
            shares=None if grouping.shares is None else grouping.shares[there],
            orders=lambda: _orders(measure, table, found, at),
        ),
    )


def _orders(measure: Measure, table: Table, found: Contributions, at: Array) -> Sequence[Order]:
    """Where every contribution stands in time."""
    orders = [measure.order(table.records[row]) for row in found.rows.tolist()]
    return [orders[place] for place in at.tolist()]
