"""What an evaluation may know besides its row, and what it counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from engine.expression.values import Value
from engine.expression.workdays import WorkingDays, working_days_of


@dataclass(slots=True)
class Trouble:
    """How often a needed operation had no result; the data-quality page shows these."""

    division_by_zero: int = 0
    overflow: int = 0
    not_a_number: int = 0
    type_errors: int = 0
    unmapped: int = 0

    def add(self, other: "Trouble", times: int = 1) -> None:
        """Takes over the counts of `other`, so many times."""
        self.division_by_zero += other.division_by_zero * times
        self.overflow += other.overflow * times
        self.not_a_number += other.not_a_number * times
        self.type_errors += other.type_errors * times
        self.unmapped += other.unmapped * times

    @property
    def counts(self) -> tuple[int, ...]:
        """All counts, in the order of the fields."""
        return self.division_by_zero, self.overflow, self.not_a_number, self.type_errors, self.unmapped

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class Context:
    """`today` is what `today()` gives; `is_working` decides working days (None: Monday to Friday).

    `value_map` is what `map_value` reads; `trouble` is counted up while expressions run.
    """

    today: date | None = None
    is_working: Callable[[date], bool] | None = None
    value_map: Mapping[str, Value] | None = None
    trouble: Trouble = field(default_factory=Trouble)

    @cached_property
    def working_days(self) -> WorkingDays:
        return working_days_of(self.is_working)

    def counting_in(self, trouble: Trouble) -> "Context":
        """The same context with another count."""
        other = replace(self, trouble=trouble)
        other.__dict__["working_days"] = self.working_days  # known years are not asked for again
        return other
