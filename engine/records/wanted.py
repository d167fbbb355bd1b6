"""What a mapping expression wants each raw column to be: files hold text, and `quantity * price` needs numbers."""

import ast
from typing import Literal

from schema_defs.dataset import FieldType

Wanted = Literal["number", "date", "boolean", "text", "as_it_is"]

_STRONGEST_FIRST: tuple[Wanted, ...] = ("text", "number", "date", "boolean")
_NUMERIC = frozenset({"abs", "round", "floor", "ceil"})
_DATED = frozenset({"year", "quarter", "month", "day", "weekday", "days_between", "working_days_between"})
_TEXTUAL = frozenset({"lower", "upper", "trim", "length", "contains", "starts_with", "ends_with", "map_value"})
_OF_FIELD: dict[FieldType, Wanted] = {
    "number": "number", "money": "number", "percent": "number", "boolean": "boolean", "date": "date", "datetime": "date"
}  # fmt: skip


def wanted_kinds(tree: ast.expr, target: FieldType) -> dict[str, Wanted]:
    """For every raw name of the expression the kind that its place asks for; `target` is the field that is filled.

    A name that stands alone, or is only handed through, is left as it is: the field itself reads it.
    """
    if isinstance(tree, ast.Name):
        return {tree.id: "as_it_is"}
    found: dict[str, Wanted] = {}
    _visit(tree, _OF_FIELD.get(target, "text"), found)
    return found


def _visit(node: ast.expr, wanted: Wanted, found: dict[str, Wanted]) -> None:
    match node:
        case ast.Name(id=name):
            if found.get(name, "text") == "text":
                found[name] = wanted
        case ast.BinOp(left=left, op=op, right=right):
            side = _sum_kind(left, right, wanted) if isinstance(op, ast.Add) else "number"
            _visit(left, side, found)
            _visit(right, side, found)
        case ast.UnaryOp(op=op, operand=operand):
            _visit(operand, "boolean" if isinstance(op, ast.Not) else "number", found)
        case ast.BoolOp(values=values):
            for value in values:
                _visit(value, "boolean", found)
        case ast.Compare(left=left, comparators=others):
            for compared in (left, *others):
                _visit(compared, _compared_kind([left, *others]), found)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            _visit(test, "boolean", found)
            _visit(body, wanted, found)
            _visit(orelse, wanted, found)
        case ast.List(elts=elements):
            for element in elements:
                _visit(element, wanted, found)
        case ast.Call(func=ast.Name(id=function), args=args):
            for arg in args:
                _visit(arg, _argument_kind(function, wanted), found)
        case _:
            return


def _sum_kind(left: ast.expr, right: ast.expr, wanted: Wanted) -> Wanted:
    kinds = {_own_kind(left), _own_kind(right)}
    return "text" if "text" in kinds else "number" if "number" in kinds else "text" if wanted == "text" else "number"


def _compared_kind(sides: list[ast.expr]) -> Wanted:
    flat = [part for side in sides for part in (side.elts if isinstance(side, ast.List) else [side])]
    kinds = {_own_kind(part) for part in flat}
    return next((kind for kind in _STRONGEST_FIRST if kind in kinds), "text")


def _argument_kind(function: str, wanted: Wanted) -> Wanted:
    if function in _NUMERIC:
        return "number"
    if function in _DATED:
        return "date"
    if function in _TEXTUAL or function in ("date", "is_missing"):
        return "text"
    return wanted


def _own_kind(node: ast.expr) -> Wanted | None:
    """The kind that an expression has whatever its names hold, or None."""
    match node:
        case ast.Constant(value=bool()):
            return "boolean"
        case ast.Constant(value=int() | float()):
            return "number"
        case ast.Constant(value=str()):
            return "text"
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _own_kind(left) or _own_kind(right)
        case ast.BinOp() | ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            return "number"
        case ast.BoolOp() | ast.Compare() | ast.UnaryOp():
            return "boolean"
        case ast.IfExp(body=body, orelse=orelse):
            return _own_kind(body) or _own_kind(orelse)
        case ast.Call(func=ast.Name(id="date")):
            return "date"
        case ast.Call(func=ast.Name(id=function)) if function in _NUMERIC | _DATED | {"length"}:
            return "number"
        case ast.Call(func=ast.Name(id="lower" | "upper" | "trim")):
            return "text"
        case ast.Call(func=ast.Name(id="contains" | "starts_with" | "ends_with" | "is_missing")):
            return "boolean"
        case _:
            return None
