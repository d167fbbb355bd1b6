"""The log of state changes: of each day the last line is the truth as it is known now, earlier ones are what was believed."""

from collections.abc import Sequence
from datetime import datetime

from engine.routing import Scope
from engine.rules.fold import Past
from engine.rules.timeline import news
from runtime.alerts.rows import TransitionRow
from runtime.bulk import read_many, write_many


async def note_transitions(tenant: str, rule: str, scope: Scope, past: Sequence[Past], now: datetime) -> None:
    """Adds what the log does not say yet, inside the caller's transaction; what a correction took back gets a line of its own."""
    where = [("rule", "=", rule), ("scope", "=", scope.kind), ("key", "=", scope.key)]
    logged = dict(await read_many(TransitionRow, tenant, ("day", "kind"), where, order=("id",)))
    lines = (
        (rule, scope.kind, scope.key, change.day, change.after, {"before": change.before}, now)
        for change in news(past, logged)
    )
    await write_many(TransitionRow, tenant, ("rule", "scope", "key", "day", "kind", "values", "at"), lines)
