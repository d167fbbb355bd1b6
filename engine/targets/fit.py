"""Fitting a table to its margins in proportion to what it starts from, where pins and absences leave holes."""

from collections.abc import Sequence

Table = list[list[float]]

_ROUNDS = 400
_NEAR = 1e-13


def fit(seeds: Sequence[Sequence[float]], rows: Sequence[float | None], columns: Sequence[float]) -> Table:
    """The seeds, each row and column scaled until rows (those that are given) and columns add up as asked.

    A seed of 0 stays 0. Where no table of that pattern has these margins, the result only comes near them.
    """
    table = [list(row) for row in seeds]
    for _ in range(_ROUNDS):
        _scale_columns(table, columns)
        if _scale_rows(table, rows) < _NEAR:
            break
    return table


def _scale_columns(table: Table, columns: Sequence[float]) -> None:
    sums = [sum(column) for column in zip(*table, strict=True)]
    factors = [wanted / found if found else 0.0 for wanted, found in zip(columns, sums, strict=True)]
    for row in table:
        row[:] = [cell * factor for cell, factor in zip(row, factors, strict=True)]


def _scale_rows(table: Table, rows: Sequence[float | None]) -> float:
    """How far the furthest row was off."""
    furthest = 0.0
    for row, wanted in zip(table, rows, strict=True):
        found = sum(row)
        if wanted is None:
            continue
        furthest = max(furthest, abs(wanted - found))
        row[:] = [cell * wanted / found if found else 0.0 for cell in row]
    return furthest
