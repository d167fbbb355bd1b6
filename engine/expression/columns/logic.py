"""and, or, not, if-else and chains on columns: operands are evaluated for the rows that need them."""

from collections.abc import Sequence

import numpy as np

from engine.expression.columns.assembly import scattered
from engine.expression.columns.column import NONE_MISSING, NOTHING, Cells, Column, Mask, booleans, numbers
from engine.expression.columns.frame import Frame, Run, fail_where, lifted, needed


def truth(run: Run) -> Run:
    """`run`, whose cells must be booleans or missing."""
    return lambda frame: lifted(_truth, frame, run(frame))


def _truth(frame: Frame, cells: Column) -> Cells:
    return cells if cells.kind == "boolean" else fail_where(~cells.mask, frame.rows)


def _masks(cells: Cells) -> tuple[Mask, Mask]:
    """Where true, and where missing."""
    assert isinstance(cells, Column)
    data = cells.data if cells.kind == "boolean" else NONE_MISSING
    return data, cells.mask


def junction(decisive: bool, operands: Sequence[Run]) -> Run:
    """`and` (decisive: False) or `or` (decisive: True) of conditions made by `truth`."""

    def run(frame: Frame) -> Cells:
        decided: Mask = NONE_MISSING
        missing: Mask = NONE_MISSING
        for operand in operands:
            holds, gone = _masks(needed(frame, operand, np.logical_not(decided)))
            hit = np.logical_and(holds if decisive else np.logical_not(holds), np.logical_not(gone))
            missing, decided = np.logical_or(missing, gone), np.logical_or(decided, hit)
        return booleans(decided if decisive else np.logical_not(decided), np.logical_and(missing, ~decided))

    return run


def negation(operand: Run) -> Run:
    def run(frame: Frame) -> Cells:
        holds, gone = _masks(operand(frame))
        return booleans(np.logical_not(holds), gone)

    return run


def choice(test: Run, body: Run, orelse: Run) -> Run:
    """`body if test else orelse`: missing where the test is missing."""

    def run(frame: Frame) -> Cells:
        holds, gone = _masks(test(frame))
        first, second = np.logical_and(holds, np.logical_not(gone)), np.logical_not(np.logical_or(holds, gone))
        return _chosen(frame, first, needed(frame, body, first), second, needed(frame, orelse, second))

    return run


def _chosen(frame: Frame, first: Mask, a: Cells, second: Mask, b: Cells) -> Cells:
    if isinstance(a, Column) and isinstance(b, Column) and a.kind == b.kind == "number":
        neither = np.logical_not(np.logical_or(first, second))
        missing = np.logical_or(np.where(first, a.mask, b.mask), neither)
        return numbers(np.where(first, a.data, b.data), missing)
    parts = []
    for mask, cells in ((first, a), (second, b)):
        index = np.flatnonzero(np.broadcast_to(mask, (frame.rows,)))
        if len(index):
            parts.append((index, cells.take(index)))
    return scattered(parts, frame.rows)


def coalesce(frame: Frame, arguments: Sequence[Cells]) -> Cells:
    """Per row the first argument that is not missing."""
    left: Mask = np.ones(frame.rows, dtype=bool)
    parts = []
    for cells in arguments:
        index = np.flatnonzero(np.logical_and(left, np.logical_not(cells.mask)))
        if len(index):
            parts.append((index, cells.take(index)))
            left[index] = False
    return scattered(parts, frame.rows) if parts else NOTHING


def both(a: Cells, b: Cells) -> Column:
    """`a and b` of two comparisons of a chain, where b means nothing if a is false."""
    (first, first_gone), (second, second_gone) = _masks(a), _masks(b)
    no = np.logical_or(~np.logical_or(first, first_gone), ~np.logical_or(second, second_gone))
    return booleans(np.logical_not(no), np.logical_and(np.logical_or(first_gone, second_gone), ~no))


def undecided(a: Cells) -> Mask:
    """Where a comparison of a chain is not false."""
    holds, gone = _masks(a)
    return np.logical_or(holds, gone)
