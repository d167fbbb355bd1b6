"""The watched folder of a tenant: which files a source reads, and what of them is new."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from connectors.sources.file.open import ENDINGS
from runtime.settings import Settings
from schema_defs.errors import AuthorError
from schema_defs.source import Source
from schema_defs.text import Said

LOG_ENDINGS = (".jsonl", ".ndjson")
"""Files that grow: the same key again is a newer version. Others are replaced as a whole."""


class FileCursor(msgspec.Struct, frozen=True):
    """How far one file was read. `mark` tells a replaced file from one that grew."""

    offset: int = 0
    line: int = 0
    mark: str = ""


def folder_of(settings: Settings, tenant: str) -> Path:
    """Where the tenant's files lie; nobody reads outside it."""
    return settings.data_dir / "files" / tenant


def files_of(settings: Settings, tenant: str, source: Source) -> list[Path]:
    """The files that match the source's `path`, by name. Raises AuthorError for a path that leads out of the folder."""
    folder, pattern = folder_of(settings, tenant), str(source.connection.get("path", ""))
    if not pattern or pattern.startswith("/") or ".." in Path(pattern).parts:
        raise AuthorError(_leads_out(source.name, pattern))
    if not folder.is_dir():
        return []
    inside = folder.resolve()
    found = (path for path in folder.glob(pattern) if path.suffix.lower() in ENDINGS and path.is_file())
    return sorted(path for path in found if path.resolve().is_relative_to(inside))


def is_log(path: Path) -> bool:
    return path.suffix.lower() in LOG_ENDINGS


def mark_of(path: Path) -> str:
    """Changes when the file was replaced: of a log its first bytes, of another file its time and size."""
    if is_log(path):
        with path.open("rb") as file:
            return hashlib.sha256(file.readline(4096)).hexdigest()[:16]
    stat = path.stat()
    return f"{stat.st_mtime_ns}:{stat.st_size}"


def has_news(path: Path, cursor: FileCursor) -> bool:
    """Whether there is something to read."""
    if mark_of(path) != cursor.mark:
        return True
    return is_log(path) and path.stat().st_size > cursor.offset


def signature(paths: list[Path]) -> Iterator[tuple[str, int, int]]:
    """What a watcher compares to see that something changed."""
    for path in paths:
        stat = path.stat()
        yield path.name, stat.st_mtime_ns, stat.st_size


def _leads_out(source: str, pattern: str) -> Said:
    return Said(
        zh=f"数据源 {source} 的 path '{pattern}' 必须是租户文件夹内的相对路径，例如 orders*.csv",
        en=f"the path '{pattern}' of source {source} must be relative to the tenant's folder, such as orders*.csv",
    )
