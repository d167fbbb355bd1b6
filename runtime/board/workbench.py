"""The live release's documents, for reading."""

from datetime import datetime

import msgspec

from schema_defs.text import Text


class DocumentLine(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    name: str
    label: Text


class DocumentView(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    name: str
    label: Text
    text: str
    """The YAML as the author wrote it."""
    sentence: Text | None = None
    used_by: tuple[DocumentLine, ...] = ()
    uses: tuple[DocumentLine, ...] = ()


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
