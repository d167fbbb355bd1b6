"""What an Excel file unpacks to, checked before any of it is read: a small file must not become a huge one."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from connectors.sources.file.fault import refused
from connectors.sources.protocol import Limits
from schema_defs.errors import AuthorError

_CHUNK = 1 << 20
_LOCAL_HEADER = 30

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError)
"""What reading a damaged archive may raise; a place outside of the file is an OSError."""


def check_archive(path: Path, file: BinaryIO, limits: Limits) -> None:
    """Refuses archives that are damaged, locked, or unpack to more than the limit, whatever their directory claims."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_members(path, members, limits)
            unpacked = 0
            for member in members:
                for piece in _pieces(file, member):
                    unpacked += len(piece)
                    if unpacked > limits.unpacked_bytes:
                        raise _too_large(path, limits)
    except DAMAGED:
        raise refused(
            path,
            "不完整或已损坏，无法作为 Excel 文件打开；请重新导出",
            "is truncated or damaged and cannot be opened as an Excel file; export it again",
        ) from None
    file.seek(0)


def _check_members(path: Path, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.archive_members:
        raise refused(path, f"含有 {len(members)} 个部分，太多了", f"holds {len(members)} parts, which is too many")
    if any(member.flag_bits & 1 for member in members):
        raise refused(path, "有密码；请去掉密码再导出", "is locked by a password; remove it and export again")
    if sum(member.file_size for member in members) > limits.unpacked_bytes:
        raise _too_large(path, limits)


def _pieces(file: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's content as it really unpacks, piece by piece, without trusting its declared size."""
    file.seek(member.header_offset)
    header = file.read(_LOCAL_HEADER)
    names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    file.seek(member.header_offset + _LOCAL_HEADER + names)
    left = member.compress_size
    if member.compress_type == zipfile.ZIP_STORED:
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile("unknown compression")
    inflate = zlib.decompressobj(-15)
    while left > 0 and not inflate.eof:
        packed = file.read(min(_CHUNK, left))
        if not packed:
            raise EOFError
        left -= len(packed)
        while packed and not inflate.eof:
            yield inflate.decompress(packed, _CHUNK)
            packed = inflate.unconsumed_tail


def _too_large(path: Path, limits: Limits) -> AuthorError:
    size = limits.unpacked_bytes // 1_000_000
    return refused(path, f"解压后超过 {size} MB；请分成几个文件", f"unpacks to more than {size} MB; split it")
