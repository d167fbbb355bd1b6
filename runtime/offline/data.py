"""Data files become records: mapped by the dataset's source, typed, and what cannot be read put aside with its line and reason."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from connectors.sources.file.open import open_file
from connectors.sources.protocol import RawRow, RowSource
from engine.calendar import WorkCalendar, calendar_of
from engine.records.doubles import Doubles
from engine.records.reader import RecordReader
from engine.records.record import BadRow, Record
from schema_defs.errors import AuthorError
from schema_defs.nearest import nearest
from schema_defs.release import Release
from schema_defs.text import Lang, Said

EVERY = 2_000
"""Rows between two reports of progress."""

Progress = Callable[[str, int], None]
"""Told the file and how many of its rows are read."""


class BadLine(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was put aside."""

    data: str
    file: str
    line: int
    reasons: tuple[Said, ...]
    field: str | None = None

    def row(self, lang: Lang) -> dict[str, object]:
        """The bad row as `--json` prints it."""
        return {
            "data": self.data,
            "file": self.file,
            "line": self.line,
            "field": self.field,
            "reasons": [reason.in_(lang) for reason in self.reasons],
        }

    def said(self) -> Said:
        """`orders.csv:7: amount: …`, with all reasons."""
        place = f"{self.file}:{self.line}"
        return Said(
            zh=f"{place}: " + "；".join(reason.zh for reason in self.reasons),
            en=f"{place}: " + "; ".join(reason.en for reason in self.reasons),
        )


class DataRead(msgspec.Struct, frozen=True, kw_only=True):
    """What the files held: `records` (all versions) by dataset, `tables` of raw rows by any other name."""

    records: dict[str, list[Record]]
    tables: dict[str, list[RawRow]]
    bad: list[BadLine]
    warnings: list[Said]
    rows: int


def read_data(
    release: Release,
    files: Mapping[str, Sequence[Path]],
    progress: Progress = lambda file, rows: None,
    calendar: WorkCalendar | None = None,
) -> DataRead:
    """Reads every file, by `calendar` in place of the release's own. Raises AuthorError or OutsideError when a whole file cannot be used; single bad rows are put aside."""
    found = DataRead(records={}, tables={}, bad=[], warnings=[], rows=0)
    calendar, rows = calendar or calendar_of(release.calendar), 0
    for name, paths in files.items():
        dataset = release.datasets.get(name)
        if dataset is None:
            rows += _read_table(name, paths, found, progress)
            continue
        source = release.source_of(name)
        reader = RecordReader(dataset, source, calendar)
        sheet = str(source.connection["sheet"]) if source and "sheet" in source.connection else None
        rows += _read_records(name, paths, reader, sheet, found, progress)
        found.warnings.extend(unmapped_values(reader))
    return msgspec.structs.replace(found, rows=rows)


def read_table(path: Path) -> list[RawRow]:
    """The raw rows of one file; raises AuthorError for the first row that cannot be taken apart."""
    with open_file(path) as source:
        table = list(source.rows())
    for row in table:
        if row.trouble is not None:
            raise AuthorError(
                Said(
                    zh=f"文件 {path.name} 第 {row.line} 行{row.trouble.zh}",
                    en=f"the file {path.name}, line {row.line}: {row.trouble.en}",
                )
            )
    return table


def _read_table(name: str, paths: Sequence[Path], found: DataRead, progress: Progress) -> int:
    table = found.tables.setdefault(name, [])
    for path in paths:
        table += read_table(path)
        progress(path.name, len(table))
    return len(table)


def _read_records(
    name: str, paths: Sequence[Path], reader: RecordReader, sheet: str | None, found: DataRead, progress: Progress
) -> int:
    records, doubles, rows = found.records.setdefault(name, []), Doubles(), 0
    for path in paths:
        with open_file(path, sheet=sheet) as source:
            columns = NeededColumns(path, reader, source)
            found.warnings.extend(columns.absent())
            raws = _watched(source, columns)
            while some := list(islice(raws, EVERY)):
                for raw, result in zip(some, _results(reader, some, doubles, path.name), strict=True):
                    if isinstance(result, Record):
                        records.append(result)
                    else:
                        bad = BadLine(
                            data=name, file=path.name, line=raw.line, reasons=result.reasons, field=result.field
                        )
                        found.bad.append(bad)
                rows += len(some)
                if len(some) == EVERY:
                    progress(path.name, rows)
            columns.require_seen()
        progress(path.name, rows)
    return rows


def _results(reader: RecordReader, raws: Sequence[RawRow], doubles: Doubles, file: str) -> Iterator[Record | BadRow]:
    read = iter(reader.read_all([raw.values for raw in raws if raw.trouble is None]))
    for raw in raws:
        found = next(read) if raw.trouble is None else BadRow(reasons=(raw.trouble,))
        refusal = doubles.refusal(found, raw.line, file) if isinstance(found, Record) else None
        yield BadRow(reasons=(refusal,)) if refusal else found


def _watched(source: RowSource, columns: "NeededColumns") -> Iterator[RawRow]:
    if source.columns is not None:
        yield from source.rows()
        return
    for row in source.rows():
        columns.see(row)
        yield row


class NeededColumns:
    """Checks that the columns of the key and the time are there: at once from a header, or after the last row without one."""

    def __init__(self, path: Path, reader: RecordReader, source: RowSource) -> None:
        self._path = path
        self._reader = reader
        self._header = source.columns
        self._seen: set[str] = set(source.columns or ())
        if self._header is not None:
            self._require()

    def see(self, row: RawRow) -> None:
        self._seen.update(row.values)

    def require_seen(self) -> None:
        if self._header is None and self._seen:
            self._require()

    def absent(self) -> list[Said]:
        """Warnings about columns that the owner, the region or a mapping reads and the header does not name."""
        if self._header is None:
            return []
        dataset = self._reader.dataset
        owner = dataset.owner if isinstance(dataset.owner, str) else dataset.owner.people if dataset.owner else None
        asked = [field for field in (owner, dataset.region, *self._reader.mapped_fields) if field]
        return [
            Said(
                zh=f"文件 {self._path.name} 没有字段 {field} 读取的“{column}”列；按空值处理",
                en=f"the file {self._path.name} has no column '{column}', which the field {field} reads; it counts as missing",
            )
            for field in dict.fromkeys(asked)
            for column in sorted(self._reader.columns_of(field) - self._seen)
        ]

    def _require(self) -> None:
        dataset = self._reader.dataset
        for field in (*dataset.key_fields, dataset.time):
            column = self._reader.needed_column(field)
            if column is not None and column not in self._seen:
                raise self._missing(field, column)

    def _missing(self, field: str, column: str) -> AuthorError:
        near, listed = nearest(column, self._seen), ", ".join(sorted(self._seen))
        return AuthorError(
            Said(
                zh=f"文件 {self._path.name} 缺少“{column}”列（{self._reader.dataset.name} 的字段 {field} 需要）；"
                + (f"是否指“{near}”？" if near else "")
                + f"文件第一行的列名：{listed}。请改列名，或在 source 的 map 中写明",
                en=f"the file {self._path.name} has no column '{column}' (needed for {field} of {self._reader.dataset.name}); "
                + (f"did you mean '{near}'? " if near else "")
                + f"its first row names the columns: {listed}. Rename the column, or map it in the source",
            )
        )


def unmapped_values(reader: RecordReader) -> Iterator[Said]:
    """A warning per value map that did not know everything it was asked for."""
    for field, values in reader.value_maps.items():
        if not values.unmapped:
            continue
        rows, most = values.unmapped.total(), values.unmapped.most_common(5)
        shown = ", ".join(f"'{key}' ({count})" for key, count in most)
        share = f"{values.coverage or 0:.1%}"
        yield Said(
            zh=f"字段 {field} 的值映射覆盖 {share}；{rows} 行的值没有列出：{shown}",
            en=f"the value map of {field} covers {share}; {rows} rows hold values that it does not list: {shown}",
        )
