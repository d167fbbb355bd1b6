"""The reference evaluator: simpleeval's tree walk over the checked tree, with our operators, our functions and our logic.

The other evaluators are compared with it. It also tells what every part of an expression came to, for previews and explanations.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from simpleeval import SimpleEval

from engine.expression import operations
from engine.expression.context import Context
from engine.expression.errors import EvaluationError
from engine.expression.functions import FUNCTIONS, Function, round_digits
from engine.expression.grammar import is_none
from engine.expression.language import Expression
from engine.expression.values import Value, round_exactly


@dataclass(frozen=True)
class Step:
    """A part of an expression, where it stands in the text, and what it came to."""

    text: str
    at: int
    value: Value


def reference_value(expression: Expression, values: Mapping[str, Value], context: Context | None = None) -> Value:
    """The value for one row; a name that the row lacks is missing. It raises EvaluationError where the row's types do not fit."""
    return Reference(expression, context or Context()).value(values)


def steps(expression: Expression, values: Mapping[str, Value], context: Context | None = None) -> tuple[Step, ...]:
    """Every part that was evaluated, in the order in which it was; the last one is the whole."""
    reference = Reference(expression, context or Context())
    reference.seen = []
    reference.value(values)
    return tuple(reference.seen)


class Reference(SimpleEval):  # type: ignore[misc]  # simpleeval carries no types
    """One expression, parsed before, to be evaluated for any number of rows."""

    def __init__(self, expression: Expression, context: Context) -> None:
        super().__init__(operators=operators(context), functions=functions(context), names={})
        self._expression = expression
        self.seen: list[Step] | None = None
        self.nodes = {
            ast.Constant: self._eval_constant,
            ast.Name: self._eval_name,
            ast.UnaryOp: self._eval_unaryop,
            ast.BinOp: self._eval_binop,
            ast.BoolOp: self._eval_boolop,
            ast.Compare: self._eval_compare,
            ast.IfExp: self._eval_ifexp,
            ast.Call: self._eval_call,
            ast.List: self._eval_list,
        }

    def value(self, values: Mapping[str, Value]) -> Value:
        self.names = values
        return cast(Value, self.eval(self._expression.text, self._expression.tree))

    def _eval(self, node: ast.expr) -> object:
        try:
            result = super()._eval(node)
        except EvaluationError as error:
            error.at = node.col_offset if error.at is None else error.at
            raise
        if self.seen is not None and not isinstance(node, ast.List):
            text = self._expression.text[node.col_offset : node.end_col_offset]
            self.seen.append(Step(text, node.col_offset, result))
        return result

    def _eval_name(self, node: ast.Name) -> Value:
        return self.names.get(node.id)

    def _eval_list(self, node: ast.List) -> list[object]:
        return [self._eval(element) for element in node.elts]

    def _truth(self, sign: str, node: ast.expr) -> bool | None:
        """What a condition came to: a boolean, or None for missing."""
        value = cast(Value, self._eval(node))
        try:
            return None if value is None else operations.truth(sign, value)
        except EvaluationError as error:
            error.at = node.col_offset
            raise

    def _eval_unaryop(self, node: ast.UnaryOp) -> object:
        if isinstance(node.op, ast.Not):
            truth = self._truth("not", node.operand)
            return None if truth is None else not truth
        return super()._eval_unaryop(node)

    def _eval_boolop(self, node: ast.BoolOp) -> bool | None:
        decisive = isinstance(node.op, ast.Or)
        answer: bool | None = not decisive
        for operand in node.values:
            truth = self._truth("or" if decisive else "and", operand)
            if truth is decisive:
                return decisive
            if truth is None:
                answer = None
        return answer

    def _eval_ifexp(self, node: ast.IfExp) -> object:
        truth = self._truth("if", node.test)
        if truth is None:
            return None
        return self._eval(node.body if truth else node.orelse)

    def _eval_compare(self, node: ast.Compare) -> bool | None:
        answer: bool | None = True
        left_node, left = node.left, self._eval(node.left)
        for sign, right_node in zip(node.ops, node.comparators, strict=True):
            right = self._eval(right_node)
            holds = self._holds(sign, left_node, left, right_node, right)
            if holds is False:
                return False
            if holds is None:
                answer = None
            left_node, left = right_node, right
        return answer

    def _holds(
        self, sign: ast.cmpop, left_node: ast.expr, left: object, right_node: ast.expr, right: object
    ) -> bool | None:
        """One comparison; `==` and `!=` with a written None test for missing, as `is` and `is not` do."""
        if is_none(right_node) or is_none(left_node):
            tested = left if is_none(right_node) else right
            if isinstance(sign, ast.Is | ast.Eq):
                return tested is None
            if isinstance(sign, ast.IsNot | ast.NotEq):
                return tested is not None
        return cast(bool | None, self.operators[type(sign)](left, right))


def operators(context: Context) -> dict[type, Callable[..., object]]:
    """simpleeval's table of operators, with our meanings."""
    with_trouble: dict[type, Callable[..., object]] = {
        ast.Add: operations.add,
        ast.Sub: operations.subtract,
        ast.Mult: operations.multiply,
        ast.Div: operations.divide,
        ast.FloorDiv: operations.floor_divide,
        ast.Mod: operations.modulo,
        ast.Pow: operations.power,
        ast.USub: operations.negative,
        ast.UAdd: operations.positive,
        ast.Eq: operations.equals,
        ast.NotEq: operations.differs,
        ast.Lt: operations.less,
        ast.LtE: operations.less_or_equal,
        ast.Gt: operations.greater,
        ast.GtE: operations.greater_or_equal,
        ast.In: operations.is_in,
        ast.NotIn: operations.is_not_in,
    }
    return {kind: partial(operation, trouble=context.trouble) for kind, operation in with_trouble.items()}


def functions(context: Context) -> dict[str, Callable[..., Value]]:
    """simpleeval's table of functions: ours, with `round` by decimal arithmetic."""
    table = {name: _callable(function, context) for name, function in FUNCTIONS.items()}
    return {**table, "round": _callable(_EXACT_ROUND, context)}


def _callable(function: Function, context: Context) -> Callable[..., Value]:
    return lambda *arguments: function.call(context, arguments)


def _exact_round(context: Context, arguments: object) -> Value:
    number, *digits = cast(tuple[float, ...], arguments)
    return round_exactly(number, round_digits(digits[0]) if digits else 0)


_EXACT_ROUND = replace(FUNCTIONS["round"], run=_exact_round)
