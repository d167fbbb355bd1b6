"""A function of a few distinct values on many rows: called once per distinct combination."""

from collections.abc import Callable, Sequence

import numpy as np

from engine.expression.columns.assembly import scattered
from engine.expression.columns.column import Array, Cells, Column, column_of
from engine.expression.columns.frame import Frame, RowsFail, count
from engine.expression.context import Trouble
from engine.expression.errors import EvaluationError
from engine.expression.values import Value

Call = Callable[[Sequence[Value], Trouble], Value]


def by_unique(frame: Frame, columns: Sequence[Column], call: Call, *, takes_missing: bool = False) -> Cells:
    """What `call` gives for every row's values; without `takes_missing`, missing where one of them is missing.

    RowsFail for the rows whose values it refuses; what it counts is counted once per row.
    """
    if all(column.is_one for column in columns):
        return _once(frame, columns, call, takes_missing)
    missing = np.zeros(frame.rows, dtype=bool)
    for column in () if takes_missing else columns:
        missing |= column.mask
    index = np.flatnonzero(~missing)
    firsts, inverse, counts = _combinations([column.take(index) for column in columns], len(index))
    results, failing = _called([column.take(index[firsts]) for column in columns], counts, call, frame.trouble)
    if failing:
        raise RowsFail(index[np.isin(inverse, failing)])
    return _spread(results, index, inverse, frame.rows)


def _once(frame: Frame, columns: Sequence[Column], call: Call, takes_missing: bool) -> Cells:
    """All arguments are one value: the result is as long as it must be for the frame."""
    if not takes_missing and any(count(column.mask, 1) for column in columns):
        return column_of([None]).take(np.zeros(frame.rows, dtype=np.int64))
    results, failing = _called(columns, np.array([frame.rows]), call, frame.trouble)
    if failing:
        raise RowsFail(np.arange(frame.rows))
    return column_of(results).take(np.zeros(frame.rows, dtype=np.int64))


def _called(columns: Sequence[Column], counts: Array, call: Call, trouble: Trouble) -> tuple[list[Value], list[int]]:
    """The result for each combination, and the numbers of those that are refused."""
    results: list[Value] = []
    failing = []
    for number, values in enumerate(zip(*(column.values(len(counts)) for column in columns), strict=True)):
        counted = Trouble()
        try:
            results.append(call(values, counted))
        except EvaluationError:
            results.append(None)
            failing.append(number)
        if counted.total:
            trouble.add(counted, times=int(counts[number]))
    return results, failing


def _combinations(columns: Sequence[Column], rows: int) -> tuple[Array, Array, Array]:
    """For the distinct combinations: the first row of each, its number per row, how often it comes."""
    codes = np.zeros(rows, dtype=np.int64)
    for column in columns:
        if not column.is_one:
            own = _codes(column, rows)
            codes = np.unique(codes * (int(own.max(initial=0)) + 1) + own, return_inverse=True)[1]
    _, firsts, inverse, counts = np.unique(codes, return_index=True, return_inverse=True, return_counts=True)
    return firsts, inverse, counts


def _codes(column: Column, rows: int) -> Array:
    """A number from 0 per distinct value of the column."""
    data = np.broadcast_to(column.data, (rows,))
    codes = data if column.kind == "text" else np.unique(data, return_inverse=True)[1]
    return np.where(np.broadcast_to(column.mask, (rows,)), 0, codes.astype(np.int64) + 1)


def _spread(results: Sequence[Value], index: Array, inverse: Array, rows: int) -> Cells:
    return scattered([(index, column_of(results).take(inverse))], rows)
