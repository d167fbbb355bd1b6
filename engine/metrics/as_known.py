"""Whole numbers cell by cell as they are known at the close of one day, moved from day to day by what changes."""

from typing import NamedTuple

import numpy as np

from engine.expression.columns.column import Array
from engine.metrics.entries import Spans
from engine.metrics.facts import starts_of
from engine.metrics.segments import ranges
from engine.metrics.whole import summable
from engine.records.version_table import NEVER


class Lives(NamedTuple):
    """Some entries: the cell (or another group) of each, and from when until when it is valid."""

    cells: Array
    since: Array
    until: Array


class Added:
    """Amounts that are added. A change takes away exactly what it once added, so days can be gone back too."""

    def __init__(self, lives: Lives, cell_days: Array, amounts: Array) -> None:
        amounts = summable(amounts)
        self._changes(lives, cell_days, amounts)
        self._cells = np.zeros(len(cell_days), dtype=amounts.dtype)
        self._before: Array | None = None
        self._at = 0

    def _changes(self, lives: Lives, cell_days: Array, amounts: Array) -> None:
        """By the day on which it is known, per cell, what is added. What is known on its own day, as most is, needs no sorting."""
        prompt = lives.since == cell_days[lives.cells]
        first = np.zeros(len(cell_days), dtype=amounts.dtype)
        np.add.at(first, lives.cells[prompt], amounts[prompt])
        late, ends = ~prompt, lives.until < NEVER
        known = np.concatenate([cell_days, lives.since[late], lives.until[ends]])
        cells = np.concatenate([np.arange(len(cell_days)), lives.cells[late], lives.cells[ends]])
        added = np.concatenate([first, amounts[late], -amounts[ends]])
        order = np.lexsort((cells, known))
        known, cells, added = known[order], cells[order], added[order]
        starts = starts_of([known, cells], len(known))
        added = np.add.reduceat(added, starts) if len(starts) else added
        kept = added != 0
        self._known, self._where, self._amounts = known[starts][kept], cells[starts][kept], added[kept]

    def move(self, known: int) -> Array:
        """To the close of another day; the cells that changed on the way."""
        to = int(np.searchsorted(self._known, known, side="right"))
        low, high = min(self._at, to), max(self._at, to)
        cells: Array = self._where[low:high]
        amounts = self._amounts[low:high]
        if high > low:
            np.add.at(self._cells, cells, amounts if to > self._at else -amounts)
            self._before = None
        self._at = to
        return cells

    def sums(self, spans: Spans) -> Array:
        if len(spans) == 1:
            return np.asarray(self._cells[int(spans.first[0]) : int(spans.end[0])].sum(keepdims=True))
        if self._before is None:
            self._before = np.concatenate([np.zeros(1, dtype=self._cells.dtype), np.cumsum(self._cells)])
        found: Array = self._before[spans.end] - self._before[spans.first]
        return found


class Moved(NamedTuple):
    """Groups whose best rank became another one, with both; and the entries that came or went in between."""

    groups: Array
    before: Array
    after: Array
    entries: Array


class Best:
    """Of every group the highest rank (from 1 on) among its valid entries; 0 where there is none."""

    def __init__(self, lives: Lives, groups: int, ranks: Array) -> None:
        order = np.argsort(lives.cells, kind="stable")
        self._since, self._until, self._ranks = lives.since[order], lives.until[order], ranks[order]
        self._counts = np.bincount(lives.cells, minlength=groups)
        self._starts = np.cumsum(self._counts) - self._counts
        ends = np.flatnonzero(lives.until < NEVER)
        known = np.concatenate([lives.since, lives.until[ends]])
        entries = np.concatenate([np.arange(len(ranks)), ends])
        by_day = np.argsort(known, kind="stable")
        self._known, self._entries, self._groups = known[by_day], entries[by_day], lives.cells[entries[by_day]]
        self.best = np.zeros(groups, dtype=np.int64)
        self._at = 0

    def move(self, known: int) -> Moved:
        """To the close of another day."""
        to = int(np.searchsorted(self._known, known, side="right"))
        low, high = min(self._at, to), max(self._at, to)
        self._at = to
        groups = np.unique(self._groups[low:high])
        before, after = self.best[groups], self._read(groups, known)
        self.best[groups] = after
        other = before != after
        return Moved(groups[other], before[other], after[other], self._entries[low:high])

    def _read(self, groups: Array, known: int) -> Array:
        if not len(groups):
            return groups
        counts = self._counts[groups]
        rows = ranges(self._starts[groups], counts)
        valid = (self._since[rows] <= known) & (known < self._until[rows])
        return np.maximum.reduceat(np.where(valid, self._ranks[rows], 0), np.cumsum(counts) - counts)

    def highest(self, spans: Spans) -> Array:
        """The highest rank of neighbouring groups."""
        padded = np.append(self.best, 0)
        pairs = np.stack([spans.first, spans.end], axis=1).ravel()
        found = np.maximum.reduceat(padded, pairs)[::2] if len(pairs) else pairs
        return np.where(spans.first < spans.end, found, 0)
