"""Arithmetic on columns: what has no result is missing, and counted for the rows that needed it."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from engine.expression.columns.column import NONE_MISSING, Array, Cells, Column, Mask, numbers
from engine.expression.columns.frame import Frame, count, either, fail_where
from engine.expression.columns.unique import by_unique
from engine.expression.context import Trouble
from engine.expression.operations import capped
from engine.expression.values import NEAR, Value

Operation = Callable[[Frame, Column, Column], Cells]


def arithmetic(sign: str) -> Operation:
    """The operation for one of + - * / // % **."""

    def run(frame: Frame, a: Column, b: Column) -> Cells:
        missing = either(a.missing, b.missing)
        if a.kind == b.kind == "number":
            return _OPERATIONS[sign](frame, a.data, b.data, missing)
        if sign == "+" and a.kind == b.kind == "text":
            return by_unique(frame, (a, b), _join)
        return fail_where(~(NONE_MISSING if missing is None else missing), frame.rows)

    return run


def _join(texts: Sequence[Value], trouble: Trouble) -> Value:
    first, second = texts
    assert isinstance(first, str)
    assert isinstance(second, str)
    return capped(first + second)


def negative(frame: Frame, a: Column) -> Cells:
    return numbers(-a.data, a.missing) if a.kind == "number" else fail_where(~a.mask, frame.rows)


def positive(frame: Frame, a: Column) -> Cells:
    return a if a.kind == "number" else fail_where(~a.mask, frame.rows)


def floor(data: Array) -> Array:
    """The largest integers not above; what is within 1e-9 of an integer is that integer."""
    return _snapped(data, np.floor(data))


def ceil(data: Array) -> Array:
    """The smallest integers not below; what is within 1e-9 of an integer is that integer."""
    return _snapped(data, np.ceil(data))


def _snapped(data: Array, otherwise: Array) -> Array:
    whole = np.rint(data)
    snapped: Array = np.where(np.abs(data - whole) < NEAR, whole, otherwise)
    return snapped


def _plain(calculate: Callable[[Array, Array], Array]) -> Callable[[Frame, Array, Array, Mask | None], Column]:
    def run(frame: Frame, a: Array, b: Array, missing: Mask | None) -> Column:
        with np.errstate(all="ignore"):
            return _finite(frame, calculate(a, b), missing)

    return run


def _by_divisor(calculate: Callable[[Array, Array], Array]) -> Callable[[Frame, Array, Array, Mask | None], Column]:
    """Where the divisor is zero the result is missing; elsewhere it is calculated."""

    def run(frame: Frame, a: Array, b: Array, missing: Mask | None) -> Column:
        zero = b == 0.0
        if zero.any():
            bad = zero if missing is None else zero & ~missing
            frame.trouble.division_by_zero += count(np.asarray(bad), frame.rows)
            missing, b = either(missing, np.asarray(zero)), np.where(zero, 1.0, b)
        with np.errstate(all="ignore"):
            return _finite(frame, calculate(a, b), missing)

    return run


def _finite(frame: Frame, data: Array, missing: Mask | None) -> Column:
    """The column, missing (and counted) where the result is beyond the doubles; quotients of huge by tiny numbers are."""
    data = np.asarray(data)
    beyond = ~np.isfinite(data)
    if not beyond.any():
        return numbers(data, missing)
    bad = beyond if missing is None else beyond & ~missing
    frame.trouble.overflow += count(np.asarray(bad), frame.rows)
    return numbers(np.where(beyond, 0.0, data), either(missing, np.asarray(beyond)))


def _power(frame: Frame, a: Array, b: Array, missing: Mask | None) -> Column:
    """Row by row: numpy's power differs in the last digit."""
    bases, exponents, gone = np.broadcast_arrays(a, b, NONE_MISSING if missing is None else missing)
    data, bad = np.zeros(bases.shape), np.zeros(bases.shape, dtype=bool)
    weight = 1 if bases.ndim else frame.rows
    for place in np.ndindex(bases.shape):
        result = None if gone[place] else _power_of(float(bases[place]), float(exponents[place]), frame.trouble, weight)
        data[place], bad[place] = (0.0, True) if result is None else (result, False)
    return numbers(data, bad)


def _power_of(base: float, exponent: float, trouble: Trouble, weight: int) -> float | None:
    if base == 0 and exponent < 0:
        trouble.division_by_zero += weight
        return None
    try:
        return math.pow(base, exponent)
    except OverflowError:
        trouble.overflow += weight
    except ValueError:
        trouble.not_a_number += weight
    return None


def _floor_divide(frame: Frame, a: Array, b: Array, missing: Mask | None) -> Column:
    quotient = _divide(frame, a, b, missing)
    return numbers(floor(quotient.data), quotient.missing)


_divide = _by_divisor(np.true_divide)
_OPERATIONS: dict[str, Callable[[Frame, Array, Array, Mask | None], Column]] = {
    "+": _plain(np.add),
    "-": _plain(np.subtract),
    "*": _plain(np.multiply),
    "/": _divide,
    "//": _floor_divide,
    "%": _by_divisor(np.remainder),
    "**": _power,
}
