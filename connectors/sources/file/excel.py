"""Excel files (.xlsx, .xlsm, .xlsb, .xls, .ods): the first sheet, or the one that is named; dates and numbers typed by Excel."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from connectors.sources.file.archive import DAMAGED, check_archive
from connectors.sources.file.excel_parts import error_cells
from connectors.sources.file.fault import check_columns, refused
from connectors.sources.protocol import Limits, RawRow
from schema_defs.errors import AuthorError
from schema_defs.text import Said

Cell = int | float | str | bool | time | date | datetime | timedelta


class ExcelFile:
    """An opened workbook; the first row of the sheet that is not blank names the columns."""

    def __init__(self, path: Path, file: BinaryIO, limits: Limits, sheet: str | None = None) -> None:
        self._path = path
        self._limits = limits
        if file.read(2) == b"PK":
            check_archive(path, file, limits)
        file.seek(0)
        self._sheet = self._open(file, sheet)
        if self._sheet.start is None:
            raise refused(path, f"工作表“{self._sheet.name}”是空的", f"the sheet '{self._sheet.name}' is empty")
        self._offset = self._sheet.start[1]
        self._errors = self._error_cells(file)
        self._rows = enumerate(self._sheet.iter_rows(), 1)
        self._names = self._header()
        self._merged = self._merged_cells()

    @property
    def columns(self) -> tuple[str, ...] | None:
        return tuple(name for name in self._names if name)

    def rows(self) -> Iterator[RawRow]:
        try:
            for count, (line, cells) in enumerate(self._rows, 1):
                if count > self._limits.rows:
                    limit = self._limits.rows
                    raise refused(
                        self._path, f"超过 {limit} 行；请分成几个文件", f"has more than {limit} rows; split it"
                    )
                if not all(cell == "" for cell in cells) or line in self._trouble_lines:
                    yield self._row(line, cells)
        except CalamineError:
            raise self._damaged() from None

    def _open(self, file: BinaryIO, sheet: str | None) -> CalamineSheet:
        try:
            workbook = CalamineWorkbook.from_filelike(file)
            names = workbook.sheet_names
            if sheet is not None and sheet not in names:
                shown = ", ".join(names)
                raise refused(
                    self._path, f"没有工作表“{sheet}”；有：{shown}", f"has no sheet '{sheet}'; it has: {shown}"
                )
            if not names:
                raise refused(self._path, "没有工作表", "has no sheets")
            return workbook.get_sheet_by_name(sheet or names[0])
        except PasswordError:
            raise refused(
                self._path, "有密码；请去掉密码再导出", "is locked by a password; remove it and export again"
            ) from None
        except CalamineError:
            raise self._damaged() from None

    def _error_cells(self, file: BinaryIO) -> dict[tuple[int, int], str]:
        try:
            return error_cells(file, self._sheet.name)
        except DAMAGED:
            raise self._damaged() from None

    def _header(self) -> list[str]:
        for _, cells in self._rows:
            names = [_name(cell) for cell in cells]
            if any(names):
                check_columns(self._path, names, self._limits.columns)
                return names
        raise refused(self._path, "第一行没有列名", "its first row holds no column names")

    def _merged_cells(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Cells that a merge swallowed, with the cell that holds the value; only where a column has a name."""
        swallowed: dict[tuple[int, int], tuple[int, int]] = {}
        for first, last in self._sheet.merged_cell_ranges or ():
            if (last[0] - first[0] + 1) * (last[1] - first[1] + 1) > 1_000_000:
                continue
            for row in range(first[0], last[0] + 1):
                for column in range(first[1], last[1] + 1):
                    place = column - self._offset
                    if (row, column) != first and 0 <= place < len(self._names) and self._names[place]:
                        swallowed[row, column] = first
        return swallowed

    @property
    def _trouble_lines(self) -> frozenset[int]:
        return frozenset(row + 1 for row, _ in self._errors)

    def _row(self, line: int, cells: list[Cell]) -> RawRow:
        values: dict[str, object] = {}
        for place, (name, cell) in enumerate(zip(self._names, cells, strict=False)):
            if not name:
                continue
            at = (line - 1, place + self._offset)
            if at in self._errors:
                return RawRow(line, trouble=_error_said(name, self._errors[at]))
            if at in self._merged:
                return RawRow(line, trouble=_merged_said(name, self._merged[at]))
            values[name] = None if cell == "" else cell
        return RawRow(line, values)

    def _damaged(self) -> AuthorError:
        return refused(
            self._path,
            "不完整或已损坏，无法作为 Excel 文件打开；请重新导出",
            "is truncated or damaged and cannot be opened as an Excel file; export it again",
        )


def _name(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _error_said(column: str, text: str) -> Said:
    return Said(
        zh=f"“{column}”列是错误值 {text}；请修正该单元格的公式",
        en=f"the column '{column}' holds the error {text}; mend the cell's formula",
    )


def _merged_said(column: str, first: tuple[int, int]) -> Said:
    return Said(
        zh=f"“{column}”列的单元格与第 {first[0] + 1} 行合并了；请取消合并并逐行填写",
        en=f"the cell of column '{column}' is merged with row {first[0] + 1}; unmerge it and fill in every row",
    )
