"""`duiqi lineage`: from a document, field or raw column down to its sources, and up to all that uses it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from engine.lineage import Direction, Line, Lineage, lineage_of, node_of, tree
from runtime.offline.configuration import require_release
from schema_defs.text import Lang, Said, pick


class Traced(msgspec.Struct, frozen=True, kw_only=True):
    """The trees of one start; a direction that was not asked for is not there."""

    lineage: Lineage
    trees: dict[Direction, tuple[Line, ...]]

    def row(self, lang: Lang) -> dict[str, object]:
        """As `--json` prints it."""
        start = next(iter(self.trees.values()))[0].node
        found = {
            _KEYS[direction]: [self._line(line, lang) for line in lines[1:]] for direction, lines in self.trees.items()
        }
        return {"of": start.id, **found}

    def told(self, lang: Lang) -> Iterator[str]:
        """A line per step, indented."""
        for direction, lines in self.trees.items():
            yield _TITLES[direction].in_(lang).format(lines[0].node.id)
            for line in lines[1:]:
                yield "  " * line.depth + self._words(line, lang)
            if len(lines) == 1:
                yield f"  {_NOTHING.in_(lang)}"

    def _line(self, line: Line, lang: Lang) -> dict[str, object]:
        label = pick(self.lineage.labels[line.node], lang, line.node.name)
        return {"depth": line.depth, "node": line.node.id, "label": label, "through": line.through, "again": line.again}

    def _words(self, line: Line, lang: Lang) -> str:
        label = pick(self.lineage.labels[line.node], lang, line.node.name)
        shown = line.node.id if label == line.node.name else f"{line.node.id} ({label})"
        return f"{shown} <- {line.through}{_AGAIN.in_(lang) if line.again else ''}"


def trace(path: Path, written: str, directions: Sequence[Direction]) -> Traced:
    """The trees of `KIND:NAME`; ConfigurationError where the documents have errors, UsageError with the near name for an unknown one."""
    start = node_of(written)
    lineage = lineage_of(require_release(path))
    lineage.require(start)
    return Traced(lineage=lineage, trees={direction: tree(lineage, start, direction) for direction in directions})


_KEYS: dict[Direction, str] = {"down": "reads", "up": "used_by"}
_TITLES: dict[Direction, Said] = {
    "down": Said(zh="{} 读取", en="{} reads"),
    "up": Said(zh="{} 被用于", en="{} is used by"),
}
_NOTHING = Said(zh="（没有）", en="(nothing)")
_AGAIN = Said(zh="（见上）", en=" (see above)")
