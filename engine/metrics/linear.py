"""Amounts that are added and subtracted, in whole units: equal to calculating in doubles and rounding to units, and much cheaper."""

import ast
from collections.abc import Callable, Mapping

import numpy as np

from engine.expression.columns import Cells
from engine.expression.language import Expression
from engine.metrics.facts import LARGEST_UNITS, Money

_MOST_AMOUNTS = 8
Columns = Mapping[str, "Cells | Money"]


def in_units(expression: Expression, columns: Columns) -> Money | None:
    """The amounts of an expression like `amount - cost - discount`; None for any other, or where doubles are not enough."""
    names = _names(expression.tree)
    if names is None or len(names) > _MOST_AMOUNTS:
        return None
    amounts = {name: column for name in names if isinstance(column := columns.get(name), Money)}
    if len(amounts) < len(set(names)) or sum(amounts[name].largest for name in names) >= LARGEST_UNITS:
        return None
    return _calculated(expression.tree, amounts)


def _names(node: ast.expr) -> list[str] | None:
    """The amounts of a tree of additions and subtractions, each as often as it comes; None for any other tree."""
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _names(operand)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            first, second = _names(left), _names(right)
            return None if first is None or second is None else first + second
        case _:
            return None


def _calculated(node: ast.expr, amounts: Mapping[str, Money]) -> Money:
    match node:
        case ast.Name(id=name):
            return amounts[name]
        case ast.UnaryOp(operand=operand):
            inner = _calculated(operand, amounts)
            return Money(-inner.units, inner.largest, inner.missing)
        case ast.BinOp(left=left, op=sign, right=right):
            return _combined(
                np.add if isinstance(sign, ast.Add) else np.subtract,
                *(_calculated(each, amounts) for each in (left, right)),
            )
        case _:
            raise AssertionError(f"{type(node).__name__} is no sum of amounts")


def _combined(calculate: Callable[..., object], a: Money, b: Money) -> Money:
    missing = a.missing if b.missing is None else b.missing if a.missing is None else a.missing | b.missing
    return Money(np.asarray(calculate(a.units, b.units)), a.largest + b.largest, missing)
