"""Why a past day looks different with hindsight: the records that were not known then, or not as they are now."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction

import msgspec

from engine.explain.counting import exact_of
from engine.expression.values import Value, is_number
from engine.metrics.aggregate import Contribution
from engine.metrics.partial import Partial, value_of
from engine.metrics.places import Places
from engine.metrics.ready import Ready
from engine.metrics.span import Span, month_to
from engine.org import Org
from engine.records.record import Record
from engine.routing import Scope

RecordKey = tuple[str, tuple[Value, ...]]
"""The dataset and the record's key."""
Placed = tuple[Record, float]
"""A record with the share that the scope has of it."""
_DAWN = datetime.min.replace(tzinfo=UTC)


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """The records by dataset as they were known at one moment, and where they counted then. Deleted ones are not among them."""

    records: Mapping[str, Sequence[Record]]
    places: Mapping[str, Places]


class LateRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record as it was known then and as it is now; None: not known, or gone. `by` is what it moved the number by, exactly."""

    dataset: str
    before: Record | None
    after: Record | None
    by: Fraction | None


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A metric's value to date at a scope, then and now. What the records moved it by adds up to the difference exactly."""

    metric: str
    scope: Scope
    then: Fraction | None
    now: Fraction | None
    records: tuple[LateRecord, ...]


def days_read(ready: Ready, metric: str, day: date) -> Span:
    """The first and last day of the records behind the value to date."""
    spans = [span for _, span in ready.spans_at(metric, month_to(day))]
    return min((span[0] for span in spans), default=day), max((span[1] for span in spans), default=day)


def moved_by(metric: str, scope: Scope, day: date, ready: Ready, org: Org, then: Knowledge, now: Knowledge) -> Moved:
    """What led from the one value to the other, record by record in the order in which they became known."""
    number = _Number(metric, scope, day, ready, org)
    old, new = number.placed(then), number.placed(now)
    was, records = _by_key(then), _by_key(now)
    changed = [key for key in {**was, **records} if _differs(number, old.get(key), new.get(key))]
    changed.sort(key=lambda key: (_moment(records.get(key)), key[0], str(key[1])))
    state, known = dict(old), number.value(old)
    start, steps = known, list[LateRecord]()
    end = number.value(new)
    for key in changed:
        state.pop(key, None)
        if key in new:
            state[key] = new[key]
        by, known = _step(known, number.value(state)) if start is not None and end is not None else (None, known)
        steps.append(LateRecord(dataset=key[0], before=was.get(key), after=records.get(key), by=by))
    return Moved(metric=metric, scope=scope, then=start, now=end, records=tuple(steps))


def _step(before: Fraction | None, after: Fraction | None) -> tuple[Fraction, Fraction]:
    """A number that is missing for a while is what it was before, until it is there again."""
    assert before is not None
    return (Fraction(0), before) if after is None else (after - before, after)


def _by_key(known: Knowledge) -> dict[RecordKey, Record]:
    return {(name, record.key): record for name, some in known.records.items() for record in some}


def _moment(record: Record | None) -> datetime:
    return (record.known_at if record else None) or _DAWN


def _differs(number: "_Number", old: Placed | None, new: Placed | None) -> bool:
    """Whether the record adds something else than then."""
    return number.adds(old) != number.adds(new)


class _Number:
    """One metric's value to date at one scope, from any choice of records."""

    def __init__(self, metric: str, scope: Scope, day: date, ready: Ready, org: Org) -> None:
        self._metric, self._scope, self._at, self._ready = metric, scope, month_to(day), ready
        self._has_total = ready.has_total(metric, scope.kind, scope.key, org)
        self._spans = [*ready.spans_at(metric, self._at)]
        self._reaches: dict[str, bool] = {}
        self._adds: dict[tuple[str, int, float], Contribution | None] = {}

    def placed(self, known: Knowledge) -> dict[RecordKey, Placed]:
        """The records that count at the scope on the days that are read."""
        self._reaches = {name: places.reaches(self._scope.kind) for name, places in known.places.items()}
        found = {}
        for name, records in known.records.items():
            for record in records:
                if record.counts and (share := self._share(known.places[name], record)) is not None:
                    found[name, record.key] = record, share
        return found

    def _share(self, places: Places, record: Record) -> float | None:
        if not any(span[0] <= record.day <= span[1] for _, span in self._spans):
            return None
        return next((share for key, share in places.of(record, self._scope.kind) if key == self._scope.key), None)

    def adds(self, placed: Placed | None) -> tuple[tuple[str, Span, Contribution], ...]:
        """What a record adds to each base metric, and in which days."""
        return tuple(self._each(placed)) if placed else ()

    def _each(self, placed: Placed) -> Iterator[tuple[str, Span, Contribution]]:
        for name, span in self._spans:
            added = self._contribution(name, placed)
            if added is not None and span[0] <= placed[0].day <= span[1]:
                yield name, span, added

    def value(self, state: Mapping[RecordKey, Placed]) -> Fraction | None:
        """The number, without rounding where it is a sum or a count."""
        if not self._has_total:
            return None
        if self._metric in self._ready.measures:
            return exact_of(self._partial(state, self._metric, self._at.span))
        value = self._ready.value_at(self._metric, self._at, lambda name, span: self._read(state, name, span))
        return Fraction(value) if is_number(value) else None  # type: ignore[arg-type]  # is_number has looked

    def _read(self, state: Mapping[RecordKey, Placed], name: str, span: Span) -> Value:
        partial = self._partial(state, name, span)
        return None if partial is None else value_of(partial)

    def _partial(self, state: Mapping[RecordKey, Placed], name: str, span: Span) -> Partial | None:
        measure = self._ready.measures[name]
        if not self._reaches.get(measure.dataset, False):
            return None
        inside = (placed for placed in state.values() if span[0] <= placed[0].day <= span[1])
        return measure.partial(self._contribution(name, placed) for placed in inside)

    def _contribution(self, name: str, placed: Placed) -> Contribution | None:
        record, share = placed
        measure = self._ready.measures[name]
        if record.dataset != measure.dataset:
            return None
        at = (name, id(record), share)
        if at not in self._adds:
            self._adds[at] = measure.contribution(record, share)
        return self._adds[at]
