"""Every expression can be read, reads only what is there, and gives what is needed at its place."""

import ast
import re
from collections.abc import Collection, Iterator

from engine.checks.finding import Finding
from engine.checks.texts import Written, texts
from engine.checks.view import View
from engine.expression.errors import ExpressionError
from engine.expression.functions import FUNCTIONS
from engine.expression.kinds import TYPES
from engine.expression.language import Expression
from engine.expression.static import findings
from schema_defs.nearest import did_you_mean
from schema_defs.text import Said

_WORD = re.compile(r"\w+")


def expressions(view: View) -> Iterator[Finding]:
    for written in texts(view):
        try:
            expression = written.read()
        except ExpressionError as error:
            yield _unreadable(written, error)
        else:
            yield from _references(view, written, expression)
            yield from _types(written, expression)
            yield from _results(written, expression)


def _unreadable(written: Written, error: ExpressionError) -> Finding:
    return Finding(
        document=written.document,
        path=written.path,
        code=f"expression-{error.kind}",
        message=error.said,
        suggestion=_mend(error, written.text, written.names),
        offset=error.at or 0,
    )


def _mend(error: ExpressionError, text: str, names: Collection[str] | None) -> Said:
    """The known name that the one at the error's place is near to, else what an expression looks like."""
    found = _WORD.match(text, error.at) if error.at is not None else None
    known = sorted(names or ()) if error.kind == "name" else FUNCTIONS if error.kind == "function" else ()
    near = did_you_mean(found.group(), known) if found else None
    return near or _EXAMPLES.get(error.kind, _EXAMPLE)


def _references(view: View, written: Written, expression: Expression) -> Iterator[Finding]:
    """The metric in `target_of('m')` is one of the metrics."""
    for function, metric in sorted(expression.references):
        if metric not in view.names("metric"):
            yield Finding(
                document=written.document,
                path=written.path,
                code="unknown-metric",
                offset=max(0, written.text.find(function)),
                message=Said(
                    zh=f"{function} 里没有名为 '{metric}' 的指标",
                    en=f"in {function} there is no metric named '{metric}'",
                ),
                suggestion=did_you_mean(metric, view.names("metric")) or _EXAMPLE,
            )


def _types(written: Written, expression: Expression) -> Iterator[Finding]:
    kind, found = findings(expression, written.kinds)
    for each in found:
        yield Finding(
            document=written.document,
            path=written.path,
            code=f"expression-{each.kind}",
            level=each.level,
            message=each.said,
            suggestion=_CHOICE if each.level == "warning" else _EXAMPLES.get(each.kind, _EXAMPLE),
            offset=each.at,
        )
    if not found and written.gives and not kind.is_open and kind.type not in written.gives:
        wanted, there = TYPES[written.gives[0]], kind.said
        yield Finding(
            document=written.document,
            path=written.path,
            code="expression-type",
            message=Said(
                zh=f"这里需要{wanted.zh}，表达式给出{there.zh}", en=f"{wanted.en} is needed here; this gives {there.en}"
            ),
            suggestion=_CONDITION if written.gives == ("boolean",) else _EXAMPLES["type"],
            offset=0,
        )


def _results(written: Written, expression: Expression) -> Iterator[Finding]:
    """Texts that are written out as the result and are none of the field's choices: every such row would be put aside."""
    for text, at in _written_results(expression.tree) if written.choices else ():
        if text not in written.choices:
            yield Finding(
                document=written.document,
                path=written.path,
                code="value-not-a-choice",
                level="warning",
                message=Said(
                    zh=f"'{text}' 不在字段的可选值中：{', '.join(written.choices)}",
                    en=f"'{text}' is none of the field's choices: {', '.join(written.choices)}",
                ),
                suggestion=did_you_mean(text, written.choices),
                offset=at,
            )


def _written_results(node: ast.expr) -> Iterator[tuple[str, int]]:
    """The texts that an expression may give as they are written, with their places."""
    match node:
        case ast.Constant(value=str(text)):
            yield text, node.col_offset
        case ast.IfExp(body=body, orelse=orelse):
            yield from _written_results(body)
            yield from _written_results(orelse)
        case ast.Call(func=ast.Name(id="coalesce"), args=arguments):
            for argument in arguments:
                yield from _written_results(argument)


_EXAMPLE = Said(zh="例如 amount - cost", en="for example amount - cost")
_CHOICE = Said(zh="写字段的可选值之一", en="write one of the field's choices")
_CONDITION = Said(zh="写成条件，例如 attainment < 0.8 * pace", en="write a condition, as in attainment < 0.8 * pace")
_EXAMPLES = {
    "forbidden": Said(
        zh="只用数字、文本、名称、运算符和列出的函数，例如 attainment < 0.8 * pace",
        en="use numbers, texts, names, operators and the listed functions only, as in attainment < 0.8 * pace",
    ),
    "limit": Said(zh="拆成几个指标", en="split it into several metrics"),
    "type": Said(
        zh="数字与数字、文本与文本、日期与日期比较；文本写在引号里",
        en="put numbers with numbers, texts with texts, dates with dates; a text stands in quotes",
    ),
    "unit": Said(
        zh="只加减和比较同一单位的数；比率写成两个金额相除",
        en="add and compare numbers of one unit only; a ratio is one amount divided by another",
    ),
}
