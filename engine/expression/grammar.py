"""The allow-list: which parts a parsed text may have, and what the others are called when they are refused."""

import ast
import math
from collections.abc import Iterator

from engine.expression.errors import ExpressionError
from engine.expression.source import refuse_characters
from schema_defs.text import Said

MAX_NODES = 400
MAX_DEPTH = 40
MAX_ELEMENTS = 200

_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
_SIGNS = (ast.UAdd, ast.USub, ast.Not)
_MEMBERSHIP = (ast.In, ast.NotIn)
_IDENTITY = (ast.Is, ast.IsNot)


def walk(tree: ast.expr) -> Iterator[ast.expr]:
    """Every node in the order of the text, each checked by itself; ExpressionError at the first that is refused.

    Nothing here is recursive, so a deep tree is refused before anything recursive meets it.
    """
    stack, count = [(tree, 1)], 0
    while stack:
        node, depth = stack.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise ExpressionError("limit", _too_much(), node.col_offset)
        check_node(node)
        yield node
        stack.extend((child, depth + 1) for child in reversed(children(node)))


def children(node: ast.expr) -> list[ast.expr]:
    """The operands of an allowed node, in the order of the text."""
    match node:
        case ast.UnaryOp():
            return [node.operand]
        case ast.BinOp():
            return [node.left, node.right]
        case ast.BoolOp():
            return node.values
        case ast.Compare():
            return [node.left, *node.comparators]
        case ast.IfExp():
            return [node.body, node.test, node.orelse]
        case ast.List():
            return node.elts
        case ast.Call():
            return node.args
        case _:
            return []


def check_node(node: ast.expr) -> None:
    """ExpressionError if this node, whatever is below it, is not of the language."""
    match node:
        case ast.Constant():
            _check_constant(node)
        case ast.UnaryOp():
            if not isinstance(node.op, _SIGNS):
                raise _forbidden(node, type(node.op))
        case ast.BinOp():
            if not isinstance(node.op, _OPERATORS):
                raise _forbidden(node, type(node.op))
        case ast.Compare():
            _check_compare(node)
        case ast.List():
            _check_list(node)
        case ast.Call():
            _check_call(node)
        case ast.Name() | ast.BoolOp() | ast.IfExp():
            pass
        case _:
            raise _forbidden(node, type(node))


def is_none(node: ast.expr) -> bool:
    """Whether the node is written None or null."""
    return (isinstance(node, ast.Constant) and node.value is None) or (isinstance(node, ast.Name) and node.id == "null")


def none_test(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> tuple[bool, bool] | None:
    """For `x is None`, `x == None`, `None == x` and their opposites: whether the right side is tested, and whether for not missing."""
    if not isinstance(sign, ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
        return None
    negated = isinstance(sign, ast.IsNot | ast.NotEq)
    if is_none(right):
        return False, negated
    return (True, negated) if is_none(left) else None


def refuse_lists(nodes: list[ast.expr]) -> None:
    """ExpressionError where a list stands anywhere but to the right of `in`, or `in` has something else there."""
    allowed = set()
    for node in nodes:
        for operation, right in _pairs(node):
            if isinstance(operation, _MEMBERSHIP):
                allowed.add(id(right))
                if not isinstance(right, ast.List):
                    raise ExpressionError("type", _NO_LIST, right.col_offset)
    for node in nodes:
        if isinstance(node, ast.List) and id(node) not in allowed:
            raise ExpressionError("type", _LOST_LIST, node.col_offset)
        if isinstance(node, ast.Compare) and any(isinstance(each, ast.List) for each in node.comparators[:-1]):
            raise ExpressionError("type", _LOST_LIST, node.col_offset)


def statement(module: ast.Module) -> ExpressionError:
    """What a text that is no expression, but Python, is called."""
    first = module.body[0]
    if len(module.body) == 1 and isinstance(first, ast.Expr):
        return _forbidden(first.value, type(first.value))
    kind = Said(zh="多条语句", en="more than one statement")
    if len(module.body) == 1:
        kind = FORBIDDEN.get(type(first), Said(zh="语句", en="a statement"))
    return ExpressionError("forbidden", _not_allowed(kind), module.body[-1].col_offset)


def _pairs(node: ast.expr) -> list[tuple[ast.cmpop, ast.expr]]:
    return list(zip(node.ops, node.comparators, strict=True)) if isinstance(node, ast.Compare) else []


def _check_constant(node: ast.Constant) -> None:
    value = node.value
    if isinstance(value, str):
        if not value.isprintable():
            refuse_characters(value, node.col_offset)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _check_number(node, value)
    elif value is not None and not isinstance(value, bool):
        raise _forbidden(node, type(value))


def _check_number(node: ast.Constant, value: float) -> None:
    try:
        fits = math.isfinite(float(value))
    except OverflowError:
        fits = False
    if not fits:
        raise ExpressionError("limit", _TOO_LARGE, node.col_offset)


def _check_compare(node: ast.Compare) -> None:
    for operation, right in _pairs(node):
        if isinstance(operation, _IDENTITY) and not is_none(right):
            raise ExpressionError("forbidden", _IS_NONE, right.col_offset)


def _check_list(node: ast.List) -> None:
    if len(node.elts) > MAX_ELEMENTS:
        raise ExpressionError(
            "limit",
            Said(
                zh=f"一个列表最多 {MAX_ELEMENTS} 项，这里有 {len(node.elts)} 项",
                en=f"a list has at most {MAX_ELEMENTS} elements, not {len(node.elts)}",
            ),
            node.col_offset,
        )


def _check_call(node: ast.Call) -> None:
    if not isinstance(node.func, ast.Name):
        check_node(node.func)
        raise ExpressionError("forbidden", _PLAIN_CALL, node.col_offset)
    if node.keywords:
        raise ExpressionError("forbidden", _KEYWORD, node.keywords[0].value.col_offset)


def _forbidden(node: ast.expr, kind: type) -> ExpressionError:
    named = FORBIDDEN.get(kind, Said(zh=f"'{kind.__name__}'", en=f"'{kind.__name__}'"))
    return ExpressionError("forbidden", _not_allowed(named), node.col_offset)


def _not_allowed(named: Said) -> Said:
    return Said(zh=f"表达式里不允许{named.zh}", en=f"{named.en} is not allowed in an expression")


def _too_much() -> Said:
    return Said(
        zh=f"表达式太大：最多 {MAX_NODES} 个部分、嵌套 {MAX_DEPTH} 层；请拆成几个指标",
        en=f"the expression is too large: at most {MAX_NODES} parts, {MAX_DEPTH} levels deep; split it into several metrics",
    )


_NO_LIST = Said(zh="in 的右边必须是列表，例如 ['A', 'B']", en="to the right of in stands a list, such as ['A', 'B']")
_LOST_LIST = Said(zh="列表只能放在 in 的右边", en="a list stands only to the right of in")
_TOO_LARGE = Said(zh="这个数字太大", en="this number is too large")
_IS_NONE = Said(zh="is 只能用于 is None；比较请用 ==", en="is is only for is None; compare with ==")
_PLAIN_CALL = Said(
    zh="只能按名字调用函数，例如 round(x, 2)", en="only a function's name can be called, as in round(x, 2)"
)
_KEYWORD = Said(zh="函数的参数按位置给出，不能写名字", en="a function takes its arguments by position, not by name")

FORBIDDEN: dict[type, Said] = {
    ast.Attribute: Said(zh="用点取属性（a.b）", en="an attribute (a.b)"),
    ast.Subscript: Said(zh="用方括号取元素（a[b]）", en="a subscript (a[b])"),
    ast.Slice: Said(zh="切片", en="a slice"),
    ast.Lambda: Said(zh="lambda", en="lambda"),
    ast.ListComp: Said(zh="推导式", en="a comprehension"),
    ast.SetComp: Said(zh="推导式", en="a comprehension"),
    ast.DictComp: Said(zh="推导式", en="a comprehension"),
    ast.GeneratorExp: Said(zh="推导式", en="a comprehension"),
    ast.Dict: Said(zh="字典", en="a dictionary"),
    ast.Set: Said(zh="集合", en="a set"),
    ast.Tuple: Said(zh="元组；列表用方括号", en="a tuple (lists are written in square brackets)"),
    ast.JoinedStr: Said(zh="f 字符串", en="an f-string"),
    ast.FormattedValue: Said(zh="f 字符串", en="an f-string"),
    ast.Starred: Said(zh="星号展开", en="a starred expression"),
    ast.NamedExpr: Said(zh="赋值（:=）", en="an assignment (:=)"),
    ast.Await: Said(zh="await", en="await"),
    ast.Yield: Said(zh="yield", en="yield"),
    ast.YieldFrom: Said(zh="yield", en="yield"),
    ast.Assign: Said(zh="赋值；比较请用 ==", en="an assignment (compare with ==)"),
    ast.AugAssign: Said(zh="赋值", en="an assignment"),
    ast.AnnAssign: Said(zh="赋值", en="an assignment"),
    ast.Import: Said(zh="import", en="import"),
    ast.ImportFrom: Said(zh="import", en="import"),
    ast.Delete: Said(zh="del", en="del"),
    ast.MatMult: Said(zh="运算符 @", en="the operator @"),
    ast.LShift: Said(zh="运算符 <<", en="the operator <<"),
    ast.RShift: Said(zh="运算符 >>", en="the operator >>"),
    ast.BitOr: Said(zh="运算符 |；请写 or", en="the operator | (write or)"),
    ast.BitAnd: Said(zh="运算符 &；请写 and", en="the operator & (write and)"),
    ast.BitXor: Said(zh="运算符 ^；乘方写 **", en="the operator ^ (a power is written **)"),
    ast.Invert: Said(zh="运算符 ~；请写 not", en="the operator ~ (write not)"),
    bytes: Said(zh="字节串", en="a byte string"),
    complex: Said(zh="复数", en="a complex number"),
    type(...): Said(zh="省略号（...）", en="an ellipsis (...)"),
}
