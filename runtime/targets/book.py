"""Reading targets: those of some months in memory."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from runtime.targets.rows import TargetRow
from runtime.tenancy import rows
from schema_defs.rule import ScopeKind


class TargetBook:
    """The targets of some months: one number per metric, scope, key and month."""

    def __init__(self, targets: Mapping[tuple[str, str, str, str], Decimal]) -> None:
        self._targets = targets

    def month(self, metric: str, scope: ScopeKind, key: str, month: str) -> Decimal | None:
        """The month's target, or None where there is none."""
        return self._targets.get((metric, scope, key, month))

    def metrics(self) -> set[str]:
        return {metric for metric, *_ in self._targets}

    def keys(self, scope: ScopeKind) -> set[str]:
        """Every key of the scope that has a target."""
        return {key for _, kind, key, _ in self._targets if kind == scope}


async def target_book(tenant: str, months: Collection[str], metrics: Collection[str] | None = None) -> TargetBook:
    """The tenant's targets of the months, of the given metrics or of all."""
    query = rows(TargetRow, tenant).filter(month__in=sorted(set(months)))
    if metrics is not None:
        query = query.filter(metric__in=sorted(set(metrics)))
    found = await query.values_list("metric", "scope", "key", "month", "value")
    return TargetBook({(metric, scope, key, month): Decimal(value) for metric, scope, key, month, value in found})
