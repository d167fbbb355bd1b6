"""The column evaluator: a checked tree becomes operations on whole columns, with the same meanings as for one row."""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import numpy as np

from engine.expression.columns import calls
from engine.expression.columns.arithmetic import arithmetic, negative, positive
from engine.expression.columns.assembly import Part, scattered
from engine.expression.columns.column import NOTHING, Array, Cells, Column, one, rows_of
from engine.expression.columns.comparison import comparison, is_in, is_none
from engine.expression.columns.frame import Frame, Memo, RowsFail, Run, lifted, needed, remembered
from engine.expression.columns.logic import both, choice, junction, negation, truth, undecided
from engine.expression.context import Context, Trouble
from engine.expression.errors import EvaluationError
from engine.expression.functions import FUNCTIONS
from engine.expression.grammar import none_test
from engine.expression.language import Expression
from engine.expression.row import row_function
from engine.expression.signs import SIGNS
from engine.expression.values import Value

Link = tuple[Sequence[Run], Callable[[Frame, Cells, Sequence[Cells]], Cells]]
"""One comparison of a chain: what stands to the right, and the comparison of the left side with it."""


class ColumnFunction:
    """The expression on columns. `strict`: EvaluationError if the types of a needed row do not fit; else such rows are missing and counted."""

    def __init__(self, expression: Expression, context: Context, *, strict: bool = True) -> None:
        self._context = context
        self._strict = strict
        self._names = sorted(expression.names)
        self._run = _Operations(context).of(expression.tree)
        self._expression = expression

    def __call__(self, columns: Mapping[str, Cells], rows: int | None = None) -> Cells:
        """The cells of all rows; a name without a column is missing. `rows` is needed where no column tells."""
        own = {name: columns[name] for name in self._names if name in columns}
        told = rows_of(columns.values()) if rows is None else rows
        length = 1 if told is None else told
        left, parts = np.arange(length), list[Part]()
        while len(left) and not parts:
            trouble = Trouble()
            frame = Frame(own, len(left), trouble, None if len(left) == length else left)
            try:
                parts.append((left, self._run(frame)))
                self._context.trouble.add(trouble)
            except RowsFail as fail:
                self._tell(own, left[fail.rows])
                left = np.delete(left, fail.rows)
        return _whole(parts, length)

    def untroubled(self, columns: Mapping[str, Cells], rows: int, memo: Memo) -> Cells | None:
        """The cells of all rows if every part of the expression has a result in each of them, else None; nothing is counted.

        `memo` is shared with other expressions on the same columns whose contexts know the same.
        """
        frame = Frame(columns, rows, Trouble(), None, memo)
        try:
            cells = self._run(frame)
        except RowsFail:
            return None
        return None if frame.trouble.total else _whole([(np.arange(rows), cells)], rows)

    def _tell(self, columns: Mapping[str, Cells], rows: Array) -> None:
        """What is wrong with these rows, from the row evaluator: the error of the first, or a count."""
        values = {name: cells.take(rows).values(len(rows)) for name, cells in columns.items()}
        row_by_row = row_function(self._expression, self._context)
        for number in range(len(rows)):
            try:
                row_by_row({name: each[number] for name, each in values.items()})
            except EvaluationError:
                if self._strict:
                    raise
                self._context.trouble.type_errors += 1
            else:
                raise AssertionError("the row evaluator accepts a row that the column evaluator refuses")


def column_function(expression: Expression, context: Context | None = None, *, strict: bool = True) -> ColumnFunction:
    """A function from columns to the column of the values."""
    return ColumnFunction(expression, context or Context(), strict=strict)


def _whole(parts: Sequence[Part], rows: int) -> Cells:
    """The cells of all rows, with one value per row."""
    complete = bool(parts) and len(parts[0][0]) == rows
    cells = parts[0][1] if complete else scattered(parts, rows)
    if not isinstance(cells, Column):
        return cells
    if cells.data.ndim and (cells.missing is None or cells.missing.ndim):
        return cells
    missing = None if cells.missing is None else np.broadcast_to(cells.missing, (rows,))
    return Column(cells.kind, np.broadcast_to(cells.data, (rows,)), missing, cells.categories)


class _Operations:
    """Makes the operation of every node, from the leaves up; the tree's depth is bounded by the language."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def of(self, node: ast.expr) -> Run:
        run = self._made(node)
        return run if isinstance(node, ast.Constant | ast.Name) else remembered(ast.dump(node), run)

    def _made(self, node: ast.expr) -> Run:
        match node:
            case ast.Constant():
                cells = one(cast(Value, node.value))
                return lambda frame: cells
            case ast.Name():
                name = node.id
                return lambda frame: frame.column(name)
            case ast.BinOp():
                left, right, operation = self.of(node.left), self.of(node.right), arithmetic(SIGNS[type(node.op)])
                return lambda frame: lifted(operation, frame, left(frame), right(frame))
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BoolOp():
                return junction(isinstance(node.op, ast.Or), [truth(self.of(each)) for each in node.values])
            case ast.IfExp():
                return choice(truth(self.of(node.test)), self.of(node.body), self.of(node.orelse))
            case ast.Compare():
                return self._compare(node)
            case ast.Call():
                return self._call(node)
            case _:
                raise AssertionError(f"{type(node).__name__} passed the check")

    def _unary(self, node: ast.UnaryOp) -> Run:
        operand = self.of(node.operand)
        if isinstance(node.op, ast.Not):
            return negation(truth(operand))
        operation = negative if isinstance(node.op, ast.USub) else positive
        return lambda frame: lifted(operation, frame, operand(frame))

    def _call(self, node: ast.Call) -> Run:
        function, context = FUNCTIONS[cast(ast.Name, node.func).id], self._context
        arguments = [self.of(argument) for argument in node.args]
        return lambda frame: calls.call(function, context, frame, [argument(frame) for argument in arguments])

    def _compare(self, node: ast.Compare) -> Run:
        first, links, before = self.of(node.left), [], node.left
        for sign, right in zip(node.ops, node.comparators, strict=True):
            links.append(self._link(before, sign, right))
            before = right
        if len(links) == 1:
            operands, compare = links[0]
            return lambda frame: compare(frame, first(frame), [operand(frame) for operand in operands])
        return _chain(first, links)

    def _link(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Link:
        if isinstance(right, ast.List):
            negated = isinstance(sign, ast.NotIn)
            elements = [self.of(element) for element in right.elts]
            return elements, lambda frame, a, listed: is_in(frame, a, listed, negated)
        test = none_test(left, sign, right)
        if test is not None:
            right_side, opposite = test
            return [self.of(right)], lambda frame, a, b: is_none(b[0] if right_side else a, opposite)
        operation = comparison(type(sign).__name__)
        return [self.of(right)], lambda frame, a, b: lifted(operation, frame, a, b[0])


def _chain(first: Run, links: Sequence[Link]) -> Run:
    """a < b < c: an operand is evaluated once, and only for rows where no comparison before it is false."""

    def run(frame: Frame) -> Cells:
        before, answer = first(frame), None
        for operands, compare in links:
            mask = None if answer is None else undecided(answer)
            after = [needed(frame, operand, mask) for operand in operands]
            held = {str(number): cells for number, cells in enumerate([before, *after])}
            part = Frame(held, frame.rows, frame.trouble)
            holds = needed(part, _comparing(compare, len(after)), mask)
            answer = holds if answer is None else both(answer, holds)
            before = after[0] if after else NOTHING
        assert answer is not None
        return answer

    return run


def _comparing(compare: Callable[[Frame, Cells, Sequence[Cells]], Cells], operands: int) -> Run:
    """The comparison as an operation on the columns 0 (left) and 1, 2, … (right)."""
    return lambda part: compare(part, part.column("0"), [part.column(str(1 + each)) for each in range(operands)])
