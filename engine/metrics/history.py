"""Month-to-date values as they were known at the close of any past day."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from engine.calendar import WorkCalendar
from engine.expression.columns import Cells
from engine.expression.columns.column import NOTHING, Array
from engine.expression.values import Value, is_number
from engine.metrics.aggregate import Measure
from engine.metrics.entries import Entries, Spans, entries_of
from engine.metrics.facts import starts_of
from engine.metrics.moments import Days, Moments, doubles
from engine.metrics.partial import value_of
from engine.metrics.past_lines import Line, line_of
from engine.metrics.past_places import placed
from engine.metrics.places import Places
from engine.metrics.policy import Policy, counted_versions
from engine.metrics.ready import ready
from engine.metrics.span import At, Span, month_to
from engine.metrics.together import all_derived
from engine.metrics.totals import Totals, cells_of, joined
from engine.org import Org
from engine.periods import month_bounds, month_of
from engine.records.version_table import Versions, VersionTable, version_table
from schema_defs.release import Release
from schema_defs.rule import ScopeKind


class History:
    """Answers for one scope and some metrics. What became known on a day after it closed counts from the next day on. Under
    `attribution: now` a record counts where its owner was on the day on which it is known.

    Metrics of one policy share their entries. All numbers stand as known at one close; asking for another one moves them there, by what changes on the way.
    """

    def __init__(
        self,
        release: Release,
        records: Mapping[str, Versions],
        org: Org,
        calendar: WorkCalendar,
        metrics: Sequence[str],
        scope: ScopeKind,
    ) -> None:
        self._ready = ready(release, metrics, calendar)
        self._scope = scope
        self._org = org
        self._entries: dict[str, Entries] = {}
        self._lines: dict[str, Line] = {}
        self._at = 0
        tables = {
            name: version_table(release.datasets[name], records.get(name, ()), calendar)
            for name in self._ready.datasets()
        }
        for policy in self._ready.policies().values():
            if Places(policy.dataset, org, date.max).reaches(scope):
                self._take(policy, counted_versions(policy, tables[policy.dataset.name]))

    def _take(self, policy: Policy, versions: VersionTable) -> None:
        table = versions.table
        entries = self._entries[policy.name] = entries_of(placed(versions, self._org, self._scope), table.days)
        for measure in self._ready.measures.values():
            if measure.under == policy.name:
                self._lines[measure.name] = line_of(measure, table, entries, anywhere=bool(self._ready.windows))

    def keys(self) -> tuple[str, ...]:
        """Every key that a record counts for at any time, sorted."""
        each = self._entries.values()
        return tuple(sorted({entries.placed.keys[code] for entries in each for code in np.unique(entries.cell_keys)}))

    def first_day(self) -> date | None:
        """The first day that a record counts on, or None without records."""
        days = [int(entries.cell_days.min()) for entries in self._entries.values() if len(entries)]
        return date.fromordinal(min(days)) if days else None

    def to_date(self, metric: str, key: str, day: date, known: date) -> float | None:
        """The value from the first of the month up to and including the day, from what was known at the close of `known`.

        None is missing, also above what the metric is not put together from; a sum without records is 0. A window reaches back
        as far as it says.
        """
        if not self._ready.has_total(metric, self._scope, key, self._org):
            return None
        return self._value(metric, key, month_to(day), known)

    def on_day(self, metric: str, key: str, day: date, known: date) -> float | None:
        """The value of the one day, as known at the close of `known`."""
        return self._value(metric, key, At((day, day), "day"), known)

    def all_to_date(self, moments: Moments) -> dict[str, Array]:
        """`to_date` of every asked metric at many moments at once: doubles, not-a-number where it is missing."""
        rows, wanted = len(moments), self._ready.wanted
        values = all_derived(self._ready, self._of_measures(moments), rows)
        found = {name: doubles(values[name], rows) for name in wanted if name not in self._ready.windowed}
        for metric in self._ready.windowed.intersection(wanted):
            found[metric] = np.array([self._window(metric, *moment) for moment in moments])
        for metric in self._ready.partly.intersection(wanted):
            there = [self._ready.has_total(metric, self._scope, key, self._org) for key in moments.keys]
            found[metric] = np.where(np.array(there, dtype=bool)[moments.codes], found[metric], np.nan)
        return found

    def _window(self, metric: str, key: str, day: date, known: date) -> float:
        value = self._value(metric, key, month_to(day), known)
        return math.nan if value is None else value

    def late_days(self, known: date) -> Mapping[str, frozenset[date]]:
        """Per key the days before `known` whose value to date may have changed by what became known on `known`."""
        found: dict[str, set[date]] = {}
        for key, (first, last) in self.late(known.toordinal()):
            found.setdefault(key, set()).update(map(date.fromordinal, range(first, last + 1)))
        return {key: frozenset(days) for key, days in found.items()}

    def late(self, known: int) -> list[tuple[str, Days]]:
        """The keys with runs of days before `known` whose values to date may have changed by what became known on `known`."""
        self._move(known - 1)
        changed = self._move(known)
        return [run for name, entries in self._entries.items() for run in self._reached(entries, changed[name], known)]

    def _reached(self, entries: Entries, cells: Array, known: int) -> Iterator[tuple[str, Days]]:
        """Of each key and month from the first changed day on the days that read it: those of the month, or as far as windows reach."""
        cells = np.unique(cells)
        cells = cells[entries.cell_days[cells] < known]
        for start, end in pairwise([*starts_of([entries.runs[cells]], len(cells)).tolist(), len(cells)]):
            days = entries.cell_days[cells[start:end]].tolist()
            last = max(map(self._reach, days if self._ready.windows else days[:1]))
            yield entries.placed.keys[int(entries.cell_keys[cells[start]])], (days[0], min(last, known - 1))

    def _reach(self, ordinal: int) -> int:
        """The last day that reads a day."""
        day = date.fromordinal(ordinal)
        of_windows = [window.reach(day, "month") for window in self._ready.windows.values()]
        return max([month_bounds(month_of(day))[1], *of_windows]).toordinal()

    def _move(self, known: int) -> dict[str, Array]:
        """All lines to another close; per policy the cells that changed on the way."""
        if known == self._at:
            return dict.fromkeys(self._entries, _NO_CELLS)
        self._at, changed = known, dict[str, list[Array]]()
        for name, line in self._lines.items():
            changed.setdefault(self._ready.measures[name].under, []).append(line.move(known))
        return {name: np.concatenate(each) for name, each in changed.items()}

    def _value(self, metric: str, key: str, at: At, known: date) -> float | None:
        self._move(known.toordinal())
        value = self._ready.value_at(metric, at, lambda name, span: self._over(self._ready.measures[name], key, span))
        return float(value) if is_number(value) else None  # type: ignore[arg-type]  # is_number has looked

    def _over(self, measure: Measure, key: str, span: Span) -> Value:
        if measure.name not in self._lines:
            return None
        entries = self._entries[measure.under]
        first, last = (np.array([day.toordinal()]) for day in span)
        to_date = span[0].day == 1 and span[1] <= month_bounds(month_of(span[0]))[1]
        spans = entries.spans(np.array([entries.codes.get(key, -1)]), first, last, to_date=to_date)
        return value_of(self._lines[measure.name].totals(spans).partials()[0])

    def _of_measures(self, moments: Moments) -> dict[str, Cells]:
        spans = {name: self._spans(entries, moments) for name, entries in self._entries.items()}
        parts: dict[str, list[Totals]] = {name: [] for name in self._lines}
        for known, rows in moments.by_known():
            self._move(known)
            for name, line in self._lines.items():
                parts[name].append(line.totals(spans[self._ready.measures[name].under].take(rows)))
        found = {name: cells_of(joined(each)) for name, each in parts.items() if each}
        return {name: found.get(name, NOTHING) for name in self._ready.measures}

    @staticmethod
    def _spans(entries: Entries, moments: Moments) -> Spans:
        codes = np.array([entries.codes.get(key, -1) for key in moments.keys], dtype=np.int64)
        return entries.spans(codes[moments.codes], moments.months, moments.days, to_date=True)


_NO_CELLS = np.zeros(0, dtype=np.int64)
