"""Why not: which operand of a condition decided, and what it read."""

import ast
from collections.abc import Callable, Mapping

import msgspec

from engine.expression import Context, Expression, parse, row_function, tolerant
from engine.expression.values import Value

Read = Callable[[str], Expression]
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


class Operand(msgspec.Struct, frozen=True, kw_only=True):
    """One operand of a condition: what it came to, the values that it read, and of a comparison both sides.

    `short` is by how much a comparison of numbers fails, or holds: left minus right.
    """

    text: str
    truth: bool | None
    read: tuple[tuple[str, Value], ...] = ()
    sign: str | None = None
    left: Value = None
    right: Value = None

    @property
    def short(self) -> float | None:
        left, right = self.left, self.right
        if isinstance(left, bool) or isinstance(right, bool):
            return None
        return left - right if isinstance(left, int | float) and isinstance(right, int | float) else None


def operands(
    expression: Expression, values: Mapping[str, Value], context: Context | None = None, read: Read = parse
) -> tuple[Operand, ...]:
    """Every operand of the top `and` or `or`, or the whole condition as one, in the order of the text."""
    tree = expression.tree
    parts = tree.values if isinstance(tree, ast.BoolOp) else [tree]
    return tuple(_operand(expression, part, values, context or Context(), read) for part in parts)


def failed(
    expression: Expression, values: Mapping[str, Value], context: Context | None = None, read: Read = parse
) -> Operand | None:
    """The first operand because of which the condition is not true: a false one, else one that is missing; None if it is true."""
    found = operands(expression, values, context, read)
    if isinstance(expression.tree, ast.BoolOp) and isinstance(expression.tree.op, ast.Or):
        return None if any(each.truth is True for each in found) else found[0]
    wrong = [each for each in found if each.truth is not True]
    return next((each for each in wrong if each.truth is False), wrong[0] if wrong else None)


def met(
    expression: Expression, values: Mapping[str, Value], context: Context | None = None, read: Read = parse
) -> Operand | None:
    """The first operand that makes the condition true; None if it is not."""
    found = operands(expression, values, context, read)
    if isinstance(expression.tree, ast.BoolOp) and isinstance(expression.tree.op, ast.And):
        return found[0] if all(each.truth is True for each in found) else None
    return next((each for each in found if each.truth is True), None)


def _operand(
    expression: Expression, node: ast.expr, values: Mapping[str, Value], context: Context, read: Read
) -> Operand:
    text = _text(expression, node)
    part = read(text)
    truth = _value(part, values, context)
    sign, left, right = None, None, None
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _SIGNS:
        sign = _SIGNS[type(node.ops[0])]
        left, right = (
            _value(read(_text(expression, side)), values, context) for side in (node.left, node.comparators[0])
        )
    return Operand(
        text=text,
        truth=truth if isinstance(truth, bool) else None,
        read=tuple((name, values.get(name)) for name in sorted(part.names)),
        sign=sign,
        left=left,
        right=right,
    )


def _text(expression: Expression, node: ast.expr) -> str:
    return expression.text[node.col_offset : node.end_col_offset]


def _value(part: Expression, values: Mapping[str, Value], context: Context) -> Value:
    return tolerant(row_function(part, context), context)(values)
