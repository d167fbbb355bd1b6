"""Which verdicts are out of date when numbers change."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from engine.metrics.day import Spot
from engine.periods import month_bounds, month_of
from runtime.alerts.ready_rules import ready_rules
from runtime.alerts.rows import JudgedDayRow
from runtime.bulk import in_pieces
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows


async def make_stale(configured: Prepared, changes: Mapping[Spot, date]) -> None:
    """Marks the verdicts that read a changed number, from its day to the end of its month, inside the caller's transaction.

    `changes` gives per metric, scope and key the first day whose number to date changed; all lie in one month.
    """
    last = month_bounds(month_of(min(changes.values())))[1]
    for rule in ready_rules(configured):
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
