"""What may be written at a place of a text: keys, choices and names, from the same shapes by which the loader reads."""

import re
from collections.abc import Iterable, Mapping

from runtime.editor.form import REFERS
from schema_defs.loader.shape import Shape, struct_shape
from schema_defs.release import BY_KIND

_KEY = re.compile(r"^(?P<indent>\s*)(?P<dash>(?:- +)*)(?P<key>[\w-]+)\s*:")
_WORD = re.compile(r"[\w.]*$")
_LAST_KEY = re.compile(r"([\w-]+)\s*:\s*[^,:{}]*$")
_NAMED = {"formula": ("metric",), "when": ("metric",), "recover_when": ("metric",), "of": ("metric",)}


def complete(kind: str, text: str, offset: int, names: Mapping[str, tuple[str, ...]]) -> tuple[int, tuple[str, ...]]:
    """Where the word before `offset` begins, and what may stand in its place, whatever the rest of the text looks like."""
    before = text[:offset]
    line = before[before.rfind("\n") + 1 :]
    word = _WORD.search(line)
    start = offset - len(word.group() if word else "")
    lines = before.split("\n")
    shape = _shape_of(kind, [*lines[:-1], line[: len(line) - (offset - start)]])
    inside = line[line.rfind("{") + 1 :] if line.count("{") > line.count("}") else line
    key = _LAST_KEY.search(inside)
    if key:
        return start, tuple(dict.fromkeys(_values(_below(shape, key.group(1)), key.group(1), names)))
    keys = shape.struct.slots if shape and shape.struct else {}
    return start, tuple(f"{each}: " for each in keys if not re.search(rf"^\s*{re.escape(each)}:", inside))


def _values(shape: Shape | None, key: str, names: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    for leaf in shape.leaves if shape else ():
        yield from leaf.choices
        if leaf.kind == "boolean":
            yield from ("true", "false")
    for kind in (REFERS[key],) if key in REFERS else _NAMED.get(key, ()):
        yield from names.get(kind, ())


def _shape_of(kind: str, lines: list[str]) -> Shape | None:
    """What the last line stands in, by the indents of the lines above."""
    column = len(lines[-1]) - len(lines[-1].lstrip(" -"))
    path: list[str] = []
    for line in reversed(lines[:-1]):
        found = _KEY.match(line)
        if found is None:
            continue
        at = len(found["indent"]) + len(found["dash"])
        if at < column:
            path.append(found["key"])
            column = at
    shape: Shape | None = Shape(struct=struct_shape(BY_KIND[kind]))
    for key in reversed(path):
        shape = _below(shape, key)
    return shape


def _below(shape: Shape | None, key: str) -> Shape | None:
    if shape is None:
        return None
    found = shape.entries[1] if shape.entries else None
    if shape.struct is not None:
        found = shape.struct.slots[key].shape if key in shape.struct.slots else None
    while found is not None and isinstance(found.items, Shape) and found.struct is None and found.entries is None:
        found = found.items
    return found
