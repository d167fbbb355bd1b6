"""What targets were before a release changed them."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from engine.targets.targets import Targets
from runtime.bulk import write_many
from runtime.targets.rows import PastTargetRow, TargetRow
from runtime.tenancy import rows
from schema_defs.rule import ScopeKind

_SPOT = ("metric", "scope", "key", "month")


async def keep_replaced(tenant: str, targets: Iterable[Targets], now: datetime) -> None:
    """Writes down what each target that is about to change has been; nothing for what stays."""
    stored = await rows(TargetRow, tenant).values_list(*_SPOT, "value")
    before = {spot: value for *spot_of, value in stored if (spot := tuple(spot_of))}
    after = {(each.metric, row.scope, row.key, row.month): row.value for each in targets for row in each.rows()}
    changed = [spot for spot in {**before, **after} if _number(before.get(spot)) != after.get(spot)]
    # A first plan replaces nothing; its targets have always been these.
    if before:
        await write_many(
            PastTargetRow, tenant, (*_SPOT, "value", "until"), ((*spot, before.get(spot), now) for spot in changed)
        )


async def target_then(
    tenant: str, metric: str, scope: ScopeKind, key: str, month: str, then: datetime
) -> Decimal | None:
    """The target as it was at a past moment."""
    place = {"metric": metric, "scope": scope, "key": key, "month": month}
    past = await rows(PastTargetRow, tenant).filter(**place, until__gt=then).order_by("until").first()
    found = past or await rows(TargetRow, tenant).get_or_none(**place)
    return None if found is None else _number(found.value)


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
