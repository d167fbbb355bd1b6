"""Opens a data file by what it holds; the name's ending only decides between the text formats."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from connectors.sources.file.csv import CsvFile
from connectors.sources.file.excel import ExcelFile
from connectors.sources.file.fault import refused, unreadable
from connectors.sources.file.json_lines import JsonLinesFile
from connectors.sources.file.parquet import ParquetFile
from connectors.sources.protocol import Limits, RowSource

_OLE = b"\xd0\xcf\x11\xe0"
_JSON_ENDINGS = (".jsonl", ".ndjson", ".json")
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", *_JSON_ENDINGS, ".parquet")
"""What files of a watched folder are called."""


@contextmanager
def open_file(path: Path, *, sheet: str | None = None, limits: Limits | None = None) -> Iterator[RowSource]:
    """The file as a source of rows. Raises OutsideError when it cannot be opened, AuthorError when it cannot be read."""
    bounds = limits or Limits()
    try:
        file = path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from None
    with file:
        size = path.stat().st_size
        if size == 0:
            raise refused(path, "是空的", "is empty")
        if size > bounds.file_bytes:
            most = bounds.file_bytes // 1_000_000
            raise refused(path, f"超过 {most} MB；请分成几个文件", f"is larger than {most} MB; split it")
        yield _source(path, file, sheet, bounds)


def _source(path: Path, file: BinaryIO, sheet: str | None, limits: Limits) -> RowSource:
    head = file.read(4)
    file.seek(0)
    if head.startswith(b"PK") or head == _OLE:
        return ExcelFile(path, file, limits, sheet)
    if head == b"PAR1":
        return ParquetFile(path, file, limits)
    if path.suffix.lower() in _JSON_ENDINGS:
        return JsonLinesFile(path, file, limits)
    return CsvFile(path, file, limits)
