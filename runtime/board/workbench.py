"""The live release's documents, for reading."""

from datetime import datetime

import msgspec

from schema_defs.text import Text


class DocumentLine(msgspec.Struct, frozen=True, kw_only=True):
    """`draft`: it differs from the live one, or is not live yet; `removed`: it is to go."""

    kind: str
    name: str
    label: Text
    draft: bool = False
    removed: bool = False


class LineageLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a lineage; `kind` and `name` may be of a field or a raw column, `document` is where it is written."""

    depth: int
    kind: str
    name: str
    label: Text
    document: tuple[str, str]
    through: str = ""
    again: bool = False


class DocumentView(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    name: str
    label: Text
    text: str
    """The YAML as the author wrote it."""
    sentence: Text | None = None
    reads: tuple[LineageLine, ...] = ()
    """Down to the raw columns, from depth 1."""
    used_by: tuple[LineageLine, ...] = ()


class ReleaseLine(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    published_at: datetime
    published_by: Text
    note: str
    digest: str
    live: bool = False


class WorkbenchView(msgspec.Struct, frozen=True, kw_only=True):
    documents: tuple[DocumentLine, ...] = ()
    """In the order of the kinds."""
    chosen: DocumentView | None = None
    releases: tuple[ReleaseLine, ...] = ()
    """Newest first."""
    may_edit: bool = False
