"""Functions on columns: those on numbers and dates as array operations, the others once per distinct value."""

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np

from engine.expression import values
from engine.expression.columns import arithmetic
from engine.expression.columns.column import EPOCH, Array, Cells, Column, Mask, booleans, numbers, one
from engine.expression.columns.frame import Frame, either, lifted
from engine.expression.columns.logic import coalesce
from engine.expression.columns.unique import by_unique
from engine.expression.context import Context
from engine.expression.functions import Function
from engine.expression.values import MAX_DIGITS, MONEY_DIGITS, round_exactly

Vector = Callable[[Sequence[Column]], Column | None]
"""A function on columns of the right types; None where these must go the other way."""

_MICROSECONDS_A_DAY = 86_400_000_000
_EXACT = 1e14
_LARGEST_UNITS = 9.2e14


def call(function: Function, context: Context, frame: Frame, arguments: Sequence[Cells]) -> Cells:
    """The cells of a call; RowsFail for rows whose arguments are refused."""
    if function.name == "coalesce":
        return coalesce(frame, arguments)
    if function.name == "is_missing":
        return booleans(arguments[0].mask)
    if not arguments:
        return one(function.call(context, ()))
    return lifted(lambda part, *columns: _call(function, context, part, columns), frame, *arguments)


def _call(function: Function, context: Context, frame: Frame, columns: Sequence[Column]) -> Cells:
    vector = _VECTORS.get(function.name)
    result = vector(columns) if vector else None
    if result is not None:
        return result
    return by_unique(
        frame,
        columns,
        lambda values, trouble: function.call(context.counting_in(trouble), values),
        takes_missing=function.takes_missing,
    )


def _missing(columns: Sequence[Column]) -> Mask | None:
    missing = columns[0].missing
    for column in columns[1:]:
        missing = either(missing, column.missing)
    return missing


def _of_number(calculate: Callable[[Array], Array]) -> Vector:
    def run(columns: Sequence[Column]) -> Column | None:
        column = columns[0]
        return numbers(calculate(column.data), column.missing) if column.kind == "number" else None

    return run


def _extreme(calculate: Callable[[Array, Array], Array]) -> Vector:
    def run(columns: Sequence[Column]) -> Column | None:
        kinds = {column.kind for column in columns}
        if len(kinds) != 1 or not kinds <= {"number", "date", "datetime"}:
            return None
        data = columns[0].data
        for column in columns[1:]:
            data = calculate(data, column.data)
        return Column(columns[0].kind, data, _missing(columns))

    return run


def _round(columns: Sequence[Column]) -> Column | None:
    digits = 0.0
    if len(columns) > 1:
        if not columns[1].is_one or columns[1].kind != "number" or columns[1].missing is not None:
            return None
        digits = float(columns[1].data)
    if columns[0].kind != "number" or digits != int(digits) or abs(digits) > MAX_DIGITS:
        return None
    return numbers(round_half_away(columns[0].data, int(digits)), columns[0].missing)


def round_half_away(data: Array, digits: int) -> Array:
    """As the function of this name on one number: the tie is compared exactly, numbers of 15 digits and more go through decimals."""
    size, scale = np.abs(data), 10.0 ** abs(digits)
    with np.errstate(over="ignore"):
        scaled = size * scale if digits >= 0 else size / scale
    large = None if scaled.max(initial=0.0) < _EXACT else np.atleast_1d(scaled >= _EXACT)
    below = np.floor(scaled if large is None else np.where(large, 0.0, scaled))
    tie = 10.0 * below + 5.0
    below += size >= (tie / (scale * 10.0) if digits >= 0 else tie * (scale / 10.0))
    rounded = np.copysign(below / scale if digits >= 0 else below * scale, data)
    return rounded if large is None else _with_exact(rounded, data, large, digits)


def _with_exact(rounded: Array, data: Array, large: Mask, digits: int) -> Array:
    """The rounded numbers, those of 15 digits and more by decimal arithmetic."""
    flat = np.atleast_1d(rounded).copy()
    flat[large] = [round_exactly(number, digits) for number in np.atleast_1d(data)[large].tolist()]
    return flat.reshape(np.shape(data))


def to_units(data: Array) -> Array:
    """Money in units of 1/10000, rounded half away from zero: int64, or Python integers where one does not fit into 64 bits."""
    large = np.abs(data) >= _EXACT / 10_000.0
    units = np.rint(round_half_away(np.where(large, 0.0, data), MONEY_DIGITS) * 10_000.0).astype(np.int64)
    if not large.any():
        return units
    exact: Array = np.array(units, dtype=object)
    exact[large] = [values.to_units(amount) for amount in data[large].tolist()]
    return exact if np.abs(data).max() >= _LARGEST_UNITS else exact.astype(np.int64)


def days_of(column: Column) -> Array | None:
    """Calendar days as numbers (date.toordinal) of dates or date-times."""
    if column.kind == "datetime":
        days: Array = column.data // _MICROSECONDS_A_DAY + EPOCH
        return days
    return column.data if column.kind == "date" else None


def _of_day(calculate: Callable[[Array], Array]) -> Vector:
    def run(columns: Sequence[Column]) -> Column | None:
        days = days_of(columns[0])
        return None if days is None else numbers(_by_table(calculate, days), columns[0].missing)

    return run


def _by_table(calculate: Callable[[Array], Array], days: Array) -> Array:
    """Calculated once per calendar day, where the rows are more than the days between the first and the last."""
    if days.ndim and days.size:
        first, last = int(days.min()), int(days.max())
        if last - first < days.size:
            table = calculate(np.arange(first, last + 1)).astype(np.float64)
            return np.asarray(table[days - first])
    return calculate(days).astype(np.float64)


def _dates(days: Array) -> Array:
    return (days - EPOCH).astype("datetime64[D]")


def _months(days: Array) -> Array:
    """Months since 1970."""
    return _dates(days).astype("datetime64[M]").astype(np.int64)


def _day_of_month(days: Array) -> Array:
    dates = _dates(days)
    return cast(Array, (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1)


def _days_between(columns: Sequence[Column]) -> Column | None:
    first, last = days_of(columns[0]), days_of(columns[1])
    if first is None or last is None:
        return None
    return numbers(np.asarray(last - first, dtype=np.float64), _missing(columns))


_VECTORS: dict[str, Vector] = {
    "min": _extreme(np.minimum),
    "max": _extreme(np.maximum),
    "abs": _of_number(np.abs),
    "round": _round,
    "floor": _of_number(arithmetic.floor),
    "ceil": _of_number(arithmetic.ceil),
    "year": _of_day(lambda days: _months(days) // 12 + 1970),
    "quarter": _of_day(lambda days: _months(days) % 12 // 3 + 1),
    "month": _of_day(lambda days: _months(days) % 12 + 1),
    "day": _of_day(_day_of_month),
    "weekday": _of_day(lambda days: (days - 1) % 7 + 1),
    "days_between": _days_between,
}
