"""Walking a checked tree over plain values, with a budget."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

import msgspec
from jinja2 import nodes

from engine.template.errors import TemplateError, TemplateKind
from engine.template.filters import FILTERS, OF_MONEY, Unfit, plain
from schema_defs.text import Lang

STEPS = 50_000
LONGEST_OUTPUT = 100_000
LONGEST_TEXT = 20_000

Scope = Mapping[str, object]


class Absent(msgspec.Struct, frozen=True):
    """A name that the values do not have; only `default` and `is defined` may touch it."""

    path: str
    known: tuple[str, ...]


class Run:
    """One rendering: its language, how values are escaped, the currency of amounts, and what is left of its budget."""

    def __init__(self, lang: Lang, escape: Callable[[str], str], currency: str = "CNY") -> None:
        self.lang = lang
        self.currency = currency
        self.escape = escape
        self.steps = STEPS
        self.room = LONGEST_OUTPUT

    def body(self, body: list[nodes.Node], scope: Scope) -> Iterator[str]:
        """The text of the statements, piece by piece."""
        for node in body:
            self.spend(node)
            match node:
                case nodes.Output():
                    yield from self.output(node, scope)
                case nodes.If():
                    yield from self.body(self.branch(node, scope), scope)
                case nodes.For():
                    yield from self.loop(node, scope)
                case _:
                    raise fault("forbidden", node, "模板中不能这样写", "this is not available in a template")

    def output(self, node: nodes.Output, scope: Scope) -> Iterator[str]:
        for part in node.nodes:
            piece = part.data if isinstance(part, nodes.TemplateData) else self.printed(part, scope)
            self.room -= len(piece)
            if self.room < 0:
                limit = f"{LONGEST_OUTPUT:,}"
                raise fault("limit", node, f"消息超过 {limit} 字", f"the message is longer than {limit} characters")
            yield piece

    def printed(self, node: nodes.Node, scope: Scope) -> str:
        value = self.value(node, scope)
        try:
            return self.escape(plain(value, self.lang))
        except Unfit as unfit:
            raise fault("type", node, unfit.zh, unfit.en) from None

    def branch(self, node: nodes.If, scope: Scope) -> list[nodes.Node]:
        for one in (node, *node.elif_):
            if self.value(one.test, scope):
                return one.body
        return node.else_

    def loop(self, node: nodes.For, scope: Scope) -> Iterator[str]:
        assert isinstance(node.target, nodes.Name)
        name = node.target.name
        rows = self.value(node.iter, scope)
        if not isinstance(rows, list | tuple):
            raise fault("type", node, "for 只能遍历列表", "only a list can be looped over")
        self.spend(node, len(rows))
        if node.test is not None:
            rows = [row for row in rows if self.value(node.test, {**scope, name: row})]
        for index, row in enumerate(rows):
            self.spend(node)
            yield from self.body(node.body, {**scope, name: row, "loop": place(index, len(rows))})
        if not rows:
            yield from self.body(node.else_, scope)

    def value(self, node: nodes.Node, scope: Scope) -> object:
        """The value of an expression; raises for a name that is not there."""
        return present(node, self.maybe(node, scope))

    def maybe(self, node: nodes.Node, scope: Scope) -> object:
        """The value of an expression, Absent for a name that is not there."""
        self.spend(node)
        match node:
            case nodes.Name():
                return scope[node.name] if node.name in scope else Absent(node.name, tuple(scope))
            case nodes.Const():
                return node.value
            case nodes.Getattr():
                return self.inner(node, node.attr, scope)
            case nodes.Getitem():
                assert isinstance(node.arg, nodes.Const)
                return self.inner(node, node.arg.value, scope)
            case nodes.List():
                return [self.value(item, scope) for item in node.items]
            case nodes.Filter():
                return self.filtered(node, scope)
            case nodes.Test():
                return self.tested(node, scope)
            case nodes.CondExpr():
                assert node.expr2 is not None
                return self.value(node.expr1 if self.value(node.test, scope) else node.expr2, scope)
            case nodes.And():
                return self.value(node.left, scope) and self.value(node.right, scope)
            case nodes.Or():
                return self.value(node.left, scope) or self.value(node.right, scope)
            case nodes.Not():
                return not self.value(node.node, scope)
            case nodes.Neg():
                return self.arithmetic(node, "-", 0, self.value(node.node, scope))
            case nodes.Compare():
                return self.compared(node, scope)
            case nodes.BinExpr():
                left, right = self.value(node.left, scope), self.value(node.right, scope)
                return self.arithmetic(node, str(node.operator), left, right)
            case _:
                raise fault("forbidden", node, "模板中不能这样写", "this is not available in a template")

    def inner(self, node: nodes.Getattr | nodes.Getitem, key: object, scope: Scope) -> object:
        """A key of a dictionary or a position of a list, never an attribute."""
        outer = self.value(node.node, scope)
        if isinstance(outer, dict):
            return outer[key] if key in outer else Absent(str(key), tuple(map(str, outer)))
        if isinstance(outer, list | tuple) and isinstance(key, int):
            return outer[key] if -len(outer) <= key < len(outer) else Absent(f"[{key}]", ())
        raise fault("type", node, f"{key} 前面的值没有内部名字", f"what stands before {key} has no names inside")

    def filtered(self, node: nodes.Filter, scope: Scope) -> object:
        assert node.node is not None
        value = self.maybe(node.node, scope)
        arguments = tuple(self.value(argument, scope) for argument in node.args)
        if node.name in OF_MONEY and not arguments:
            arguments = (self.currency,)
        if isinstance(value, Absent) and node.name == "default":
            return arguments[0]
        try:
            result = FILTERS[node.name].apply(present(node, value), arguments, self.lang)
        except Unfit as unfit:
            raise fault("type", node, f"{node.name}：{unfit.zh}", f"{node.name}: {unfit.en}") from None
        return self.bounded(node, result)

    def tested(self, node: nodes.Test, scope: Scope) -> object:
        value = self.maybe(node.node, scope)
        match node.name:
            case "defined":
                return not isinstance(value, Absent)
            case "undefined":
                return isinstance(value, Absent)
            case _:
                return present(node, value) is None

    def compared(self, node: nodes.Compare, scope: Scope) -> object:
        """Chains as in Python; with a missing value the answer is missing, which counts as no."""
        left = self.value(node.expr, scope)
        for operand in node.ops:
            right = self.value(operand.expr, scope)
            answer = self.one_comparison(node, operand.op, left, right)
            if not answer:
                return answer
            left = right
        return True

    def one_comparison(self, node: nodes.Compare, op: str, left: object, right: object) -> object:
        match op:
            case "eq":
                return left == right
            case "ne":
                return left != right
            case "in" | "notin":
                if not isinstance(right, list | tuple):
                    raise fault("type", node, "in 后面应是列表", "a list stands after in")
                self.spend(node, len(right))
                return (left in right) == (op == "in")
        if left is None or right is None:
            return None
        if not alike(left, right):
            raise fault("type", node, "只能比较同类的值", "only values of one kind can be compared")
        return ORDER[op](left, right)

    def arithmetic(self, node: nodes.Expr, operator: str, left: object, right: object) -> object:
        """Numbers only; missing stays missing, a division by zero is missing."""
        if left is None or right is None:
            return None
        if not (is_number(left) and is_number(right)):
            raise fault(
                "type",
                node,
                f"{operator} 只能用于数；与过滤器合用时加括号，如 (a * 2) | number",
                f"{operator} takes numbers only; with a filter write brackets, such as (a * 2) | number",
            )
        a, b = float(left), float(right)  # type: ignore[arg-type]  # is_number says so
        match operator:
            case "+":
                return finite(a + b)
            case "-":
                return finite(a - b)
            case "*":
                return finite(a * b)
            case _:
                return finite(a / b) if b else None

    def bounded(self, node: nodes.Expr, value: object) -> object:
        """The result of a filter, paid for by its length."""
        if isinstance(value, str | list):
            self.spend(node, len(value) // 16)
            if len(value) > LONGEST_TEXT:
                raise fault("limit", node, f"文字超过 {LONGEST_TEXT:,} 字", f"the text is longer than {LONGEST_TEXT:,}")
        return value

    def spend(self, node: nodes.Node, steps: int = 1) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise fault("limit", node, "模板的计算量过大，请减少循环", "the template does too much; use fewer loops")


ORDER: dict[str, Callable[[object, object], bool]] = {
    "lt": lambda a, b: a < b,  # type: ignore[operator]
    "lteq": lambda a, b: a <= b,  # type: ignore[operator]
    "gt": lambda a, b: a > b,  # type: ignore[operator]
    "gteq": lambda a, b: a >= b,  # type: ignore[operator]
}
"""Called for values that are `alike` only."""


def place(index: int, length: int) -> dict[str, object]:
    """What `loop` knows."""
    return {
        "index": index + 1,
        "index0": index,
        "first": index == 0,
        "last": index == length - 1,
        "length": length,
    }


def present(node: nodes.Node, value: object) -> object:
    """The value, where there is one; raises TemplateError with the names that there are."""
    if isinstance(value, Absent):
        known = ", ".join(value.known[:20])
        raise fault("name", node, f"没有 {value.path}；可用：{known}", f"there is no {value.path}; there are {known}")
    return value


def is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def alike(left: object, right: object) -> bool:
    """Whether `<` means something between the two."""
    if is_number(left) and is_number(right):
        return True
    if isinstance(left, datetime) and isinstance(right, datetime):
        return (left.tzinfo is None) == (right.tzinfo is None)
    return type(left) is type(right) and isinstance(left, str | date)


def finite(value: float) -> float | None:
    """The number, missing for an overflow or not-a-number."""
    return value if abs(value) < float("inf") else None


def fault(kind: TemplateKind, node: nodes.Node, zh: str, en: str) -> TemplateError:
    return TemplateError(kind, node.lineno, zh, en)
