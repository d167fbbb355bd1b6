"""What all rows of a table contribute to a base metric, as columns; equal to `Measure.contribution` row by row."""

import msgspec
import numpy as np

from engine.expression.columns import Cells, Column, Mixed, column_function
from engine.expression.columns.column import KINDS, NOTHING, Array
from engine.expression.language import Expression
from engine.metrics.aggregate import Measure
from engine.records.table import Table

_BOOLEAN, _NUMBER = KINDS.index("boolean"), KINDS.index("number")


class Contributions(msgspec.Struct, frozen=True, kw_only=True):
    """The rows that contribute, ascending, and their values (nothing for a count)."""

    rows: Array
    values: Cells = NOTHING


def contributions(measure: Measure, table: Table) -> Contributions:
    """Filters and evaluates whole columns; what has no result is counted in the measure's trouble."""
    rows = np.arange(len(table))
    if measure.where_expression is not None:
        rows = np.flatnonzero(_true(_evaluated(measure, measure.where_expression, table, rows), len(rows)))
    if measure.value_expression is None or not len(rows):
        return Contributions(rows=rows)
    values = _evaluated(measure, measure.value_expression, table, rows)
    kept = ~np.broadcast_to(values.mask, (len(rows),))
    if measure.aggregate in ("sum", "average"):
        is_number = _of_kind(values, _NUMBER, len(rows))
        measure.trouble.type_errors += int(np.count_nonzero(kept & ~is_number))
        kept &= is_number
    if kept.all():
        return Contributions(rows=rows, values=values)
    index = np.flatnonzero(kept)
    return Contributions(rows=rows[index], values=values.take(index))


def _evaluated(measure: Measure, expression: Expression, table: Table, rows: Array) -> Cells:
    columns = table.columns(expression.names)
    if len(rows) < len(table):
        columns = {name: column.take(rows) for name, column in columns.items()}
    return column_function(expression, measure.context, strict=False)(columns, len(rows))


def _true(cells: Cells, rows: int) -> Array:
    """Where the cells are true; missing and anything else is not."""
    part = cells.parts.get("boolean") if isinstance(cells, Mixed) else cells
    if not isinstance(part, Column) or part.kind != "boolean":
        return np.zeros(rows, dtype=bool)
    holds = np.broadcast_to(part.data & ~part.mask, (rows,))
    return holds & _of_kind(cells, _BOOLEAN, rows)


def _of_kind(cells: Cells, kind: int, rows: int) -> Array:
    if isinstance(cells, Mixed):
        return cells.kinds == kind  # type: ignore[no-any-return]  # a numpy comparison
    return np.full(rows, KINDS.index(cells.kind) == kind)
