"""Rounding a table so that both margins are exact: every cell to one of its two nearest whole numbers.

A table whose margins are whole always has such a rounding: its fractional parts are a flow with whole capacities, and then a whole
flow exists. It is found as one: the units that columns are short of flow there from the rows, through the cells that have room.
"""

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import msgspec

Table = list[list[int]]
Ideals = Sequence[Sequence[Fraction | None]]
"""Ideal cells per row; None is a cell that takes nothing."""


class RowSum(msgspec.Struct, frozen=True):
    """What a row adds up to: `low` to `high`, where rows with a larger remainder take a unit first.

    When cells may lie further off, `least` and `most` still bind.
    """

    low: int
    high: int
    remainder: Fraction = Fraction()
    least: int | None = None
    most: int | None = None

    @property
    def is_fixed(self) -> bool:
        return self.low == self.high


def fixed(units: int) -> RowSum:
    """A row that adds up to exactly this."""
    return RowSum(units, units, Fraction(), units, units)


def round_cells(ideals: Ideals, rows: Sequence[RowSum], columns: Sequence[int]) -> Table | None:
    """Whole cells that add up as asked, each less than one unit from its ideal; None if there are none."""
    return _rounded(ideals, rows, columns, 0)


def round_near(ideals: Ideals, rows: Sequence[RowSum], columns: Sequence[int]) -> Table | None:
    """The same for ideals, none negative, that only come near the margins: cells may lie as much further off as it takes."""
    slack, whole = 0, sum(columns)
    while (found := _rounded(ideals, rows, columns, slack)) is None and slack <= whole:
        slack = 4 * slack or 1
    return found


def _rounded(ideals: Ideals, rows: Sequence[RowSum], columns: Sequence[int], slack: int) -> Table | None:
    """The search goes over the rows by their ideals, so that the listing decides among equal ones only."""
    order = sorted(range(len(rows)), key=lambda row: _rank(ideals[row]), reverse=True)
    by_remainder = sorted(range(len(rows)), key=lambda at: (-rows[order[at]].remainder, order[at]))
    found = _Flow([ideals[row] for row in order], [rows[row] for row in order], columns, slack, by_remainder).solve()
    if found is None:
        return None
    placed = dict(zip(order, found, strict=True))
    return [placed[row] for row in range(len(rows))]


def _rank(ideals: Sequence[Fraction | None]) -> tuple[list[Fraction], list[Fraction]]:
    return [_remainder(cell) for cell in ideals], [cell or Fraction() for cell in ideals]


class _Flow:
    """The units that are still to be placed: from rows that need them, through cells with room, to columns that need them."""

    def __init__(
        self,
        ideals: Ideals,
        rows: Sequence[RowSum],
        columns: Sequence[int],
        slack: int,
        by_remainder: Sequence[int],
    ) -> None:
        self.ideals, self.step = ideals, max(slack, 1)
        self.lows = [[_low(cell, slack) for cell in row] for row in ideals]
        self.room = [[_room(cell, slack) for cell in row] for row in ideals]
        self.placed = [[0] * len(columns) for _ in rows]
        bounds = [_bounds(row, slack) for row in rows]
        bases = [sum(lows) for lows in self.lows]
        self.row_need = [max(low - base, 0) for (low, _), base in zip(bounds, bases, strict=True)]
        self.spare = [high - base - need for (_, high), base, need in zip(bounds, bases, self.row_need, strict=True)]
        self.column_need = [units - sum(low[index] for low in self.lows) for index, units in enumerate(columns)]
        self.by_remainder = by_remainder

    def solve(self) -> Table | None:
        if min(self.spare, default=0) < 0 or min(self.column_need, default=0) < 0:
            return None
        self._place_by_remainder()
        if not all(self._place_rest(row) for row in range(len(self.row_need))):
            return None
        while any(self.column_need):
            if not sum(self._raise(row) for row in self.by_remainder):
                return None
        return [
            [low + units for low, units in zip(lows, placed, strict=True)]
            for lows, placed in zip(self.lows, self.placed, strict=True)
        ]

    def _place_by_remainder(self) -> None:
        """Row by row, cells with a larger remainder first."""
        for row, ideals in enumerate(self.ideals):
            remainders = [_remainder(cell) for cell in ideals]
            for column in sorted(range(len(remainders)), key=lambda column: -remainders[column]):
                units = min(self.row_need[row], self.room[row][column], self.column_need[column])
                self._place(row, column, units)
                self.row_need[row] -= units
                self.column_need[column] -= units

    def _place_rest(self, row: int) -> bool:
        while self.row_need[row]:
            sent = self._send(row, self.row_need[row])
            self.row_need[row] -= sent
            if not sent:
                return False
        return True

    def _raise(self, row: int) -> int:
        """One unit more (in a wide search, more) for a row that may take it, if there is a way."""
        sent = self._send(row, min(self.spare[row], self.step)) if any(self.column_need) else 0
        self.spare[row] -= sent
        return sent

    def _send(self, row: int, most: int) -> int:
        """Sends up to `most` units from the row to one column in need; other rows move aside. How many were sent."""
        path = self._way_from(row) if most else None
        if path is None:
            return 0
        out = [(later, column) for (_, column), (later, _) in pairwise(path)]
        most = min(most, self.column_need[path[-1][1]], *(self.room[row][column] for row, column in path))
        most = min([most, *(self.placed[row][column] for row, column in out)])
        for row, column in path:
            self._place(row, column, most)
        for row, column in out:
            self._place(row, column, -most)
        self.column_need[path[-1][1]] -= most
        return most

    def _place(self, row: int, column: int, units: int) -> None:
        self.placed[row][column] += units
        self.room[row][column] -= units

    def _way_from(self, start: int) -> list[tuple[int, int]] | None:
        """Cells to fill, in turn: each row but the first gives up what it has in the column before."""
        filled_by: dict[int, int] = {}
        gave_up: dict[int, int] = {}
        waiting = deque([start])
        while waiting:
            row = waiting.popleft()
            for column, room in enumerate(self.room[row]):
                if not room or column in filled_by:
                    continue
                filled_by[column] = row
                if self.column_need[column]:
                    return _trace(start, column, filled_by, gave_up)
                for other, placed in enumerate(self.placed):
                    if placed[column] and other != start and other not in gave_up:
                        gave_up[other] = column
                        waiting.append(other)
        return None


def _trace(start: int, column: int, filled_by: dict[int, int], gave_up: dict[int, int]) -> list[tuple[int, int]]:
    path = [(filled_by[column], column)]
    while path[0][0] != start:
        column = gave_up[path[0][0]]
        path.insert(0, (filled_by[column], column))
    return path


def _bounds(row: RowSum, slack: int) -> tuple[int, int]:
    if row.is_fixed:
        return row.low, row.high
    low = row.low - slack if row.least is None else max(row.low - slack, row.least)
    return low, row.high + slack if row.most is None else min(row.high + slack, row.most)


def _low(cell: Fraction | None, slack: int) -> int:
    if cell is None:
        return 0
    return max(0, floor(cell) - slack) if slack else floor(cell)


def _room(cell: Fraction | None, slack: int) -> int:
    return 0 if cell is None else ceil(cell) + slack - _low(cell, slack)


def _remainder(cell: Fraction | None) -> Fraction:
    return Fraction() if cell is None else cell - floor(cell)
