"""The values of a rule's names that are known at a step, day by day, of one scope."""

from collections.abc import Mapping
from datetime import date

import msgspec

from engine.expression.values import Value
from engine.rules.names import canonical
from schema_defs.case import ScopedValues, Step

Row = dict[str, Value]


class Known:
    """Grows with each step: late values first, then the day's own; what a step does not name stays as it was."""

    def __init__(self) -> None:
        self.days: dict[date, Row] = {}

    def learn(self, step: Step, scope: str | None, scopes: tuple[str, ...]) -> None:
        for day, brought in step.late.items():
            self._bring(day, _of_scope(brought, scope, scopes))
        if step.values is not msgspec.UNSET:
            self._bring(step.day, _of_scope(step.values, scope, scopes))
        self.days.setdefault(step.day, {})

    def _bring(self, day: date, brought: Mapping[str, Value] | msgspec.UnsetType | None) -> None:
        """Merges values into a day; null in place of all of them deletes them."""
        if brought is msgspec.UNSET:
            return
        if brought is None:
            self.days[day] = {}
        else:
            self.days[day] = self.days.get(day, {}) | {canonical(name): value for name, value in brought.items()}


def _of_scope(
    brought: ScopedValues | msgspec.UnsetType | None, scope: str | None, scopes: tuple[str, ...]
) -> Mapping[str, Value] | msgspec.UnsetType | None:
    """The scope's own part of values that are keyed by scope; values that are not count for every scope."""
    if scope is None or not isinstance(brought, dict) or not is_keyed(brought, scopes):
        return brought  # type: ignore[return-value]  # without scopes the values are plain
    return brought.get(scope, msgspec.UNSET)  # type: ignore[return-value]  # a scope's part is a mapping or null


def is_keyed(brought: Mapping[str, object], scopes: tuple[str, ...]) -> bool:
    """Whether values are written per scope: some value is itself a mapping, or every key is a scope."""
    return any(isinstance(value, dict) for value in brought.values()) or (
        bool(brought) and all(key in scopes for key in brought)
    )
