"""A base metric made ready to run: what a record contributes, and the partial result of many contributions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC
from typing import cast

import msgspec

from engine.expression.context import Context, Trouble
from engine.expression.language import Expression
from engine.expression.values import Value, is_number, to_units
from engine.metrics.partial import (
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
    float_sum,
    merge,
    tagged,
)
from engine.metrics.policy import Policy
from engine.metrics.shape import Shape
from engine.records.record import Record
from schema_defs.metric import Aggregate

RowValue = Callable[[Mapping[str, Value]], Value]
Contribution = int | float | Tagged | tuple[Order, Tagged]
"""What one record adds: units of money, a number, a tagged value, or with its place in time."""


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A base metric over one dataset. `value` and `where` are tolerant: what has no result is missing, and counted in `trouble`.

    The expressions, with the context that they run in, are there for whole columns; without them rows are read one by one.
    """

    name: str
    dataset: str
    aggregate: Aggregate
    shape: Shape
    value: RowValue | None = None
    where: RowValue | None = None
    trouble: Trouble
    value_expression: Expression | None = None
    where_expression: Expression | None = None
    context: Context | None = None
    policy: Policy | None = None

    @property
    def under(self) -> str:
        """The name of what it does with the dataset's records; metrics of one name count the same records at the same places."""
        return self.policy.name if self.policy else self.dataset

    def counted(self, record: Record) -> Record | None:
        """The record at the day and with the people that it counts at; None where it is left out whatever it says."""
        return self.policy.counted(record) if self.policy else record

    def contribution(self, record: Record, share: float = 1.0) -> Contribution | None:
        """What the record adds, or None when it is filtered out or has no value. Only a sum is split by `share`."""
        values = record.values
        if self.where is not None and self.where(values) is not True:
            return None
        if self.aggregate == "count":
            return 1
        given = self.value(values) if self.value is not None else None
        return None if given is None else self._of_value(given, record, share)

    def _of_value(self, given: Value, record: Record, share: float) -> Contribution | None:
        match self.aggregate:
            case "sum" | "average":
                if not is_number(given):
                    self.trouble.type_errors += 1
                    return None
                number = float(given) * share if self.aggregate == "sum" and share != 1.0 else float(given)  # type: ignore[arg-type]
                return to_units(number) if self.shape.is_money else number
            case "last":
                return self.order(record), self.held(given)
            case _:
                return self.held(given)

    def held(self, given: Value) -> Tagged:
        """The value as a set and an order can hold it; money in its units, except where values are only told apart."""
        if self.shape.is_money and self.aggregate != "count_distinct" and is_number(given):
            return ("units", to_units(float(given)))  # type: ignore[arg-type]  # is_number has looked
        return tagged(given)

    def order(self, record: Record) -> Order:
        """Where the record stands in time."""
        moment = record.at.astimezone(UTC).isoformat() if record.at else record.day.isoformat()
        return moment, tuple(tagged(part) for part in record.key)

    def partial(self, contributions: Iterable[Contribution | None]) -> Partial:
        """The exact partial result of the contributions; of none the partial of nothing."""
        found = [each for each in contributions if each is not None]
        return _FOLDS[self.aggregate](found, self.shape.is_money)


def partial_of(measure: Measure, records: Iterable[Record], shares: Iterable[float] | None = None) -> Partial:
    """The partial result of a metric over the records that count, each with its share (default: the whole)."""
    if shares is None:
        return measure.partial(measure.contribution(record) for record in records if record.counts)
    pairs = zip(records, shares, strict=True)
    return measure.partial(measure.contribution(record, share) for record, share in pairs if record.counts)


def merged(measure: Measure, partials: Iterable[Partial]) -> Partial:
    """All partials together; of none the partial of nothing."""
    total = measure.partial(())
    for each in partials:
        total = merge(total, each)
    return total


def _sum(found: Sequence[Contribution], is_money: bool) -> Partial:
    return Sum(sum(found)) if is_money else float_sum(found)  # type: ignore[arg-type]  # a sum's contributions are numbers


def _mean(found: Sequence[Contribution], is_money: bool) -> Partial:
    total = _sum(found, is_money)
    assert isinstance(total, Sum | FloatSum)
    return Mean(total, len(found))


def _distinct(found: Sequence[Contribution], is_money: bool) -> Partial:
    return Distinct(frozenset(found))  # type: ignore[arg-type]  # tagged values


def _extreme(found: Sequence[Contribution], is_money: bool, *, largest: bool) -> Partial:
    values = cast(Sequence[Tagged], found)
    return Extreme(largest, (max if largest else min)(values, default=None))


def _last(found: Sequence[Contribution], is_money: bool) -> Partial:
    pairs = cast(Sequence[tuple[Order, Tagged]], found)
    at, value = max(pairs, default=(None, None))
    return Last(at, value)


_FOLDS: dict[Aggregate, Callable[[Sequence[Contribution], bool], Partial]] = {
    "sum": _sum,
    "count": lambda found, is_money: Tally(len(found)),
    "count_distinct": _distinct,
    "average": _mean,
    "minimum": lambda found, is_money: _extreme(found, is_money, largest=False),
    "maximum": lambda found, is_money: _extreme(found, is_money, largest=True),
    "last": _last,
}
"""Every aggregate: adding one touches its fold, its partial and the schema's list."""
