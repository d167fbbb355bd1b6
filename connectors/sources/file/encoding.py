"""Which encoding a text file is in: UTF-8 with or without its mark, else GB18030; nothing is guessed beyond that."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from connectors.sources.file.fault import refused
from schema_defs.errors import AuthorError

_BLOCK = 1 << 20
_OTHER_MARKS = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
_CLEARLY_UTF8 = 8
"""So many well-formed characters beyond ASCII before a bad byte: the file is damaged UTF-8, not GB18030."""


def encoding_of(path: Path, file: BinaryIO) -> str:
    """The codec's name; leaves the file at its beginning. Raises AuthorError for other encodings and for binary files."""
    head = file.read(4)
    for mark, name in _OTHER_MARKS.items():
        if head.startswith(mark):
            raise refused(
                path, f"编码是 {name}；请另存为 UTF-8 的 CSV", f"is encoded in {name}; save it as CSV in UTF-8"
            )
    if b"\0" in head:
        raise _binary(path)
    marked = head.startswith(codecs.BOM_UTF8)
    file.seek(0)
    bad = _first_bad_byte(path, file)
    if bad is None:
        return "utf-8-sig" if marked else "utf-8"
    at, wide, is_cut = bad
    if is_cut and (wide or marked):
        raise refused(
            path,
            "在一个字符中间结束，文件可能没有传完；请重新导出",
            "ends in the middle of a character and is probably truncated; export it again",
        )
    if not marked and wide < _CLEARLY_UTF8 and _is_gb18030(file):
        return "gb18030"
    raise refused(
        path,
        f"第 {_line_of(file, at)} 行有既不是 UTF-8 也不是 GB18030 的字节；请另存为 UTF-8 的 CSV",
        f"line {_line_of(file, at)} holds bytes that are neither UTF-8 nor GB18030; save it as CSV in UTF-8",
    )


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block
    file.seek(0)


def _first_bad_byte(path: Path, file: BinaryIO) -> tuple[int, int, bool] | None:
    """Where UTF-8 breaks, how many characters beyond ASCII came before, and whether only the end is missing; or None."""
    decoder, read, wide = codecs.getincrementaldecoder("utf-8")(), 0, 0
    for block in _blocks(file):
        if b"\0" in block:
            raise _binary(path)
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode()
            return read - pending + error.start, wide + _wide(before), False
        wide, read = wide + _wide(text), read + len(block)
    rest = decoder.getstate()[0]
    return (read - len(rest), wide, True) if rest else None


def _wide(text: str) -> int:
    return 0 if text.isascii() else len(text) - len(text.encode("ascii", "ignore"))


def _is_gb18030(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("gb18030")()
    try:
        for block in _blocks(file):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _line_of(file: BinaryIO, at: int) -> int:
    file.seek(0)
    return file.read(at).count(b"\n") + 1


def _binary(path: Path) -> AuthorError:
    return refused(
        path,
        "不是文本文件；支持 CSV、Excel（.xlsx）、JSON lines 和 Parquet",
        "is no text file; CSV, Excel (.xlsx), JSON lines and Parquet can be read",
    )
