"""What a plan comes to: one number per scope and month."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import msgspec

from engine.targets.unit import Unit
from schema_defs.issue import Issue
from schema_defs.rule import ScopeKind

Cells = dict[tuple[ScopeKind, str], dict[str, Decimal]]


class Target(msgspec.Struct, frozen=True):
    """One number for one scope and month (`2026-03`), in the metric's unit."""

    scope: ScopeKind
    key: str
    month: str
    value: Decimal


class Targets(msgspec.Struct, frozen=True):
    """The targets of one plan; scopes without one are absent. `is_rate`: declared, never split or summed."""

    plan: str
    metric: str
    unit: Unit
    cells: Cells
    is_rate: bool = False
    warnings: tuple[Issue, ...] = ()

    def month(self, scope: ScopeKind, key: str, month: str) -> Decimal | None:
        """The target of the scope in the month; None is no target."""
        return self.cells.get((scope, key), {}).get(month)

    def year(self, scope: ScopeKind, key: str) -> Decimal | None:
        """The exact sum of the scope's months; of a rate, and of a scope without a target, None."""
        months = self.cells.get((scope, key))
        if not months or self.is_rate:
            return None
        whole = sum((Fraction(value) for value in months.values()), Fraction()) * 10**self.unit.digits
        return Unit(1, self.unit.digits).value(int(whole))

    def keys(self, scope: ScopeKind) -> tuple[str, ...]:
        """Who has a target, in the order in which they were found."""
        return tuple(key for found, key in self.cells if found == scope)

    def rows(self) -> list[Target]:
        """Every target, sorted by scope, key and month."""
        return sorted(self._rows(), key=lambda row: (row.scope, row.key, row.month))

    def _rows(self) -> Iterator[Target]:
        for (scope, key), months in self.cells.items():
            for month, value in months.items():
                yield Target(scope, key, month, value)
