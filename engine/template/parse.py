"""From text to a checked tree."""

from collections.abc import Iterator
from functools import lru_cache

from jinja2 import Environment, TemplateSyntaxError, nodes

from engine.template.allowed import problems
from engine.template.errors import TemplateError

LONGEST = 10_000
DEEPEST = 40
MOST_NODES = 3_000

GRAMMAR = Environment(trim_blocks=True, lstrip_blocks=True)
"""Only its parser is used."""


@lru_cache(maxsize=512)
def parse(source: str) -> nodes.Template:
    """The tree of an allowed template; raises the first TemplateError."""
    for problem in found_in(source):
        raise problem
    return tree_of(source)


def found_in(source: str) -> Iterator[TemplateError]:
    """Every problem of the template that shows without values."""
    try:
        tree = tree_of(source)
    except TemplateError as problem:
        yield problem
        return
    yield from problems(tree)


def tree_of(source: str) -> nodes.Template:
    """Jinja2's tree, within the limits of length, depth and number of nodes."""
    if len(source) > LONGEST:
        raise TemplateError(
            "limit",
            1,
            f"模板长 {len(source):,} 字，最多 {LONGEST:,}",
            f"{len(source):,} characters; at most {LONGEST:,}",
        )
    try:
        tree = GRAMMAR.parse(source)
    except TemplateSyntaxError as wrong:
        message = (wrong.message or "").replace("\n", " ")[:200]
        raise TemplateError("syntax", wrong.lineno, f"语法错误：{message}", f"syntax: {message}") from None
    except RecursionError:
        raise TemplateError("limit", 1, "嵌套过深", "nested too deeply") from None
    except (ValueError, OverflowError):
        raise TemplateError("syntax", 1, "有一个数字过长", "a number is too long") from None
    measure(tree)
    return tree


def measure(tree: nodes.Template) -> None:
    """Raises when the tree is too deep or too large; walks without recursion."""
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if depth > DEEPEST:
            raise TemplateError("limit", node.lineno, f"嵌套超过 {DEEPEST} 层", f"nested deeper than {DEEPEST}")
        if count > MOST_NODES:
            raise TemplateError("limit", node.lineno, "模板过大，请拆分", "the template is too large; split it")
        waiting.extend((child, depth + 1) for child in node.iter_child_nodes())
