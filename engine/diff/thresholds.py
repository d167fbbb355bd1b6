"""When two expressions differ in numbers only, those numbers: 0.8 x pace against 0.75 x pace is a threshold of 80 % against 75 %."""

import ast
from collections.abc import Iterator
from copy import deepcopy

import msgspec

from engine.expression.errors import ExpressionError
from engine.expression.language import Expression, parse
from engine.rules.names import REFERENCES

_RATIOS = frozenset({"attainment", "pace", "gap", "parent_attainment", "parent_pace", "parent_gap"})
_FIGURES = frozenset({"actual", "target", "projection", "run_rate", "parent_actual", "parent_target"})
"""Names beside which a number is a share, and is told in percent: ratios always, amounts where they are multiplied."""


class Threshold(msgspec.Struct, frozen=True):
    """A number before and after, and whether it is a share of something."""

    before: float
    after: float
    is_share: bool


def thresholds(before: str, after: str, shares: frozenset[str] = frozenset()) -> list[Threshold] | None:
    """The numbers that changed, when nothing else did; None otherwise. `shares` are names of ratios beside the usual ones."""
    was, is_ = _parsed(before), _parsed(after)
    if was is None or is_ is None or _form(was.tree) != _form(is_.tree):
        return None
    pairs = zip(_numbers(was.tree, shares), _numbers(is_.tree, shares), strict=True)
    return [Threshold(old, new, is_share) for (old, is_share), (new, _) in pairs if old != new]


def _parsed(text: str) -> Expression | None:
    try:
        return parse(text, None, where=("map", "today"), references=REFERENCES)
    except ExpressionError:
        return None


def _form(tree: ast.expr) -> str:
    """The expression with every number blanked."""
    return ast.dump(_Blank().visit(deepcopy(tree)))


class _Blank(ast.NodeTransformer):
    """Puts 0 in the place of every number."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:  # ast's own naming
        return ast.Constant(value=0) if _is_number(node) else node


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def _numbers(tree: ast.expr, shares: frozenset[str]) -> Iterator[tuple[float, bool]]:
    """Every number, in an order that depends on the form alone, and whether it stands beside a share."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, float):
        yield tree.value, False
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Constant) and isinstance(child.value, float):
                yield child.value, _is_share(node, shares)


def _is_share(parent: ast.AST, shares: frozenset[str]) -> bool:
    """A factor of a figure, or what a ratio is compared with, is a share."""
    beside = {node.id for node in ast.iter_child_nodes(parent) if isinstance(node, ast.Name)}
    match parent:
        case ast.BinOp(op=ast.Mult()):
            return bool(beside & (_FIGURES | _RATIOS | shares))
        case ast.Compare() | ast.BinOp(op=ast.Add() | ast.Sub()):
            return bool(beside & (_RATIOS | shares))
        case _:
            return False
