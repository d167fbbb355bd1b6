"""The connectors for sources that this version has, one line each."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from connectors.sources.file.open import open_file
from connectors.sources.protocol import RowSource
from schema_defs.errors import AuthorError
from schema_defs.text import Said

Connection = Mapping[str, str | float | bool]
Open = Callable[[Connection, Path], AbstractContextManager[RowSource]]
"""Opens a source by its document's `connection`, paths relative to a folder."""


def _file(connection: Connection, folder: Path) -> AbstractContextManager[RowSource]:
    sheet = connection.get("sheet")
    return open_file(folder / str(connection.get("path", "")), sheet=None if sheet is None else str(sheet))


SOURCES: dict[str, Open] = {
    "file": _file,
}


def open_source(connector: str, connection: Connection, folder: Path) -> AbstractContextManager[RowSource]:
    """The source that a document describes. Raises AuthorError for a connector that this version does not have."""
    if connector not in SOURCES:
        raise AuthorError(unknown_connector(connector))
    return SOURCES[connector](connection, folder)


def unknown_connector(name: str) -> Said:
    known = ", ".join(SOURCES)
    return Said(
        zh=f"此版本没有连接器 {name}；可用的连接器：{known}",
        en=f"this version has no connector {name}; it has: {known}",
    )
