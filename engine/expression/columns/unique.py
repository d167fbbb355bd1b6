"""A function of a few distinct values on many rows: called once per distinct combination."""

from collections.abc import Callable, Sequence

import numpy as np

from engine.expression.columns.assembly import scattered
from engine.expression.columns.column import NOTHING, Array, Cells, Column, column_of
from engine.expression.columns.frame import Frame, RowsFail
from engine.expression.context import Trouble
from engine.expression.errors import EvaluationError
from engine.expression.values import Value

Call = Callable[[Sequence[Value], Trouble], Value]


def by_unique(frame: Frame, columns: Sequence[Column], call: Call, *, takes_missing: bool = False) -> Cells:
    """What `call` gives for every row's values; without `takes_missing`, missing where one of them is missing.

    RowsFail for the rows whose values it refuses; what it counts is counted once per row.
    """
    index = None if takes_missing else _present(columns, frame.rows)
    if index is None:
        return _of_all(columns, frame.rows, call, frame.trouble)
    if not len(index):
        return NOTHING
    try:
        cells = _of_all([column.take(index) for column in columns], len(index), call, frame.trouble)
    except RowsFail as fail:
        raise RowsFail(index[fail.rows]) from None
    return scattered([(index, cells)], frame.rows)


def _present(columns: Sequence[Column], rows: int) -> Array | None:
    """The rows in which nothing is missing; None for all."""
    missing = np.zeros(rows, dtype=bool)
    for column in columns:
        if column.missing is not None:
            missing |= column.missing
    return np.flatnonzero(~missing) if missing.any() else None


def _of_all(columns: Sequence[Column], rows: int, call: Call, trouble: Trouble) -> Cells:
    firsts, inverse, counts = _combinations(columns, rows)
    results: list[Value] = []
    failing = []
    for number, values in enumerate(zip(*(column.take(firsts).values(len(firsts)) for column in columns), strict=True)):
        counted = Trouble()
        try:
            results.append(call(values, counted))
        except EvaluationError:
            results.append(None)
            failing.append(number)
        if counted.total:
            trouble.add(counted, times=int(counts[number]))
    if failing:
        raise RowsFail(np.flatnonzero(np.isin(inverse, failing)))
    return column_of(results).take(inverse)


def _combinations(columns: Sequence[Column], rows: int) -> tuple[Array, Array, Array]:
    """For the distinct combinations: the first row of each, its number per row, how often it comes."""
    codes, size = np.zeros(rows, dtype=np.int64), 1
    for column in columns:
        if not column.is_one:
            own, own_size = _codes(column, rows)
            codes, size = codes * own_size + own, size * own_size
            if size > 4 * rows:
                known, codes = np.unique(codes, return_inverse=True)
                size = len(known)
    return _numbered(codes, size)


def _numbered(codes: Array, size: int) -> tuple[Array, Array, Array]:
    """First row, number per row and count of the codes that occur, without sorting the rows."""
    counts = np.bincount(codes, minlength=size)
    occur = counts > 0
    firsts = np.zeros(size, dtype=np.int64)
    firsts[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    numbers = np.cumsum(occur) - 1
    return firsts[occur], numbers[codes], counts[occur]


def _codes(column: Column, rows: int) -> tuple[Array, int]:
    """A number from 0 per distinct value of the column, 0 for missing, and a bound that they are below."""
    data = np.broadcast_to(column.data, (rows,))
    if column.kind == "text":
        codes, size = data.astype(np.int64), len(column.categories)
    else:
        known, codes = np.unique(data, return_inverse=True)
        size = len(known)
    return (codes + 1 if column.missing is None else np.where(column.missing, 0, codes + 1)), size + 1
