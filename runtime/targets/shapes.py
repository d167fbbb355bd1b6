"""The historic shapes that plans pace by, in the running system: read from the versions that were known when the month began."""

from collections.abc import Collection
from typing import Any

from tortoise.functions import Count, Max

from engine.metrics.history import History
from engine.pace import DayShape
from engine.periods import month_bounds
from engine.records.record import Record
from engine.targets.months import a_year_before
from engine.targets.paces import known_for_shape, shape_before
from runtime.records.returns import linked
from runtime.records.rows import RecordRow
from runtime.records.store import records_between
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows

Shapes = dict[tuple[str, str], DayShape | None]
"""By metric and month, of the same month a year earlier."""
_Kept = dict[tuple[str, str], tuple[list[Any], DayShape | None]]


async def shapes_for(configured: Prepared, metrics: Collection[str], months: Collection[str]) -> Shapes:
    """The shape of each of the metrics in each of the months; kept until a record of the month that it is read from changes."""
    return {
        (metric, month): await _shape(configured, metric, month)
        for metric in sorted(metrics)
        for month in sorted(set(months))
    }


async def _shape(configured: Prepared, metric: str, month: str) -> DayShape | None:
    kept: _Kept = configured.once("shapes", dict)
    mark = [await _mark(configured.tenant, name, month) for name in sorted(configured.metrics.datasets_of(metric))]
    if (metric, month) not in kept or kept[metric, month][0] != mark:
        kept[metric, month] = mark, await _read(configured, metric, month)
    return kept[metric, month][1]


async def _mark(tenant: str, dataset: str, month: str) -> object:
    """Another one as soon as a version of the month is written or ends."""
    first, last = month_bounds(a_year_before(month))
    query = rows(RecordRow, tenant).filter(dataset=dataset, day__gte=first, day__lte=last)
    query = query.annotate(written=Count("id"), newest=Max("id"), ended=Count("superseded_at"))
    return await query.values_list("written", "newest", "ended")


async def _read(configured: Prepared, metric: str, month: str) -> DayShape | None:
    calendar, (first, last) = configured.calendar, month_bounds(a_year_before(month))
    known_at = calendar.closing(known_for_shape(month))
    tenant, records = configured.tenant, dict[str, list[Record]]()
    for name in configured.metrics.datasets_of(metric):
        dataset = configured.release.datasets[name]
        found = await records_between(tenant, dataset, first, last, known_at=known_at)
        records[name] = await linked(tenant, dataset, found, known_at=known_at)
    history = History(configured.release, records, configured.org, calendar, (metric,), "company")
    return shape_before(history, calendar, metric, month)
