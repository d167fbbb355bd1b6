"""== != < <= > >= of two operands, and `in`: doubles and equal texts take the fast path, all else the operation."""

from collections.abc import Callable, Sequence

from engine.expression.closures.operand import Binary, Operand, Row, Run
from engine.expression.values import NEAR, RELATIVELY_NEAR, Value

Outcomes = tuple[bool, bool, bool]
"""What the comparison says of a smaller, an equal and a greater left side."""

OUTCOMES: dict[str, Outcomes] = {
    "Eq": (False, True, False),
    "NotEq": (True, False, True),
    "Lt": (True, False, False),
    "LtE": (True, True, False),
    "Gt": (False, False, True),
    "GtE": (False, True, True),
}


def comparison(kind: str, slow: Binary, left: Operand, right: Operand) -> Run:
    """The closure for the shape of the operands; `kind` is a key of OUTCOMES."""
    outcomes = OUTCOMES[kind]
    if right.is_constant_text and kind in ("Eq", "NotEq"):
        assert isinstance(right.value, str)
        return _with_text(kind == "Eq", slow, left, right.value)
    if right.is_constant_number:
        assert isinstance(right.value, float)
        return _with_number(outcomes, slow, left, right.value)
    return _any_two(outcomes, slow, left.run, right.run)


def _with_text(wanted: bool, slow: Binary, left: Operand, b: str) -> Run:
    name, read = left.name, left.run
    unwanted = not wanted

    def run_name(row: Row) -> Value:
        try:
            a = row[name]  # type: ignore[index]  # used only where there is a name
        except KeyError:
            a = None
        if type(a) is str:
            return wanted if a == b else unwanted
        return slow(a, b)

    def run(row: Row) -> Value:
        a = read(row)
        if type(a) is str:
            return wanted if a == b else unwanted
        return slow(a, b)

    return run if name is None else run_name


def _with_number(outcomes: Outcomes, slow: Binary, left: Operand, b: float) -> Run:
    smaller, same, larger = outcomes
    name, read = left.name, left.run

    def run_name(row: Row) -> Value:
        try:
            a = row[name]  # type: ignore[index]  # used only where there is a name
        except KeyError:
            a = None
        if type(a) is float:
            gap = a - b
            if gap >= NEAR:
                return larger if gap >= RELATIVELY_NEAR * (a if a > -b else -b) else same
            if gap <= -NEAR:
                return smaller if gap <= RELATIVELY_NEAR * (a if a < -b else -b) else same
            return same
        return slow(a, b)

    def run(row: Row) -> Value:
        a = read(row)
        if type(a) is float:
            gap = a - b
            if gap >= NEAR:
                return larger if gap >= RELATIVELY_NEAR * (a if a > -b else -b) else same
            if gap <= -NEAR:
                return smaller if gap <= RELATIVELY_NEAR * (a if a < -b else -b) else same
            return same
        return slow(a, b)

    return run if name is None else run_name


def _any_two(outcomes: Outcomes, slow: Binary, left: Run, right: Run) -> Run:
    smaller, same, larger = outcomes

    def run(row: Row) -> Value:
        a, b = left(row), right(row)
        if type(a) is float and type(b) is float:
            gap = a - b
            if gap >= NEAR:
                return larger if gap >= RELATIVELY_NEAR * (a if a > -b else -b) else same
            if gap <= -NEAR:
                return smaller if gap <= RELATIVELY_NEAR * (a if a < -b else -b) else same
            return same
        return slow(a, b)

    return run


def in_texts(texts: frozenset[str], negated: bool, slow: Callable[[Value], Value], read: Run) -> Run:
    """`in` a list of written texts."""

    def run(row: Row) -> Value:
        a = read(row)
        if type(a) is str:
            return (a in texts) is not negated
        return slow(a)

    return run


def in_values(slow: Callable[[Value, Sequence[Value]], Value], read: Run, elements: Sequence[Run]) -> Run:
    """`in` a list of anything."""
    return lambda row: slow(read(row), [element(row) for element in elements])


def is_none(read: Run, negated: bool) -> Run:
    if negated:
        return lambda row: read(row) is not None
    return lambda row: read(row) is None


def chain(first: Run, links: Sequence[tuple[Binary, Run]]) -> Run:
    """a < b < c: every operand once, from the left, until one comparison is false; missing if none is and one is missing."""

    def run(row: Row) -> Value:
        a, answer = first(row), True
        for link, read in links:
            b = read(row)
            holds = link(a, b)
            if holds is False:
                return False
            if holds is None:
                answer = None  # type: ignore[assignment]  # Kleene: a later false still decides
            a = b
        return answer

    return run
