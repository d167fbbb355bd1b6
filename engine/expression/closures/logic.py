"""and, or, not, if-else by Kleene: an operand that is not needed is not evaluated."""

from collections.abc import Callable, Sequence

from engine.expression.closures.operand import Row, Run
from engine.expression.values import Value

Truth = Callable[[Value], bool]


def junction(decisive: bool, truths: Sequence[tuple[Run, Truth]]) -> Run:
    """`and` (decisive: False) or `or` (decisive: True): the first decisive operand decides, else missing if one is missing."""
    if len(truths) == 2:
        return _of_two(decisive, *truths[0], *truths[1])
    return _of_many(decisive, truths)


def _of_two(decisive: bool, first: Run, first_truth: Truth, second: Run, second_truth: Truth) -> Run:
    def run(row: Row) -> Value:
        a = first(row)
        if a is decisive or (a is not None and type(a) is not bool and first_truth(a) is decisive):
            return decisive
        b = second(row)
        if b is decisive or (b is not None and type(b) is not bool and second_truth(b) is decisive):
            return decisive
        return None if a is None or b is None else not decisive

    return run


def _of_many(decisive: bool, truths: Sequence[tuple[Run, Truth]]) -> Run:
    def run(row: Row) -> Value:
        missing = False
        for read, truth in truths:
            a = read(row)
            if a is decisive:
                return decisive
            if type(a) is not bool:
                if a is None:
                    missing = True
                elif truth(a) is decisive:
                    return decisive
        return None if missing else not decisive

    return run


def negation(read: Run, truth: Truth) -> Run:
    def run(row: Row) -> Value:
        a = read(row)
        if a is True:
            return False
        if a is False:
            return True
        return None if a is None else not truth(a)

    return run


def choice(test: Run, truth: Truth, body: Run, orelse: Run) -> Run:
    """`body if test else orelse`: missing where the test is missing."""

    def run(row: Row) -> Value:
        a = test(row)
        if a is True:
            return body(row)
        if a is False:
            return orelse(row)
        if a is None:
            return None
        return body(row) if truth(a) else orelse(row)

    return run
