"""What a template may consist of; everything that is not listed is refused by name."""

import math
from collections.abc import Iterator

from jinja2 import nodes

from engine.template.errors import TemplateError
from engine.template.filters import FILTERS

ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.For,
    nodes.Name,
    nodes.Const,
    nodes.Filter,
    nodes.Test,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Neg,
    nodes.Add,
    nodes.Sub,
    nodes.Mul,
    nodes.Div,
    nodes.Getattr,
    nodes.Getitem,
    nodes.List,
)
TESTS = ("defined", "undefined", "none")
DEEPEST_LOOP = 2
LONGEST_LIST = 50
LARGEST = 10**15

WORDS: dict[type[nodes.Node], tuple[str, str]] = {
    nodes.Call: ("不能调用函数；请用过滤器，如 {{ amount | money }}", "functions cannot be called; use a filter, such as {{ amount | money }}"),
    nodes.Concat: ("不能用 ~ 连接；请把文字直接写在 {{ }} 之间", "~ is not available; write the text between the {{ }}"),
    nodes.Pow: ("不能用 **", "** is not available"),
    nodes.Mod: ("不能用 %；请用过滤器 percent、number", "% is not available; use the filters percent and number"),
    nodes.FloorDiv: ("不能用 //；请用过滤器 number", "// is not available; use the filter number"),
    nodes.Assign: ("不能用 set；请直接写值", "set is not available; write the value itself"),
    nodes.AssignBlock: ("不能用 set；请直接写值", "set is not available; write the value itself"),
    nodes.Slice: ("不能用切片；请用过滤器 top，如 people | top(3)", "slices are not available; use the filter top, such as people | top(3)"),
    nodes.Dict: ("不能写字典", "dictionaries cannot be written"),
    nodes.Tuple: ("不能写元组；请用 [ ]", "tuples cannot be written; use [ ]"),
}  # fmt: skip


def problems(tree: nodes.Template) -> Iterator[TemplateError]:
    """Every node of the tree that is not allowed, once per place."""
    yield from within(tree, 0)


def within(node: nodes.Node, loops: int) -> Iterator[TemplateError]:
    if not isinstance(node, ALLOWED):
        yield refused(node)
        return
    if isinstance(node, nodes.For):
        loops += 1
    yield from details(node, loops)
    for child in node.iter_child_nodes():
        yield from within(child, loops)


def details(node: nodes.Node, loops: int) -> Iterator[TemplateError]:
    """What an allowed node may not do."""
    match node:
        case nodes.For():
            yield from loop_problems(node, loops)
        case nodes.Filter():
            yield from filter_problems(node)
        case nodes.Test() if node.name not in TESTS or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            known = ", ".join(TESTS)
            yield forbidden(node, f"没有测试 {node.name}；可用：{known}", f"no test {node.name}; there are {known}")
        case nodes.CondExpr() if node.expr2 is None:
            yield forbidden(node, "条件表达式要写 else", "the condition needs an else")
        case nodes.Add() | nodes.Sub() | nodes.Mul() | nodes.Div():
            yield from arithmetic_problems(node)
        case nodes.Getattr():
            yield from key_problems(node, node.attr)
        case nodes.Getitem():
            yield from index_problems(node)
        case nodes.Const():
            yield from constant_problems(node)
        case nodes.Name() if node.name.startswith("_"):
            yield from key_problems(node, node.name)
        case nodes.List() if len(node.items) > LONGEST_LIST:
            yield forbidden(node, f"列表最多 {LONGEST_LIST} 项", f"at most {LONGEST_LIST} entries in a list")


def loop_problems(node: nodes.For, loops: int) -> Iterator[TemplateError]:
    if loops > DEEPEST_LOOP:
        yield forbidden(node, f"循环最多嵌套 {DEEPEST_LOOP} 层", f"at most {DEEPEST_LOOP} loops inside each other")
    if node.recursive:
        yield forbidden(node, "循环不能写 recursive", "a loop cannot be recursive")
    if not isinstance(node.target, nodes.Name):
        yield forbidden(node, "循环只能有一个变量", "a loop has one variable")


def filter_problems(node: nodes.Filter) -> Iterator[TemplateError]:
    known = FILTERS.get(node.name)
    if known is None:
        names = ", ".join(FILTERS)
        yield forbidden(node, f"没有过滤器 {node.name}；可用：{names}", f"no filter {node.name}; there are {names}")
    elif node.kwargs or node.dyn_args or node.dyn_kwargs:
        yield forbidden(node, f"{node.name} 的参数不能带名字或 *", f"{node.name} takes plain arguments only")
    elif not known.fewest <= len(node.args) <= known.most:
        zh, en = f"{known.fewest} 到 {known.most} 个", f"{known.fewest} to {known.most}"
        yield forbidden(node, f"{node.name} 需要 {zh}参数", f"{node.name} takes {en} arguments")


def arithmetic_problems(node: nodes.BinExpr) -> Iterator[TemplateError]:
    """No text in sums; a product with a text would repeat it."""
    if any(isinstance(side, nodes.Const) and isinstance(side.value, str) for side in (node.left, node.right)):
        yield forbidden(node, f"{node.operator} 只能用于数", f"{node.operator} takes numbers only")


def key_problems(node: nodes.Node, key: object) -> Iterator[TemplateError]:
    if not isinstance(key, str) or key.startswith("_"):
        yield forbidden(node, f"名字不能以下划线开头：{key}", f"a name cannot start with an underscore: {key}")


def index_problems(node: nodes.Getitem) -> Iterator[TemplateError]:
    """Only written keys and positions: `row['完成率']`, `rows[0]`."""
    if not isinstance(node.arg, nodes.Const) or isinstance(node.arg.value, bool):
        yield forbidden(node, "[ ] 中只能写名字或数字", "only a name or a number may stand in [ ]")
    elif not isinstance(node.arg.value, int):
        yield from key_problems(node, node.arg.value)


def constant_problems(node: nodes.Const) -> Iterator[TemplateError]:
    value = node.value
    if isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= LARGEST):
        yield forbidden(node, "数字过大", "the number is too large")


def refused(node: nodes.Node) -> TemplateError:
    name = type(node).__name__.lower()
    zh, en = WORDS.get(
        type(node),
        (f"模板中不能用 {name}；可用 {{{{ }}}}、if、for", f"{name} is not available; there are {{{{ }}}}, if and for"),
    )
    return forbidden(node, zh, en)


def forbidden(node: nodes.Node, zh: str, en: str) -> TemplateError:
    return TemplateError("forbidden", node.lineno, zh, en)
