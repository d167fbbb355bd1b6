"""What a metric gives for many groups, as arrays; as a column for formulas, and as partial results where these are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

import numpy as np

from engine.expression.columns import Cells, column_of, numbers
from engine.expression.columns.column import Array
from engine.metrics.partial import (
    UNITS,
    Distinct,
    Extreme,
    FloatSum,
    Last,
    Mean,
    Order,
    Partial,
    Sum,
    Tagged,
    Tally,
    untagged,
    value_of,
)

_EXACT_IN_DOUBLES = 2**53


@dataclass(frozen=True, eq=False)
class Sums:
    """Money: whole units of 1e-4 per group, int64 or Python's integers."""

    units: Array

    def partials(self) -> list[Partial]:
        return [Sum(units) for units in self.units.tolist()]


@dataclass(frozen=True, eq=False)
class FloatSums:
    """Plain numbers: the correctly rounded sum per group; `others` has the exact sums that are no double."""

    data: Array
    others: Mapping[int, FloatSum]

    def partials(self) -> list[Partial]:
        return [
            self.others.get(number) or FloatSum((total,) if total else ())
            for number, total in enumerate(self.data.tolist())
        ]


@dataclass(frozen=True, eq=False)
class Counts:
    counts: Array

    def partials(self) -> list[Partial]:
        return [Tally(count) for count in self.counts.tolist()]


@dataclass(frozen=True, eq=False)
class Distincts:
    """How many values every group has, and the values where they were asked for."""

    counts: Array
    sets: Sequence[frozenset[Tagged]] | None = None

    def partials(self) -> list[Partial]:
        if self.sets is None:
            return [Tally(count) for count in self.counts.tolist()]
        return [Distinct(each) for each in self.sets]


@dataclass(frozen=True, eq=False)
class Means:
    totals: Sums | FloatSums
    counts: Array

    def partials(self) -> list[Partial]:
        pairs = zip(self.totals.partials(), self.counts.tolist(), strict=True)
        return [Mean(total, count) for total, count in pairs if isinstance(total, Sum | FloatSum)]


@dataclass(frozen=True, eq=False)
class Picked:
    """Per group one of its values, the smallest, largest or latest, or None; `orders` for the latest."""

    kind: str
    values: Sequence[Tagged | None]
    orders: Sequence[Order | None] = field(default=())

    def partials(self) -> list[Partial]:
        if self.kind == "last":
            return [Last(at, value) for at, value in zip(self.orders, self.values, strict=True)]
        return [Extreme(self.kind == "maximum", value) for value in self.values]


Totals = Sums | FloatSums | Counts | Distincts | Means | Picked


def cells_of(totals: Totals) -> Cells:
    """The values as formulas see them, one per group; equal to `value_of` of every partial."""
    match totals:
        case Counts() | Distincts():
            return numbers(totals.counts.astype(np.float64))
        case Sums(units=units) if _small(units):
            return numbers(units / UNITS)
        case FloatSums(others=others) if not others:
            return numbers(totals.data)
        case Means(totals=Sums(units=units), counts=counts) if _small(units) and _small(counts * UNITS):
            return numbers(units / np.maximum(counts * UNITS, 1), counts == 0)
        case Picked():
            return column_of([None if value is None else untagged(value) for value in totals.values])
        case Sums() | FloatSums() | Means():
            return column_of([value_of(partial) for partial in totals.partials()])
        case _:
            assert_never(totals)


def joined(parts: Sequence[Totals]) -> Totals:
    """The totals of groups behind each other as those of all; at least one part, all of one metric."""
    first = parts[0]
    match first:
        case Sums():
            return Sums(np.concatenate([part.units for part in parts if isinstance(part, Sums)]))
        case FloatSums():
            return _joined_floats([part for part in parts if isinstance(part, FloatSums)])
        case Counts():
            return Counts(np.concatenate([part.counts for part in parts if isinstance(part, Counts)]))
        case Distincts():
            return _joined_distincts([part for part in parts if isinstance(part, Distincts)])
        case Means():
            means = [part for part in parts if isinstance(part, Means)]
            totals = joined([mean.totals for mean in means])
            assert isinstance(totals, Sums | FloatSums)
            return Means(totals, np.concatenate([mean.counts for mean in means]))
        case Picked():
            picked = [part for part in parts if isinstance(part, Picked)]
            values, orders = (
                [each for part in picked for each in part.values],
                [each for part in picked for each in part.orders],
            )
            return Picked(first.kind, values, orders)
        case _:
            assert_never(first)


def _small(units: Array) -> bool:
    """Whether all are exact as doubles."""
    return units.dtype != object and int(np.abs(units).max(initial=0)) < _EXACT_IN_DOUBLES


def _joined_floats(parts: Sequence[FloatSums]) -> FloatSums:
    others, before = dict[int, FloatSum](), 0
    for part in parts:
        others |= {before + number: exact for number, exact in part.others.items()}
        before += len(part.data)
    return FloatSums(np.concatenate([part.data for part in parts]), others)


def _joined_distincts(parts: Sequence[Distincts]) -> Distincts:
    counts = np.concatenate([part.counts for part in parts])
    if any(part.sets is None for part in parts):
        return Distincts(counts)
    return Distincts(counts, [each for part in parts for each in part.sets or ()])
