"""What a backtest of the running system is given: all versions of the records, the targets, and how far sources are complete."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.records.version_table import Versions
from engine.rules.completeness import Watermarks
from engine.rules.past_numbers import Given, PlanTargets
from engine.targets.targets import Cells, Targets
from engine.targets.unit import Unit
from runtime.alerts.judging import moment_at, time_of
from runtime.alerts.ready_rules import ReadyRule
from runtime.bulk import Condition, read_many
from runtime.records.memory import versions_in_memory
from runtime.records.past import all_versions
from runtime.records.watermarks import Mark, past_watermarks
from runtime.releases.prepared import Prepared
from runtime.targets.rows import TargetRow
from schema_defs.duration import span_of

_UNIT = Unit(1, 4)
"""Stored targets are exact already; no year of them is asked for."""

Steps = tuple[tuple[date, date], ...]
"""From the close of a day on, complete up to and including another; the first from the beginning on."""


async def given_of(configured: Prepared, ready: ReadyRule, now: datetime, *, as_records: bool = False) -> Given:
    """Everything up to now that the rule's conditions read: columns in memory, or `as_records`, which an explanation needs.

    A day on which a source was late has no data until the source came; one that is late now leaves the days since then
    without data.
    """
    datasets = sorted({name for metric in ready.judged for name in configured.metrics.datasets_of(metric)})
    return Given(
        release=configured.release,
        org=configured.org,
        calendar=configured.calendar,
        records={name: await _versions(configured, name, as_records) for name in datasets},
        targets=await _targets(configured, ready),
        watermarks=await _watermarks(configured, ready, datasets, now),
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


async def _watermarks(configured: Prepared, ready: ReadyRule, datasets: Iterable[str], now: datetime) -> Watermarks:
    """Per dataset with sources that may be late, from the close of which day on it was complete up to which other one."""
    past = await past_watermarks(configured.tenant, configured.calendar)
    found: dict[str, list[Steps]] = defaultdict(list)
    for source in configured.release.sources.values():
        if source.dataset in datasets and source.fresh_within is not None:
            limit = span_of(source.fresh_within)
            found[source.dataset].append(_steps(configured, ready, past.get(source.name, ()), limit, now))
    return {name: _together(some) for name, some in found.items()}


def _steps(configured: Prepared, ready: ReadyRule, marks: Sequence[Mark], limit: timedelta, now: datetime) -> Steps:
    """One source's; what it brought first was known all along, so its first mark holds from the beginning on."""
    if not marks:
        return ((date.min, date.min),)
    days = [(known, _fresh_until(configured, ready, mark + limit)) for known, mark in marks]
    if now <= marks[-1][1] + limit:
        days[-1] = (days[-1][0], date.max)
    return ((date.min, days[0][1]), *days[1:])


def _together(some: Sequence[Steps]) -> Steps:
    """A dataset is complete as far as all of its sources are."""
    known = sorted({day for steps in some for day, _ in steps})
    return tuple((day, min(_at(steps, day) for steps in some)) for day in known)


def _at(steps: Steps, known: date) -> date:
    return next(until for day, until in reversed(steps) if day <= known)


def _fresh_until(configured: Prepared, ready: ReadyRule, fresh: datetime) -> date:
    """The last day whose time of judging had come when the source became late."""
    day = configured.calendar.today(fresh)
    at = time_of(ready.rule, configured.release.calendar)
    return day if moment_at(configured, day, at) <= fresh else day - timedelta(days=1)
