"""One problem that a check found, still at a path of a document instead of a line of a file."""

import msgspec

from schema_defs.base import Document
from schema_defs.issue import Level
from schema_defs.text import Said

Path = tuple[str | int, ...]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong at `path` of a document; `offset` is the character of the text there, where that is known."""

    document: Document
    path: Path
    code: str
    message: Said
    suggestion: Said | None = None
    level: Level = "error"
    offset: int | None = None
