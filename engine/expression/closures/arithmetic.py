"""+ - * / of two operands: two doubles with a finite result take the fast path, all else the operation."""

from collections.abc import Callable

from engine.expression.closures.operand import Binary, Operand, Row, Run
from engine.expression.values import HIGHEST, Value

Fast = Callable[[float, float], float]

_LOWEST = -HIGHEST


def arithmetic(fast: Fast, slow: Binary, left: Operand, right: Operand) -> Run:
    """The closure for the shape of the operands; `slow` has the whole meaning, `fast` the same for two doubles."""
    if right.is_constant_number:
        assert isinstance(right.value, float)
        if left.name is not None:
            return _name_and_constant(fast, slow, left.name, right.value)
        return _any_and_constant(fast, slow, left.run, right.value)
    if right.name is not None:
        if left.name is not None:
            return _two_names(fast, slow, left.name, right.name)
        return _any_and_name(fast, slow, left.run, right.name)
    return _any_two(fast, slow, left.run, right.run)


def _two_names(fast: Fast, slow: Binary, left: str, right: str) -> Run:
    def run(row: Row) -> Value:
        try:
            a, b = row[left], row[right]
            if type(a) is float and type(b) is float:
                answer = fast(a, b)
                if _LOWEST <= answer <= HIGHEST:
                    return answer
        except (KeyError, ZeroDivisionError):
            pass
        return slow(row.get(left), row.get(right))

    return run


def _name_and_constant(fast: Fast, slow: Binary, left: str, b: float) -> Run:
    def run(row: Row) -> Value:
        try:
            a = row[left]
            if type(a) is float:
                answer = fast(a, b)
                if _LOWEST <= answer <= HIGHEST:
                    return answer
        except (KeyError, ZeroDivisionError):
            pass
        return slow(row.get(left), b)

    return run


def _any_and_constant(fast: Fast, slow: Binary, left: Run, b: float) -> Run:
    def run(row: Row) -> Value:
        a = left(row)
        if type(a) is float:
            try:
                answer = fast(a, b)
                if _LOWEST <= answer <= HIGHEST:
                    return answer
            except ZeroDivisionError:
                pass
        return slow(a, b)

    return run


def _any_and_name(fast: Fast, slow: Binary, left: Run, right: str) -> Run:
    def run(row: Row) -> Value:
        a = left(row)
        try:
            b = row[right]
            if type(a) is float and type(b) is float:
                answer = fast(a, b)
                if _LOWEST <= answer <= HIGHEST:
                    return answer
        except (KeyError, ZeroDivisionError):
            pass
        return slow(a, row.get(right))

    return run


def _any_two(fast: Fast, slow: Binary, left: Run, right: Run) -> Run:
    def run(row: Row) -> Value:
        a, b = left(row), right(row)
        if type(a) is float and type(b) is float:
            try:
                answer = fast(a, b)
                if _LOWEST <= answer <= HIGHEST:
                    return answer
            except ZeroDivisionError:
                pass
        return slow(a, b)

    return run
