"""The targets of plans outside a running system: rows from data files, history from records."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from connectors.sources.protocol import RawRow
from engine.calendar import WorkCalendar, calendar_of
from engine.metrics.compute import Asked, compute
from engine.metrics.ready import ready
from engine.org import Org
from engine.rules.past_numbers import PlanTargets
from engine.targets.known_rows import LINE
from engine.targets.months import History
from engine.targets.plan import data_name, targets_of, uses_history
from engine.targets.targets import Targets
from runtime.offline.data import DataRead, read_table
from runtime.offline.people import beside
from schema_defs.loader import Loaded
from schema_defs.plan import Plan
from schema_defs.release import Release


def data_of_plans(plans: Iterable[Plan], release: Release) -> dict[str, str]:
    """Which data the plans need, by name, and for which plan: the files of their targets, the records that shape them."""
    needed: dict[str, str] = {}
    for plan in plans:
        if plan.targets_from is not None and plan.targets_from.data:
            needed.setdefault(plan.targets_from.data, f"plan {plan.name}")
        if uses_history(plan):
            datasets = ready(release, [plan.metric], calendar_of(release.calendar)).datasets_of(plan.metric)
            needed |= dict.fromkeys(sorted(datasets), f"plan {plan.name}") | needed
    return needed


def targets_of_plans(plans: Iterable[Plan], loaded: Loaded, read: DataRead, org: Org) -> tuple[PlanTargets, ...]:
    """Each plan with its targets. Raises PlanError for what cannot be split, AuthorError for a file that cannot be read."""
    calendar = calendar_of(loaded.release.calendar)
    return tuple(PlanTargets(plan, _targets(plan, loaded, read, org, calendar)) for plan in plans)


def _targets(plan: Plan, loaded: Loaded, read: DataRead, org: Org, calendar: WorkCalendar) -> Targets:
    history = _history(plan, loaded.release, read, org, calendar) if uses_history(plan) else None
    return targets_of(plan, loaded.release, org, calendar, _rows(plan, loaded, read.tables), history)


def _rows(plan: Plan, loaded: Loaded, tables: Mapping[str, list[RawRow]]) -> dict[str, list[dict[str, object]]]:
    source = plan.targets_from
    if source is None:
        return {}
    name = data_name(source)
    if source.file is not None:
        return {name: [_plain(row) for row in read_table(beside(loaded, "plan", plan.name, source.file))]}
    return {name: [_plain(row) for row in tables[name]]} if name in tables else {}


def _plain(row: RawRow) -> dict[str, object]:
    return {**row.values, LINE: row.line}


def _history(plan: Plan, release: Release, read: DataRead, org: Org, calendar: WorkCalendar) -> History | None:
    """What the metric was in every month that is known, by scope, key and month."""
    if not all(name in read.records for name in ready(release, [plan.metric], calendar).datasets_of(plan.metric)):
        return None
    last = max((record.day for records in read.records.values() for record in records), default=date.min)
    asked = Asked(metrics=(plan.metric,), by="month", scopes=("company", "region", "person"), today=last)
    found: dict[tuple[str, str, str], Decimal | float] = {}
    for row in compute(release, read.records, asked, org, calendar).rows:
        if isinstance(row.value, Decimal | float | int):
            found[row.scope, row.key, row.period] = row.value
    return found
