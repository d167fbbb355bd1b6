"""The watched folder of a tenant: which files a source reads, in which order, and what of them is new."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from connectors.sources.file.open import ENDINGS
from engine.records.reader import KNOWN_AT
from runtime.settings import Settings
from schema_defs.errors import AuthorError
from schema_defs.source import Source
from schema_defs.text import Said

LOG_ENDINGS = (".jsonl", ".ndjson")
"""Files that grow: the same key again is a newer version. Others are replaced as a whole."""
_HEAD = 4096


class FileCursor(msgspec.Struct, frozen=True):
    """How far one file was read. `mark` tells a replaced file from one that grew; `refused` is the file's look when it was refused."""

    offset: int = 0
    line: int = 0
    mark: str = ""
    refused: str = ""


def folder_of(settings: Settings, tenant: str) -> Path:
    """Where the tenant's files lie; nobody reads outside it."""
    return settings.data_dir / "files" / tenant


def files_of(settings: Settings, tenant: str, source: Source) -> list[Path]:
    """The files that match the source's `path`, by name. Raises AuthorError for a path that leads out of the folder."""
    folder, pattern = folder_of(settings, tenant), str(source.connection.get("path", ""))
    if not pattern or pattern.startswith(("/", "\\")) or ".." in Path(pattern).parts or Path(pattern).is_absolute():
        raise AuthorError(_leads_out(source.name, pattern))
    if not folder.is_dir():
        return []
    inside = folder.resolve()
    found = (path for path in folder.glob(pattern) if path.suffix.lower() in ENDINGS and path.is_file())
    return sorted(path for path in found if path.resolve().is_relative_to(inside))


def document_file(settings: Settings, tenant: str, beside: Path | None, *, file: str | None, data: str | None) -> Path:
    """The file that a document names: `file: PATH`, or `data: NAME` with any ending, beside the documents or in the tenant's folder.

    Raises AuthorError, with where it has to be, when it is not there; nobody reads outside the two.
    """
    folder = folder_of(settings, tenant)
    names = [file] if file is not None else [f"{data}{ending}" for ending in ENDINGS]
    places = [place for place in (beside, folder) if place is not None]
    found = ((place, place / name) for place in places for name in names)
    inside = (path for place, path in found if path.resolve().is_relative_to(place.resolve()))
    path = next((path for path in inside if path.is_file()), None)
    if path is None:
        raise AuthorError(_not_there(names, folder))
    return path


def in_reading_order(paths: Sequence[Path]) -> list[Path]:
    """First the files whose rows say when they became known, the newest first, so that the present is there early; their
    order has no influence. Then the others by name: of these what is read later is newer."""
    dated = [path for path in paths if KNOWN_AT.encode() in _head(path)]
    return [*reversed(dated), *(path for path in paths if path not in dated)]


def is_log(path: Path) -> bool:
    return path.suffix.lower() in LOG_ENDINGS


def mark_of(path: Path) -> str:
    """Changes when the file was replaced: of a log its first bytes, of another file its time and size."""
    return hashlib.sha256(_head(path).split(b"\n", 1)[0]).hexdigest()[:16] if is_log(path) else look_of(path)


def look_of(path: Path) -> str:
    """The file's time and size."""
    stat = path.stat()
    return f"{stat.st_mtime_ns}:{stat.st_size}"


def has_news(path: Path, cursor: FileCursor) -> bool:
    """Whether there is something to read: a refused file is read again when it changed."""
    if cursor.refused:
        return look_of(path) != cursor.refused
    return mark_of(path) != cursor.mark or (is_log(path) and path.stat().st_size > cursor.offset)


def start_of(path: Path, cursor: FileCursor) -> FileCursor:
    """Where to read on: at the beginning of a file that was replaced or cut off, with its mark of now."""
    mark = mark_of(path)
    if not is_log(path) or cursor.mark != mark or path.stat().st_size < cursor.offset:
        return FileCursor(mark=mark)
    return msgspec.structs.replace(cursor, refused="")


def signature(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """What a watcher compares to see that something changed."""
    for path in paths:
        yield str(path), look_of(path)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _leads_out(source: str, pattern: str) -> Said:
    return Said(
        zh=f"数据源 {source} 的 path '{pattern}' 必须是租户文件夹内的相对路径，例如 orders*.csv",
        en=f"the path '{pattern}' of source {source} must be relative to the tenant's folder, such as orders*.csv",
    )


def _not_there(names: Sequence[str], folder: Path) -> Said:
    return Said(
        zh=f"找不到文件 {' / '.join(names)}；请放到文档旁边或租户的文件夹 {folder}",
        en=f"the file {' / '.join(names)} is not there; put it beside the documents or into the tenant's folder {folder}",
    )
