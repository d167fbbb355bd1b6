"""Types and units of an expression before it runs: text against number, money plus count, a choice that is not in its list."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from typing import Literal, assert_never

from engine.expression.errors import ErrorKind, EvaluationError, ExpressionError
from engine.expression.functions import ALLOWED, FUNCTIONS, ArgumentType, Function, date_of, round_digits
from engine.expression.grammar import is_none
from engine.expression.kinds import (
    ANY,
    BOOLEAN,
    COUNT,
    DATE,
    DATETIME,
    DAYS,
    FREE,
    MISSING,
    NUMBER,
    TEXT,
    TYPES,
    Kind,
)
from engine.expression.language import Expression
from engine.expression.signs import SIGNS
from engine.expression.units import UnitError, joined, power, product, quotient, remainder
from schema_defs.text import Said


@dataclass(frozen=True)
class Finding:
    """Something that cannot be right: `error` where it can never have a value, `warning` where it is only improbable."""

    level: Literal["error", "warning"]
    kind: ErrorKind
    said: Said
    at: int


def infer(expression: Expression, kinds: Mapping[str, Kind]) -> Kind:
    """What the expression gives. A name that `kinds` lacks may be anything.

    Raises ExpressionError of kind `type` or `unit` for the first error; warnings are only in `findings`.
    """
    kind, found = findings(expression, kinds)
    for finding in found:
        if finding.level == "error":
            raise ExpressionError(finding.kind, finding.said, finding.at)
    return kind


def findings(expression: Expression, kinds: Mapping[str, Kind]) -> tuple[Kind, tuple[Finding, ...]]:
    """What the expression gives, and all that speaks against it, in the order of the text."""
    inference = _Inference(kinds)
    kind = inference.of(expression.tree)
    return kind, tuple(sorted(inference.found, key=lambda finding: finding.at))


class _Inference:
    """Walks the tree once; after a finding the part counts as anything, so that one mistake is told once."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self.found: list[Finding] = []

    def of(self, node: ast.expr) -> Kind:
        match node:
            case ast.Constant():
                return _constant(node.value)
            case ast.Name():
                return self._kinds.get(node.id, ANY)
            case ast.BinOp():
                return self._binary(node)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BoolOp():
                for operand in node.values:
                    self._boolean("and" if isinstance(node.op, ast.And) else "or", operand)
                return BOOLEAN
            case ast.Compare():
                return self._compare(node)
            case ast.IfExp():
                self._boolean("if", node.test)
                return self._common([self.of(node.body), self.of(node.orelse)], "if … else", node)
            case ast.Call():
                return self._call(node)
            case _:
                raise AssertionError(f"{type(node).__name__} passed the check")

    def _binary(self, node: ast.BinOp) -> Kind:
        a, b = self.of(node.left), self.of(node.right)
        sign = SIGNS[type(node.op)]
        texts = isinstance(node.op, ast.Add) and "text" in (a.type, b.type)
        wanted = "text" if texts else "number"
        for kind in (a, b):
            if not kind.is_open and kind.type != wanted:
                takes = Said(zh="两个数字或两段文字", en="two numbers or two texts")
                if not isinstance(node.op, ast.Add):
                    takes = Said(zh="两个数字", en="two numbers")
                return self._refuse(node, "type", _two(sign, takes, a, b))
        if a.is_open or b.is_open:
            return TEXT if texts else ANY
        return TEXT if texts else self._unit(node, lambda: _ARITHMETIC[type(node.op)](a, b))

    def _unary(self, node: ast.UnaryOp) -> Kind:
        if isinstance(node.op, ast.Not):
            self._boolean("not", node.operand)
            return BOOLEAN
        kind = self.of(node.operand)
        if kind.is_number or kind.is_open:
            return kind
        return self._refuse(node, "type", _one(Said(zh="正负号", en="a sign"), TYPES["number"], kind))

    def _boolean(self, sign: str, node: ast.expr) -> None:
        kind = self.of(node)
        if kind.type != "boolean" and not kind.is_open:
            self._refuse(node, "type", _one(Said(zh=f"'{sign}' ", en=f"'{sign}'"), TYPES["boolean"], kind))

    def _compare(self, node: ast.Compare) -> Kind:
        left_node, left = node.left, self.of(node.left)
        for sign, right_node in zip(node.ops, node.comparators, strict=True):
            if isinstance(right_node, ast.List):
                for element in right_node.elts:
                    self._alike(node, "in", (node.left, left), (element, self.of(element)))
                continue
            right = self.of(right_node)
            if not is_none(left_node) and not is_none(right_node):
                self._alike(node, SIGNS[type(sign)], (left_node, left), (right_node, right))
            left_node, left = right_node, right
        return BOOLEAN

    def _alike(self, node: ast.Compare, sign: str, left: tuple[ast.expr, Kind], right: tuple[ast.expr, Kind]) -> None:
        a, b = left[1], right[1]
        if a.is_open or b.is_open:
            return
        if a.type != b.type or (a.type == "boolean" and sign not in ("==", "!=", "in")):
            takes = Said(zh="两边类型相同的值", en="two values of one type")
            if a.type == b.type:
                takes = Said(zh="有大小顺序的值", en="values that have an order")
            self._refuse(node, "type", _two(sign, takes, a, b))
        elif a.is_number:
            self._unit(node, lambda: joined(a, b, sign))
        elif sign in ("==", "!=", "in"):
            self._choice(a, right[0])
            self._choice(b, left[0])

    def _choice(self, kind: Kind, written: ast.expr) -> None:
        """A warning where a choice is compared with a text that is not in its list."""
        if not kind.choices or not isinstance(written, ast.Constant) or not isinstance(written.value, str):
            return
        if written.value not in kind.choices:
            self.found.append(Finding("warning", "type", _no_choice(written.value, kind.choices), written.col_offset))

    def _call(self, node: ast.Call) -> Kind:
        assert isinstance(node.func, ast.Name)
        function = FUNCTIONS[node.func.id]
        given = [self.of(argument) for argument in node.args]
        for position, (argument, kind) in enumerate(zip(node.args, given, strict=True)):
            allowed = function.argument_type(position)
            if not _fits(allowed, kind):
                named = Said(
                    zh=f"{function.name} 的第 {position + 1} 个参数", en=f"argument {position + 1} of {function.name}"
                )
                return self._refuse(argument, "type", _one(named, ALLOWED[allowed], kind))
        self._check_written(function, node)
        return self._result(function, given, node)

    def _check_written(self, function: Function, node: ast.Call) -> None:
        """What is written out and can never be right: a day that does not exist, digits out of range."""
        written = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
        try:
            if function.name == "date" and isinstance(written[0], str):
                date_of(written[0])
            if function.name == "round" and len(written) > 1 and isinstance(written[1], float):
                round_digits(written[1])
        except EvaluationError as error:
            self._refuse(node.args[-1], error.kind, error.said)

    def _result(self, function: Function, given: Sequence[Kind], node: ast.Call) -> Kind:
        match function.gives:
            case "number":
                return COUNT if function.name == "length" else NUMBER
            case "days":
                return DAYS
            case "text":
                return TEXT
            case "boolean":
                return BOOLEAN
            case "date":
                return DATE
            case "any":
                return ANY
            case "same":
                return self._common(given[:1] if function.name == "round" else given, function.name, node)
            case _:
                assert_never(function.gives)

    def _common(self, kinds: Sequence[Kind], sign: str, node: ast.expr) -> Kind:
        """The one kind of several alternatives."""
        common = MISSING
        for kind in kinds:
            if common.is_open or kind.is_open:
                common = ANY if "any" in (common.type, kind.type) else (kind if common.type == "missing" else common)
            elif common.type != kind.type:
                return self._refuse(node, "type", _two(sign, _OF_ONE_TYPE, common, kind))
            elif common.is_number:
                common = self._unit(node, partial(joined, common, kind, sign))
            elif common.choices != kind.choices:
                common = replace(common, choices=())
        return common

    def _unit(self, node: ast.expr, rule: Callable[[], Kind]) -> Kind:
        try:
            return rule()
        except UnitError as clash:
            return self._refuse(node, "unit", clash.said)

    def _refuse(self, node: ast.expr, kind: ErrorKind, said: Said) -> Kind:
        self.found.append(Finding("error", kind, said, node.col_offset))
        return ANY


def _constant(value: object) -> Kind:
    match value:
        case None:
            return MISSING
        case bool():
            return BOOLEAN
        case str():
            return TEXT
        case _:
            return FREE


def _fits(allowed: ArgumentType, kind: Kind) -> bool:
    if kind.is_open:
        return True
    match allowed:
        case "number":
            return kind.is_number
        case "text":
            return kind.type == "text"
        case "day":
            return kind in (DATE, DATETIME)
        case "ordered":
            return kind.type != "boolean"
        case "any":
            return True
        case _:
            assert_never(allowed)


def _two(sign: str, takes: Said, a: Kind, b: Kind) -> Said:
    return Said(
        zh=f"'{sign}' 需要{takes.zh}，这里是{a.said.zh}和{b.said.zh}",
        en=f"'{sign}' takes {takes.en}, but was given {a.said.en} and {b.said.en}",
    )


def _one(what: Said, takes: Said, given: Kind) -> Said:
    return Said(
        zh=f"{what.zh}需要{takes.zh}，这里是{given.said.zh}",
        en=f"{what.en} takes {takes.en}, but was given {given.said.en}",
    )


def _no_choice(written: str, choices: Sequence[str]) -> Said:
    near = get_close_matches(written, choices, n=1, cutoff=0.5)
    if near:
        return Said(
            zh=f"'{written}' 不在可选值中；是否想写 '{near[0]}'？",
            en=f"'{written}' is none of the choices; did you mean '{near[0]}'?",
        )
    listed = ", ".join(choices[:20])
    return Said(zh=f"'{written}' 不在可选值中：{listed}", en=f"'{written}' is none of the choices: {listed}")


_OF_ONE_TYPE = Said(zh="类型相同的值", en="values of one type")
_ARITHMETIC: dict[type, Callable[[Kind, Kind], Kind]] = {
    ast.Add: lambda a, b: joined(a, b, "+"),
    ast.Sub: lambda a, b: joined(a, b, "-"),
    ast.Mult: product,
    ast.Div: quotient,
    ast.FloorDiv: quotient,
    ast.Mod: remainder,
    ast.Pow: power,
}
