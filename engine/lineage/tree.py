"""A lineage from one place, as the lines of a tree."""

from collections.abc import Iterator

import msgspec

from engine.lineage.graph import Direction, Lineage
from engine.lineage.node import Node


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A node `depth` steps away (the start is 0). What is below it stands at its first line only: `again` is true at the others."""

    depth: int
    node: Node
    through: str = ""
    again: bool = False


def tree(lineage: Lineage, start: Node, direction: Direction) -> tuple[Line, ...]:
    """The start, and below it everything that it leads to, however far; nothing here is recursive, so a circle and a long chain end."""
    return tuple(_lines(lineage, start, direction))


def _lines(lineage: Lineage, start: Node, direction: Direction) -> Iterator[Line]:
    stack, seen = [Line(depth=0, node=start)], set[Node]()
    while stack:
        line = stack.pop()
        below = lineage.steps(line.node, direction)
        again = line.node in seen and bool(below)
        yield msgspec.structs.replace(line, again=again)
        seen.add(line.node)
        for step in () if again else reversed(below):
            stack.append(Line(depth=line.depth + 1, node=step.node, through=step.through))
