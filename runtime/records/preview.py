"""What a metric that is being written would find among the records as they are now."""

import msgspec
import numpy as np

from engine.expression.values import Value
from engine.metrics.contributions import contributions
from engine.metrics.grouped import grouped_totals
from engine.metrics.grouping import Grouping
from engine.metrics.kind import shapes_of
from engine.metrics.policy import counted_table
from engine.metrics.ready import measure_of
from engine.metrics.totals import cells_of
from engine.org import COMPANY
from engine.records.record import Record
from engine.records.table import Table
from runtime.records.memory import stock_in_memory
from runtime.releases.prepared import Prepared
from schema_defs.metric import Metric


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the dataset's records that the metric counts the filter keeps, some of them, and the metric's value over all of these."""

    among: int
    matching: int
    sample: list[Record]
    value: Value


async def matching(configured: Prepared, metric: Metric, sample: int = 10) -> Matched:
    """Of a base metric, which need not be published. Raises ExpressionError for an expression that is none, AuthorError for an
    unknown dataset.

    Everything is read, whoever asks: what somebody may not see must be taken away by the caller.
    """
    shape = shapes_of(configured.release, [metric])[metric.name]
    measure = measure_of(configured.release, metric, shape, configured.calendar)
    assert measure.policy is not None
    table = counted_table(measure.policy, (await stock_in_memory(configured, measure.dataset)).present)
    kept = contributions(msgspec.structs.replace(measure, aggregate="count", value_expression=None), table).rows
    found = grouped_totals(measure, table, contributions(measure, table), _together(table))
    return Matched(
        among=len(table),
        matching=len(kept),
        sample=[table.records[row] for row in kept[:sample].tolist()],
        value=cells_of(found).values(1)[0],
    )


def _together(table: Table) -> Grouping:
    """All rows in one group."""
    rows = np.arange(len(table))
    return Grouping(rows=rows, numbers=np.zeros_like(rows), groups=[(COMPANY, "")])
