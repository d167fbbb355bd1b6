"""and, or, not, if-else and chains on columns: operands are evaluated for the rows that need them."""

from collections.abc import Sequence

import numpy as np

from engine.expression.columns.assembly import scattered
from engine.expression.columns.column import NONE_MISSING, NOTHING, Cells, Column, Mask, booleans, numbers
from engine.expression.columns.frame import Frame, Run, either, fail_where, lifted, needed


def truth(run: Run) -> Run:
    """`run`, whose cells must be booleans or missing."""
    return lambda frame: lifted(_truth, frame, run(frame))


def _truth(frame: Frame, cells: Column) -> Cells:
    return cells if cells.kind == "boolean" else fail_where(~cells.mask, frame.rows)


def _masks(cells: Cells) -> tuple[Mask, Mask | None]:
    """Where true (false where missing), and where missing (None: nowhere)."""
    assert isinstance(cells, Column)
    if cells.kind != "boolean":
        return NONE_MISSING, cells.mask
    if cells.missing is None:
        return cells.data, None
    return np.logical_and(cells.data, np.logical_not(cells.missing)), cells.missing


def _false(holds: Mask, gone: Mask | None) -> Mask:
    """Where neither true nor missing."""
    return np.logical_not(holds if gone is None else np.logical_or(holds, gone))


def _but(mask: Mask | None, other: Mask) -> Mask | None:
    """The mask without the rows of the other."""
    return None if mask is None else np.logical_and(mask, np.logical_not(other))


def junction(decisive: bool, operands: Sequence[Run]) -> Run:
    """`and` (decisive: False) or `or` (decisive: True) of conditions made by `truth`."""

    def run(frame: Frame) -> Cells:
        decided, missing = None, None
        for operand in operands:
            holds, gone = _masks(needed(frame, operand, None if decided is None else np.logical_not(decided)))
            hit = holds if decisive else _false(holds, gone)
            missing, decided = either(missing, gone), hit if decided is None else np.logical_or(decided, hit)
        assert decided is not None
        return booleans(decided if decisive else np.logical_not(decided), _but(missing, decided))

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
        second = _false(holds, gone)
        return _chosen(frame, gone, holds, needed(frame, body, holds), second, needed(frame, orelse, second))

    return run


def _chosen(frame: Frame, neither: Mask | None, first: Mask, a: Cells, second: Mask, b: Cells) -> Cells:
    if isinstance(a, Column) and isinstance(b, Column) and a.kind == b.kind == "number":
        unknown = None if a.missing is None and b.missing is None else np.where(first, a.mask, b.mask)
        return numbers(np.where(first, a.data, b.data), either(neither, unknown))
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
    no = np.logical_or(_false(first, first_gone), _false(second, second_gone))
    return booleans(np.logical_not(no), _but(either(first_gone, second_gone), no))


def undecided(a: Cells) -> Mask:
    """Where a comparison of a chain is not false."""
    return np.logical_not(_false(*_masks(a)))
