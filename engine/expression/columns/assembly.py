"""Putting columns together that were evaluated for different rows."""

from collections.abc import Sequence

import numpy as np

from engine.expression.columns.column import KINDS, NOTHING, Array, Cells, Column, Mixed
from engine.expression.values import ValueType

Part = tuple[Array, Cells]
"""Row numbers, and the cells of these rows in their order."""


def scattered(parts: Sequence[Part], rows: int) -> Cells:
    """The cells of all rows; rows that no part has are missing. Mixed where the parts are of several types."""
    single = [piece for index, cells in parts for piece in _pieces(index, cells)]
    kinds = list(dict.fromkeys(column.kind for _, column in single if column.kind != "missing"))
    if not kinds:
        return NOTHING
    if len(kinds) == 1:
        return _merged(kinds[0], single, rows)
    codes = np.zeros(rows, dtype=np.int8)
    for index, column in single:
        codes[index] = KINDS.index(column.kind)
    return Mixed(codes, {kind: _merged(kind, single, rows) for kind in kinds})


def _pieces(index: Array, cells: Cells) -> list[tuple[Array, Column]]:
    if isinstance(cells, Column):
        return [(index, cells)]
    pieces = []
    for code in np.unique(cells.kinds).tolist():
        own = np.flatnonzero(cells.kinds == code)
        piece = cells.take(own)
        assert isinstance(piece, Column)
        pieces.append((index[own], piece))
    return pieces


def _merged(kind: ValueType, pieces: Sequence[tuple[Array, Column]], rows: int) -> Column:
    own = [(index, column) for index, column in pieces if column.kind == kind]
    codes: dict[str, int] = {}
    data = np.zeros(rows, dtype=np.int32 if kind == "text" else own[0][1].data.dtype)
    missing = np.ones(rows, dtype=bool)
    for index, column in own:
        data[index] = _recoded(column, codes) if kind == "text" else column.data
        missing[index] = column.mask
    return Column(kind, data, missing if missing.any() else None, tuple(codes) or ("",) if kind == "text" else ())


def _recoded(column: Column, codes: dict[str, int]) -> Array:
    """The column's codes in a list of categories that grows."""
    table = np.array([codes.setdefault(text, len(codes)) for text in column.categories], dtype=np.int32)
    recoded: Array = table[column.data]
    return recoded
