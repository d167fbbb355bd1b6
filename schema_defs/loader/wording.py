"""What the walk says about a value that does not fit."""

from schema_defs.loader.node import Mapping, Node, Scalar, Sequence
from schema_defs.loader.shape import Leaf, Shape
from schema_defs.nearest import nearest
from schema_defs.text import Said

_SHOWN = 60
_KINDS: dict[str, Said] = {
    "text": Said(zh="文本", en="text"),
    "name": Said(zh="名称", en="a name"),
    "expression": Said(zh="表达式", en="an expression"),
    "integer": Said(zh="整数", en="a whole number"),
    "number": Said(zh="数字", en="a number"),
    "quantity": Said(zh="数字或百分比（如 45%）", en="a number or a percent such as 45%"),
    "boolean": Said(zh="true 或 false", en="true or false"),
    "date": Said(zh="日期（如 2026-03-31）", en="a date such as 2026-03-31"),
}

_EXAMPLES = {
    "text": "文本 text",
    "name": "name_1",
    "expression": "amount > 0",
    "choice": "",
    "integer": "3",
    "number": "1234.5",
    "quantity": "45%",
    "boolean": "true",
    "date": "2026-03-31",
}
_PLAIN_NUMBER = Said(
    zh="写成普通的十进制数，不加引号、千位分隔符和单位：1234.5",
    en="write a plain decimal, without quotes, thousands separators and units: 1234.5",
)


def shown(text: str) -> str:
    """The value as messages quote it: one line, cut when it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"


def given(node: Node) -> Said:
    """What stands there, in words."""
    match node:
        case Mapping():
            return Said(zh="一个映射", en="a mapping")
        case Sequence():
            return Said(zh="一个列表", en="a list")
        case Scalar(kind="null"):
            return Said(zh="空值", en="nothing")
        case Scalar(kind="number"):
            return Said(zh=f"数字 {shown(node.text)}", en=f"the number {shown(node.text)}")
        case Scalar(kind="boolean"):
            return Said(zh=f"布尔值 {node.text}", en=f"the boolean {node.text}")
        case _:
            return Said(zh=f"文本 '{shown(node.text)}'", en=f"the text '{shown(node.text)}'")


def allowed(shape: Shape) -> Said:
    """What may stand there, in words."""
    options = [_leaf(leaf) for leaf in shape.leaves]
    if shape.items is not None:
        options.append(Said(zh="列表", en="a list"))
    if shape.struct is not None:
        keys = ", ".join(shape.struct.slots)
        options.append(Said(zh=f"映射（键：{keys}）", en=f"a mapping with the keys {keys}"))
    elif shape.entries is not None:
        options.append(Said(zh="映射（键: 值）", en="a mapping (key: value)"))
    return Said(zh=" 或 ".join(o.zh for o in options), en=" or ".join(o.en for o in options))


def _leaf(leaf: Leaf) -> Said:
    if leaf.kind == "choice":
        return Said(zh=f"其中之一：{'、'.join(leaf.choices)}", en=f"one of {', '.join(leaf.choices)}")
    if leaf.kind == "text" and leaf.example:
        return Said(zh=f"形如 '{leaf.example}' 的文本", en=f"text such as '{leaf.example}'")
    return _KINDS[leaf.kind]


def wrong_type(key: str, node: Node, shape: Shape) -> Said:
    there, may = given(node), allowed(shape)
    return Said(zh=f"'{key}' 是{there.zh}；这里需要{may.zh}", en=f"'{key}' is {there.en}; {may.en} is needed here")


def mend_type(key: str, node: Node, shape: Shape) -> Said:
    """How a value of the wrong form is put right: what is plain from the value, else an example of what may stand there."""
    kinds = {leaf.kind for leaf in shape.leaves}
    if isinstance(node, Scalar) and node.kind != "null":
        if shape.items is not None:
            return Said(zh=f"写成列表：[{shown(node.text)}]", en=f"write a list: [{shown(node.text)}]")
        if node.kind in ("number", "boolean") and kinds & {"text", "name", "date", "choice"}:
            return Said(zh=f'加上引号："{shown(node.text)}"', en=f'put it in quotes: "{shown(node.text)}"')
        if kinds & {"integer", "number", "quantity"}:
            return _PLAIN_NUMBER
    example = _example(shape)
    return Said(zh=f"例如 {key}: {example}", en=f"for example {key}: {example}")


def _example(shape: Shape) -> str:
    if shape.leaves:
        leaf = shape.leaves[0]
        return leaf.example or (leaf.choices[0] if leaf.choices else _EXAMPLES[leaf.kind])
    return "[…]" if shape.items is not None else "{…}"


def unknown_key(key: str, known: list[str], given_keys: set[str]) -> tuple[str | None, Said, Said]:
    """The key that was probably meant, the message and the suggestion for a key that a struct does not have."""
    free = [name for name in known if name not in given_keys]
    listed = ", ".join(known)
    message = Said(
        zh=f"未知的键 '{shown(key)}'；这里可用：{listed}", en=f"unknown key '{shown(key)}'; the keys here are: {listed}"
    )
    if near := nearest(key, free):
        return near, message, Said(zh=f"是不是 '{near}'？", en=f"did you mean '{near}'?")
    return None, message, Said(zh=f"删掉 '{shown(key)}'", en=f"leave '{shown(key)}' out")


def not_allowed(key: str, value: str, choices: tuple[str, ...]) -> tuple[Said, Said]:
    """The message and the suggestion for a value that is none of the choices."""
    zh, en = "、".join(choices), ", ".join(choices)
    message = Said(
        zh=f"'{key}' 的值 '{shown(value)}' 不允许；可选：{zh}",
        en=f"'{key}' cannot be '{shown(value)}'; allowed are: {en}",
    )
    if near := nearest(value, choices):
        return message, Said(zh=f"是不是 '{near}'？", en=f"did you mean '{near}'?")
    return message, Said(zh=f"例如 {choices[0]}", en=f"for example {choices[0]}")
