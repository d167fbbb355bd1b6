"""Why a past day looks different with hindsight: the records that were not known then, or not as they are now."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction

import msgspec

from engine.explain.counting import Counting, RecordKey, Side
from engine.metrics.places import Places
from engine.metrics.ready import Ready
from engine.metrics.span import Span, month_to
from engine.org import Org
from engine.records.record import Record
from engine.routing import Scope

_DAWN = datetime.min.replace(tzinfo=UTC)


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """The records by dataset as they were known at one moment, and by policy where they counted then. Deleted ones are not among them."""

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
    earlier, later = (_counting(metric, scope, day, ready, known) for known in (then, now))
    old, new = earlier.entries(), later.entries()
    was, records = _by_key(then), _by_key(now)
    changed = [key for key in {**was, **records} if old.get(key) != new.get(key)]
    changed.sort(key=lambda key: (_moment(records.get(key)), key[0], str(key[1])))
    has_total = ready.has_total(metric, scope.kind, scope.key, org)
    state, start = dict(old), earlier.value(old.values()) if has_total else None
    end, known, steps = later.value(new.values()) if has_total else None, start, list[LateRecord]()
    for key in changed:
        state.pop(key, None)
        if key in new:
            state[key] = new[key]
        by, known = (
            _step(known, later.value(state.values())) if start is not None and end is not None else (None, known)
        )
        steps.append(LateRecord(dataset=key[0], before=was.get(key), after=records.get(key), by=by))
    return Moved(metric=metric, scope=scope, then=start, now=end, records=tuple(steps))


def _counting(metric: str, scope: Scope, day: date, ready: Ready, known: Knowledge) -> Counting:
    side = Side(at=month_to(day), records=known.records, places=known.places, ready=ready)
    return Counting(metric, scope.kind, scope.key, side)


def _step(before: Fraction | None, after: Fraction | None) -> tuple[Fraction, Fraction]:
    """A number that is missing for a while is what it was before, until it is there again."""
    assert before is not None
    return (Fraction(0), before) if after is None else (after - before, after)


def _by_key(known: Knowledge) -> dict[RecordKey, Record]:
    return {(name, record.key): record for name, some in known.records.items() for record in some}


def _moment(record: Record | None) -> datetime:
    return (record.known_at if record else None) or _DAWN
