"""The values of the language, when two numbers are equal, and how numbers are rounded."""

import math
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal

Value = float | str | bool | date | datetime | None
"""A number is a finite double, a date-time is local time of the tenant without a zone, None is missing."""

ValueType = Literal["number", "text", "boolean", "date", "datetime", "missing"]

NEAR = 1e-9
"""Numbers that differ by less are equal, and what is nearer to an integer counts as that integer for floor, ceil and //."""

RELATIVELY_NEAR = 1e-12
"""Numbers that differ by less than this share of the larger one are equal."""

HIGHEST = 1.7976931348623157e308
"""The largest finite double; what lies beyond it is missing, as overflow."""

MAX_DIGITS = 12
"""`round` takes digits from -12 to 12."""

MONEY_DIGITS = 4
"""A row's money is rounded to so many decimals and then summed as integers."""

_WHOLE = 2.0**53
_EXACT = 1e14
_DECIMALS = Context(prec=400)


def type_of(value: Value) -> ValueType:
    """The type as `eval` prints it."""
    match value:
        case None:
            return "missing"
        case bool():
            return "boolean"
        case float() | int():
            return "number"
        case str():
            return "text"
        case datetime():
            return "datetime"
        case _:
            return "date"


def is_number(value: object) -> bool:
    """Booleans are not numbers."""
    return type(value) is float or (isinstance(value, int | float) and not isinstance(value, bool))


def compare(a: float, b: float) -> int:
    """-1, 0 or 1; 0 when the numbers differ by less than 1e-9, or by less than 1e-12 of the larger one."""
    gap = a - b
    if abs(gap) < NEAR or abs(gap) < RELATIVELY_NEAR * max(abs(a), abs(b)):
        return 0
    return 1 if gap > 0 else -1


def equal(a: Value, b: Value) -> bool:
    """Whether two values are the same value of the language; values of different types never are, missing equals missing."""
    if is_number(a) and is_number(b):
        return compare(a, b) == 0  # type: ignore[arg-type]  # is_number has looked
    return type_of(a) == type_of(b) and a == b


def nearest_whole(x: float) -> float | None:
    """The integer within 1e-9 of x, or None."""
    if abs(x) >= _WHOLE:
        return x
    whole = float(round(x))
    return whole if abs(x - whole) < NEAR else None


def floor(x: float) -> float:
    """The largest integer not above x; what is within 1e-9 of an integer is that integer."""
    whole = nearest_whole(x)
    return float(math.floor(x)) if whole is None else whole


def ceil(x: float) -> float:
    """The smallest integer not below x; what is within 1e-9 of an integer is that integer."""
    whole = nearest_whole(x)
    return float(math.ceil(x)) if whole is None else whole


def round_decimal(x: float, digits: int) -> Decimal:
    """The shortest decimal that reads back as x, rounded to `digits` decimals, half away from zero, exactly."""
    return Decimal(repr(x)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP, context=_DECIMALS)


def round_exactly(x: float, digits: int) -> float:
    """As `round_half_away`, by decimal arithmetic: the definition, and the way for numbers of 15 digits and more."""
    return float(round_decimal(float(x), digits))


def round_half_away(x: float, digits: int = 0) -> float:
    """x rounded as its shortest decimal, half away from zero: 1.005 to two digits is 1.01.

    A double equals the tie `(k + 1/2) / 10**digits` exactly when its shortest decimal is that tie, as long as the tie has at most 15 digits;
    so one exact division decides, and no decimal arithmetic is needed.
    """
    size = abs(x)
    scale = _POWERS[abs(digits)]
    scaled = size * scale if digits >= 0 else size / scale
    if scaled >= _EXACT:
        return round_exactly(x, digits)
    below = math.floor(scaled)
    if digits >= 0:
        rounded = (below + (size >= (10 * below + 5) / (scale * 10.0))) / scale
    else:
        rounded = (below + (size >= (10 * below + 5) * (scale / 10.0))) * scale
    return rounded if x >= 0 else -rounded


def to_units(x: float) -> int:
    """Money in units of 1/10000, rounded half away from zero; sums of these are exact."""
    size = abs(x)
    scaled = size * 10000.0
    if scaled >= _EXACT:
        return int(round_decimal(float(x), MONEY_DIGITS).scaleb(MONEY_DIGITS, _DECIMALS))
    below = math.floor(scaled)
    units = below + (size >= (10 * below + 5) / 100000.0)
    return units if x >= 0 else -units


_POWERS = tuple(10.0**digits for digits in range(MAX_DIGITS + 1))
