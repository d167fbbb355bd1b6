"""A document's text as plain values: texts, exact numbers, booleans, None, lists, mappings."""

from collections.abc import Mapping as AnyMapping
from decimal import Decimal
from typing import TypeAlias

from schema_defs.issue import Issue
from schema_defs.loader.json_reader import read_json
from schema_defs.loader.node import Mapping, Node, Scalar
from schema_defs.loader.problems import Problems
from schema_defs.loader.scalars import BOOLEANS, FORBIDDEN
from schema_defs.loader.yaml_reader import read_yaml

Value: TypeAlias = "bool | str | int | float | Decimal | list[Value] | dict[str, Value] | None"


def is_json(file: str) -> bool:
    return file.lower().endswith(".json")


def plain(text: str, file: str = "document.yaml") -> Value:
    """The values of the one document; ValueError when the text cannot be read as one."""
    found, issues = read(text, file)
    if found is None or issues:
        raise ValueError(issues[0].message.en if issues else "no document")
    return plain_of(found)


def read(text: str, file: str) -> tuple[Node | None, tuple[Issue, ...]]:
    """The tree of the one document and what is wrong with how it is written; no meaning is looked at."""
    problems = Problems(file)
    if FORBIDDEN.search(text):
        return None, ()
    reader = read_json if is_json(file) else read_yaml
    found = list(reader(text.replace("\r\n", "\n").replace("\r", "\n"), problems))
    return (found[0][1] if len(found) == 1 else None), tuple(problems.issues)


def plain_of(node: Node) -> Value:
    if isinstance(node, Mapping):
        return {key: plain_of(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, Scalar):
        return _scalar(node)
    return [plain_of(item) for item in node.items]


def _scalar(node: Scalar) -> Value:
    match node.kind:
        case "number":
            return Decimal(node.text)
        case "boolean":
            return BOOLEANS[node.text]
        case "null" | "refused":
            return None
        case _:
            return node.text


def same(one: Value, other: Value) -> bool:
    """Whether two values are the same document; a number is no boolean, and keys have no order."""
    match one, other:
        case AnyMapping(), AnyMapping():
            return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
        case list(), list():
            return len(one) == len(other) and all(map(same, one, other))
        case _:
            return _kind(one) is _kind(other) and one == other


def _kind(value: Value) -> type:
    return Decimal if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else type(value)
