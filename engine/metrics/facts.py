"""Records as immutable columns in which the rows of a group stand next to each other, ready for many metrics at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.expression.columns import Cells, Column, to_units
from engine.expression.columns.column import Array, Mask
from engine.metrics.grouping import Grouping
from engine.metrics.partial import UNITS, Order
from engine.records.table import Table

LARGEST_UNITS = 10**14
"""Amounts up to here (1e10) are so far from the limits of doubles that adding a few of them and rounding gives the sum of their units."""


@dataclass(frozen=True, eq=False)
class Money:
    """Amounts in whole units of 1e-4 (int64), none beyond `largest`, which stand for exactly the doubles `units / 10000`."""

    units: Array
    largest: int
    missing: Mask | None = None

    def take(self, rows: Array | slice) -> "Money":
        return Money(self.units[rows], self.largest, None if self.missing is None else self.missing[rows])

    def cells(self) -> Column:
        """The amounts as expressions see them."""
        return Column("number", self.units / UNITS, self.missing)


def money_of(cells: Cells) -> Cells | Money:
    """Amounts in whole units, where these say all; other columns as they are."""
    if not isinstance(cells, Column) or cells.kind != "number" or cells.data.ndim == 0:
        return cells
    data = cells.data if cells.missing is None else np.where(cells.missing, 0.0, cells.data)
    largest = float(np.abs(data).max(initial=0.0)) * UNITS
    if largest >= LARGEST_UNITS:
        return cells
    units = to_units(data)
    return (
        Money(units, int(np.abs(units).max(initial=0)), cells.missing) if np.array_equal(units / UNITS, data) else cells
    )


@dataclass(frozen=True, eq=False)
class Facts:
    """Columns of placed records. `starts` says in which row every group begins (0 first); a group has at least one row.

    `shares` says how much of a record counts in its row (None: all of it); `orders` where the row stands in time, for "last".
    """

    rows: int
    starts: Array
    columns: Mapping[str, Cells | Money]
    shares: Array | None = None
    orders: tuple[Order, ...] = ()

    def __len__(self) -> int:
        """How many groups there are."""
        return len(self.starts)

    def pieces(self, rows: int) -> Iterator["Facts"]:
        """The facts in parts of whole groups, of about so many rows each."""
        if not len(self):
            return
        cuts = np.searchsorted(self.starts, np.arange(rows, self.rows, rows))
        first = [0, *(int(cut) for cut in np.unique(cuts) if 0 < cut < len(self))]
        for begin, end in zip(first, [*first[1:], len(self)], strict=True):
            yield self._piece(begin, end)

    def _piece(self, begin: int, end: int) -> "Facts":
        first = int(self.starts[begin])
        last = int(self.starts[end]) if end < len(self) else self.rows
        rows = slice(first, last)
        return Facts(
            rows=last - first,
            starts=self.starts[begin:end] - first,
            columns=_Sliced(self.columns, rows),
            shares=None if self.shares is None else self.shares[rows],
            orders=self.orders[rows],
        )


class _Sliced(Mapping[str, Cells | Money]):
    """Some rows of columns, cut when they are first asked for."""

    def __init__(self, columns: Mapping[str, Cells | Money], rows: slice) -> None:
        self._columns = columns
        self._rows = rows
        self._cut: dict[str, Cells | Money] = {}

    def __getitem__(self, name: str) -> Cells | Money:
        if name not in self._cut:
            self._cut[name] = self._columns[name].take(self._rows)
        return self._cut[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def starts_of(keys: Iterable[Array], rows: int, at_once: int = 1 << 17) -> Array:
    """The first row of every group of equal keys (as person and day) that stand next to each other."""
    listed, found = list(keys), [np.zeros(min(rows, 1), dtype=np.int64)]
    for begin in range(1, rows, at_once):
        end = min(begin + at_once, rows)
        changed = np.zeros(end - begin, dtype=bool)
        for key in listed:
            changed |= key[begin:end] != key[begin - 1 : end - 1]
        found.append(np.flatnonzero(changed) + begin)
    return np.concatenate(found)


def facts_of(table: Table, grouping: Grouping, names: Iterable[str], orders: Sequence[Order] = ()) -> Facts:
    """The records of a table group by group, with the columns of some fields; `orders` of all rows where "last" is asked."""
    rows = grouping.rows
    counts = np.bincount(grouping.numbers, minlength=len(grouping.groups))
    return Facts(
        rows=len(rows),
        starts=np.cumsum(counts) - counts,
        columns={name: money_of(table.column(name).take(rows)) for name in names},
        shares=grouping.shares,
        orders=tuple(orders[row] for row in rows.tolist()) if orders else (),
    )
