"""Reading numbers: any metric and scope on any day, month to date or as far as its window reaches, from the stored cells."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from engine.expression.values import Value
from engine.metrics.day import Spot
from engine.metrics.day_line import DayLine
from engine.metrics.partial import value_of
from engine.metrics.ready import plain
from engine.metrics.span import Span, month_to
from engine.metrics.window import Number
from engine.periods import month_bounds, month_of
from runtime.alerts.rows import AcknowledgementRow, AlertRow
from runtime.bulk import Condition, read_many
from runtime.numbers.line import partial_of
from runtime.numbers.needed import cells_needed, is_month_to_date
from runtime.numbers.rows import CellRow, NumbersRow
from runtime.records.rows import SourceStateRow
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows
from schema_defs.rule import ScopeKind


class Book:
    """The cells of some months in memory. Derived metrics are computed when they are asked for, at every level anew."""

    def __init__(self, configured: Prepared, cells: Iterable[tuple[Any, ...]]) -> None:
        """`cells` are metric, scope, key, day and number; with the day's partial as text where windows read it."""
        self._configured = configured
        self._days: dict[Spot, list[date]] = defaultdict(list)
        self._numbers: dict[Spot, list[float | None]] = defaultdict(list)
        self._partials: dict[Spot, dict[date, str]] = defaultdict(dict)
        self._lines: dict[Spot, DayLine] = {}
        for metric, scope, key, day, number, *partial in sorted(cells, key=lambda cell: cell[3]):
            self._days[metric, scope, key].append(day)
            self._numbers[metric, scope, key].append(number)
            if partial:
                self._partials[metric, scope, key][day] = partial[0]

    def value(self, metric: str, scope: ScopeKind, key: str, day: date) -> float | None:
        """The month to date, the day included; what has no result is None, and the sum of nothing is 0.

        A window reaches back as far as it says; above what a metric is not put together from there is no number.
        """
        if not self._configured.metrics.has_total(metric, scope, key, self._configured.org):
            return None
        found = self._value(metric, scope, key, day)
        return float(found) if isinstance(found, float | int) and not isinstance(found, bool) else None

    def keys(self, scope: ScopeKind) -> set[str]:
        """Every key of the scope that has a cell."""
        return {spot[2] for spot in self._days if spot[1] == scope}

    def days(self, metric: str, scope: ScopeKind, key: str) -> list[date]:
        """The days with records of the metric's datasets at the place."""
        metrics = self._configured.metrics
        names = [name for name, measure in metrics.measures.items() if measure.under in metrics.policies_of(metric)]
        return sorted({day for name in names for day in self._days.get((name, scope, key), [])})

    def _value(self, metric: str, scope: ScopeKind, key: str, day: date) -> Number:
        metrics = self._configured.metrics
        if metric in metrics.measures:
            return self._stored((metric, scope, key), day)
        if metric in metrics.windowed:
            return metrics.value_at(metric, month_to(day), lambda name, span: self._over((name, scope, key), span))
        derived = metrics.derived.get(metric)
        if derived is None:
            return None
        return derived.value({name: plain(self._value(name, scope, key, day)) for name in derived.inputs})

    def _stored(self, spot: Spot, day: date) -> Value:
        days = self._days.get(spot, [])
        position = bisect_right(days, day) - 1
        if position >= 0 and month_of(days[position]) == month_of(day):
            return self._numbers[spot][position]
        measure = self._configured.metrics.measures[spot[0]]
        reaches = self._configured.places(measure.under).reaches(spot[1])
        return value_of(measure.partial(())) if reaches else None

    def _over(self, spot: Spot, span: Span) -> Value:
        """A base metric over a span: what lies in one month from its first day on is stored as a number."""
        if is_month_to_date(span):
            return self._stored(spot, span[1])
        if spot not in self._lines:
            days = {day: partial_of(text) for day, text in self._partials.get(spot, {}).items()}
            self._lines[spot] = DayLine(self._configured.metrics.measures[spot[0]].partial(()), days)
        return value_of(self._lines[spot].over(span))


_READ = ("metric", "scope", "key", "day", "number")


async def book_of(
    configured: Prepared,
    metrics: Collection[str],
    months: Collection[str],
    *,
    scope: ScopeKind | None = None,
    keys: Collection[str] | None = None,
) -> Book:
    """The cells that the metrics need, of the months; of one scope or of some keys only, where they are given.

    Windows need earlier months too, and the parts of single days.
    """
    where: list[Condition] = [("scope", "=", scope)] if scope is not None else []
    where += [("key", "in", sorted(keys))] if keys is not None else []
    cells: list[tuple[Any, ...]] = []
    for month, needed in sorted(cells_needed(configured.metrics, metrics, months).items()):
        first, last = month_bounds(month)
        days: list[Condition] = [*where, ("day", ">=", first), ("day", "<=", last)]
        for names, columns in ((needed.numbers - needed.parts, _READ), (needed.parts, (*_READ, "partial"))):
            if names:
                cells += await read_many(CellRow, configured.tenant, columns, [("metric", "in", sorted(names)), *days])
    return Book(configured, cells)


async def numbers_mark(tenant: str) -> str:
    """Changes whenever a number, an alert, an answer or a source's clock of the tenant does: the same mark, the same board."""
    numbers = await rows(NumbersRow, tenant).values_list("seq", flat=True)
    alert = await rows(AlertRow, tenant).order_by("-updated_at").limit(1).values_list("updated_at", flat=True)
    answer = await rows(AcknowledgementRow, tenant).order_by("-at").limit(1).values_list("id", flat=True)
    sources = await rows(SourceStateRow, tenant).values_list("watermark", flat=True)
    return f"{numbers} {alert} {answer} {sorted(f'{each:%H:%M}' for each in sources if each)}"
