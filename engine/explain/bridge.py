"""The bridge between two moments: a number's change, split without rest into what happened to its records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Literal

import msgspec

from engine.expression.values import Value, is_number
from engine.metrics.aggregate import Contribution, Measure
from engine.metrics.partial import UNITS, FloatSum, Partial, Sum, Tally, exact_total
from engine.metrics.places import Places
from engine.metrics.ready import Ready
from engine.records.record import Record
from schema_defs.rule import ScopeKind

Kind = Literal[
    "cancelled", "day_moved", "owner_moved", "reclassified", "amount_edited", "arrived_late", "new", "definition_changed",
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "cancelled", "day_moved", "owner_moved", "reclassified", "amount_edited", "arrived_late", "new", "definition_changed",
)  # fmt: skip
"""In the order in which they are applied; of a record that changed in several ways the first counts for all of it."""

RecordKey = tuple[str, tuple[Value, ...]]
"""The dataset and the record's key."""
Adds = tuple[Contribution | None, ...]
"""What one record adds to each of the base metrics, in their order."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two moments: records as they were known then, where they counted, and what the metrics meant.

    Those from `first` to `last` count. Others may be there too: they tell that a record has only moved to another day.
    """

    first: date
    last: date
    records: Mapping[str, Sequence[Record]]
    places: Mapping[str, Places]
    ready: Ready


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One record that changed the number; `by` is exact, and None where the metric is no sum or count of its records."""

    dataset: str
    before: Record | None
    after: Record | None
    by: Fraction | None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """All that happened of one kind; `by` is None where the number is missing on one side of the bridge."""

    kind: Kind
    by: Fraction | None
    moves: tuple[Move, ...] = ()


class Bridge(msgspec.Struct, frozen=True, kw_only=True):
    """The steps' changes add up to `end - start` exactly."""

    start: Fraction | None
    end: Fraction | None
    steps: tuple[Step, ...]


def bridge(metric: str, scope: ScopeKind, key: str, before: Side, after: Side) -> Bridge:
    """What led from one value of a metric at a place to the other.

    A record that was not known is new when its day is after the last of the earlier moment, and else has arrived late.
    """
    count = _Counting(metric, scope, key, before.ready)
    old, moved = count.entries(before), count.entries(msgspec.structs.replace(after, ready=before.ready))
    pairs = _pairs(before, after)
    changed: dict[Kind, list[RecordKey]] = {kind: [] for kind in KINDS}
    for place in pairs:
        if old.get(place) != moved.get(place):
            changed[_kind(count, place[0], pairs[place], before, after)].append(place)
    state, start = dict(old), count.value(old.values())
    values, steps = start, []
    for kind in KINDS[:-1]:
        for place in changed[kind]:
            state.pop(place, None)
            if place in moved:
                state[place] = moved[place]
        value = count.value(state.values()) if changed[kind] else values
        moves = tuple(_move(count, place, pairs[place], old, moved) for place in changed[kind])
        steps.append((kind, values, value, moves))
        values = value
    end = _Counting(metric, scope, key, after.ready)
    last = end.value(end.entries(after).values())
    steps.append((KINDS[-1], values, last, ()))
    return Bridge(start=start, end=last, steps=tuple(_told(steps, start, last)))


def _told(
    steps: Iterable[tuple[Kind, Fraction | None, Fraction | None, tuple[Move, ...]]],
    start: Fraction | None,
    end: Fraction | None,
) -> Iterator[Step]:
    """The steps at which something happened. A number that is missing for a while is what it was before, until it is there again."""
    known = start
    for kind, before, after, moves in steps:
        by = None
        if start is not None and end is not None:
            assert known is not None
            by, known = (Fraction(0), known) if after is None else (after - known, after)
        if moves or before != after:
            yield Step(kind=kind, by=by, moves=moves)


class _Counting:
    """One metric at one place: what each record adds to its base metrics, and what the number is then."""

    def __init__(self, metric: str, scope: ScopeKind, key: str, ready: Ready) -> None:
        self._metric, self._scope, self._key, self._ready = metric, scope, key, ready
        self._bases = (
            [ready.measures[name] for name in sorted(ready.bases_of(metric))] if metric in ready.shapes else []
        )
        self._reached: dict[str, bool] = {}

    @property
    def adds_up(self) -> bool:
        """Whether the number is the sum of what its records add."""
        return [measure.name for measure in self._bases] == [self._metric] and self._bases[0].aggregate in (
            "sum",
            "count",
        )

    def entries(self, side: Side) -> dict[RecordKey, Adds]:
        """What every record adds that counts at the place."""
        self._reached = {name: places.reaches(self._scope) for name, places in side.places.items()}
        found: dict[RecordKey, Adds] = {}
        for name, records in side.records.items():
            for record in records:
                share = self.shares(side, name, record)
                adds = tuple(_adds(measure, record, share) for measure in self._bases)
                if any(each is not None for each in adds):
                    found[name, record.key] = adds
        return found

    def shares(self, side: Side, dataset: str, record: Record | None) -> float | None:
        """The share that the place has of the record; None where it does not count there."""
        if record is None or not side.first <= record.day <= side.last:
            return None
        places = side.places[dataset].of(record, self._scope)
        return next((share for key, share in places if key == self._key), None)

    def value(self, entries: Iterable[Adds]) -> Fraction | None:
        """The number, exact where it is a sum or a count."""
        columns = list(zip(*entries, strict=True)) or [()] * len(self._bases)
        partials: dict[str, Partial | None] = {
            measure.name: measure.partial(column) if self._reached.get(measure.dataset, True) else None
            for measure, column in zip(self._bases, columns, strict=True)
        }
        if not self._bases:
            return None
        own = partials.get(self._metric)
        if own is not None and (exact := _exact(own)) is not None:
            return exact
        value = self._ready.value(self._metric, partials)
        return Fraction(value) if is_number(value) else None  # type: ignore[arg-type]  # is_number has looked

    def amount(self, adds: Adds | None) -> Fraction:
        """What a record adds to a sum or count; nothing where it does not count."""
        [given] = adds or (None,)
        if given is None:
            return Fraction(0)
        assert isinstance(given, int | float)
        return Fraction(given, UNITS) if self._is_money and isinstance(given, int) else Fraction(given)

    @property
    def _is_money(self) -> bool:
        return self._bases[0].shape.is_money and self._bases[0].aggregate == "sum"


def _adds(measure: Measure, record: Record, share: float | None) -> Contribution | None:
    if share is None or not record.counts or record.dataset != measure.dataset:
        return None
    return measure.contribution(record, share)


def _exact(partial: Partial) -> Fraction | None:
    match partial:
        case Sum(units=units):
            return Fraction(units, UNITS)
        case FloatSum():
            return exact_total(partial)
        case Tally(count=count):
            return Fraction(count)
        case _:
            return None


def _pairs(before: Side, after: Side) -> dict[RecordKey, tuple[Record | None, Record | None]]:
    """Every record of either side, by dataset and key, as it was and as it is."""
    was = {(name, record.key): record for name, records in before.records.items() for record in records}
    now = {(name, record.key): record for name, records in after.records.items() for record in records}
    return {place: (was.get(place), now.get(place)) for place in {**was, **now}}


def _kind(count: _Counting, dataset: str, pair: tuple[Record | None, Record | None], before: Side, after: Side) -> Kind:
    """What happened to a record that adds something else than before."""
    was, now = pair
    if was is None or not was.counts:
        return "arrived_late" if was is None and now is not None and now.day <= before.last else "new"
    if now is None or not now.counts:
        return "cancelled"
    if (before.first <= was.day <= before.last) != (after.first <= now.day <= after.last):
        return "day_moved"
    if count.shares(before, dataset, was) != count.shares(after, dataset, now):
        return "owner_moved"
    return "reclassified" if _classes(was) != _classes(now) and _amounts(was) == _amounts(now) else "amount_edited"


def _classes(record: Record) -> dict[str, Value]:
    return {name: value for name, value in record.values.items() if not is_number(value)}


def _amounts(record: Record) -> dict[str, Value]:
    return {name: value for name, value in record.values.items() if is_number(value)}


def _move(
    count: _Counting,
    place: RecordKey,
    pair: tuple[Record | None, Record | None],
    old: Mapping[RecordKey, Adds],
    moved: Mapping[RecordKey, Adds],
) -> Move:
    by = count.amount(moved.get(place)) - count.amount(old.get(place)) if count.adds_up else None
    return Move(dataset=place[0], before=pair[0], after=pair[1], by=by)
