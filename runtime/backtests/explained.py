"""Why one past day is judged otherwise with hindsight: the records in between, as far as the reader may see them."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

from engine.explain.hindsight import DayDifference, Hindsight
from engine.explain.late import LateRecord, Moved
from engine.records.record import Record
from engine.routing import Scope
from engine.rules.backtest import Backtest
from runtime.alerts.ready_rules import ready_rules
from runtime.backtests.given import given_of
from runtime.backtests.scopes import label_of
from runtime.backtests.tried import TriedMove, TriedRecord, TriedView, TriedWhy
from runtime.board.columns import column_of, hidden_fields
from runtime.board.ids import id_of
from runtime.board.why_ground import may_open
from runtime.people.rights import Sight
from runtime.records.store import key_text
from runtime.releases.prepared import Prepared
from schema_defs.dataset import Dataset

RECORDS = 12
"""So many late records of a day are listed, those that moved the number most."""


async def why_of(
    configured: Prepared, sight: Sight, now: datetime, view: TriedView, explain: tuple[str, date]
) -> TriedWhy | None:
    """Reads all versions again: which records lie between what was known at the day's close and today."""
    key, day = explain
    if not view.first <= day <= view.last:
        return None
    ready = next(each for each in ready_rules(configured) if each.rule.name == view.rule)
    given = await given_of(configured, ready, now, as_records=True)
    place = Scope(ready.rule.scope, key)
    difference = await asyncio.to_thread(lambda: Hindsight(Backtest(ready.rule, given), view.last).of(place, day))
    return TriedWhy(
        label=label_of(configured, place.kind, key),
        day=day,
        was_late=difference.was_late,
        moves=tuple(_move(configured, sight, moved) for moved in _seen(sight, difference)),
    )


def _seen(sight: Sight, difference: DayDifference) -> Iterable[Moved]:
    """Not what moved a scope above that the reader does not see."""
    return (moved for moved in difference.moved if sight.sees(moved.scope.kind, moved.scope.key))


def _move(configured: Prepared, sight: Sight, moved: Moved) -> TriedMove:
    column = column_of(configured, moved.metric)
    steps = [record.by for record in moved.records]
    largest = sorted(moved.records, key=lambda record: abs(record.by or Fraction(0)), reverse=True)
    return TriedMove(
        metric=column.label,
        format=column.format,
        currency=column.currency,
        then=None if moved.then is None else float(moved.then),
        now=None if moved.now is None else float(moved.now),
        total=None if None in steps else float(sum(step for step in steps if step is not None)),
        records=tuple(_record(configured, sight, record) for record in largest[:RECORDS]),
        more=max(0, len(largest) - RECORDS),
    )


def _record(configured: Prepared, sight: Sight, late: LateRecord) -> TriedRecord:
    record = late.after or late.before
    assert record is not None
    dataset = configured.release.datasets[late.dataset]
    known = record.known_at if late.after else None
    return TriedRecord(
        key="-".join(_key_parts(dataset, sight, record)),
        known=configured.calendar.local(known).date() if known else None,
        by=None if late.by is None else float(late.by),
        dataset=late.dataset,
        record=id_of(key_text(record.key)) if may_open(dataset, sight, record) else None,
    )


def _key_parts(dataset: Dataset, sight: Sight, record: Record) -> Iterable[str]:
    """The record's key without the fields that the reader may not see."""
    hidden = hidden_fields(dataset, sight)
    return ("…" if name in hidden else str(part) for name, part in zip(dataset.key_fields, record.key, strict=True))
