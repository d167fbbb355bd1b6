"""The values of the names that a rule reads, of one scope on one day."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Protocol

import msgspec

from engine.expression.values import Value
from engine.org import Org
from engine.pace import Figures, figures
from engine.periods import month_of
from engine.routing import Scope
from engine.rules.names import FIGURES, PARENT
from engine.rules.scopes import above
from schema_defs.release import Release


class Numbers(Protocol):
    """Where facts come from: month-to-date actuals, targets and paces as they are known now; None is missing."""

    def actual(self, metric: str, scope: Scope, day: date) -> Value: ...
    def target(self, metric: str, scope: Scope, month: str) -> float | None: ...
    def pace(self, metric: str, scope: Scope, day: date) -> float | None: ...
    def working_days_left(self, day: date) -> int: ...
    def score(self, scope: Scope, day: date) -> float | None: ...


class Read(msgspec.Struct, frozen=True):
    """A name taken apart: of which metric (None: the rule has none) which figure, of the scope itself or of the one above."""

    name: str
    metric: str | None
    figure: str
    of_parent: bool


_OF = re.compile(r"(\w+)_of\((?:'|\")(.*)(?:'|\")\)")


def reads_of(names: Iterable[str], own: str | None, metrics: Collection[str]) -> tuple[Read, ...]:
    """What each name of a rule's conditions means, when `own` is the rule's metric; `day` is no look-up."""
    return tuple(_read(name, own, metrics) for name in names if name != "day")


def metrics_of(reads: Iterable[Read], release: Release) -> frozenset[str]:
    """Every metric that the values come from; a score reads those of the scorecards."""
    found = {read.metric for read in reads if read.metric and read.figure != "score"}
    if any(read.figure == "score" for read in reads):
        found |= {part.metric for card in release.scorecards.values() for part in card.parts}
    return frozenset(found & set(release.metrics))


def _read(name: str, own: str | None, metrics: Collection[str]) -> Read:
    of_parent = name.startswith(PARENT) and name not in metrics
    bare = name.removeprefix(PARENT) if of_parent else name
    if found := _OF.fullmatch(bare):
        return Read(name, found[2], found[1], of_parent)
    return Read(name, own, bare, of_parent) if bare in FIGURES else Read(name, bare, "actual", of_parent)


class Facts:
    """Looks up exactly the names that a rule reads."""

    def __init__(self, reads: tuple[Read, ...], org: Org, numbers: Numbers) -> None:
        self._reads, self._org, self._numbers = reads, org, numbers

    def above(self, scope: Scope, day: date) -> Scope | None:
        """The scope above as of the day."""
        region = self._org.region_of(scope.key, day) if scope.kind == "person" else None
        return above(scope, region, self._org)

    def values(self, scope: Scope, day: date) -> dict[str, Value]:
        """Every name with its value; what a scope or a metric does not have is missing."""
        found: dict[tuple[Scope, str], Figures] = {}
        row: dict[str, Value] = {}
        for read in self._reads:
            of = self.above(scope, day) if read.of_parent else scope
            row[read.name] = None if of is None else self._value(read, of, day, found)
        return row

    def _value(self, read: Read, scope: Scope, day: date, found: dict[tuple[Scope, str], Figures]) -> Value:
        if read.figure == "score":
            return self._numbers.score(scope, day)
        if read.metric is None:
            return None
        if read.figure == "actual":
            return self._numbers.actual(read.metric, scope, day)
        if (scope, read.metric) not in found:
            found[scope, read.metric] = figures_of(self._numbers, read.metric, scope, day)
        value: float | None = _FIGURE[read.figure](found[scope, read.metric])
        return value


def figures_of(numbers: Numbers, metric: str, scope: Scope, day: date) -> Figures:
    """All figures of one metric and scope, month to date; an actual that is no number is missing."""
    actual = numbers.actual(metric, scope, day)
    is_number = isinstance(actual, int | float) and not isinstance(actual, bool)
    return figures(
        float(actual) if is_number else None,  # type: ignore[arg-type]  # is_number has looked
        numbers.target(metric, scope, month_of(day)),
        numbers.pace(metric, scope, day),
        numbers.working_days_left(day),
    )


_FIGURE: Mapping[str, Callable[[Figures], float | None]] = {
    "target": lambda found: found.target,
    "attainment": lambda found: found.attainment,
    "pace": lambda found: found.pace,
    "gap": lambda found: found.gap,
    "gap_amount": lambda found: found.gap_amount,
    "run_rate": lambda found: found.run_rate,
    "projection": lambda found: found.projection,
}
