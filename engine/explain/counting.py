"""A number as a sum of its records at one of two moments, so that records can be exchanged one by one between the two."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from engine.expression.values import Value, is_number
from engine.metrics.aggregate import Contribution, Measure
from engine.metrics.partial import UNITS, FloatSum, Partial, Sum, Tally, exact_total, value_of
from engine.metrics.places import Places
from engine.metrics.ready import Ready
from engine.metrics.span import At, Span
from engine.metrics.window import Number
from engine.records.record import Record
from schema_defs.rule import ScopeKind

RecordKey = tuple[str, tuple[Value, ...]]
"""The dataset and the record's key."""
Adds = tuple[Contribution | None, ...]
"""What one record adds to each reading of the number, in their order."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two moments: where the number stands, records as they were known then, where they counted, and what the metrics meant.

    Places are by the names of the metrics' policies. There may be more records than count: they tell that a record has only moved to another day.
    """

    at: At
    records: Mapping[str, Sequence[Record]]
    places: Mapping[str, Places]
    ready: Ready


class Counting:
    """One metric at one place, by what its document says: the base metrics that it reads, each over some days."""

    def __init__(self, metric: str, scope: ScopeKind, key: str, side: Side) -> None:
        self._metric, self._scope, self._key, self._side = metric, scope, key, side
        self._exists = metric in side.ready.shapes
        self.reads: list[tuple[Measure, Span]] = []
        if self._exists:
            side.ready.value_at(metric, side.at, self._noted)

    def _noted(self, base: str, span: Span) -> Number:
        self.reads.append((self._side.ready.measures[base], span))
        return None

    @property
    def adds_up(self) -> bool:
        """Whether the number is the sum of what its records add."""
        ready = self._side.ready
        is_plain = self._metric in ready.measures or self._metric in ready.windows
        return is_plain and len(self.reads) == 1 and self.reads[0][0].aggregate in ("sum", "count")

    def reached(self, record: Record) -> tuple[bool, ...]:
        """Of each reading whether it takes in the record's day."""
        return tuple(_within(measure.counted(record), span) for measure, span in self.reads)

    def entries(self) -> dict[RecordKey, Adds]:
        """What every record adds that counts at the place."""
        found: dict[RecordKey, Adds] = {}
        for name, records in self._side.records.items():
            for record in records:
                adds = tuple(self._added(*read, name, record) for read in self.reads)
                if any(each is not None for each in adds):
                    found[name, record.key] = adds
        return found

    def _added(self, measure: Measure, span: Span, dataset: str, given: Record) -> Contribution | None:
        record = measure.counted(given) if given.counts and measure.dataset == dataset else None
        if record is None or not _within(record, span):
            return None
        share = self._share(measure, record)
        return None if share is None else measure.contribution(record, share)

    def shares(self, dataset: str, given: Record) -> list[float | None]:
        """Of each reading of the dataset the share that the place has of the record; None where it does not count there."""
        counted = [(measure, measure.counted(given)) for measure, _ in self.reads if measure.dataset == dataset]
        return [None if record is None else self._share(measure, record) for measure, record in counted]

    def _share(self, measure: Measure, record: Record) -> float | None:
        places = self._side.places[measure.under].of(record, self._scope)
        return next((share for key, share in places if key == self._key), None)

    def value(self, entries: Iterable[Adds]) -> Fraction | None:
        """The number; exact where it is a sum or count, or a window on one."""
        if not self._exists:
            return None
        columns = list(zip(*entries, strict=True)) or [()] * len(self.reads)
        partials = iter([self._partial(*read, column) for read, column in zip(self.reads, columns, strict=True)])
        if self._metric in self._side.ready.measures:
            return exact_of(next(partials))
        # A metric is read in the same order each time, whatever its records are.
        found = self._side.ready.value_at(self._metric, self._side.at, lambda *_: _number(next(partials)))
        return Fraction(found) if isinstance(found, Decimal) or is_number(found) else None  # type: ignore[arg-type]  # is_number has looked

    def _partial(self, measure: Measure, span: Span, column: Sequence[Contribution | None]) -> Partial | None:
        return measure.partial(column) if self._side.places[measure.under].reaches(self._scope) else None

    def amount(self, adds: Adds | None) -> Fraction:
        """What a record adds to a sum or count; nothing where it does not count."""
        [given] = adds or (None,)
        if given is None:
            return Fraction(0)
        assert isinstance(given, int | float)
        return Fraction(given, UNITS) if self._is_money and isinstance(given, int) else Fraction(given)

    @property
    def _is_money(self) -> bool:
        measure, _ = self.reads[0]
        return measure.shape.is_money and measure.aggregate == "sum"


def _within(record: Record | None, span: Span) -> bool:
    return record is not None and span[0] <= record.day <= span[1]


def _number(partial: Partial | None) -> Number:
    """A reading as formulas and windows see it; money to the digit."""
    match partial:
        case None:
            return None
        case Sum(units=units):
            return Decimal(units) / UNITS
        case _:
            return value_of(partial)


def exact_of(partial: Partial | None) -> Fraction | None:
    """The partial's value, without rounding where it is a sum or a count; None where it is no number."""
    match partial:
        case None:
            return None
        case Sum(units=units):
            return Fraction(units, UNITS)
        case FloatSum():
            return exact_total(partial)
        case Tally(count=count):
            return Fraction(count)
        case _:
            value = value_of(partial)
            return Fraction(value) if is_number(value) else None  # type: ignore[arg-type]  # is_number has looked
