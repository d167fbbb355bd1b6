"""All steps of a configuration, in both directions."""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from engine.lineage.node import KINDS, Node, Step
from engine.lineage.reads import reads_of
from schema_defs.base import kind_of
from schema_defs.errors import UsageError
from schema_defs.nearest import did_you_mean
from schema_defs.release import Release
from schema_defs.text import Said, Text

Direction = Literal["down", "up"]
"""`down` to what is read, as far as the raw columns and sources; `up` to all that uses it."""


class Lineage(msgspec.Struct, frozen=True, kw_only=True):
    """Every node with what it reads, and with what reads it; `through` is where the reader says so."""

    labels: Mapping[Node, Text]
    reads: Mapping[Node, tuple[Step, ...]]
    used_by: Mapping[Node, tuple[Step, ...]]

    def steps(self, node: Node, direction: Direction) -> tuple[Step, ...]:
        return (self.reads if direction == "down" else self.used_by).get(node, ())

    def require(self, node: Node) -> Node:
        """The node itself; UsageError with the near name where there is none."""
        if node in self.labels:
            return node
        near = did_you_mean(node.name, [each.name for each in self.labels if each.kind == node.kind])
        hint = near or Said(zh=f"配置里没有任何 {node.kind}", en=f"the configuration has no {node.kind}")
        raise UsageError(
            Said(
                zh=f"没有名为 '{node.name}' 的 {node.kind}；{hint.zh}",
                en=f"there is no {node.kind} named '{node.name}'; {hint.en}",
            )
        )


def lineage_of(release: Release) -> Lineage:
    """The lineage of a checked configuration; a name that leads nowhere is left out."""
    labels = dict(_labelled(release))
    found = {(reader, step) for document in release.documents for reader, step in reads_of(release, document)}
    for reader, step in found:
        for node in (reader, step.node):
            if node.kind == "column":
                labels.setdefault(node, node.name.partition(".")[2])
    known = [(reader, step) for reader, step in found if reader in labels and step.node in labels]
    turned = [(step.node, Step(reader, step.through)) for reader, step in known]
    return Lineage(labels=labels, reads=_grouped(known), used_by=_grouped(turned))


def _labelled(release: Release) -> Iterator[tuple[Node, Text]]:
    for document in release.documents:
        yield Node(kind_of(document), document.name), document.label or document.name
    for dataset in release.datasets.values():
        for name in dataset.fields:
            yield Node("field", f"{dataset.name}.{name}"), dataset.field(name).label or name


def _grouped(steps: list[tuple[Node, Step]]) -> dict[Node, tuple[Step, ...]]:
    """One step per pair, its places joined; in the order of the kinds, then by name."""
    places: dict[Node, dict[Node, list[str]]] = {}
    for node, step in steps:
        places.setdefault(node, {}).setdefault(step.node, []).append(step.through)
    return {node: tuple(_joined(each) for each in sorted(found.items(), key=_order)) for node, found in places.items()}


def _order(found: tuple[Node, list[str]]) -> tuple[int, str]:
    return KINDS.index(found[0].kind), found[0].name


def _joined(found: tuple[Node, list[str]]) -> Step:
    return Step(found[0], ", ".join(sorted(set(found[1]))))
