"""Full computation: every metric of every scope key and period, from the records."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from engine.calendar import WorkCalendar
from engine.expression.context import Trouble
from engine.expression.values import Value
from engine.metrics.aggregate import Measure
from engine.metrics.asked import Asked as Asked
from engine.metrics.compute_windows import window_values
from engine.metrics.contributions import contributions
from engine.metrics.grouped import partials_of
from engine.metrics.grouping import NO_GROUPS, Group, Grouping, grouped
from engine.metrics.partial import Partial, money_of
from engine.metrics.places import Places
from engine.metrics.policy import Policy, counting
from engine.metrics.ready import Ready, ready
from engine.metrics.shape import Shape, money
from engine.org import Org
from engine.periods import period_of
from engine.records.record import Record
from engine.records.returns import without_original
from engine.records.table import Table
from engine.records.versions import as_known
from schema_defs.release import Release
from schema_defs.rule import ScopeKind
from schema_defs.text import Said


class Row(msgspec.Struct, frozen=True):
    """One number. Money is an exact decimal with four places, a count an integer, missing None."""

    metric: str
    scope: ScopeKind
    key: str
    period: str
    value: Value | Decimal
    shape: Shape


class Computed(msgspec.Struct, frozen=True, kw_only=True):
    """Rows sorted by metric as asked, scope, key, period; warnings about keys; what had no result, per metric."""

    rows: list[Row]
    warnings: list[Said]
    trouble: dict[str, Trouble]


def compute(
    release: Release, records: Mapping[str, Sequence[Record]], asked: Asked, org: Org, calendar: WorkCalendar
) -> Computed:
    """Every asked metric over the records of its datasets (all versions, by dataset). Raises AuthorError for broken metrics."""
    metrics = ready(release, asked.metrics, calendar)
    plain = _without_windows(release, metrics, calendar)
    tables = {
        name: _Table(policy, records.get(policy.dataset.name, ()), asked, org, calendar, plain)
        for name, policy in metrics.policies().items()
    }
    rows = [row for scope in asked.scopes for row in _rows_of(scope, tables, plain)]
    rows += [
        Row(*found, metrics.shapes[found[0]])
        for found in window_values(release, records, asked, org, calendar, metrics)
    ]
    rows = [row if metrics.has_total(row.metric, row.scope, row.key, org) else _without(row) for row in rows]
    position = {name: place for place, name in enumerate(asked.metrics)}
    rows.sort(key=lambda row: (position[row.metric], row.scope, row.key, row.period))
    warnings = list(dict.fromkeys(said for table in tables.values() for said in table.warnings(asked.scopes)))
    warnings += _untotalled(rows, metrics, org)
    return Computed(rows=rows, warnings=warnings, trouble=metrics.trouble() | plain.trouble())


def _without(row: Row) -> Row:
    """The row of a number that is not put together from what is below: it says so by having no value."""
    return msgspec.structs.replace(row, value=None)


def _untotalled(rows: Sequence[Row], metrics: Ready, org: Org) -> list[Said]:
    """A warning per metric and scope whose rows are empty because the metric is not put together there."""
    found = {
        (row.metric, row.scope): None
        for row in rows
        if row.value is None and not metrics.has_total(row.metric, row.scope, row.key, org)
    }
    return [_no_total(metric, scope) for metric, scope in found]


def _no_total(metric: str, scope: str) -> Said:
    return Said(
        zh=f"指标 {metric} 按 roll_up 不往上汇总，{_SCOPES[scope].zh}没有数值",
        en=f"by its roll_up the metric {metric} is not put together above: there is no number of {_SCOPES[scope].en}",
    )


_SCOPES = {
    "region": Said(zh="这些区域", en="the regions there"),
    "company": Said(zh="公司", en="the company"),
}


def _without_windows(release: Release, metrics: Ready, calendar: WorkCalendar) -> Ready:
    if not metrics.windowed:
        return metrics
    return ready(release, [name for name in metrics.wanted if name not in metrics.windowed], calendar)


class _Table:
    """The live records of one dataset, as one policy counts them, with what each contributes to every metric."""

    def __init__(
        self,
        policy: Policy,
        versions: Sequence[Record],
        asked: Asked,
        org: Org,
        calendar: WorkCalendar,
        metrics: Ready,
    ) -> None:
        self.name = policy.dataset.name
        self._org = org
        self.places = Places(policy.dataset, org, asked.today)
        known = as_known(versions, calendar, asked.known)
        records = [record for record in counting(policy, known) if _within(record.day, asked.first, asked.last)]
        self._alone = len(without_original(records)) if policy.returns == "original" else 0
        self.table = Table(policy.dataset, records)
        own = [measure for measure in metrics.measures.values() if measure.under == policy.name]
        self._found = {measure.name: contributions(measure, self.table) for measure in own}
        self._period_of = lambda day: period_of(day, asked.by, calendar)

    def grouping(self, scope: ScopeKind) -> Grouping:
        """The groups that have records, with the rows of each."""
        if not len(self.table) or not self.places.reaches(scope):
            return NO_GROUPS
        return grouped(self.table, self.places, scope, self._period_of)

    def partials(self, measure: Measure, grouping: Grouping) -> dict[Group, Partial]:
        """The metric's partial of every group."""
        return dict(
            zip(grouping.groups, partials_of(measure, self.table, self._found[measure.name], grouping), strict=True)
        )

    def warnings(self, scopes: Sequence[ScopeKind]) -> list[Said]:
        """How many returns have no known original; and per region and person that the organisation does not know, how many records name it."""
        said = [_no_original(self._alone, self.name)] if self._alone else []
        if "region" in scopes and self._org.regions():
            regions = Counter(record.region for record in self.table.records if record.region)
            said += [
                _unknown_region(key, count, self.name)
                for key, count in sorted(regions.items())
                if not self._org.has_region(key)
            ]
        by_owner = "region" in scopes and self.places.dataset.region is None
        if ("person" in scopes or by_owner) and self._org.people():
            people = Counter(person for record in self.table.records for person, _ in record.people)
            said += [
                _unknown_person(key, count, self.name)
                for key, count in sorted(people.items())
                if self._org.person(key) is None
            ]
        return said


def _rows_of(scope: ScopeKind, tables: Mapping[str, _Table], metrics: Ready) -> list[Row]:
    groups = {name: table.grouping(scope) for name, table in tables.items()}
    partials: dict[str, dict[Group, Partial]] = {}
    for measure in metrics.measures.values():
        partials[measure.name] = tables[measure.under].partials(measure, groups[measure.under])
    nothing = {
        name: measure.partial(()) if tables[measure.under].places.reaches(scope) else None
        for name, measure in metrics.measures.items()
    }
    found: dict[Group, tuple[dict[str, Partial | None], dict[str, Value]]] = {}
    for group in dict.fromkeys(group for each in groups.values() for group in each.groups):
        here = {name: each.get(group, nothing[name]) for name, each in partials.items()}
        found[group] = here, metrics.values(here)
    return [
        _row(metric, scope, group, *found[group], metrics)
        for metric in metrics.wanted
        for group in dict.fromkeys(group for name in metrics.policies_of(metric) for group in groups[name].groups)
    ]


def _row(
    metric: str,
    scope: ScopeKind,
    group: Group,
    partials: Mapping[str, Partial | None],
    values: Mapping[str, Value],
    metrics: Ready,
) -> Row:
    shape, partial, value = metrics.shapes[metric], partials.get(metric), values[metric]
    exact: Value | Decimal = value
    if shape.is_money and partial is not None:
        exact = money_of(partial)
    elif shape.is_money and isinstance(value, float):
        exact = money(value)
    return Row(metric, scope, *group, exact, shape)


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _no_original(count: int, dataset: str) -> Said:
    return Said(
        zh=f"数据集 {dataset} 中有 {count} 条退货找不到原单；returns: original 的指标先把它们计入自己的日期，请补上原单或检查 returns.of",
        en=f"the originals of {count} returns of {dataset} are not known; metrics with returns: original count them on their own day. Add the originals, or look at returns.of",
    )


def _unknown_region(key: str, count: int, dataset: str) -> Said:
    return Said(
        zh=f"数据集 {dataset} 中有 {count} 条记录的区域 '{key}' 不在组织里；照常计算，请在 organisation 中补上",
        en=f"the region '{key}' of {count} records of {dataset} is not in the organisation; it is kept, but please add it",
    )


def _unknown_person(key: str, count: int, dataset: str) -> Said:
    return Said(
        zh=f"数据集 {dataset} 中有 {count} 条记录的人员 '{key}' 不在组织里；照常计算，请补上",
        en=f"the person '{key}' of {count} records of {dataset} is not in the organisation; it is kept, but please add them",
    )
