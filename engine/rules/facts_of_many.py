"""The values of the names that a rule reads, of many scopes on many days at once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

import numpy as np

from engine.expression.columns.column import Array
from engine.metrics.moments import Moments
from engine.pace import figures_of_many
from engine.routing import Scope
from engine.rules.facts import Facts, Read
from engine.rules.past_numbers import PastNumbers
from schema_defs.rule import ScopeKind


class FactsOfMany:
    """What `Facts` gives one by one, in columns of doubles; not-a-number is missing."""

    def __init__(self, reads: tuple[Read, ...], numbers: PastNumbers, facts: Facts, kind: ScopeKind) -> None:
        self._own = [read for read in reads if not read.of_parent]
        self._of_parent = [read for read in reads if read.of_parent]
        self._numbers, self._facts, self._kind = numbers, facts, kind

    def values(self, moments: Moments) -> dict[str, Array]:
        """Every name with its values; what a scope or a metric does not have is missing."""
        found = self._read(self._own, self._kind, moments)
        return found | self._of_parents(moments) if self._of_parent else found

    def _of_parents(self, moments: Moments) -> dict[str, Array]:
        """The values of the scopes above, which may be of several kinds, and of others on other days."""
        pairs, inverse = _pairs(moments.codes, moments.days)
        above = [self._facts.above(Scope(self._kind, moments.keys[code]), date.fromordinal(day)) for code, day in pairs]
        found = {read.name: np.full(len(moments), np.nan) for read in self._of_parent}
        for kind in sorted({scope.kind for scope in above if scope}):
            keys = tuple(sorted({scope.key for scope in above if scope and scope.kind == kind}))
            codes = np.array([keys.index(each.key) if each and each.kind == kind else -1 for each in above])[inverse]
            rows = np.flatnonzero(codes >= 0)
            there = Moments(keys, codes[rows], moments.days[rows], moments.known[rows])
            for name, values in self._read(self._of_parent, kind, there).items():
                found[name][rows] = values
        return found

    def _read(self, reads: Iterable[Read], kind: ScopeKind, moments: Moments) -> dict[str, Array]:
        actuals = self._numbers.all_actual(kind, moments)
        figures: dict[str, dict[str, Array]] = {}
        found: dict[str, Array] = {}
        for read in reads:
            if read.figure == "score":
                found[read.name] = self._scores(kind, moments)
            elif read.metric not in actuals:
                found[read.name] = np.full(len(moments), np.nan)
            elif read.figure == "actual":
                found[read.name] = actuals[read.metric]
            else:
                if read.metric not in figures:
                    figures[read.metric] = self._figures(read.metric, kind, moments, actuals[read.metric])
                found[read.name] = figures[read.metric][read.figure]
        return found

    def _figures(self, metric: str, kind: ScopeKind, moments: Moments, actual: Array) -> dict[str, Array]:
        numbers = self._numbers
        target = _of_pairs(
            moments.codes,
            moments.months,
            lambda code, day: numbers.target(metric, Scope(kind, moments.keys[code]), f"{day:%Y-%m}"),
        )
        pace = _of_pairs(
            moments.codes, moments.days, lambda code, day: numbers.pace(metric, Scope(kind, moments.keys[code]), day)
        )
        left = _of_pairs(np.zeros_like(moments.codes), moments.days, lambda _, day: numbers.working_days_left(day))
        return figures_of_many(actual, target, pace, left)

    def _scores(self, kind: ScopeKind, moments: Moments) -> Array:
        """A score is put together from parts in exact fractions, one by one."""
        found = []
        for key, day, known in moments:
            self._numbers.known = known
            found.append(self._numbers.score(Scope(kind, key), day))
        return _doubles(found)


def _of_pairs(codes: Array, days: Array, read: Callable[[int, date], float | None]) -> Array:
    """What is read for each of the different pairs of a code and a day."""
    pairs, inverse = _pairs(codes, days)
    return _doubles([read(code, date.fromordinal(day)) for code, day in pairs])[inverse]


def _pairs(codes: Array, days: Array) -> tuple[list[tuple[int, int]], Array]:
    """The different pairs, and for every row which one it is."""
    if not len(codes):
        return [], codes
    low, high = int(days.min()), int(days.max())
    known, inverse = np.unique(codes * (high - low + 1) + (days - low), return_inverse=True)
    return [(pair // (high - low + 1), pair % (high - low + 1) + low) for pair in known.tolist()], inverse


def _doubles(values: Sequence[float | None]) -> Array:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
