"""Many questions at once: a key and a day, as known at a close."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np

from engine.expression.columns import Cells, Mixed
from engine.expression.columns.column import KINDS, Array
from engine.metrics.facts import starts_of
from engine.periods import month_start

Days = tuple[int, int]
"""The first and the last day, as date.toordinal."""
_NUMBER = KINDS.index("number")


@dataclass(frozen=True, eq=False)
class Moments:
    """A key (a place in `keys`), a day, and the close as of which it is asked about; days are date.toordinal.

    They stand in the order of `known`.
    """

    keys: tuple[str, ...]
    codes: Array
    days: Array
    known: Array

    def __len__(self) -> int:
        return len(self.days)

    def __iter__(self) -> Iterator[tuple[str, date, date]]:
        """Key, day and close of each."""
        for code, day, known in zip(self.codes.tolist(), self.days.tolist(), self.known.tolist(), strict=True):
            yield self.keys[code], date.fromordinal(day), date.fromordinal(known)

    @cached_property
    def months(self) -> Array:
        """The first day of each day's month."""
        return month_start(self.days)

    def by_known(self) -> Iterator[tuple[int, slice]]:
        """Every close with its rows."""
        for start, end in pairwise([*starts_of([self.known], len(self)).tolist(), len(self)]):
            yield int(self.known[start]), slice(start, end)


def doubles(cells: Cells, rows: int) -> Array:
    """The numbers among the cells; anything else is not-a-number."""
    if isinstance(cells, Mixed):
        numbers = cells.parts.get("number")
        return np.where(cells.kinds == _NUMBER, numbers.data, np.nan) if numbers else np.full(rows, np.nan)
    if cells.kind != "number":
        return np.full(rows, np.nan)
    return np.broadcast_to(np.where(cells.mask, np.nan, cells.data), (rows,))
