"""Calls of functions: the most used ones on doubles take a fast path, all else the function itself."""

import math
from collections.abc import Callable, Sequence

from engine.expression.closures.operand import Operand, Row, Run
from engine.expression.values import MAX_DIGITS, Value, round_half_away

Call = Callable[[Sequence[Value]], Value]


def call(name: str, slow: Call, arguments: Sequence[Operand]) -> Run:
    """The closure for a call of the function `name`, whose whole meaning is `slow`."""
    if name in ("max", "min") and len(arguments) == 2:
        return _extreme(name == "max", slow, arguments[0].run, arguments[1].run)
    if name == "round" and (digits := _written_digits(arguments[1:])) is not None:
        return _round(digits, slow, arguments[0].run, [argument.value for argument in arguments[1:]])
    return _any(slow, [argument.run for argument in arguments])


def _any(slow: Call, reads: Sequence[Run]) -> Run:
    if len(reads) == 1:
        only = reads[0]
        return lambda row: slow((only(row),))
    return lambda row: slow([read(row) for read in reads])


def _extreme(largest: bool, slow: Call, first: Run, second: Run) -> Run:
    def run(row: Row) -> Value:
        a, b = first(row), second(row)
        if type(a) is float and type(b) is float:
            return (b if b > a else a) if largest else (b if b < a else a)
        return slow((a, b))

    return run


def _written_digits(digits: Sequence[Operand]) -> int | None:
    """The digits of a `round` that are known beforehand and allowed."""
    if not digits:
        return 0
    value = digits[0].value
    if digits[0].is_constant_number and isinstance(value, float) and value.is_integer() and abs(value) <= MAX_DIGITS:
        return int(value)
    return None


def _round(digits: int, slow: Call, read: Run, written: Sequence[Value]) -> Run:
    floor, scale = math.floor, 10.0 ** abs(digits)
    tie, enough = scale * 10.0, 1e14

    def run(row: Row) -> Value:
        a = read(row)
        if type(a) is not float:
            return slow((a, *written))
        if a >= 0.0 and (scaled := a * scale) < enough:
            below = floor(scaled)
            return (below + (a >= (10 * below + 5) / tie)) / scale
        return round_half_away(a, digits)

    def run_tens(row: Row) -> Value:
        a = read(row)
        return round_half_away(a, digits) if type(a) is float else slow((a, *written))

    return run if digits >= 0 else run_tens
