"""Reading targets: those of some months in memory, with the pace that their plans expect."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from engine.periods import month_of
from engine.targets.paces import Paces
from runtime.releases.prepared import Prepared
from runtime.targets.rows import TargetRow
from runtime.targets.shapes import shapes_for
from runtime.tenancy import rows
from schema_defs.plan import Plan
from schema_defs.rule import ScopeKind

Spot = tuple[str, str, str, str]
"""Metric, scope, key and month."""


class TargetBook:
    """The targets of some months: one number, and the name of its plan, per metric, scope, key and month."""

    def __init__(self, targets: Mapping[Spot, tuple[str, Decimal]], plans: Mapping[str, Plan], paces: Paces) -> None:
        self._targets = targets
        self._plans = plans
        self._paces = paces

    def month(self, metric: str, scope: ScopeKind, key: str, month: str) -> Decimal | None:
        """The month's target, or None where there is none."""
        found = self._targets.get((metric, scope, key, month))
        return found[1] if found else None

    def pace(self, metric: str, scope: ScopeKind, key: str, day: date) -> float | None:
        """The share of the month's target that its plan expects by the end of the day; None without a target."""
        found = self._targets.get((metric, scope, key, month_of(day)))
        plan = self._plans.get(found[0]) if found else None
        return self._paces.share(plan, day) if plan else None

    def metrics(self) -> set[str]:
        return {metric for metric, *_ in self._targets}

    def keys(self, scope: ScopeKind) -> set[str]:
        """Every key of the scope that has a target."""
        return {key for _, kind, key, _ in self._targets if kind == scope}


async def target_book(
    configured: Prepared, months: Collection[str], metrics: Collection[str] | None = None
) -> TargetBook:
    """The tenant's targets of the months, of the given metrics or of all."""
    query = rows(TargetRow, configured.tenant).filter(month__in=sorted(set(months)))
    if metrics is not None:
        query = query.filter(metric__in=sorted(set(metrics)))
    found = await query.values_list("metric", "scope", "key", "month", "plan", "value")
    targets = {(metric, scope, key, month): (plan, Decimal(value)) for metric, scope, key, month, plan, value in found}
    plans = configured.release.plans
    shaped = {plan.metric for plan in plans.values() if plan.pace == "history" and _has_target(plan, targets)}
    shapes = await shapes_for(configured, shaped, months)
    paces = Paces(configured.calendar, configured.metrics.shapes, lambda metric, month: shapes[metric, month])
    return TargetBook(targets, plans, paces)


def _has_target(plan: Plan, targets: Mapping[Spot, tuple[str, Decimal]]) -> bool:
    return any(name == plan.name for name, _ in targets.values())
