"""Which verdicts are out of date when numbers change."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from engine.metrics.day import Spot
from engine.periods import month_bounds, month_of
from engine.targets.months import a_year_after
from runtime.alerts.ready_rules import ReadyRule, ready_rules
from runtime.alerts.rows import JudgedDayRow
from runtime.bulk import in_pieces
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows


async def make_stale(configured: Prepared, changes: Mapping[Spot, date]) -> None:
    """Marks the verdicts that read a changed number, from its day to the end of its month, inside the caller's transaction.

    `changes` gives per metric, scope and key the first day whose number to date changed; all lie in one month. A pace that
    is shaped by the month changes with it, a year later.
    """
    month = month_of(min(changes.values()))
    last = month_bounds(month)[1]
    for rule in ready_rules(configured):
        if _shapes(configured, rule, changes):
            first_shaped, last_shaped = month_bounds(a_year_after(month))
            shaped = rows(JudgedDayRow, configured.tenant).filter(rule=rule.rule.name, day__gte=first_shaped)
            await shaped.filter(day__lte=last_shaped, stale=False).update(stale=True)
        first: dict[str, date] = {}
        parents = list[date]()
        for (metric, scope, key), day in changes.items():
            if metric in rule.bases and scope == rule.rule.scope:
                first[key] = min(day, first.get(key, day))
            elif metric in rule.bases and rule.reads_parent:
                parents.append(day)
        by_day: dict[date, list[str]] = defaultdict(list)
        for key, day in first.items():
            by_day[day].append(key)
        query = rows(JudgedDayRow, configured.tenant).filter(rule=rule.rule.name, day__lte=last, stale=False)
        if parents:
            await query.filter(day__gte=min(parents)).update(stale=True)
        for day, keys in by_day.items():
            for some in in_pieces(keys):
                await query.filter(day__gte=day, key__in=some).update(stale=True)


async def make_people_stale(tenant: str, people: Collection[str]) -> None:
    """Marks the verdicts about the people, whose region of some day became another and with it the scope above them."""
    for some in in_pieces(people):
        await rows(JudgedDayRow, tenant).filter(scope="person", key__in=some, stale=False).update(stale=True)


def _shapes(configured: Prepared, rule: ReadyRule, changes: Mapping[Spot, date]) -> bool:
    """Whether a plan that the rule reads paces by what the company's changed numbers were."""
    plans = (
        plan for plan in configured.release.plans.values() if plan.pace == "history" and plan.metric in rule.metrics
    )
    bases = frozenset[str]().union(*(configured.metrics.bases_of(plan.metric) for plan in plans))
    return any(metric in bases and scope == "company" for metric, scope, _ in changes)
