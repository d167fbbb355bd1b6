"""Parquet files, when pyarrow is installed."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from connectors.sources.file.fault import check_columns, refused
from connectors.sources.protocol import Limits, RawRow
from schema_defs.errors import AuthorError


class ParquetFile:
    """An opened Parquet file; rows are numbered from 1."""

    def __init__(self, path: Path, file: BinaryIO, limits: Limits) -> None:
        self._path = path
        try:
            from pyarrow import ArrowException, parquet
        except ImportError:
            raise refused(
                path,
                "读取 Parquet 需要附加组件：pip install 'duiqi[parquet]'；也可以导出为 CSV",
                "reading Parquet needs an extra: pip install 'duiqi[parquet]'; or export it as CSV",
            ) from None
        self._failures = (ArrowException, OSError, ValueError, OverflowError)
        try:
            self._file = parquet.ParquetFile(file)
            self._names: list[str] = list(self._file.schema_arrow.names)
        except self._failures:
            raise self._damaged() from None
        if self._file.metadata.num_rows > limits.rows:
            raise refused(path, f"超过 {limits.rows} 行；请分成几个文件", f"has more than {limits.rows} rows; split it")
        check_columns(path, self._names, limits.columns)

    @property
    def columns(self) -> tuple[str, ...] | None:
        return tuple(self._names)

    def rows(self) -> Iterator[RawRow]:
        line = 0
        try:
            for batch in self._file.iter_batches(10_000):
                for values in batch.to_pylist():
                    line += 1
                    yield RawRow(line, values)
        except self._failures:
            raise self._damaged() from None

    def _damaged(self) -> AuthorError:
        return refused(
            self._path,
            "不完整或已损坏，无法作为 Parquet 文件打开；请重新导出",
            "is truncated or damaged and cannot be opened as a Parquet file; export it again",
        )
