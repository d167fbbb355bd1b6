"""CSV files: UTF-8 or GB18030, separated by comma, semicolon or tab, with quoted cells."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from connectors.sources.file.encoding import encoding_of
from connectors.sources.file.fault import check_columns, refused
from connectors.sources.protocol import Limits, RawRow
from schema_defs.errors import AuthorError
from schema_defs.text import Said

_DELIMITERS = ",;\t"


class CsvFile:
    """An opened CSV file; its first row that is not blank names the columns."""

    def __init__(self, path: Path, file: BinaryIO, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        text = io.TextIOWrapper(file, encoding_of(path, file), newline="")
        self._delimiter = _delimiter_of(text)
        self._reader = csv.reader(text, delimiter=self._delimiter, strict=True)
        self._names = self._header()
        self._width = len(self._names)

    @property
    def columns(self) -> tuple[str, ...] | None:
        return tuple(name for name in self._names if name)

    def rows(self) -> Iterator[RawRow]:
        limit = self._limits.rows
        for count, (line, cells) in enumerate(self._cells(), 1):
            if count > limit:
                raise refused(self._path, f"超过 {limit} 行；请分成几个文件", f"has more than {limit} rows; split it")
            if isinstance(cells, Said):
                yield RawRow(line, trouble=cells)
            elif any(cells):
                yield self._row(line, cells)

    def _cells(self) -> Iterator[tuple[int, list[str] | Said]]:
        while True:
            line = self._reader.line_num + 1
            try:
                yield line, next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end of data" in str(error):
                    raise self._open_quote(line) from None
                yield line, _said(error)

    def _row(self, line: int, cells: list[str]) -> RawRow:
        if len(cells) == self._width:
            return RawRow(line, dict(zip(self._names, cells, strict=True)))
        if len(cells) > self._width and not any(cell.strip() for cell in cells[self._width :]):
            return RawRow(line, dict(zip(self._names, cells, strict=False)))
        return RawRow(line, trouble=_width_said(len(cells), self._width, self._delimiter))

    def _header(self) -> list[str]:
        try:
            names = next((cells for cells in self._reader if any(cell.strip() for cell in cells)), None)
        except csv.Error:
            names = None
        if names is None:
            raise refused(
                self._path,
                "是空的，或第一行无法读取；第一行应是列名",
                "is empty, or its first row cannot be read; the first row names the columns",
            )
        names = [name.strip() for name in names]
        check_columns(self._path, names, self._limits.columns)
        return names

    def _open_quote(self, line: int) -> AuthorError:
        return refused(
            self._path,
            f"第 {line} 行开始的引号没有结束：文件不完整，或少了一个引号；请重新导出",
            f"the quote that opens in line {line} is never closed: the file is truncated or lacks a quote; export it again",
        )


def _said(error: csv.Error) -> Said:
    if "field larger" in str(error):
        limit = csv.field_size_limit()
        return Said(zh=f"有单元格超过 {limit} 个字符", en=f"a cell has more than {limit} characters")
    return Said(
        zh='引号的位置不对；单元格里的引号要写两遍（""）',
        en='a quote stands in the wrong place; a quote inside a cell is written twice ("")',
    )


def _delimiter_of(text: io.TextIOWrapper) -> str:
    """The most frequent of comma, semicolon and tab outside quotes in the first line that is not blank."""
    line = next((line for line in iter(text.readline, "") if line.strip()), "")
    text.seek(0)
    outside = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def _width_said(cells: int, width: int, delimiter: str) -> Said:
    shown = {"\t": "Tab"}.get(delimiter, delimiter)
    if cells > width:
        return Said(
            zh=f"有 {cells} 个单元格，列名只有 {width} 个；含有分隔符“{shown}”的单元格要加引号",
            en=f"has {cells} cells, but there are {width} columns; put cells that hold the separator '{shown}' in quotes",
        )
    return Said(
        zh=f"只有 {cells} 个单元格，应有 {width} 个；这一行可能不完整",
        en=f"has only {cells} cells of {width}; the row is probably incomplete",
    )
