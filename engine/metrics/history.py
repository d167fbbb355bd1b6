"""Month-to-date values as they were known at the close of any past day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import reduce

from engine.calendar import WorkCalendar
from engine.expression.values import Value, is_number
from engine.metrics.aggregate import Measure
from engine.metrics.cell_line import CellLine, Entry
from engine.metrics.partial import Partial, merge, value_of
from engine.metrics.past_places import PastPlaces
from engine.metrics.policy import Policy
from engine.metrics.ready import ready
from engine.metrics.span import At, Span, month_to
from engine.org import Org
from engine.periods import days_of, month_bounds, month_of
from engine.records.record import Record
from engine.records.versions import timelines
from schema_defs.release import Release
from schema_defs.rule import ScopeKind

Changes = dict[date, dict[str, set[date]]]
"""By the day on whose close it is first known: per key the days whose cells changed."""


class History:
    """Answers for one scope and some metrics. All versions of the records are given; what became known on a day after it closed
    counts from the next day on. Under `attribution: now` a record counts where its owner was on the day on which it is known.
    """

    def __init__(
        self,
        release: Release,
        records: Mapping[str, Sequence[Record]],
        org: Org,
        calendar: WorkCalendar,
        metrics: Sequence[str],
        scope: ScopeKind,
    ) -> None:
        self._ready = ready(release, metrics, calendar)
        self._bases = {
            metric: {name: self._ready.measures[name] for name in sorted(self._ready.bases_of(metric))}
            for metric in metrics
        }
        self._calendar = calendar
        self._scope = scope
        self._org = org
        self._lines: dict[str, dict[str, dict[date, list[Entry]]]] = {}
        self._changes: Changes = {}
        self._reaches: dict[str, bool] = {}
        for name, policy in self._ready.policies().items():
            places = PastPlaces(policy.dataset, org)
            self._reaches[name] = places.reaches(scope)
            self._lines[name] = self._entries(records.get(policy.dataset.name, ()), places, policy)
        self._cells: dict[tuple[str, str, date], CellLine] = {}
        self._running: dict[tuple[str, str, date], _Running] = {}

    def keys(self) -> tuple[str, ...]:
        """Every key that a record counts for at any time, sorted."""
        return tuple(sorted({key for lines in self._lines.values() for key in lines}))

    def first_day(self) -> date | None:
        """The first day that a record counts on, or None without records."""
        return min((day for lines in self._lines.values() for days in lines.values() for day in days), default=None)

    def to_date(self, metric: str, key: str, day: date, known: date) -> float | None:
        """The value from the first of the month up to and including the day, from what was known at the close of `known`.

        None is missing, also above what the metric is not put together from; a sum without records is 0. A window reaches back
        as far as it says.
        """
        if not self._ready.has_total(metric, self._scope, key, self._org):
            return None
        if metric in self._ready.windowed:
            return self._at(metric, key, month_to(day), known)
        partials = {
            name: self._to_date(measure, key, day, known) if self._reaches[measure.under] else None
            for name, measure in self._bases[metric].items()
        }
        return _number(self._ready.value(metric, partials))

    def on_day(self, metric: str, key: str, day: date, known: date) -> float | None:
        """The value of the one day, as known at the close of `known`."""
        if metric in self._ready.windowed:
            return self._at(metric, key, At((day, day), "day"), known)
        partials = {
            name: self._cell(measure, key, day).at(known) if self._reaches[measure.under] else None
            for name, measure in self._bases[metric].items()
        }
        return _number(self._ready.value(metric, partials))

    def late_days(self, known: date) -> Mapping[str, frozenset[date]]:
        """Per key the days before `known` whose value to date may have changed by what became known on `known`."""
        found: dict[str, frozenset[date]] = {}
        for key, days in self._changes.get(known, {}).items():
            changed = {day for day in days if day < known and self._differs(key, day, known)}
            if changed:
                found[key] = frozenset(later for day in changed for later in self._reached(day, known))
        return found

    def _reached(self, day: date, known: date) -> list[date]:
        """The day and the later ones before `known` that read it: those of its month, or as far as windows reach."""
        month = month_bounds(month_of(day))[1]
        last = max((month, *(window.reach(day, "month") for window in self._ready.windows.values())))
        return days_of(day, min(last, known - timedelta(days=1)))

    def _at(self, metric: str, key: str, at: At, known: date) -> float | None:
        def read(name: str, span: Span) -> Value:
            measure = self._ready.measures[name]
            return value_of(self._over(measure, key, span, known)) if self._reaches[measure.under] else None

        value = self._ready.value_at(metric, at, read)
        return float(value) if isinstance(value, float | int) and not isinstance(value, bool) else None

    def _over(self, measure: Measure, key: str, span: Span, known: date) -> Partial:
        """The partial of a span, month by month: whole beginnings of months are kept from day to day."""
        (first, last), partial = span, measure.partial(())
        while first <= last:
            end = min(month_bounds(month_of(first))[1], last)
            if first.day == 1:
                partial = merge(partial, self._to_date(measure, key, end, known))
            else:
                days = (self._cell(measure, key, day).at(known) for day in days_of(first, end))
                partial = reduce(merge, days, partial)
            first = end + timedelta(days=1)
        return partial

    def _to_date(self, measure: Measure, key: str, day: date, known: date) -> Partial:
        first = day.replace(day=1)
        running = self._running.get((measure.name, key, first))
        if running is None or not self._still_holds(running, key, known):
            running = _Running(first, known)
            self._running[measure.name, key, first] = running
        running.known = known
        while len(running.partials) < day.day:
            at = first + timedelta(days=len(running.partials))
            before = running.partials[-1] if running.partials else measure.partial(())
            running.partials.append(merge(before, self._cell(measure, key, at).at(known)))
        return running.partials[day.day - 1]

    def _still_holds(self, running: "_Running", key: str, known: date) -> bool:
        """Whether what was merged as known on another day is the same as known now: no cell of it changed in between."""
        one, other = sorted((running.known, known))
        if (other - one).days > 40:
            return False
        done = running.first + timedelta(days=len(running.partials))
        for offset in range(1, (other - one).days + 1):
            days = self._changes.get(one + timedelta(days=offset), {}).get(key, ())
            if any(running.first <= day < done for day in days):
                return False
        return True

    def _cell(self, measure: Measure, key: str, day: date) -> CellLine:
        at = (measure.name, key, day)
        if at not in self._cells:
            self._cells[at] = CellLine(measure, self._lines[measure.under].get(key, {}).get(day, ()))
        return self._cells[at]

    def _differs(self, key: str, day: date, known: date) -> bool:
        before = known - timedelta(days=1)
        cells = (self._cell(measure, key, day) for measure in self._ready.measures.values())
        return any(cell.at(before) != cell.at(known) for cell in cells)

    def _entries(
        self, records: Sequence[Record], places: PastPlaces, policy: Policy
    ) -> dict[str, dict[date, list[Entry]]]:
        lines: dict[str, dict[date, list[Entry]]] = {}
        for versions in timelines(records, self._calendar).values():
            known = [self._known_day(since) for since, _ in versions]
            for position, (_, version) in enumerate(versions):
                start, end = known[position], known[position + 1] if position + 1 < len(known) else None
                record = policy.counted(version)
                if record is None or not record.counts or start == end:
                    continue
                for since, until, key, share in places.spans(record, self._scope, start, end):
                    lines.setdefault(key, {}).setdefault(record.day, []).append(Entry(since, until, record, share))
                    self._note(key, record.day, since)
                    if until is not None:
                        self._note(key, record.day, until)
        return lines

    def _note(self, key: str, day: date, known: date) -> None:
        self._changes.setdefault(known, {}).setdefault(key, set()).add(day)

    def _known_day(self, since: datetime) -> date:
        """The first day at whose close the version was known."""
        local = self._calendar.local(since)
        return local.date() if local <= self._calendar.closing(local.date()) else local.date() + timedelta(days=1)


class _Running:
    """The merged partials of a month, day by day, as known at the close of one day."""

    __slots__ = ("first", "known", "partials")

    def __init__(self, first: date, known: date) -> None:
        self.first = first
        self.known = known
        self.partials: list[Partial] = []


def _number(value: Value) -> float | None:
    return float(value) if is_number(value) else None  # type: ignore[arg-type]  # is_number has looked
