"""The numbers as they were known at the close of a past day."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

import msgspec
import numpy as np

from engine.calendar import WorkCalendar
from engine.expression.columns.column import Array
from engine.expression.values import Value
from engine.metrics.history import History
from engine.metrics.moments import Moments
from engine.metrics.ready import ready
from engine.org import Org
from engine.pace import DayShape, working_days_left
from engine.periods import days_of, month_bounds, month_of
from engine.records.version_table import Versions, version_table
from engine.routing import Scope
from engine.rules.completeness import Completeness, Watermarks
from engine.rules.facts import figures_of
from engine.scorecard import score_of, scorecard_for
from engine.targets.paces import Paces, shape_before
from engine.targets.targets import Targets
from schema_defs.plan import Plan
from schema_defs.release import Release
from schema_defs.rule import ScopeKind
from schema_defs.scorecard import ScorePart


class PlanTargets(msgspec.Struct, frozen=True):
    """A plan and what it comes to."""

    plan: Plan
    targets: Targets


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What is known from outside: all versions of the records by dataset, targets, and for late sources how far they are complete.

    `complete` holds for every day; `watermarks` tell it as it was known day by day.
    """

    release: Release
    org: Org
    calendar: WorkCalendar
    records: Mapping[str, Versions]
    targets: tuple[PlanTargets, ...] = ()
    complete: Mapping[str, date] = {}
    watermarks: Watermarks = {}


class PastNumbers:
    """Answers as at the close of `known`, which the caller moves on day by day."""

    def __init__(self, given: Given, metrics: Iterable[str]) -> None:
        self.known = date.min
        self._given = given
        self._metrics = tuple(sorted(metrics))
        self._ready = ready(given.release, self._metrics, given.calendar)
        self._versions = {
            name: version_table(given.release.datasets[name], given.records.get(name, ()), given.calendar)
            for name in self._ready.datasets()
        }
        self._histories: dict[ScopeKind, History] = {}
        self._paces = Paces(given.calendar, self._ready.shapes, self._shape)
        self._completeness = Completeness(given.complete, given.watermarks)
        self._left: dict[date, int] = {}
        self._shapes: dict[tuple[str, str], DayShape | None] = {}

    def history(self, kind: ScopeKind) -> History:
        """The history of one kind of scope, made when it is first asked for."""
        if kind not in self._histories:
            given = self._given
            self._histories[kind] = History(
                given.release, self._versions, given.org, given.calendar, self._metrics, kind
            )
        return self._histories[kind]

    def actual(self, metric: str, scope: Scope, day: date) -> Value:
        if metric not in self._ready.shapes or self._is_late(metric, day):
            return None
        return self.history(scope.kind).to_date(metric, scope.key, day, self.known)

    def all_actual(self, kind: ScopeKind, moments: Moments) -> dict[str, Array]:
        """`actual` of every metric at many moments, whatever `known` is; not-a-number is missing."""
        found = self.history(kind).all_to_date(moments)
        late = {name: self._are_late(self._ready.datasets_of(name), moments) for name in found}
        return {name: np.where(late[name], np.nan, values) for name, values in found.items()}

    def target(self, metric: str, scope: Scope, month: str) -> float | None:
        found = self._found(metric, scope, month)
        value = found.targets.month(scope.kind, scope.key, month) if found else None
        return None if value is None else float(value)

    def pace(self, metric: str, scope: Scope, day: date) -> float | None:
        found = self._found(metric, scope, month_of(day))
        return self._paces.share(found.plan, day) if found else None

    def is_late(self, day: date) -> bool:
        """Whether a dataset of any of the metrics is not complete up to the day."""
        return day > self._completeness.until(self._ready.datasets(), self.known)

    def are_late(self, moments: Moments) -> Array:
        """`is_late` of many moments."""
        return self._are_late(self._ready.datasets(), moments)

    def _are_late(self, datasets: Collection[str], moments: Moments) -> Array:
        late = np.zeros(len(moments), dtype=bool)
        for known, rows in moments.by_known():
            until = self._completeness.until(datasets, date.fromordinal(known))
            late[rows] = moments.days[rows] > until.toordinal()
        return late

    def come(self, since: date) -> list[date]:
        """The days from `since` on, before `known`, that were late until the day before and are no longer."""
        first, last = self._completeness.come(self._ready.datasets(), self.known)
        return days_of(max(first, since), last)

    def working_days_left(self, day: date) -> int:
        if day not in self._left:
            self._left[day] = working_days_left(self._given.calendar, day)
        return self._left[day]

    def score(self, scope: Scope, day: date) -> float | None:
        roles = self._given.org.roles(scope.key) if scope.kind == "person" else ()
        card = scorecard_for(roles, self._given.release.scorecards)
        return score_of(card, lambda part: self._part(part, scope, day)).total if card else None

    def datasets(self) -> tuple[str, ...]:
        """The datasets that the metrics are computed from."""
        return self._ready.datasets()

    def first_day(self) -> date | None:
        """The day of the first record of the metrics' datasets, or the first of the first month with a target."""
        days = [date.fromordinal(each.first) for each in self._versions.values() if each.first is not None]
        months = [month for one in self._read() for of_one in one.targets.cells.values() for month in of_one]
        return min((*days, *(month_bounds(month)[0] for month in months)), default=None)

    def keys(self, kind: ScopeKind) -> frozenset[str]:
        """Every key that a record counts for or that has a target."""
        targeted = (key for one in self._read() for key in one.targets.keys(kind))
        return frozenset((*self.history(kind).keys(), *targeted))

    def _read(self) -> list[PlanTargets]:
        """The targets of the metrics that are read."""
        return [one for one in self._given.targets if one.plan.metric in self._metrics]

    def _found(self, metric: str, scope: Scope, month: str) -> PlanTargets | None:
        """The first plan of the metric that has a target for the scope and month."""
        for one in self._given.targets:
            if one.plan.metric == metric and one.targets.month(scope.kind, scope.key, month) is not None:
                return one
        return None

    def _is_late(self, metric: str, day: date) -> bool:
        """Whether a dataset of the metric is not complete up to the day."""
        return day > self._completeness.until(self._ready.datasets_of(metric), self.known)

    def _part(self, part: ScorePart, scope: Scope, day: date) -> float | None:
        found = figures_of(self, part.metric, scope, day)
        return found.attainment if part.of == "attainment" else found.actual

    def _shape(self, metric: str, month: str) -> DayShape | None:
        if (metric, month) not in self._shapes:
            self._shapes[metric, month] = shape_before(self.history("company"), self._given.calendar, metric, month)
        return self._shapes[metric, month]
