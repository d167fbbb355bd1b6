"""What a backtest of the running system is given: all versions of the records, the targets, and how far sources are complete."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.records.version_table import Versions
from engine.rules.past_numbers import Given, PlanTargets
from engine.targets.targets import Cells, Targets
from engine.targets.unit import Unit
from runtime.alerts.judging import moment_at, time_of
from runtime.alerts.ready_rules import ReadyRule
from runtime.bulk import Condition, read_many
from runtime.records.memory import versions_in_memory
from runtime.records.past import all_versions
from runtime.records.rows import SourceStateRow
from runtime.releases.prepared import Prepared
from runtime.targets.rows import TargetRow
from schema_defs.duration import span_of

_UNIT = Unit(1, 4)
"""Stored targets are exact already; no year of them is asked for."""


async def given_of(configured: Prepared, ready: ReadyRule, now: datetime, *, as_records: bool = False) -> Given:
    """Everything up to now that the rule's conditions read: columns in memory, or `as_records`, which an explanation needs.

    When a source was late in the past is written nowhere: its days count as they came in the end. One that is late now
    leaves the days since then without data.
    """
    datasets = sorted({name for metric in ready.judged for name in configured.metrics.datasets_of(metric)})
    return Given(
        release=configured.release,
        org=configured.org,
        calendar=configured.calendar,
        records={name: await _versions(configured, name, as_records) for name in datasets},
        targets=await _targets(configured, ready),
        complete=await _complete(configured, ready, datasets, now),
    )


async def _versions(configured: Prepared, dataset: str, as_records: bool) -> Versions:
    if as_records:
        return await all_versions(configured.tenant, configured.release.datasets[dataset], configured.calendar)
    return await versions_in_memory(configured, dataset)


async def _targets(configured: Prepared, ready: ReadyRule) -> tuple[PlanTargets, ...]:
    where: list[Condition] = [("metric", "in", sorted(ready.judged))]
    columns = ("plan", "scope", "key", "month", "value")
    cells: dict[str, Cells] = defaultdict(dict)
    for plan, scope, key, month, value in await read_many(TargetRow, configured.tenant, columns, where):
        cells[plan].setdefault((scope, key), {})[month] = Decimal(value)
    plans = (configured.release.plans[name] for name in sorted(cells) if name in configured.release.plans)
    return tuple(PlanTargets(plan, Targets(plan.name, plan.metric, _UNIT, cells[plan.name])) for plan in plans)


async def _complete(
    configured: Prepared, ready: ReadyRule, datasets: Iterable[str], now: datetime
) -> Mapping[str, date]:
    """Per dataset with a source that may be late, the last day whose verdict could be taken with complete data."""
    states = dict(await read_many(SourceStateRow, configured.tenant, ("source", "watermark")))
    found: dict[str, date] = {}
    for name in datasets:
        for source in configured.release.sources.values():
            if source.dataset == name and source.fresh_within is not None:
                until = _fresh_until(configured, ready, states.get(source.name), span_of(source.fresh_within), now)
                found[name] = min(until, found.get(name, until))
    return found


def _fresh_until(
    configured: Prepared, ready: ReadyRule, watermark: datetime | None, limit: timedelta, now: datetime
) -> date:
    """The last day at whose time of judging, or by now, the source was not late; the first day that there is if it never came."""
    if watermark is None:
        return date.min
    if now - watermark <= limit:
        return date.max
    fresh = watermark + limit
    day = configured.calendar.today(fresh)
    at = time_of(ready.rule, configured.release.calendar)
    return day if moment_at(configured, day, at) <= fresh else day - timedelta(days=1)
