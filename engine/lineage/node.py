"""What stands in a lineage: a document, a field of a dataset, or a raw column of a source."""

import msgspec

from schema_defs.errors import UsageError
from schema_defs.nearest import did_you_mean
from schema_defs.release import BY_KIND
from schema_defs.text import Said

KINDS = (*BY_KIND, "field", "column")
"""Kinds of documents, then `field` (`DATASET.FIELD`) and `column` (`SOURCE.COLUMN`)."""


class Node(msgspec.Struct, frozen=True, order=True):
    """`name` of a field is `DATASET.FIELD`, of a raw column `SOURCE.COLUMN`."""

    kind: str
    name: str

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.name}"

    @property
    def document(self) -> "Node":
        """The document in which it is written."""
        within = {"field": "dataset", "column": "source"}.get(self.kind)
        return Node(within, self.name.partition(".")[0]) if within else self


class Step(msgspec.Struct, frozen=True, order=True):
    """What is read, and where that is written: `value`, `when`, `map.amount`."""

    node: Node
    through: str


def node_of(written: str) -> Node:
    """`KIND:NAME` as a node; UsageError for another shape or an unknown kind."""
    kind, colon, name = written.partition(":")
    if not colon or not name:
        raise UsageError(
            Said(
                zh=f"写成 KIND:NAME，例如 metric:amount，不是 '{written}'",
                en=f"write KIND:NAME, as in metric:amount, not '{written}'",
            )
        )
    if kind not in KINDS:
        near = did_you_mean(kind, KINDS) or Said(zh="", en="")
        raise UsageError(Said(zh=f"没有种类 '{kind}'；{near.zh}", en=f"there is no kind '{kind}'; {near.en}"))
    return Node(kind, name)
