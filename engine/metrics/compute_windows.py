"""Windows in a full computation: every scope key and period whose window, or what it is compared with, has a record."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from engine.calendar import WorkCalendar
from engine.expression.values import Value
from engine.metrics.asked import Asked
from engine.metrics.day import Spot, day_partials
from engine.metrics.day_line import DayLine
from engine.metrics.partial import Partial, Sum, money_of, value_of
from engine.metrics.places import Places
from engine.metrics.policy import counting
from engine.metrics.ready import Ready
from engine.metrics.shape import money
from engine.metrics.span import At, Span, days_on, period_at
from engine.metrics.window import Number
from engine.org import Org
from engine.periods import period_of
from engine.records.record import Record
from engine.records.versions import as_known
from schema_defs.release import Release
from schema_defs.rule import ScopeKind

Found = tuple[str, ScopeKind, str, str, Value | Decimal]
"""A metric, a scope and its key, a period, and the value."""


class _Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What the windows are read from: a line of days per base metric and place."""

    asked: Asked
    calendar: WorkCalendar
    metrics: Ready
    lines: Mapping[Spot, DayLine]
    days: Mapping[Spot, list[date]]
    places: Mapping[str, Places]
    horizon: Mapping[str, date]
    """The last day with a record, per dataset: beyond it nothing is said."""


def window_values(
    release: Release,
    records: Mapping[str, Sequence[Record]],
    asked: Asked,
    org: Org,
    calendar: WorkCalendar,
    metrics: Ready,
) -> Iterator[Found]:
    """The values of the windows, and of what is computed from one, among the asked metrics.

    A window reads all records, also those before the first asked day; `first` and `last` choose the periods.
    """
    stage = _stage(release, records, asked, org, calendar, metrics)
    for metric in metrics.wanted:
        bases = sorted(metrics.bases_of(metric)) if metric in metrics.windowed else []
        places = sorted({(scope, key) for name, scope, key in stage.days if name in bases})
        for scope, key in places:
            if scope in asked.scopes:
                yield from _of_place(stage, metric, bases, scope, key)


def _stage(
    release: Release,
    records: Mapping[str, Sequence[Record]],
    asked: Asked,
    org: Org,
    calendar: WorkCalendar,
    metrics: Ready,
) -> _Stage:
    days: dict[Spot, dict[date, Partial]] = defaultdict(dict)
    places, horizon = {}, {}
    needed = {name for metric in metrics.wanted if metric in metrics.windowed for name in metrics.bases_of(metric)}
    policies = metrics.policies()
    for name in dict.fromkeys(metrics.measures[metric].under for metric in sorted(needed)):
        policy = policies[name]
        places[name] = Places(policy.dataset, org, asked.today)
        own = [metrics.measures[metric] for metric in sorted(needed) if metrics.measures[metric].under == name]
        by_day: dict[date, list[Record]] = defaultdict(list)
        for record in counting(policy, as_known(records.get(policy.dataset.name, ()), calendar, asked.known)):
            by_day[record.day].append(record)
        horizon[name] = max(by_day, default=date.min)
        for day in sorted(by_day):
            for spot, partial in day_partials(own, by_day[day], places[name]).items():
                days[spot][day] = partial
    return _Stage(
        asked=asked,
        calendar=calendar,
        metrics=metrics,
        lines={spot: DayLine(metrics.measures[spot[0]].partial(()), of_one) for spot, of_one in days.items()},
        days={spot: sorted(of_one) for spot, of_one in days.items()},
        places=places,
        horizon=horizon,
    )


def _of_place(stage: _Stage, metric: str, bases: Sequence[str], scope: ScopeKind, key: str) -> Iterator[Found]:
    metrics, asked = stage.metrics, stage.asked
    days = sorted({day for name in bases for day in stage.days.get((name, scope, key), ())})
    windows = metrics.windows_of(metric)
    horizon = max(stage.horizon[metrics.measures[name].under] for name in bases)
    for period in _periods(days, lambda day: max(each.reach(day, asked.by) for each in windows), stage, horizon):
        at = At((period[0], _stands_at(period, asked)), asked.by)
        if _has_record(stage, metric, scope, key, at):
            value = metrics.value_at(metric, at, _reader(stage, metric, scope, key))
            exact = money(value) if metrics.shapes[metric].is_money and isinstance(value, float) else value
            yield metric, scope, key, period_of(period[0], asked.by, stage.calendar), exact


def _periods(days: Sequence[date], reach: Callable[[date], date], stage: _Stage, horizon: date) -> Iterator[Span]:
    """The asked periods in which one of the days can be read, in order."""
    asked, following = stage.asked, date.min
    for day in days:
        at, last = max(day, following), min(max(reach(day), day), horizon)
        while at <= last:
            period = period_at(at, asked.by, stage.calendar)
            if (asked.first is None or asked.first <= period[1]) and (asked.last is None or period[0] <= asked.last):
                yield period
            following = days_on(period[1], 1)
            if following <= period[1]:
                return
            at = following


def _stands_at(period: Span, asked: Asked) -> date:
    """A period is read at its end, or as far as it has come."""
    last = period[1] if asked.last is None else min(period[1], asked.last)
    return last if asked.until is None or asked.until < period[0] else min(last, asked.until)


def _has_record(stage: _Stage, metric: str, scope: ScopeKind, key: str, at: At) -> bool:
    spans = stage.metrics.spans_at(metric, at)
    return any((line := stage.lines.get((name, scope, key))) is not None and line.has(span) for name, span in spans)


def _reader(stage: _Stage, metric: str, scope: ScopeKind, key: str) -> Callable[[str, Span], Number]:
    """Reads base metrics; money that a window shows as it is stays exact, and what formulas read is a double."""
    window = stage.metrics.windows.get(metric)
    is_exact = stage.metrics.shapes[metric].is_money and window is not None and window.of in stage.metrics.measures

    def read(name: str, span: Span) -> Number:
        measure, line = stage.metrics.measures[name], stage.lines.get((name, scope, key))
        if not stage.places[measure.under].reaches(scope):
            return None
        partial = measure.partial(()) if line is None else line.over(span)
        if is_exact and window is not None and (window.compared is None or isinstance(partial, Sum)):
            return money_of(partial)
        return value_of(partial)

    return read
