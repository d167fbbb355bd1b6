"""Which verdicts are out of date when numbers change."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

from engine.metrics.day import Spot
from engine.periods import month_bounds, month_of
from engine.targets.months import a_year_after
from runtime.alerts.ready_rules import ReadyRule, ready_rules
from runtime.alerts.rows import JudgedDayRow
from runtime.bulk import in_pieces
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows


class Change(Protocol):
    """What became of a metric's month at one place: the first day whose number to date is another one, and whose own part is."""

    @property
    def moved(self) -> date | None: ...
    @property
    def first(self) -> date: ...


async def make_stale(configured: Prepared, changes: Mapping[Spot, Change]) -> None:
    """Marks the verdicts that read a changed number, from its day to the end of its month, inside the caller's transaction.

    Where a rule reads a window, to the last day that the window can reach. All changes lie in one month. A pace that is shaped
    by the month changes with it, a year later.
    """
    for rule in ready_rules(configured):
        if _shapes(configured, rule, changes):
            await _make_shaped_stale(configured, rule, month_of(min(change.first for change in changes.values())))
        mine = {spot: day for spot, change in changes.items() if (day := _first_day(rule, spot, change)) is not None}
        if mine:
            await _make_stale(configured, rule, mine)


def _first_day(rule: ReadyRule, spot: Spot, change: Change) -> date | None:
    if spot[0] not in rule.bases:
        return None
    return change.first if rule.windows else change.moved


async def _make_stale(configured: Prepared, rule: ReadyRule, changes: Mapping[Spot, date]) -> None:
    first: dict[str, date] = {}
    parents = list[date]()
    for (_, scope, key), day in changes.items():
        if scope == rule.rule.scope:
            first[key] = min(day, first.get(key, day))
        elif rule.reads_parent:
            parents.append(day)
    by_day: dict[date, list[str]] = defaultdict(list)
    for key, day in first.items():
        by_day[day].append(key)
    last = _last_day(rule, max(changes.values()))
    query = rows(JudgedDayRow, configured.tenant).filter(rule=rule.rule.name, day__lte=last, stale=False)
    if parents:
        await query.filter(day__gte=min(parents)).update(stale=True)
    for day, keys in by_day.items():
        for some in in_pieces(keys):
            await query.filter(day__gte=day, key__in=some).update(stale=True)


def _last_day(rule: ReadyRule, day: date) -> date:
    """The end of the month, or how far the rule's windows reach from there."""
    end = month_bounds(month_of(day))[1]
    return max((end, *(window.reach(end, "month") for window in rule.windows)))


async def _make_shaped_stale(configured: Prepared, rule: ReadyRule, month: str) -> None:
    first, last = month_bounds(a_year_after(month))
    shaped = rows(JudgedDayRow, configured.tenant).filter(rule=rule.rule.name, day__gte=first)
    await shaped.filter(day__lte=last, stale=False).update(stale=True)


async def make_people_stale(tenant: str, people: Collection[str]) -> None:
    """Marks the verdicts about the people, whose region of some day became another and with it the scope above them."""
    for some in in_pieces(people):
        await rows(JudgedDayRow, tenant).filter(scope="person", key__in=some, stale=False).update(stale=True)


def _shapes(configured: Prepared, rule: ReadyRule, changes: Mapping[Spot, Change]) -> bool:
    """Whether a plan that the rule reads paces by what the company's changed numbers were."""
    plans = (
        plan for plan in configured.release.plans.values() if plan.pace == "history" and plan.metric in rule.metrics
    )
    bases = frozenset[str]().union(*(configured.metrics.bases_of(plan.metric) for plan in plans))
    return any(
        metric in bases and scope == "company" and change.moved is not None
        for (metric, scope, _), change in changes.items()
    )
