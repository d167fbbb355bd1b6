"""Dirty cells are computed again: a day from its records, the month to date from the days. Newest days first."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from tortoise.expressions import F

from engine.metrics.day import Spot, Whose, day_partials
from engine.metrics.days import Of, partials_of_days, partials_of_table
from engine.metrics.partial import Partial
from engine.metrics.policy import Policy, counting
from engine.periods import month_bounds, month_of
from engine.records.record import Record
from engine.records.table import Table
from runtime.alerts.stale import make_stale
from runtime.bulk import Condition, in_pieces, read_many, write_many
from runtime.context import Context
from runtime.database import transact
from runtime.events import publish_after_commit
from runtime.numbers.batch import Batch, next_batch, strike_out
from runtime.numbers.line import Rework, Stored, rework
from runtime.numbers.movement import Moved, movements
from runtime.numbers.rows import CellRow, MovementRow, NumbersRow
from runtime.queue.handlers import handler
from runtime.queue.jobs import enqueue
from runtime.records.memory import present_of_days
from runtime.records.returns import linked
from runtime.records.store import records_of_days
from runtime.releases.prepared import Prepared, prepared
from runtime.tenancy import add_missing, put_all, rows
from schema_defs.rule import ScopeKind

CELL_KEY = ("tenant", "metric", "scope", "key", "day")
CELL_VALUES = ("partial", "number", "release", "computed_at")
MOVED_AT_ONCE = 40
"""Up to so many dirty places a change is told in words; more is an import."""
MANY_RECORDS = 500
"""From so many records of whole days on, columns are quicker than reading one record after the other."""
MANY_DAYS = 5
"""From so many whole days of a month on, as after publishing, records are taken from memory if they are there."""
ROWS_TOLD = 40
"""Up to so many rows boards are told one by one; more is everything."""

Months = Mapping[Spot, Mapping[date, Stored]]
Present = tuple[Table | None, Sequence[Record]]
"""Records as columns, and others one by one."""


class OvertakenError(Exception):
    """Somebody else computed, or published, in between; what was read is stale."""


@handler("compute")
async def compute(context: Context, tenant: str, args: dict[str, str]) -> dict[str, int]:
    """Computes until nothing is dirty; every batch is one transaction, its notice to the boards and its days to judge again."""
    return {"places": await compute_dirty(context, tenant)}


async def compute_dirty(context: Context, tenant: str, among: Sequence[Condition] = ()) -> int:
    """Computes until nothing (`among` some places, such as those of a month) is dirty, and returns how many places there were."""
    done = 0
    while (configured := await prepared(tenant)) is not None and (batch := await next_batch(tenant, among)) is not None:
        try:
            await compute_batch(context, configured, batch)
        except OvertakenError:
            continue
        done += len(batch.marks)
    return done


async def compute_batch(context: Context, configured: Prepared, batch: Batch) -> None:
    """Computes the dirty places of one dataset and month; raises OvertakenError when what it read is stale.

    The number of the tenant's computing decides: it was read before anything else and must be the same at the end.
    """
    tenant, now = configured.tenant, context.clock.now()
    seq = await _seq(tenant, now)
    works = await _rework(configured, batch, configured.calendar.today(now))
    in_windows = configured.once("in windows", lambda: _in_windows(configured))
    changes = {spot: work for spot, work in works.items() if work.moved is not None or spot[0] in in_windows}
    is_told = len(batch.marks) <= MOVED_AT_ONCE and batch.month == month_of(configured.calendar.today(now))
    moved = await movements(configured, batch, changes, now) if is_told else []

    async def write() -> None:
        if not await rows(NumbersRow, tenant).filter(seq=seq).update(seq=F("seq") + 1, changed_at=now):
            raise OvertakenError
        await strike_out(tenant, batch)
        await _store(configured, works.values(), moved, now)
        if changes:
            await make_stale(configured, changes)
            await enqueue(tenant, "rejudge", "all", now=now)
            publish_after_commit(context.events, tenant, "numbers", _notice(changes, moved, seq + 1))

    await transact(write)


def _in_windows(configured: Prepared) -> frozenset[str]:
    """The base metrics that windows look at: they read days, also where a month's number stays as it was."""
    metrics = configured.metrics
    return frozenset(base for name in metrics.windows for base in metrics.bases_of(name))


async def _rework(configured: Prepared, batch: Batch, today: date) -> dict[Spot, Rework]:
    """Every spot of the batch whose cells change."""
    if batch.dataset not in configured.release.datasets:
        return {}
    given, found = await _present(configured, batch), dict[Spot, Rework]()
    for policy in configured.policies_of(batch.dataset):
        found |= await _rework_under(configured, batch, policy, given, today)
    return found


async def _present(configured: Prepared, batch: Batch) -> Present:
    """The records of the touched days: of whole days as columns, if they are in memory; the others with returns and their originals."""
    tenant, dataset = configured.tenant, configured.release.datasets[batch.dataset]
    days, whole = {mark.day for mark in batch.marks}, {mark.day for mark in batch.marks if mark.is_day}
    table = await present_of_days(configured, batch.dataset, whole) if len(whole) >= MANY_DAYS else None
    rest = days if table is None else days - whole
    return table, await linked(tenant, dataset, await records_of_days(tenant, dataset, rest))


async def _rework_under(
    configured: Prepared, batch: Batch, policy: Policy, given: Present, today: date
) -> dict[Spot, Rework]:
    """The spots of the metrics that count the dataset's records in one way."""
    measures = {measure.name: measure for measure in configured.measures_of(policy.name)}
    touched = batch.touched(configured.places(policy.name, today))
    fresh = await _fresh(configured, policy, given, touched, today)
    stored = await _stored(configured.tenant, list(measures), batch.month, _everybody(touched))
    found = {}
    for name, scope, key in {*fresh, *stored}:
        days = [day for day, only in touched.items() if only is None or (scope, key) in only]
        spot: Spot = (name, scope, key)
        work = rework(spot, measures[name], stored.get(spot, {}), fresh.get(spot, {}), days)
        if work is not None:
            found[spot] = work
    return found


async def _fresh(
    configured: Prepared,
    policy: Policy,
    given: Present,
    touched: Mapping[date, frozenset[Whose] | None],
    today: date,
) -> dict[Spot, dict[date, Partial]]:
    """The partials of the touched days as their records say now."""
    measures, places = configured.measures_of(policy.name), configured.places(policy.name, today)
    (table, others), found = given, defaultdict[Spot, dict[date, Partial]](dict)
    if table is not None:
        await _take(found, partials_of_table(measures, table, places))
    by_day: dict[date, list[Record]] = defaultdict(list)
    for record in counting(policy, others):
        if record.day in touched:
            by_day[record.day].append(record)
    whole = [day for day in by_day if touched[day] is None]
    if sum(len(by_day[day]) for day in whole) >= MANY_RECORDS:
        await _take(found, partials_of_days(measures, [record for day in whole for record in by_day.pop(day)], places))
    for day, records in by_day.items():
        for spot, partial in day_partials(measures, records, places, touched[day]).items():
            found[spot][day] = partial
        await asyncio.sleep(0)  # A page need not wait for a whole month.
    return found


async def _take(found: dict[Spot, dict[date, Partial]], given: Iterator[list[Of]]) -> None:
    for some in given:
        for spot, day, partial in some:
            found[spot][day] = partial
        await asyncio.sleep(0)


def _everybody(touched: Mapping[date, frozenset[Whose] | None]) -> frozenset[Whose] | None:
    some = [only for only in touched.values() if only is not None]
    return frozenset().union(*some) if len(some) == len(touched) else None


async def _stored(
    tenant: str, metrics: Sequence[str], month: str, only: Collection[Whose] | None
) -> dict[Spot, dict[date, Stored]]:
    """The cells of the whole month, of everybody or of some."""
    first, last = month_bounds(month)
    where: list[Condition] = [("metric", "in", metrics), ("day", ">=", first), ("day", "<=", last)]
    if only is None:
        return await _cells(tenant, where)
    found: dict[Spot, dict[date, Stored]] = {}
    for scope in sorted({scope for scope, _ in only}):
        for some in in_pieces(key for kind, key in only if kind == scope):
            found |= await _cells(tenant, [*where, ("scope", "=", scope), ("key", "in", some)])
    return found


async def _cells(tenant: str, where: Sequence[Condition]) -> dict[Spot, dict[date, Stored]]:
    found: dict[Spot, dict[date, Stored]] = defaultdict(dict)
    columns = ("metric", "scope", "key", "day", "id", "partial", "number")
    for metric, scope, key, day, *cell in await read_many(CellRow, tenant, columns, where):
        found[metric, scope, key][day] = Stored(*cell)
    return found


async def _seq(tenant: str, now: datetime) -> int:
    found = await rows(NumbersRow, tenant).get_or_none()
    if found is None:
        await add_missing([NumbersRow(tenant=tenant, changed_at=now)])
        found = await rows(NumbersRow, tenant).get()
    return found.seq


async def _store(configured: Prepared, works: Collection[Rework], moved: Sequence[Moved], now: datetime) -> None:
    tenant, number = configured.tenant, configured.number
    for some in in_pieces(row_id for work in works for row_id in work.gone):
        await rows(CellRow, tenant).filter(id__in=some).delete()
    cells = (
        (*cell.spot, cell.day, msgspec.Raw(cell.partial.encode()), cell.number, number, now)
        for work in works
        for cell in work.cells
    )
    await write_many(CellRow, tenant, (*CELL_KEY[1:], *CELL_VALUES), cells, unique=CELL_KEY, update=CELL_VALUES)
    told = [MovementRow(tenant=tenant, **msgspec.structs.asdict(each)) for each in moved]
    await put_all(told, unique=("tenant", "metric", "scope", "key"), update=("day", "delta", "reason", "at"))


def _notice(changes: Mapping[Spot, Any], moved: Sequence[Moved], seq: int) -> dict[str, object]:
    """What open boards are told: which rows to fetch again. An import of everything is told as everything."""
    keys: list[tuple[ScopeKind, str]] = sorted({(scope, key) for _, scope, key in changes})
    is_all = len(keys) > ROWS_TOLD
    return {
        "seq": seq,
        "rows": [] if is_all else [f"{scope}:{key}" for scope, key in keys],
        "all": is_all,
        "moved": len(moved),
    }
