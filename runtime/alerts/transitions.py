"""The log of state changes: of each day the last line is the truth as it is known now, earlier ones are what was believed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import msgspec

from engine.routing import Scope
from engine.rules.fold import Past
from engine.rules.timeline import transitions_of
from runtime.alerts.rows import TransitionRow
from runtime.bulk import read_many, write_many
from schema_defs.case import State


class Change(msgspec.Struct, frozen=True):
    """A line of the log."""

    day: date
    before: State
    after: State


async def note_transitions(tenant: str, rule: str, scope: Scope, past: Sequence[Past], now: datetime) -> None:
    """Adds what the log does not say yet, inside the caller's transaction; what a correction took back gets a line of its own."""
    where = [("rule", "=", rule), ("scope", "=", scope.kind), ("key", "=", scope.key)]
    logged = dict(await read_many(TransitionRow, tenant, ("day", "kind"), where, order=("id",)))
    lines = (
        (rule, scope.kind, scope.key, change.day, change.after, {"before": change.before}, now)
        for change in news(past, logged)
    )
    await write_many(TransitionRow, tenant, ("rule", "scope", "key", "day", "kind", "values", "at"), lines)


def news(past: Sequence[Past], logged: dict[date, str]) -> Iterator[Change]:
    """The lines that make the log true, by day; `logged` is the last line of each day."""
    changes = {change.day: Change(change.day, change.before, change.after) for change in transitions_of(past)}
    states: dict[date, State] = {one.day: one.state for one in past}
    for day in sorted({*changes, *logged}):
        if day in changes:
            if logged.get(day) != changes[day].after:
                yield changes[day]
        elif day in states and logged[day] != states[day]:
            yield Change(day, states[day], states[day])
