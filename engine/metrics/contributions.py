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
        rows = np.flatnonzero(holds(_evaluated(measure, measure.where_expression, table, rows), len(rows)))
    if measure.value_expression is None or not len(rows):
        return Contributions(rows=rows)
    index, values = without_missing(measure, _evaluated(measure, measure.value_expression, table, rows), len(rows))
    return Contributions(rows=rows if index is None else rows[index], values=values)


def without_missing(measure: Measure, values: Cells, rows: int) -> tuple[Array | None, Cells]:
    """Which rows have a value that the aggregate can take (None: all), and these values; wrong types are counted."""
    adds = measure.aggregate in ("sum", "average")
    if isinstance(values, Column) and values.missing is None and (values.kind == "number" or not adds):
        return None, values
    kept = ~np.broadcast_to(values.mask, (rows,))
    if adds:
        is_number = _of_kind(values, _NUMBER, rows)
        measure.trouble.type_errors += int(np.count_nonzero(kept & ~is_number))
        kept &= is_number
    if kept.all():
        return None, values
    index = np.flatnonzero(kept)
    return index, values.take(index)


def _evaluated(measure: Measure, expression: Expression, table: Table, rows: Array) -> Cells:
    columns = table.columns(expression.names)
    if len(rows) < len(table):
        columns = {name: column.take(rows) for name, column in columns.items()}
    return column_function(expression, measure.context, strict=False)(columns, len(rows))


def holds(cells: Cells, rows: int) -> Array:
    """Where the cells are true; missing and anything else is not."""
    part = cells.parts.get("boolean") if isinstance(cells, Mixed) else cells
    if not isinstance(part, Column) or part.kind != "boolean":
        return np.zeros(rows, dtype=bool)
    holds = np.broadcast_to(part.data & ~part.mask, (rows,))
    return holds & _of_kind(cells, _BOOLEAN, rows)


def truths(cells: Cells, rows: int) -> Array:
    """1 where the cells are true, 0 where they are false, -1 where they are missing or anything else."""
    part = cells.parts.get("boolean") if isinstance(cells, Mixed) else cells
    if not isinstance(part, Column) or part.kind != "boolean":
        return np.full(rows, -1, dtype=np.int8)
    return np.where(_of_kind(cells, _BOOLEAN, rows) & ~part.mask, part.data, np.int8(-1)).astype(np.int8)


def _of_kind(cells: Cells, kind: int, rows: int) -> Array:
    if isinstance(cells, Mixed):
        return cells.kinds == kind  # type: ignore[no-any-return]  # a numpy comparison
    return np.full(rows, KINDS.index(cells.kind) == kind)
