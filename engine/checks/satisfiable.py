"""Whether a condition can hold, and can fail, at all: decided for conditions that compare names with numbers and each other."""

import ast
from collections.abc import Iterator
from itertools import pairwise, product

from engine.expression.context import Context
from engine.expression.language import Expression
from engine.expression.row import row_function
from engine.expression.values import Value

_MOST_NAMES = 3
_MOST_NUMBERS = 4


def outcomes(expression: Expression) -> frozenset[bool] | None:
    """The truths that the condition can have when all its values are there; None where this cannot be decided.

    Only the order of names and numbers matters to such a condition, so that a few points between any two numbers stand for all values.
    """
    numbers = sorted(_numbers(expression.tree))
    if not _is_simple(expression.tree) or len(expression.names) > _MOST_NAMES or len(numbers) > _MOST_NUMBERS:
        return None
    names = sorted(expression.names)
    holds = row_function(expression, Context())
    found: set[Value] = set()
    for values in product(_points(numbers), repeat=len(names)):
        found.add(holds(dict(zip(names, values, strict=True))))
        if found >= {True, False}:
            break
    return frozenset(value for value in found if isinstance(value, bool))


def _is_simple(node: ast.expr) -> bool:
    match node:
        case ast.BoolOp():
            return all(_is_simple(value) for value in node.values)
        case ast.UnaryOp(op=ast.Not()):
            return _is_simple(node.operand)
        case ast.Compare():
            sides = [node.left, *node.comparators]
            return not any(isinstance(op, ast.In | ast.NotIn | ast.Is | ast.IsNot) for op in node.ops) and all(
                isinstance(side, ast.Name) or _number(side) is not None for side in sides
            )
        case _:
            return False


def _number(node: ast.expr) -> float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, float) else None


def _numbers(tree: ast.expr) -> set[float]:
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    written = {_number(side) for node in compared for side in (node.left, *node.comparators)}
    return {number for number in written if number is not None}


def _points(numbers: list[float]) -> list[float]:
    """The numbers themselves, and between and beyond them as many points as there may be names."""
    if not numbers:
        return [float(each) for each in range(_MOST_NAMES)]
    points = list(numbers)
    for low, high in pairwise(numbers):
        points += _between(low, high)
    points += [numbers[0] - each for each in range(1, _MOST_NAMES + 1)]
    points += [numbers[-1] + each for each in range(1, _MOST_NAMES + 1)]
    return points


def _between(low: float, high: float) -> Iterator[float]:
    for each in range(1, _MOST_NAMES + 1):
        yield low + (high - low) * each / (_MOST_NAMES + 1)
