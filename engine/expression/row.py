"""The row evaluator: a checked tree becomes closures, with the same meanings as the reference and without its tree walk."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from engine.expression import operations
from engine.expression.closures import arithmetic, calls, comparison, logic
from engine.expression.closures.operand import Binary, Operand, Run, constant, name, placed
from engine.expression.context import Context
from engine.expression.errors import EvaluationError
from engine.expression.functions import FUNCTIONS
from engine.expression.grammar import none_test
from engine.expression.language import Expression
from engine.expression.values import Value

RowFunction = Callable[[Mapping[str, Value]], Value]


def row_function(expression: Expression, context: Context | None = None) -> RowFunction:
    """A function from a row to the value; a name that the row lacks is missing. It raises EvaluationError where the row's types do not fit."""
    return _Closures(context or Context()).of(expression.tree).run


def tolerant(function: RowFunction, context: Context) -> RowFunction:
    """The same function, with missing for a row whose types do not fit, counted in the context's trouble."""

    def run(row: Mapping[str, Value]) -> Value:
        try:
            return function(row)
        except EvaluationError:
            context.trouble.type_errors += 1
            return None

    return run


class _Closures:
    """Makes the closure of every node, from the leaves up; the tree's depth is bounded by the language."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def of(self, node: ast.expr) -> Operand:
        match node:
            case ast.Constant():
                return constant(cast(Value, node.value))
            case ast.Name():
                return name(node.id)
            case ast.BinOp():
                return Operand(self._binary(node))
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BoolOp():
                return Operand(self._junction(node))
            case ast.Compare():
                return Operand(self._compare(node))
            case ast.IfExp():
                return Operand(self._choice(node))
            case ast.Call():
                return Operand(self._call(node))
            case _:
                raise AssertionError(f"{type(node).__name__} passed the check")

    def _binary(self, node: ast.BinOp) -> Run:
        left, right = self.of(node.left), self.of(node.right)
        slow = self._placed(BINARY[type(node.op)], node)
        fast = _FAST.get(type(node.op))
        if fast is None:
            a, b = left.run, right.run
            return lambda row: slow(a(row), b(row))
        return arithmetic.arithmetic(fast, slow, left, right)

    def _unary(self, node: ast.UnaryOp) -> Operand:
        operand = self.of(node.operand)
        if isinstance(node.op, ast.Not):
            return Operand(logic.negation(operand.run, self._truth("not", node.operand)))
        if operand.is_constant_number:
            number = cast(float, operand.value)
            return constant(-number if isinstance(node.op, ast.USub) else number)
        operation = operations.negative if isinstance(node.op, ast.USub) else operations.positive
        slow = self._placed(lambda a, b, trouble: operation(a, trouble), node)
        read = operand.run
        return Operand(lambda row: slow(read(row), None))

    def _junction(self, node: ast.BoolOp) -> Run:
        sign = "and" if isinstance(node.op, ast.And) else "or"
        return logic.junction(sign == "or", [(self.of(each).run, self._truth(sign, each)) for each in node.values])

    def _choice(self, node: ast.IfExp) -> Run:
        return logic.choice(
            self.of(node.test).run, self._truth("if", node.test), self.of(node.body).run, self.of(node.orelse).run
        )

    def _compare(self, node: ast.Compare) -> Run:
        if len(node.ops) == 1:
            return self._comparison(node.left, node.ops[0], node.comparators[0], node)
        first, links, before = self.of(node.left).run, [], node.left
        for sign, right in zip(node.ops, node.comparators, strict=True):
            links.append(self._link(before, sign, right, node))
            before = right
        return comparison.chain(first, links)

    def _link(self, left: ast.expr, sign: ast.cmpop, right: ast.expr, node: ast.Compare) -> tuple[Binary, Run]:
        """One comparison of a chain, as a function of its two values, and how the right one is read."""
        if isinstance(right, ast.List):
            # The elements are read in the row, so the list is handed on as the closure that compares with it.
            elements = [self.of(each).run for each in right.elts]
            return self._in_list(sign, node), cast(Run, lambda row: [element(row) for element in elements])
        test = none_test(left, sign, right)
        if test is not None:
            side, negated = test
            return (lambda a, b: ((b if side else a) is None) is not negated), self.of(right).run
        return self._placed(COMPARISONS[type(sign)], node), self.of(right).run

    def _in_list(self, sign: ast.cmpop, node: ast.Compare) -> Binary:
        operation = operations.is_in if isinstance(sign, ast.In) else operations.is_not_in
        return self._placed(cast(operations.Operation, operation), node)

    def _comparison(self, left: ast.expr, sign: ast.cmpop, right: ast.expr, node: ast.Compare) -> Run:
        if isinstance(right, ast.List):
            return self._membership(self.of(left), sign, right, node)
        test = none_test(left, sign, right)
        if test is not None:
            side, negated = test
            return comparison.is_none(self.of(right if side else left).run, negated)
        slow = self._placed(COMPARISONS[type(sign)], node)
        return comparison.comparison(type(sign).__name__, slow, self.of(left), self.of(right))

    def _membership(self, left: Operand, sign: ast.cmpop, right: ast.List, node: ast.Compare) -> Run:
        elements = [self.of(each) for each in right.elts]
        slow = self._in_list(sign, node)
        texts = [each.value for each in elements if each.is_constant_text]
        if elements and len(texts) == len(elements):
            listed = cast(Value, texts)
            return comparison.in_texts(
                frozenset(cast(list[str], texts)),
                isinstance(sign, ast.NotIn),
                lambda a: slow(a, listed),
                left.run,
            )
        return comparison.in_values(
            cast(Callable[[Value, Sequence[Value]], Value], slow), left.run, [each.run for each in elements]
        )

    def _call(self, node: ast.Call) -> Run:
        function_name = cast(ast.Name, node.func).id
        function, context = FUNCTIONS[function_name], self._context
        slow = self._placed(lambda a, b, trouble: function.call(context, cast(Sequence[Value], a)), node)
        return calls.call(
            function_name, lambda arguments: slow(cast(Value, arguments), None), [self.of(each) for each in node.args]
        )

    def _placed(self, operation: operations.Operation, node: ast.expr) -> Binary:
        trouble = self._context.trouble
        return placed(lambda a, b: operation(a, b, trouble), node.col_offset)

    def _truth(self, sign: str, node: ast.expr) -> logic.Truth:
        check = placed(lambda a, b: operations.truth(sign, a), node.col_offset)
        return lambda value: bool(check(value, None))


BINARY: dict[type[ast.operator], operations.Operation] = {
    ast.Add: operations.add,
    ast.Sub: operations.subtract,
    ast.Mult: operations.multiply,
    ast.Div: operations.divide,
    ast.FloorDiv: operations.floor_divide,
    ast.Mod: operations.modulo,
    ast.Pow: operations.power,
}
COMPARISONS: dict[type[ast.cmpop], operations.Operation] = {
    ast.Eq: operations.equals,
    ast.NotEq: operations.differs,
    ast.Lt: operations.less,
    ast.LtE: operations.less_or_equal,
    ast.Gt: operations.greater,
    ast.GtE: operations.greater_or_equal,
}
_FAST: dict[type[ast.operator], arithmetic.Fast] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
