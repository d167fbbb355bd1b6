"""A document as it was written: a tree of nodes with their places, before any meaning is given to it."""

from typing import Literal, NamedTuple

import msgspec

ScalarKind = Literal["text", "number", "boolean", "null", "refused"]


class Mark(NamedTuple):
    """A place in a file; line and column count from 1, columns in characters."""

    line: int
    column: int


class Scalar(msgspec.Struct, frozen=True):
    """A single value as its source text. `refused` stands for something that was already reported, such as an alias."""

    mark: Mark
    text: str
    kind: ScalarKind


class Sequence(msgspec.Struct, frozen=True):
    """A list."""

    mark: Mark
    items: list["Node"]


class Entry(msgspec.Struct, frozen=True):
    """A key and its value."""

    mark: Mark
    value: "Node"


class Mapping(msgspec.Struct, frozen=True):
    """Keys with their values, in the order in which they were written."""

    mark: Mark
    entries: dict[str, Entry]


Node = Scalar | Sequence | Mapping


def find(root: Node, path: tuple[str | int, ...]) -> Mark:
    """The place of the value at `path`: the value itself if it is a scalar or an item, else its key. What is missing has its parent's place."""
    mark, node = root.mark, root
    for step in path:
        if isinstance(node, Mapping) and str(step) in node.entries:
            entry = node.entries[str(step)]
            node = entry.value
            mark = place_of(entry)
        elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
            node = node.items[step]
            mark = node.mark
        else:
            return mark
    return mark


def place_of(entry: Entry) -> Mark:
    """Where an entry is shown: at its value when that is a written scalar, else at its key."""
    value = entry.value
    return value.mark if isinstance(value, Scalar) and value.text else entry.mark


def scalar_at(root: Node, path: tuple[str | int, ...]) -> Scalar | None:
    """The scalar at `path`, or None when there is none."""
    node: Node = root
    for step in path:
        if isinstance(node, Mapping) and str(step) in node.entries:
            node = node.entries[str(step)].value
        elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node if isinstance(node, Scalar) else None
