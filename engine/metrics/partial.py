"""Exact partial results of aggregates: merging them in any order and any grouping gives the same value as reading all records.

Money is held as whole units of 1e-4, plain numbers as the canonical expansion of their exact sum, so equal sets of contributions
give equal partials.
"""

import math
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

import msgspec

from engine.expression.values import Value

UNITS = 10_000
"""Money units in one currency unit."""

_SMALLEST = 2**1074
"""Every double is a whole multiple of 1 / this."""

Tagged = tuple[str, float | str | bool]
"""A value with its type, so that true is not 1 and a date is not its text; money is `units`, a whole number of 1e-4."""
Order = tuple[str, tuple[Tagged, ...]]
"""Where a record stands in time: its moment in ISO form, then its key."""


class Sum(msgspec.Struct, frozen=True, tag="sum"):
    """Money: the exact total in units of 1e-4."""

    units: int = 0


class FloatSum(msgspec.Struct, frozen=True, tag="float_sum"):
    """Plain numbers: the exact total as non-overlapping doubles, largest first; a total beyond the doubles as `huge` units of 2^-1074."""

    parts: tuple[float, ...] = ()
    huge: int = 0


class Tally(msgspec.Struct, frozen=True, tag="tally"):
    count: int = 0


class Distinct(msgspec.Struct, frozen=True, tag="distinct"):
    values: frozenset[Tagged] = frozenset()


class Mean(msgspec.Struct, frozen=True, tag="mean"):
    total: Sum | FloatSum
    count: int = 0


class Extreme(msgspec.Struct, frozen=True, tag="extreme"):
    """The smallest or largest value so far."""

    largest: bool
    value: Tagged | None = None


class Last(msgspec.Struct, frozen=True, tag="last"):
    """The value of the latest record, with where it stands; of records at one moment the one with the greatest key."""

    at: Order | None = None
    value: Tagged | None = None


Partial = Sum | FloatSum | Tally | Distinct | Mean | Extreme | Last


def float_sum(numbers: Iterable[float]) -> FloatSum:
    """The exact sum of doubles in its one canonical form."""
    terms, parts = list(numbers), []
    try:
        while (rest := math.fsum(terms)) != 0.0:
            parts.append(rest)
            terms.append(-rest)
    except OverflowError:
        return exact_sum(sum(map(Fraction, _without_parts(terms, parts)), Fraction()))
    return FloatSum(tuple(parts))


def _without_parts(terms: list[float], parts: list[float]) -> list[float]:
    """The terms without the negated parts that were added behind them."""
    return terms[: len(terms) - len(parts)]


def merge(one: Partial, other: Partial) -> Partial:
    """The partial of both sets of records together; both must come from the same metric."""
    match one, other:
        case Sum(), Sum():
            return Sum(one.units + other.units)
        case FloatSum(), FloatSum():
            return _merged_floats(one, other)
        case Tally(), Tally():
            return Tally(one.count + other.count)
        case Distinct(), Distinct():
            return Distinct(one.values | other.values)
        case Mean(), Mean():
            total = merge(one.total, other.total)
            assert isinstance(total, Sum | FloatSum)
            return Mean(total, one.count + other.count)
        case Extreme(), Extreme():
            return _further(one, other)
        case Last(), Last():
            return other if one.at is None or (other.at is not None and _later(other, one)) else one
        case _:
            raise ValueError("partial results of different metrics cannot be merged")


def value_of(partial: Partial) -> Value:
    """The aggregate's value as formulas see it: a double, text, boolean, date, or None for missing."""
    match partial:
        case Sum():
            return partial.units / UNITS
        case FloatSum():
            return _rounded(partial)
        case Tally():
            return float(partial.count)
        case Distinct():
            return float(len(partial.values))
        case Mean():
            return _mean(partial)
        case Extreme() | Last():
            return None if partial.value is None else untagged(partial.value)
        case _:
            assert_never(partial)


def money_of(partial: Partial) -> Decimal | None:
    """The exact value of a money partial, rounded once to 4 decimals, half away from zero; None for missing."""
    match partial:
        case Sum():
            return in_units(partial.units)
        case Mean(total=Sum(units=units), count=count):
            return in_units(_divided(units, count)) if count else None
        case Extreme(value=value) | Last(value=value):
            return in_units(int(value[1])) if value is not None and value[0] == "units" else None
        case _:
            raise ValueError("this partial result is no money")


def in_units(units: int) -> Decimal:
    """Units of 1e-4 as an amount with four decimals, exact at any size."""
    return Decimal(f"{units}e-4")


def to_plain(partial: Partial) -> object:
    """The partial as JSON or MessagePack can hold it; whole units beyond 64 bits as text."""
    match partial:
        case Sum():
            return {"type": "sum", "units": str(partial.units)}
        case FloatSum(huge=huge) if huge:
            return {"type": "float_sum", "huge": str(huge)}
        case Distinct():
            return {"type": "distinct", "values": sorted(partial.values, key=_sort_key)}
        case Mean():
            return {"type": "mean", "total": to_plain(partial.total), "count": partial.count}
        case Extreme(value=("units", units)) | Last(value=("units", units)):
            plain: dict[str, object] = msgspec.to_builtins(partial)
            return plain | {"value": ("units", str(units))}
        case _:
            return msgspec.to_builtins(partial)


def from_plain(plain: object) -> Partial:
    """The partial that `to_plain` wrote down."""
    match plain:
        case {"type": "sum", "units": units}:
            return Sum(int(units))
        case {"type": "float_sum", "huge": str() as huge}:
            return FloatSum(huge=int(huge))
        case {"type": "mean", "total": total, "count": count}:
            inner = from_plain(total)
            assert isinstance(inner, Sum | FloatSum)
            return Mean(inner, int(count))
        case {"type": "extreme", "value": ["units", units], "largest": bool(largest)}:
            return Extreme(largest, ("units", int(units)))
        case {"type": "last", "value": ["units", units], "at": at}:
            return Last(msgspec.convert(at, Order), ("units", int(units)))
        case _:
            return msgspec.convert(plain, FloatSum | Tally | Distinct | Extreme | Last)


def tagged(value: Value) -> Tagged:
    """The value as a set and an order can hold it; None is not a value."""
    match value:
        case bool():
            return ("boolean", value)
        case int() | float():
            return ("number", value + 0.0)
        case str():
            return ("text", value)
        case datetime():
            return ("datetime", value.isoformat())
        case date():
            return ("date", value.isoformat())
        case _:
            raise ValueError("missing is no value of an aggregate")


def untagged(held: Tagged) -> Value:
    kind, value = held
    match kind:
        case "units":
            return int(value) / UNITS
        case "datetime":
            return datetime.fromisoformat(str(value))
        case "date":
            return date.fromisoformat(str(value))
        case _:
            return value


def _sort_key(held: Tagged) -> tuple[str, float | str]:
    return held[0], held[1]


def _merged_floats(one: FloatSum, other: FloatSum) -> FloatSum:
    if one.huge or other.huge:
        return exact_sum(exact_total(one) + exact_total(other))
    if not one.parts or not other.parts:
        return one if one.parts else other
    return float_sum((*one.parts, *other.parts))


def exact_total(total: FloatSum) -> Fraction:
    return Fraction(total.huge, _SMALLEST) + sum(map(Fraction, total.parts), Fraction())


def exact_sum(exact: Fraction) -> FloatSum:
    """The canonical form of an exact total of doubles."""
    parts = []
    try:
        while exact:
            parts.append(float(exact))
            exact -= Fraction(parts[-1])
    except OverflowError:
        return FloatSum(huge=int(exact * _SMALLEST))
    return FloatSum(tuple(parts))


def _further(one: Extreme, other: Extreme) -> Extreme:
    if one.value is None or other.value is None:
        return other if one.value is None else one
    ahead = _sort_key(one.value) >= _sort_key(other.value)
    return one if ahead == one.largest else other


def _later(one: Last, other: Last) -> bool:
    """Whether `one` stands after `other`."""
    assert one.at is not None
    assert other.at is not None
    return (one.at, one.value or ()) > (other.at, other.value or ())


def _rounded(partial: FloatSum) -> float | None:
    """The exact sum rounded once to the nearest double; None when it is too large for one."""
    if partial.huge:
        return None
    return partial.parts[0] if partial.parts else 0.0


def _mean(partial: Mean) -> float | None:
    """Exact sum / count, rounded once."""
    if not partial.count:
        return None
    match partial.total:
        case Sum(units=units):
            return _quotient(units, UNITS * partial.count)
        case FloatSum():
            exact = exact_total(partial.total)
            return _quotient(exact.numerator, exact.denominator * partial.count)


def _quotient(numerator: int, denominator: int) -> float | None:
    try:
        return numerator / denominator
    except OverflowError:
        return None


def _divided(units: int, count: int) -> int:
    """units / count to whole units, half away from zero."""
    whole = (2 * abs(units) + count) // (2 * count)
    return -whole if units < 0 else whole
