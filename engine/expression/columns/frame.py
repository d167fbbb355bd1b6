"""The rows that an operation is evaluated for: all of them, or only those that need it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.expression.columns.assembly import scattered
from engine.expression.columns.column import NOTHING, Array, Cells, Mask, Mixed
from engine.expression.context import Trouble

Run = Callable[["Frame"], Cells]
Memo = dict[str, Cells]


class RowsFail(Exception):  # noqa: N818  # it is a signal between operations, never an error that anybody sees
    """The types of these rows (by number in the frame) do not fit; the row evaluator says why."""

    def __init__(self, rows: Array) -> None:
        super().__init__()
        self.rows = rows


class Frame:
    """Columns of equally many rows, taken row by row from a larger frame on first use, and the count of trouble.

    `memo` holds what parts of expressions gave for all rows without any trouble, for other expressions on the same columns.
    """

    def __init__(
        self,
        columns: Mapping[str, Cells],
        rows: int,
        trouble: Trouble,
        index: Array | None = None,
        memo: Memo | None = None,
    ) -> None:
        self._columns = columns
        self._index = index
        self._taken: dict[str, Cells] = {}
        self.rows = rows
        self.trouble = trouble
        self.memo = memo

    def column(self, name: str) -> Cells:
        if name not in self._taken:
            column = self._columns.get(name, NOTHING)
            self._taken[name] = column if self._index is None else column.take(self._index)
        return self._taken[name]

    def take(self, index: Array) -> "Frame":
        whole = index if self._index is None else self._index[index]
        return Frame(self._columns, len(index), self.trouble, whole)

    def probe(self) -> "Frame":
        """The same rows with a count of its own."""
        frame = Frame(self._columns, self.rows, Trouble(), self._index, self.memo)
        frame._taken = self._taken
        return frame


def remembered(key: str, run: Run) -> Run:
    """`run`, whose cells are looked up in the frame's memo, and put there unless something had no result."""

    def recall(frame: Frame) -> Cells:
        if frame.memo is None:
            return run(frame)
        if key not in frame.memo:
            before = frame.trouble.total
            cells = run(frame)
            if frame.trouble.total != before:
                return cells
            frame.memo[key] = cells
        return frame.memo[key]

    return recall


def needed(frame: Frame, run: Run, mask: Mask | None) -> Cells:
    """What `run` gives for the rows of the mask (None: all); other rows are neither evaluated nor counted, and mean nothing.

    Mostly nothing can go wrong, and all rows at once cost less than picking some: so that is tried first, unless few rows are needed.
    """
    wanted = frame.rows if mask is None else count(mask, frame.rows)
    if wanted == frame.rows:
        return run(frame)
    if wanted == 0:
        return NOTHING
    if wanted * 8 > frame.rows:
        probe = frame.probe()
        try:
            cells = run(probe)
        except RowsFail:
            pass
        else:
            if not probe.trouble.total:
                return cells
    index = np.flatnonzero(mask)  # type: ignore[arg-type]  # no mask means all rows
    try:
        return scattered([(index, run(frame.take(index)))], frame.rows)
    except RowsFail as fail:
        raise RowsFail(index[fail.rows]) from None


def count(mask: Mask, rows: int) -> int:
    """For how many rows the mask holds."""
    return int(np.count_nonzero(mask)) if mask.ndim else rows * int(mask)


def either(a: Mask | None, b: Mask | None) -> Mask | None:
    """Where one of two masks holds."""
    if a is None or b is None:
        return b if a is None else a
    return np.logical_or(a, b)


def fail_where(present: Mask, rows: int) -> Cells:
    """RowsFail for the rows of the mask; where there are none, missing."""
    index = np.flatnonzero(np.broadcast_to(present, (rows,)))
    if len(index):
        raise RowsFail(index)
    return NOTHING


def lifted(operation: Callable[..., Cells], frame: Frame, *cells: Cells) -> Cells:
    """The operation on columns of one type each: rows are sorted by their types first, where there are several."""
    mixed = [each for each in cells if isinstance(each, Mixed)]
    if not mixed:
        return operation(frame, *cells)
    signature: Any = np.zeros(frame.rows, dtype=np.int64)
    for each in mixed:
        signature = signature * 8 + each.kinds
    parts = []
    for code in np.unique(signature).tolist():
        index = np.flatnonzero(signature == code)
        try:
            parts.append((index, operation(frame.take(index), *(each.take(index) for each in cells))))
        except RowsFail as fail:
            raise RowsFail(index[fail.rows]) from None
    return scattered(parts, frame.rows)
