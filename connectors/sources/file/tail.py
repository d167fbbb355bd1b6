"""What was added to a file of JSON lines since it was last read: whole lines only."""

import io
from collections.abc import Iterator
from pathlib import Path

import msgspec

from connectors.sources.file.json_lines import JsonLinesFile
from connectors.sources.protocol import Limits, RawRow

AT_ONCE = 8_000_000
"""Bytes read in one piece; a longer addition is read in several."""


class Tail(msgspec.Struct, frozen=True):
    """The new rows, and where the next reading begins: byte and line."""

    rows: list[RawRow]
    offset: int
    line: int


def read_tail(path: Path, offset: int, line: int, limits: Limits | None = None) -> Tail:
    """The complete lines after `offset`; a last line without its end is left for the next time."""
    with path.open("rb") as file:
        file.seek(offset)
        piece = file.read(AT_ONCE)
    end = piece.rfind(b"\n") + 1
    if not end:
        return Tail([], offset, line)
    rows = list(_rows(path, piece[:end], line, limits or Limits()))
    return Tail(rows, offset + end, line + piece[:end].count(b"\n"))


def _rows(path: Path, piece: bytes, before: int, limits: Limits) -> Iterator[RawRow]:
    if not piece.strip():
        return
    for row in JsonLinesFile(path, io.BytesIO(piece), limits).rows():
        yield RawRow(before + row.line, row.values, row.trouble)
