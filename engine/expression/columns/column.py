"""Many values of one name: numpy arrays with an explicit mask for missing, texts as codes into a list of categories."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, assert_never, cast

import numpy as np
import numpy.typing as npt

from engine.expression.values import Value, ValueType, type_of

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
"""One bit per row; of no dimension where it is the same for all rows."""

EPOCH = date(1970, 1, 1).toordinal()
_START = datetime(1970, 1, 1)  # noqa: DTZ001  # values of the language are local times without a zone
_MICROSECOND = timedelta(microseconds=1)

KINDS: tuple[ValueType, ...] = ("missing", "number", "text", "boolean", "date", "datetime")


@dataclass(frozen=True, eq=False)
class Column:
    """Values of one type. `data` is float64, codes (int32 or smaller), bool, days (int64, as date.toordinal) or microseconds since 1970 (int64);
    where `missing` says so it means nothing. Data of no dimension stands for one value in all rows. `categories` are distinct.
    """

    kind: ValueType
    data: Array
    missing: Mask | None = None
    categories: Sequence[str] = ()

    @property
    def is_one(self) -> bool:
        """One value in all rows."""
        return self.data.ndim == 0 and (self.missing is None or self.missing.ndim == 0)

    def take(self, rows: Array | slice) -> "Column":
        data = self.data if self.data.ndim == 0 else self.data[rows]
        missing = self.missing if self.missing is None or self.missing.ndim == 0 else self.missing[rows]
        return Column(self.kind, data, missing, self.categories)

    def values(self, rows: int) -> list[Value]:
        """The values as the other evaluators know them."""
        data = self.data.tolist() if self.data.ndim else [self.data.tolist()] * rows
        if self.missing is None:
            return [self._value(each) for each in data]
        missing = self.missing.tolist() if self.missing.ndim else [bool(self.missing)] * rows
        return [None if gone else self._value(each) for each, gone in zip(data, missing, strict=True)]

    @property
    def mask(self) -> Mask:
        return NONE_MISSING if self.missing is None else self.missing

    def _value(self, plain: Any) -> Value:
        match self.kind:
            case "number" | "boolean":
                return cast(Value, plain)
            case "text":
                return self.categories[int(plain)]
            case "date":
                return date.fromordinal(int(plain))
            case "datetime":
                return _START + int(plain) * _MICROSECOND
            case "missing":
                return None
            case _:
                assert_never(self.kind)


@dataclass(frozen=True, eq=False)
class Mixed:
    """Values of several types: per row the type (an index into KINDS), and per type a column of all rows."""

    kinds: Array
    parts: dict[ValueType, Column]

    @property
    def is_one(self) -> bool:
        return False

    @property
    def mask(self) -> Mask:
        mask = self.kinds == 0
        for kind, part in self.parts.items():
            mask = mask | ((self.kinds == KINDS.index(kind)) & part.mask)
        return cast(Mask, mask)

    def take(self, rows: Array | slice) -> "Cells":
        kinds = self.kinds[rows]
        present = [KINDS[code] for code in np.unique(kinds).tolist() if code]
        if not present:
            return NOTHING
        if len(present) == 1:
            part = self.parts[present[0]].take(rows)
            return Column(part.kind, part.data, (kinds == 0) | part.mask, part.categories)
        return Mixed(kinds, {kind: self.parts[kind].take(rows) for kind in present})

    def values(self, rows: int) -> list[Value]:
        each = {kind: part.values(rows) for kind, part in self.parts.items()}
        nothing: list[Value] = [None] * rows
        return [each.get(KINDS[code], nothing)[row] for row, code in enumerate(self.kinds.tolist())]


Cells = Column | Mixed

NONE_MISSING: Mask = np.zeros((), dtype=bool)
ALL_MISSING: Mask = np.ones((), dtype=bool)
NOTHING = Column("missing", np.zeros(()), ALL_MISSING)
"""Missing in every row."""


def numbers(data: Array, missing: Mask | None = None) -> Column:
    return Column("number", data, missing)


def booleans(data: Array, missing: Mask | None = None) -> Column:
    return Column("boolean", data, missing)


def texts(values: Sequence[str | None]) -> Column:
    """Texts as codes, in the order of their first use."""
    codes: dict[str, int] = {}
    data = [0 if value is None else codes.setdefault(value, len(codes)) for value in values]
    missing = np.array([value is None for value in values], dtype=bool)
    return Column("text", np.array(data, dtype=np.int32), missing, tuple(codes) or ("",))


def one(value: Value) -> Column:
    """One value in all rows."""
    kind = type_of(value)
    if kind == "missing":
        return NOTHING
    if kind == "text":
        return Column("text", np.zeros((), dtype=np.int32), None, (cast(str, value),))
    return Column(kind, np.asarray(_plain(value), dtype=_DTYPES[kind]))


def column_of(values: Sequence[Value]) -> Cells:
    """The column of any values; Mixed where they are of several types."""
    kinds = np.array([KINDS.index(type_of(value)) for value in values], dtype=np.int8)
    present = [KINDS[code] for code in np.unique(kinds).tolist() if code]
    parts = {kind: _part(kind, values) for kind in present}
    if not parts:
        return Column("missing", np.zeros(len(values)), np.ones(len(values), dtype=bool))
    return next(iter(parts.values())) if len(parts) == 1 else Mixed(kinds, parts)


def _part(kind: ValueType, values: Sequence[Value]) -> Column:
    own = [value if type_of(value) == kind else None for value in values]
    if kind == "text":
        return texts(cast(Sequence[str | None], own))
    data: Array = np.array([0 if value is None else _plain(value) for value in own], dtype=_DTYPES[kind])
    return Column(kind, data, np.array([value is None for value in own], dtype=bool))


def _plain(value: Value) -> Any:
    if isinstance(value, datetime):
        return (value - _START) // _MICROSECOND
    return value.toordinal() if isinstance(value, date) else value


def rows_of(columns: Iterable[Cells]) -> int | None:
    """The number of rows of columns that have one."""
    for each in columns:
        if isinstance(each, Mixed):
            return len(each.kinds)
        for array in (each.data, each.mask):
            if array.ndim:
                return len(array)
    return None


_DTYPES: dict[ValueType, type] = {
    "number": np.float64,
    "boolean": np.bool_,
    "date": np.int64,
    "datetime": np.int64,
}


def joined_cells(parts: Sequence[tuple[int, Cells]]) -> Cells:
    """Columns behind each other, each with its number of rows; texts keep the codes of the first."""
    there = [(rows, cells) for rows, cells in parts if rows] or list(parts[:1])
    columns = [cells for _, cells in there if isinstance(cells, Column)]
    if len(columns) < len(there) or len({column.kind for column in columns}) > 1 or columns[0].kind == "missing":
        return column_of([value for rows, cells in there for value in cells.values(rows)])
    masks = [np.broadcast_to(column.mask, (rows,)) for (rows, _), column in zip(there, columns, strict=True)]
    missing = None if all(column.missing is None for column in columns) else np.concatenate(masks)
    if columns[0].kind == "text":
        return _joined_texts(columns, missing)
    return Column(columns[0].kind, np.concatenate([column.data for column in columns]), missing)


def _joined_texts(columns: Sequence[Column], missing: Mask | None) -> Column:
    codes: dict[str, int] = {}
    moved = [
        np.array([codes.setdefault(text, len(codes)) for text in column.categories], dtype=np.int32)[column.data]
        for column in columns
    ]
    return Column("text", np.concatenate(moved), missing, tuple(codes))
