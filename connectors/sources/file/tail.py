"""What was added to a file of JSON lines since it was last read: whole lines only."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from connectors.sources.file.fault import refused
from connectors.sources.file.json_lines import JsonLinesFile
from connectors.sources.protocol import Limits, RawRow
from schema_defs.text import Said

AT_ONCE = 250_000
"""Bytes read in one piece; a longer addition is read in several."""


class Tail(msgspec.Struct, frozen=True):
    """The new rows, and where the next reading begins: byte and line."""

    rows: list[RawRow]
    offset: int
    line: int


def read_tail(path: Path, offset: int, line: int, limits: Limits | None = None, at_once: int = AT_ONCE) -> Tail:
    """The next complete lines after `offset`; nothing is read when there are none.

    A last line without its end is left for the next time, unless it is a whole object, which cannot be said of half a line.
    """
    bounds = limits or Limits()
    with path.open("rb") as file:
        file.seek(offset)
        piece = file.read(at_once)
        while piece and b"\n" not in piece and (more := file.read(at_once)):
            piece += more
            if len(piece) > 4 * bounds.line_characters:
                longest = bounds.line_characters
                raise refused(
                    path,
                    f"第 {line + 1} 行超过 {longest} 个字符",
                    f"line {line + 1} is longer than {longest} characters",
                )
    end = piece.rfind(b"\n") + 1
    if len(piece) < at_once and is_object(piece[end:]):
        end = len(piece)
    rows = list(_rows(path, piece[:end], line, bounds))
    return Tail(rows, offset + end, line + piece[:end].count(b"\n"))


def is_object(text: bytes) -> bool:
    """Whether the text is a whole JSON object: the beginning of one never is."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _rows(path: Path, piece: bytes, before: int, limits: Limits) -> Iterator[RawRow]:
    """The rows of some whole lines. A line that is no text is a bad row: nobody can take back what a log holds already."""
    if not _is_clean(piece):
        lines = piece.split(b"\n")
        bad = {at: said for at, line in enumerate(lines, 1) if (said := _trouble(line, is_first=before + at == 1))}
        yield from (RawRow(before + at, trouble=said) for at, said in bad.items())
        piece = b"\n".join(b"" if at in bad else _in_utf8(line) for at, line in enumerate(lines, 1))
    if piece.strip():
        for row in JsonLinesFile(path, io.BytesIO(piece), limits).rows():
            yield RawRow(before + row.line, row.values, row.trouble)


def _is_clean(piece: bytes) -> bool:
    """Whether all lines are text in UTF-8 and may be objects: then they need not be looked at one by one."""
    return b"\0" not in piece and b"\n[" not in piece and not piece.startswith(b"[") and _encoding(piece) == "utf-8"


def _trouble(line: bytes, *, is_first: bool) -> Said | None:
    if b"\0" in line or _encoding(line) is None:
        return Said(zh="既不是 UTF-8 也不是 GB18030 的文字", en="is text neither in UTF-8 nor in GB18030")
    if not is_first and line.lstrip().startswith(b"["):
        return Said(zh='不是对象；应写成 {"列名": 值}', en='is no object; write {"column": value}')
    return None


def _in_utf8(line: bytes) -> bytes:
    return line if _encoding(line) == "utf-8" else line.decode("gb18030").encode()


def _encoding(line: bytes) -> str | None:
    for name in ("utf-8", "gb18030"):
        try:
            line.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return None
