"""The column evaluator: whole columns at once, with the meanings of the other evaluators."""

from engine.expression.columns.calls import round_half_away, to_units
from engine.expression.columns.column import Cells, Column, Mixed, booleans, column_of, numbers, texts
from engine.expression.columns.evaluate import ColumnFunction, column_function

__all__ = [
    "Cells",
    "Column",
    "ColumnFunction",
    "Mixed",
    "booleans",
    "column_function",
    "column_of",
    "numbers",
    "round_half_away",
    "texts",
    "to_units",
]
