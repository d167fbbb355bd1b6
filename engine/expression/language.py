"""The one door: a text becomes a checked tree, or an ExpressionError that says what is wrong and where."""

import ast
import keyword
import re
import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from engine.expression.errors import ExpressionError
from engine.expression.functions import FUNCTIONS, Function, Where
from engine.expression.grammar import refuse_lists, statement, walk
from engine.expression.source import clean, without_texts
from schema_defs.text import Said

LITERALS: dict[str, bool | None] = {"true": True, "false": False, "null": None}

RESERVED = frozenset({*FUNCTIONS, *LITERALS, *keyword.kwlist})
"""What no document may give as a name of its own."""

_FILE = "<expression>"
_TRIES = 5
warnings.filterwarnings("ignore", module=_FILE)  # The parser warns of texts such as `1if x else 2`; nobody reads that.


@dataclass(frozen=True, eq=False)
class Expression:
    """A checked expression. `tree` has doubles for all numbers, constants for true, false and null, and the place of every node in
    characters as `col_offset` and `end_col_offset`. `names` are the values it reads, `references` those written as `target_of('m')`, by function and argument.
    """

    text: str
    tree: ast.expr
    names: frozenset[str]
    functions: frozenset[str]
    references: frozenset[tuple[str, str]]


def reference_name(function: str, argument: str) -> str:
    """The name under which the value of `target_of('m')` is read."""
    return f"{function}({argument!r})"


def parse(
    text: str,
    names: Collection[str] | None = None,
    *,
    where: Collection[Where] = (),
    references: Collection[str] = (),
) -> Expression:
    """The checked expression.

    `names` are the values that may be read (None: any); `where` opens the functions of `map` or `today`; `references` are function names that
    take one written text and stand for a value, as `target_of('m')`, which is then read under `reference_name`.
    """
    source = clean(text)
    stripped = source.strip(" ")
    tree = _parse(stripped, len(source) - len(source.lstrip(" ")))
    nodes = _checked(tree, source)
    finish = _Finish(names, where, references)
    for node in nodes:
        finish.check(node)
    refuse_lists(nodes)
    return Expression(
        text=text,
        tree=finish.visit(tree),
        names=frozenset(finish.names),
        functions=frozenset(finish.functions),
        references=frozenset(finish.references),
    )


def _parse(text: str, offset: int) -> ast.expr:
    """The tree, its places still in bytes of the stripped text; `offset` is the number of spaces before it."""
    if not text:
        raise ExpressionError("syntax", Said(zh="表达式是空的", en="the expression is empty"), 0)
    try:
        tree = _tree(text, "eval")
        assert isinstance(tree, ast.Expression)
        return tree.body
    except SyntaxError as error:
        raise _syntax(text, offset, error) from None
    except (RecursionError, MemoryError):
        raise ExpressionError("limit", _TOO_DEEP) from None
    except (ValueError, OverflowError):
        raise ExpressionError("syntax", _UNREADABLE) from None


def _tree(text: str, mode: Literal["eval", "exec"]) -> ast.AST:
    """The parsed text. CPython 3.11 counts the depth of all threads' trees in one place, and may miscount: then once more."""
    for _ in range(_TRIES):
        try:
            return ast.parse(text, _FILE, mode)
        except SystemError:
            continue
    raise RecursionError


def _checked(tree: ast.expr, source: str) -> list[ast.expr]:
    """All nodes, their places counted in characters of the text."""
    offset = len(source) - len(source.lstrip(" "))
    encoded = None if source.isascii() else source.strip(" ").encode()
    nodes = []
    try:
        for node in walk(tree):
            name = node.func if isinstance(node, ast.Call) else node
            if isinstance(name, ast.Name):
                _check_spelling(name, encoded)
            nodes.append(node)
    except ExpressionError as error:
        error.at = offset + _characters(error.at or 0, encoded)
        raise
    for node in nodes:
        node.col_offset = offset + _characters(node.col_offset, encoded)
        node.end_col_offset = offset + _characters(node.end_col_offset or 0, encoded)
    return nodes


def _characters(byte: int, encoded: bytes | None) -> int:
    return byte if encoded is None else len(encoded[:byte].decode())


def _check_spelling(node: ast.Name, encoded: bytes | None) -> None:
    written = node.id if encoded is None else encoded[node.col_offset : node.end_col_offset].decode()
    if written != node.id:
        raise ExpressionError(
            "forbidden",
            Said(
                zh=f"名字 '{written}' 请写成 '{node.id}'（不要用全角或变体字符）",
                en=f"write the name '{written}' as '{node.id}', without full-width or variant characters",
            ),
            node.col_offset,
        )
    if node.id.startswith("_"):
        raise ExpressionError(
            "forbidden",
            Said(zh=f"名字不能以下划线开头：'{node.id}'", en=f"a name does not begin with an underscore: '{node.id}'"),
            node.col_offset,
        )


class _Finish(ast.NodeTransformer):
    """Checks names and calls in the order of the text, then replaces what is only a spelling. The depth is bounded by now."""

    def __init__(self, allowed: Collection[str] | None, where: Collection[Where], references: Collection[str]) -> None:
        self._allowed = allowed
        self._where = where
        self._references = references
        self.names: set[str] = set()
        self.functions: set[str] = set()
        self.references: set[tuple[str, str]] = set()

    def check(self, node: ast.expr) -> None:
        if isinstance(node, ast.Name) and node.id not in LITERALS:
            if self._allowed is not None and node.id not in self._allowed:
                raise ExpressionError("name", _unknown_name(node.id, self._allowed), node.col_offset)
            self.names.add(node.id)
        elif isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name)
            if node.func.id in self._references:
                _check_reference(node, node.func.id)
            else:
                self._check_call(node, node.func.id)

    def _check_call(self, node: ast.Call, name: str) -> None:
        function = FUNCTIONS.get(name)
        if function is None or (function.where != "everywhere" and function.where not in self._where):
            known = [
                each.name for each in FUNCTIONS.values() if each.where == "everywhere" or each.where in self._where
            ]
            raise ExpressionError("function", _unknown_function(name, [*known, *self._references]), node.col_offset)
        given = len(node.args)
        if given < function.least or (function.most is not None and given > function.most):
            raise ExpressionError("arguments", _wrong_number(function, given), node.col_offset)
        self.functions.add(name)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Name)
        if node.func.id in self._references:
            argument = node.args[0]
            assert isinstance(argument, ast.Constant)
            assert isinstance(argument.value, str)
            self.references.add((node.func.id, argument.value))
            name = reference_name(node.func.id, argument.value)
            self.names.add(name)
            return ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node)
        node.args = [self.visit(argument) for argument in node.args]
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in LITERALS:
            return ast.copy_location(ast.Constant(value=LITERALS[node.id]), node)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            node.value = float(node.value)
        return node


def _check_reference(node: ast.Call, name: str) -> None:
    if len(node.args) == 1 and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
        return
    raise ExpressionError(
        "arguments",
        Said(
            zh=f"{name} 需要一个写在引号里的名字，例如 {name}('amount')",
            en=f"{name} takes one name in quotes, as in {name}('amount')",
        ),
        node.col_offset,
    )


def _syntax(text: str, offset: int, error: SyntaxError) -> ExpressionError:
    """The error of a text that is no expression: a construct by name where it is Python at all, else the place and a hint."""
    if "too many nested" in str(error.msg):
        return ExpressionError("limit", _TOO_DEEP)
    if ":=" in without_texts(text):
        return ExpressionError(
            "forbidden",
            Said(zh="表达式里不允许赋值（:=）", en="an assignment (:=) is not allowed in an expression"),
            offset + without_texts(text).index(":="),
        )
    try:
        tree = _tree(text, "exec")
        assert isinstance(tree, ast.Module)
        found = statement(tree)
        found.at = offset + _characters(found.at or 0, text.encode())
        return found
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        at = offset + min(max((error.offset or 1) - 1, 0), len(text))
        return ExpressionError("syntax", _syntax_said(without_texts(text), text, at - offset), at)


def _syntax_said(signs: str, text: str, at: int) -> Said:
    near = text[max(0, at - 10) : at + 10].strip() or text[-20:]
    for sign, hint in _HINTS.items():
        if sign in signs:
            return Said(zh=f"在“{near}”附近读不懂：{hint.zh}", en=f"cannot be read near “{near}”: {hint.en}")
    for word in _WORD.findall(signs):
        if word in _UNUSED_WORDS:
            return Said(
                zh=f"'{word}' 是保留字，不能用作名字；请给字段换一个名字",
                en=f"'{word}' is a reserved word and cannot be a name: rename the field",
            )
    return Said(zh=f"在“{near}”附近读不懂", en=f"cannot be read near “{near}”")


def _near(name: str, known: Collection[str]) -> str | None:
    matches = get_close_matches(name, sorted(known), n=1, cutoff=0.6) if len(name) <= 64 else []
    return matches[0] if matches else None


def _unknown_name(name: str, known: Collection[str]) -> Said:
    if name in FUNCTIONS:
        return Said(zh=f"'{name}' 是函数，请写成 {name}(…)", en=f"'{name}' is a function: write {name}(…)")
    return _unknown("名字", "name", name, known)


def _unknown_function(name: str, known: Sequence[str]) -> Said:
    if name in FUNCTIONS:
        where = _WHERE[FUNCTIONS[name].where]
        return Said(zh=f"函数 {name} 只能用在{where.zh}", en=f"the function {name} is only for {where.en}")
    return _unknown("函数", "function", name, known)


def _unknown(zh: str, en: str, name: str, known: Collection[str]) -> Said:
    shown = name if len(name) <= 64 else name[:61] + "…"
    near = _near(name, known)
    if near:
        return Said(
            zh=f"没有{zh} '{shown}'；是否想写 '{near}'？", en=f"there is no {en} '{shown}'; did you mean '{near}'?"
        )
    listed = ", ".join(sorted(known)[:20]) or "–"
    return Said(zh=f"没有{zh} '{shown}'；已有：{listed}", en=f"there is no {en} '{shown}'; there are: {listed}")


def _wrong_number(function: Function, given: int) -> Said:
    least, most = function.least, function.most
    if most is None:
        zh, en = f"至少 {least} 个", f"at least {least}"
    elif least == most:
        zh, en = f"{least} 个", f"{least}"
    else:
        zh, en = f"{least} 到 {most} 个", f"{least} to {most}"
    return Said(
        zh=f"{function.name} 需要{zh}参数，这里有 {given} 个，例如 {function.example}",
        en=f"{function.name} takes {en} arguments, not {given}, as in {function.example}",
    )


_WHERE: dict[Where, Said] = {
    "everywhere": Said(zh="任何地方", en="everywhere"),
    "map": Said(zh="数据源的 map 里", en="the map of a source"),
    "today": Said(zh="给定了当天的地方", en="where a day is given"),
}
_WORD = re.compile(r"[^\W\d]\w*")
_UNUSED_WORDS = frozenset(keyword.kwlist) - {"and", "or", "not", "in", "is", "if", "else", "True", "False", "None"}
_TOO_DEEP = Said(zh="表达式嵌套太深", en="the expression is nested too deeply")
_UNREADABLE = Said(zh="表达式读不懂", en="the expression cannot be read")
_HINTS: dict[str, Said] = {
    "（": Said(zh="请用半角括号 ( )", en="use plain brackets ( )"),
    "）": Said(zh="请用半角括号 ( )", en="use plain brackets ( )"),
    "，": Said(zh="请用半角逗号 ,", en="use a plain comma ,"),
    "“": Said(zh="请用半角引号 ' '", en="use plain quotes ' '"),
    "‘": Said(zh="请用半角引号 ' '", en="use plain quotes ' '"),
    "＝": Said(zh="相等写 ==", en="equality is written =="),
    "\u3000": Said(zh="请用半角空格", en="use a plain space"),
    "&&": Said(zh="请写 and", en="write and"),
    "||": Said(zh="请写 or", en="write or"),
    "<>": Said(zh="不等写 !=", en="inequality is written !="),
    "=>": Said(zh="请写 >=", en="write >="),
    "=<": Said(zh="请写 <=", en="write <="),
    "!": Said(zh="否定写 not，不等写 !=", en="negation is written not, inequality !="),
    "?": Said(zh="条件写成 a if c else b", en="a condition is written a if c else b"),
}
