"""The bridge between two moments: a number's change, split without rest into what happened to its records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from engine.explain.counting import Adds, Counting, RecordKey, Side
from engine.expression.values import Value, is_number
from engine.records.record import Record
from schema_defs.rule import ScopeKind

Kind = Literal[
    "period_moved", "cancelled", "day_moved", "owner_moved", "reclassified", "amount_edited", "arrived_late", "new",
    "definition_changed",
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "period_moved", "cancelled", "day_moved", "owner_moved", "reclassified", "amount_edited", "arrived_late", "new",
    "definition_changed",
)  # fmt: skip
"""In the order in which they are applied; of a record that changed in several ways the first counts for all of it."""

Pair = tuple[Record | None, Record | None]
"""A record as it was and as it is."""


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


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """What each record adds at either moment by the earlier meaning, and the number by the later one."""

    was: Counting
    then: Counting
    old: dict[RecordKey, Adds]
    new: dict[RecordKey, Adds]
    pairs: dict[RecordKey, Pair]
    start: Fraction | None
    end: Fraction | None

    @property
    def changed(self) -> tuple[RecordKey, ...]:
        """The records that add something else than before."""
        return tuple(place for place in self.pairs if self.old.get(place) != self.new.get(place))

    def values(self, groups: Iterable[tuple[Sequence[RecordKey], Sequence[RecordKey]]]) -> Iterator[Fraction | None]:
        """The number after each group: records that no longer add what they did, and records that add what they do later."""
        old, new, value = dict(self.old), dict[RecordKey, Adds](), self.start
        for gone, come in groups:
            for place in gone:
                old.pop(place, None)
            new |= {place: self.new[place] for place in come if place in self.new}
            value = self.then.value((*old.values(), *new.values())) if gone or come else value
            yield value


def walk(metric: str, scope: ScopeKind, key: str, before: Side, after: Side) -> Walk:
    """The two moments of a metric at a place, record by record."""
    was = Counting(metric, scope, key, before)
    then = Counting(metric, scope, key, msgspec.structs.replace(after, ready=before.ready))
    now = Counting(metric, scope, key, after)
    old = was.entries()
    return Walk(
        was=was,
        then=then,
        old=old,
        new=then.entries(),
        pairs=_pairs(before, after),
        start=was.value(old.values()),
        end=now.value(now.entries().values()),
    )


def bridge(metric: str, scope: ScopeKind, key: str, before: Side, after: Side) -> Bridge:
    """What led from one value of a metric at a place to the other.

    A record that was not known is new when its day is after the last of the earlier moment, and else has arrived late; one
    whose day has not changed, and still counts otherwise, tells that the period moved on.
    """
    found = walk(metric, scope, key, before, after)
    kinds: dict[Kind, list[RecordKey]] = {kind: [] for kind in KINDS[:-1]}
    for place in found.changed:
        kinds[_kind(found, place, before)].append(place)
    moves = {kind: tuple(_move(found, place) for place in places) for kind, places in kinds.items()}
    values = [*found.values((places, places) for places in kinds.values()), found.end]
    steps = by_steps(found.start, values)
    told = (
        Step(kind=kind, by=by, moves=moves.get(kind, ()))
        for kind, (by, is_other) in zip(KINDS, steps, strict=True)
        if is_other or moves.get(kind)
    )
    return Bridge(start=found.start, end=found.end, steps=tuple(told))


def by_steps(start: Fraction | None, values: Iterable[Fraction | None]) -> Iterator[tuple[Fraction | None, bool]]:
    """By how much each value differs from the one before, and whether it does; None throughout where an end is missing.

    A number that is missing for a while is what it was before, until it is there again.
    """
    after = list(values)
    is_known, known, last = start is not None and after[-1] is not None, start, start
    for value in after:
        by = None
        if is_known:
            assert known is not None
            by, known = (Fraction(0), known) if value is None else (value - known, value)
        yield by, value != last
        last = value


def _pairs(before: Side, after: Side) -> dict[RecordKey, Pair]:
    """Every record of either side, by dataset and key, as it was and as it is."""
    was = {(name, record.key): record for name, records in before.records.items() for record in records}
    now = {(name, record.key): record for name, records in after.records.items() for record in records}
    return {place: (was.get(place), now.get(place)) for place in {**was, **now}}


def _kind(found: Walk, place: RecordKey, before: Side) -> Kind:
    """What happened to a record that adds something else than before."""
    was, now = found.pairs[place]
    if was is None or not was.counts:
        return "arrived_late" if was is None and now is not None and now.day <= before.at.day else "new"
    if now is None or not now.counts:
        return "cancelled"
    earlier, later = found.was.reached(was), found.then.reached(now)
    if earlier != later and was.days == now.days:
        return "new" if later[0] and not any(earlier) else "period_moved"
    if earlier != later:
        return "day_moved"
    if found.was.shares(place[0], was) != found.then.shares(place[0], now):
        return "owner_moved"
    return "reclassified" if _classes(was) != _classes(now) and _amounts(was) == _amounts(now) else "amount_edited"


def _classes(record: Record) -> dict[str, Value]:
    return {name: value for name, value in record.values.items() if not is_number(value)}


def _amounts(record: Record) -> Mapping[str, Value]:
    return {name: value for name, value in record.values.items() if is_number(value)}


def _move(found: Walk, place: RecordKey) -> Move:
    was, now = found.pairs[place]
    by = None
    if found.was.adds_up and found.then.adds_up:
        by = found.then.amount(found.new.get(place)) - found.was.amount(found.old.get(place))
    return Move(dataset=place[0], before=was, after=now, by=by)
