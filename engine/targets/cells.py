"""The cells between year totals and month totals."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

import msgspec

from engine.targets.fit import fit
from engine.targets.rounding import RowSum, fixed, round_cells, round_near
from engine.targets.split import largest_remainder

Months = list[list[int]]


class Row(msgspec.Struct, frozen=True):
    """One child over the months. `year` is its total (None: what its months make); `weights` say what it takes of each month.

    `pins` are months, by position, whose units are given. A row without a year takes from `least` to `most` in the year.
    """

    weights: tuple[Fraction, ...]
    year: int | None = None
    pins: dict[int, int] = {}
    least: int | None = None
    most: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it shares in every month alike, with its year given and no month pinned."""
        return self.year is not None and not self.pins and len(set(self.weights)) == 1


def months_of(rows: Sequence[Row], columns: Sequence[int]) -> Months | None:
    """Whole units per row and month, exact in both margins; None if the pins leave no way to reach them.

    Negative targets are split by magnitude: as positive ones, with the sign turned back.
    """
    if sum(columns) < 0:
        found = months_of([_negated(row) for row in rows], [-units for units in columns])
        return found and [[-units for units in row] for row in found]
    if all(row.is_whole for row in rows):
        return _between_margins(rows, columns)
    if not any(row.pins or row.year is not None for row in rows):
        return _by_month(rows, columns)
    return _around_pins(rows, columns)


def _between_margins(rows: Sequence[Row], columns: Sequence[int]) -> Months | None:
    """The ideal of a cell is row total x column total / node total; of a node of 0, an even part of both margins."""
    total, years = sum(columns), [row.year or 0 for row in rows]
    if total:
        ideals = [[Fraction(year * units, total) for units in columns] for year in years]
    else:
        ideals = [[Fraction(year, len(columns)) + Fraction(units, len(rows)) for units in columns] for year in years]
    return round_cells(ideals, [fixed(year) for year in years], columns)


def _by_month(rows: Sequence[Row], columns: Sequence[int]) -> Months | None:
    """Each month by the weights of that month; the years are what comes out, by largest remainder where the months allow it."""
    whole = [sum(weights) for weights in zip(*(row.weights for row in rows), strict=True)]
    ideals = [
        [
            units * weight / every if every else None
            for units, weight, every in zip(columns, row.weights, whole, strict=True)
        ]
        for row in rows
    ]
    return round_cells(ideals, [_free(row, ideal) for row, ideal in zip(rows, ideals, strict=True)], columns)


def _around_pins(rows: Sequence[Row], columns: Sequence[int]) -> Months | None:
    """What the pins leave, fitted to both margins in proportion to the weights, then rounded."""
    given = [row.pins if (row.year or 0) >= 0 else _alone(row, columns) for row in rows]
    rest = [units - sum(pins.get(index, 0) for pins in given) for index, units in enumerate(columns)]
    years = [None if row.year is None else row.year - sum(pins.values()) for row, pins in zip(rows, given, strict=True)]
    if min(rest) < 0 or any(year is not None and year < 0 for year in years):
        return None
    ideals = _fitted([_open_weights(row, pins) for row, pins in zip(rows, given, strict=True)], years, rest)
    sums = [
        _free(row, ideal) if year is None else fixed(year) for row, year, ideal in zip(rows, years, ideals, strict=True)
    ]
    found = round_near(ideals, sums, rest)
    return found and [
        [pins.get(index, units) for index, units in enumerate(row)] for row, pins in zip(found, given, strict=True)
    ]


def _fitted(
    weights: Sequence[Sequence[Fraction]], years: Sequence[int | None], columns: Sequence[int]
) -> list[list[Fraction | None]]:
    """Ideals in units; the fit itself works on parts of the whole, so that no amount is too large for it."""
    whole = sum(columns) or 1
    table = fit(
        [[float(weight) for weight in row] for row in weights],
        [None if year is None else year / whole for year in years],
        [units / whole for units in columns],
    )
    return [
        [round(Fraction(part) * whole, 6) if weight else None for part, weight in zip(parts, row, strict=True)]
        for parts, row in zip(table, weights, strict=True)
    ]


def _open_weights(row: Row, pins: dict[int, int]) -> list[Fraction]:
    return [Fraction() if index in pins else weight for index, weight in enumerate(row.weights)]


def _alone(row: Row, columns: Sequence[int]) -> dict[int, int]:
    """A negative row among positive ones is spread by itself, in proportion to its months."""
    weights = [weight * abs(units) for weight, units in zip(_open_weights(row, row.pins), columns, strict=True)]
    rest = (row.year or 0) - sum(row.pins.values())
    return dict(enumerate(largest_remainder(rest, weights))) | row.pins


def _free(row: Row, ideal: Sequence[Fraction | None]) -> RowSum:
    """A row whose year is what its cells make: its two nearest whole numbers."""
    year = sum((cell for cell in ideal if cell is not None), Fraction())
    low = floor(year)
    return RowSum(low, low + (year != low), year - low, row.least, row.most)


def _negated(row: Row) -> Row:
    return Row(
        row.weights,
        None if row.year is None else -row.year,
        {index: -units for index, units in row.pins.items()},
        None if row.most is None else -row.most,
        None if row.least is None else -row.least,
    )
