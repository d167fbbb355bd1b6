"""Aggregates of values that stand group by group: arrays in, one result per group out, exact whatever the size."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from engine.expression.columns.column import Array
from engine.metrics.partial import FloatSum, float_sum

_EXACT_IN_DOUBLES = 2.0**53
_EXACT_IN_INT64 = 2**63 - 1
_BITS_OF_INT32 = 31
_NOTHING = np.zeros(0, dtype=np.int64)


class Segments:
    """So many values per group, one group behind the other; a group may have none."""

    def __init__(self, counts: Array) -> None:
        self.counts = counts
        self.ends = np.cumsum(counts)
        self.there = counts > 0
        self.starts = (self.ends - counts)[self.there]

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def longest(self) -> int:
        return int(self.counts.max(initial=0))

    def numbers(self) -> Array:
        """The group of every value."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.counts)

    def reduced(self, calculate: np.ufunc, values: Array) -> Array:
        """The values of every group combined by a function of two; zero for groups without any."""
        if len(self.starts) == len(self):
            return np.asarray(calculate.reduceat(values, self.starts)) if len(self) else values[:0]
        out = np.zeros(len(self), dtype=values.dtype)
        if len(self.starts):
            out[self.there] = calculate.reduceat(values, self.starts)
        return out

    def slices(self, values: Array) -> Iterator[list[float]]:
        """The values of every group in turn."""
        listed: list[float] = values.tolist()
        start = 0
        for end in self.ends.tolist():
            yield listed[start:end]
            start = end


def exact_sums(units: Array, segments: Segments, largest: int | None = None) -> Array:
    """Sums of whole units, none beyond `largest`: in 64 bits while these hold them, then in Python's integers."""
    if units.dtype != object:
        bound = int(np.abs(units).max(initial=0)) if largest is None else largest
        if bound * segments.longest > _EXACT_IN_INT64:
            units = units.astype(object)
    return segments.reduced(np.add, units)


def rounded_sums(numbers: Array, segments: Segments) -> tuple[Array, dict[int, FloatSum]]:
    """Sums of doubles, correctly rounded; and by group the exact sums that are no double."""
    whole = np.abs(numbers).max(initial=0.0) < _EXACT_IN_DOUBLES / max(1, segments.longest)
    if whole and np.array_equal(np.rint(numbers), numbers):
        return segments.reduced(np.add, numbers) + 0.0, {}
    sums, others = np.zeros(len(segments)), dict[int, FloatSum]()
    for number, values in enumerate(segments.slices(numbers)):
        exact = float_sum(values)
        if len(exact.parts) > 1 or exact.huge:
            others[number] = exact
        sums[number] = exact.parts[0] if exact.parts else 0.0
    return sums, others


def distinct_pairs(codes: Array, size: int, segments: Segments) -> tuple[Array, Array]:
    """The distinct pairs of a group and one of its codes (all below `size`), in order: the groups, and the codes."""
    if not len(codes):
        return _NOTHING, _NOTHING
    shift = max(1, math.ceil(math.log2(max(size, 2))))
    fits = shift + max(1, len(segments)).bit_length() <= _BITS_OF_INT32
    numbers = segments.numbers().astype(np.int32 if fits else np.int64, copy=False)
    packed: Array = np.bitwise_or(np.left_shift(numbers, shift), codes)
    packed.sort()
    first = np.empty(len(packed), dtype=bool)
    first[0] = True
    np.not_equal(packed[1:], packed[:-1], out=first[1:])
    kept = packed[first]
    return kept >> shift, kept & ((1 << shift) - 1)


def best_places(ranks: Array, segments: Segments) -> Array:
    """For every group that has values, the place of the one with the highest rank, the latest of equal ones."""
    order = np.lexsort((ranks, segments.numbers()))
    best: Array = order[segments.ends[segments.there] - 1]
    return best


def ranges(starts: Array, counts: Array) -> Array:
    """So many whole numbers from every start on, one run behind the other."""
    ends = np.cumsum(counts)
    numbers: Array = np.repeat(starts - (ends - counts), counts)
    numbers += np.arange(len(numbers))
    return numbers


def ranks_of(keys: Sequence[object]) -> Array:
    """The place of every key in their order, equal keys alike."""
    known = {key: place for place, key in enumerate(sorted(set(keys)))}  # type: ignore[type-var]  # keys of one kind
    return np.array([known[key] for key in keys], dtype=np.int64)
