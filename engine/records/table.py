"""The records of one dataset as columns: numbers as doubles, texts as codes, made when they are first asked for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import numpy as np

from engine.expression.columns import Cells, Column, column_of, numbers, texts
from engine.expression.columns.column import Array
from engine.expression.values import Value
from engine.records.record import Record
from schema_defs.dataset import Dataset


class Table:
    """Records that count, in an order of no meaning; row numbers are places in `records`.

    Columns that are given are not made from the records, which then are needed for split credit and for "last" only.
    """

    def __init__(
        self,
        dataset: Dataset,
        records: Sequence[Record],
        columns: Mapping[str, Cells] | None = None,
        days: Array | None = None,
        owners: Column | None = None,
        regions: Column | None = None,
    ) -> None:
        self.dataset = dataset
        self.records = records
        self._columns: dict[str, Cells] = dict(columns or {})
        self._days = days
        self._owners = owners
        self._regions = regions

    def __len__(self) -> int:
        return len(self.records) if self._days is None else len(self._days)

    @property
    def days(self) -> Array:
        """The day of every record, as date.toordinal."""
        if self._days is None:
            self._days = np.array([record.day.toordinal() for record in self.records], dtype=np.int64)
        return self._days

    def under(self, dataset: Dataset) -> "Table":
        """The same records of a dataset that attributes them otherwise; columns that are made already are not made again."""
        if dataset == self.dataset:
            return self
        return Table(dataset, self.records, self._columns, self._days, self._owners, self._regions)

    def columns(self, names: Iterable[str]) -> dict[str, Cells]:
        return {name: self.column(name) for name in names}

    def column(self, name: str) -> Cells:
        """The values of a field in all rows."""
        if name not in self._columns:
            self._columns[name] = self._made(name)
        return self._columns[name]

    def owners(self) -> Column:
        """The owner of every record as a code, missing where there is none."""
        if self._owners is None:
            self._owners = texts([record.owner for record in self.records])
        return self._owners

    def regions(self) -> Column:
        """The region that every record itself names, as a code, missing where there is none."""
        if self._regions is None:
            self._regions = texts([record.region for record in self.records])
        return self._regions

    def _made(self, name: str) -> Cells:
        values = [record.values.get(name) for record in self.records]
        match self.dataset.field(name).type:
            case "number" | "money" | "percent":
                return _numbers(values)
            case "text" | "choice" | "person" | "region" | "customer":
                return _texts(values)
            case _:
                return column_of(values)


def _texts(values: Sequence[Value]) -> Cells:
    """Values of a text's field; anything else among them is kept as what it is."""
    if not {type(value) for value in values} <= {str, type(None)}:
        return column_of(values)
    return texts(cast(Sequence[str | None], values))


def _numbers(values: Sequence[Value]) -> Cells:
    """Values of a number's field; anything else among them is kept as what it is."""
    if not {type(value) for value in values} <= {float, int, type(None)}:
        return column_of(values)
    data: Array = np.array(values, dtype=np.float64)
    missing = np.isnan(data)
    return numbers(np.where(missing, 0.0, data), missing) if missing.any() else numbers(data)
