"""Dirty cells are computed again: a day from its records, the month to date from the days. Newest days first."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from tortoise.expressions import F

from engine.metrics.aggregate import Measure
from engine.metrics.day import Spot, day_partials
from engine.metrics.partial import Partial, from_plain, merge, to_plain, value_of
from engine.periods import month_bounds, month_of
from engine.records.record import Record
from runtime.alerts.rows import JudgedDayRow
from runtime.bulk import write_many
from runtime.context import Context
from runtime.database import transact
from runtime.events import publish_after_commit
from runtime.numbers.movement import Moved, movements
from runtime.numbers.rows import CellRow, DirtyRow, MovementRow, NumbersRow
from runtime.queue.handlers import handler
from runtime.queue.jobs import enqueue
from runtime.records.store import records_between
from runtime.releases.prepared import Prepared, prepared
from runtime.tenancy import add_missing, put_all, rows
from schema_defs.rule import ScopeKind

AT_ONCE = 4000
"""Dirty places taken together: about a month of the reference organisation."""
CELL_KEY = ("tenant", "metric", "scope", "key", "day")
CELL_VALUES = ("partial", "day_value", "to_date_value", "number", "release", "computed_at")
MOVED_AT_ONCE = 40
"""Up to so many dirty places a change is told in words; more is an import."""


Place = tuple[str, ScopeKind, str, date]
"""A cell: metric, scope, key and day."""


class OvertakenError(Exception):
    """Somebody else computed in between; what was read is stale."""


@handler("compute")
async def compute(context: Context, tenant: str, args: dict[str, str]) -> dict[str, int]:
    """Computes until nothing is dirty; every batch is one transaction, its notice to the boards and its days to judge again."""
    done = 0
    while (configured := await prepared(tenant)) is not None:
        batch = await _next_batch(tenant)
        if not batch:
            break
        try:
            done += await compute_batch(context, tenant, configured, batch)
        except OvertakenError:
            continue
    return {"places": done}


async def _next_batch(tenant: str) -> list[DirtyRow]:
    """The newest dirty day's dataset and month, as far as it is dirty."""
    newest = await rows(DirtyRow, tenant).order_by("-day", "dataset").limit(1)
    if not newest:
        return []
    first, last = month_bounds(month_of(newest[0].day))
    same = rows(DirtyRow, tenant).filter(dataset=newest[0].dataset, day__gte=first, day__lte=last)
    return await same.order_by("-day").limit(AT_ONCE)


async def compute_batch(context: Context, tenant: str, configured: Prepared, batch: Sequence[DirtyRow]) -> int:
    """Computes the dirty places of one dataset and month; raises OvertakenError when somebody else was quicker."""
    now, seq = context.clock.now(), await _seq(tenant, context.clock.now())
    days = {row.day for row in batch}
    measures = configured.measures_of(batch[0].dataset)
    work = await _work(tenant, configured, batch[0].dataset, days, measures, now)
    moved = await movements(tenant, configured, batch, work.changes, now) if len(batch) <= MOVED_AT_ONCE else []

    async def write() -> None:
        state = rows(NumbersRow, tenant).filter(seq=seq)
        if not await state.update(seq=F("seq") + 1, changed_at=now) or not await _strike_out(tenant, batch):
            raise OvertakenError
        await _store(tenant, work, moved)
        if work.changes:
            await _make_stale(tenant, work)
            await enqueue(tenant, "rejudge", "all", now=now)
            publish_after_commit(context.events, tenant, "numbers", _notice(work, moved, seq + 1))

    await transact(write)
    return len(batch)


class Stored(msgspec.Struct, frozen=True):
    """A cell as it was before this batch."""

    id: str
    metric: str
    scope: ScopeKind
    key: str
    day: date
    partial: Any
    number: float | None

    @property
    def place(self) -> Place:
        return self.metric, self.scope, self.key, self.day


class Work(msgspec.Struct):
    """What a batch writes: cells to put, cells whose records are gone, and the change of each number to date."""

    cells: list[tuple[Any, ...]] = []
    gone: list[str] = []
    changes: dict[Spot, tuple[date, float | None, float | None]] = {}
    days: set[date] = set()


async def _work(
    tenant: str, configured: Prepared, dataset: str, days: set[date], measures: Sequence[Measure], now: datetime
) -> Work:
    fresh = await _fresh(tenant, configured, dataset, days, measures)
    names = [measure.name for measure in measures]
    stored = {cell.place: cell for cell in await _cells(tenant, metric__in=names, day__in=sorted(days))}
    spots = {place[:3] for place in fresh.keys() | stored.keys() if _differs(fresh.get(place), stored.get(place))}
    months = await _months(tenant, spots, month_of(min(days)))
    work = Work(cells=[], gone=[], changes={}, days=set())
    for spot in sorted(spots):
        _rework(configured, spot, months.get(spot, {}), fresh, days, work, now)
    return work


async def _fresh(
    tenant: str, configured: Prepared, dataset: str, days: set[date], measures: Sequence[Measure]
) -> dict[Place, Partial]:
    """The partials of the days as their records say now."""
    records = await records_between(tenant, configured.release.datasets[dataset], min(days), max(days))
    by_day: dict[date, list[Record]] = defaultdict(list)
    for record in records:
        if record.day in days:
            by_day[record.day].append(record)
    places = configured.places(dataset)
    return {
        (*spot, day): partial
        for day, some in by_day.items()
        for spot, partial in day_partials(measures, some, places).items()
    }


async def _cells(tenant: str, **conditions: Any) -> list[Stored]:
    found = await rows(CellRow, tenant).filter(**conditions).values_list(*Stored.__struct_fields__)
    return [Stored(*cell) for cell in found]


def _differs(fresh: Partial | None, stored: Stored | None) -> bool:
    if fresh is None or stored is None:
        return True
    return from_plain(stored.partial) != fresh


async def _months(tenant: str, spots: set[Spot], month: str) -> dict[Spot, dict[date, Stored]]:
    """The stored cells of the whole month at those spots."""
    first, last = month_bounds(month)
    metrics, keys = {spot[0] for spot in spots}, sorted({spot[2] for spot in spots})
    found: dict[Spot, dict[date, Stored]] = defaultdict(dict)
    for start in range(0, len(keys), 200):
        some = keys[start : start + 200]
        for cell in await _cells(tenant, metric__in=metrics, day__gte=first, day__lte=last, key__in=some):
            found[cell.place[:3]][cell.day] = cell
    return found


def _rework(
    configured: Prepared,
    spot: Spot,
    month: Mapping[date, Stored],
    fresh: Mapping[Place, Partial],
    days: set[date],
    work: Work,
    now: datetime,
) -> None:
    """Runs through a spot's month once: the days that changed, and the months to date from the first of them on."""
    before, to_date, changed = None, None, False
    for day in sorted({*month, *(day for day in days if (*spot, day) in fresh)}):
        old = month.get(day)
        partial = fresh.get((*spot, day)) if day in days else from_plain(old.partial) if old else None
        if partial is None:
            changed = True
            work.gone.append(old.id) if old else None
            before = old.number if old else before
            continue
        changed = changed or old is None or (day in days and _differs(partial, old))
        to_date = partial if to_date is None else merge(to_date, partial)
        before = old.number if old else before
        if changed:
            work.days.add(day)
            work.cells.append(_cell(configured, spot, day, partial, to_date, now))
    after = value_of(to_date) if to_date is not None else None
    work.changes[spot] = (min(days), before, after if isinstance(after, float) else None)


def _cell(
    configured: Prepared, spot: Spot, day: date, partial: Partial, to_date: Partial, now: datetime
) -> tuple[Any, ...]:
    """The cell's columns, in the order of CELL_KEY without the tenant and CELL_VALUES."""
    value = value_of(to_date)
    number = value if isinstance(value, float) else None
    return (*spot, day, to_plain(partial), _text(value_of(partial)), _text(value), number, configured.number, now)


def _text(value: object) -> str | None:
    return None if value is None else repr(value) if isinstance(value, float) else str(value)


async def _seq(tenant: str, now: datetime) -> int:
    found = await rows(NumbersRow, tenant).get_or_none()
    if found is None:
        await add_missing([NumbersRow(tenant=tenant, changed_at=now)])
        found = await rows(NumbersRow, tenant).get()
    return found.seq


async def _strike_out(tenant: str, batch: Sequence[DirtyRow]) -> bool:
    """Whether all marks are still those that were read; then they are gone."""
    struck = 0
    for start in range(0, len(batch), 400):
        some = batch[start : start + 400]
        struck += await rows(DirtyRow, tenant).filter(mark__in=[row.mark for row in some]).delete()
    return struck == len(batch)


async def _store(tenant: str, work: Work, moved: Sequence[Moved]) -> None:
    for start in range(0, len(work.gone), 400):
        await rows(CellRow, tenant).filter(id__in=work.gone[start : start + 400]).delete()
    columns = (*CELL_KEY[1:], *CELL_VALUES)
    await write_many(CellRow, tenant, columns, work.cells, unique=CELL_KEY, update=CELL_VALUES)
    told = [MovementRow(tenant=tenant, **msgspec.structs.asdict(each)) for each in moved]
    await put_all(told, unique=("tenant", "metric", "scope", "key"), update=("day", "delta", "reason", "at"))


async def _make_stale(tenant: str, work: Work) -> None:
    """The verdicts of the changed days and of the rest of their month are out of date, whoever reads them."""
    first = min(day for day, _, _ in work.changes.values())
    last = month_bounds(month_of(first))[1]
    await rows(JudgedDayRow, tenant).filter(day__gte=first, day__lte=last).update(stale=True)


def _notice(work: Work, moved: Sequence[Moved], seq: int) -> dict[str, object]:
    """What open boards are told: which rows to fetch again. An import of everything is told as everything."""
    keys = sorted({f"{scope}:{key}" for _, scope, key in work.changes})
    return {"seq": seq, "rows": keys if len(keys) <= 40 else [], "all": len(keys) > 40, "moved": len(moved)}
