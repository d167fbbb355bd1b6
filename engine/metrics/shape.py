"""What a metric's number is: its unit, how it is written, and whether it grows over the month."""

import ast
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import msgspec

from engine.expression.values import Value, round_decimal

Unit = Literal["money", "count", "number", "percent", "days", "text", "date"]


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """`is_rate`: a ratio, average or extreme, which does not grow with the days; its pace is 1 from the first day."""

    unit: Unit
    is_rate: bool = False

    @property
    def is_money(self) -> bool:
        return self.unit == "money"

    @property
    def step(self) -> Decimal:
        """The smallest difference that targets of the metric know: 0.01 of money, 1 of counts, 0.0001 of the rest."""
        return {"money": Decimal("0.01"), "count": Decimal(1)}.get(self.unit, Decimal("0.0001"))


def written(value: Value | Decimal, shape: Shape) -> str:
    """The value as `compute` prints it: money with 4 decimals, other numbers in their shortest form, missing empty."""
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case bool():
            return "true" if value else "false"
        case float() | int() if shape.is_money:
            return f"{money(float(value)):f}"
        case float() | int():
            return shortest(float(value))
        case str():
            return value
        case _:
            return value.isoformat()


def money(value: float) -> Decimal:
    """An amount with 4 decimals, rounded half away from zero on the shortest decimal; never minus zero."""
    return round_decimal(value, 4) + Decimal("0.0000")


def shortest(value: float) -> str:
    """The shortest decimal that reads back as the number; whole numbers without a point."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)


def grows(formula: ast.expr, rates: Mapping[str, bool]) -> bool:
    """Whether a formula's value grows over the month as sums do: its degree in growing metrics is above 0."""
    return _degree(formula, rates) > 0


def _degree(node: ast.expr, rates: Mapping[str, bool]) -> int:
    match node:
        case ast.Name(id=name):
            return 0 if rates.get(name, True) else 1
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _degree(left, rates) + _degree(right, rates)
        case ast.BinOp(left=left, op=ast.Div() | ast.FloorDiv(), right=right):
            return _degree(left, rates) - _degree(right, rates)
        case ast.BinOp(left=left, right=right):
            return max(_degree(left, rates), _degree(right, rates))
        case ast.UnaryOp(operand=operand):
            return _degree(operand, rates)
        case ast.IfExp(body=body, orelse=orelse):
            return max(_degree(body, rates), _degree(orelse, rates))
        case ast.Call(args=args):
            return max((_degree(arg, rates) for arg in args), default=0)
        case _:
            return 0
