"""The partial results of one metric at one place, day by day, merged exactly over any span."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date
from functools import reduce

from engine.metrics.partial import Partial, merge
from engine.metrics.span import Span


class DayLine:
    """Months are merged once, so that a span costs its first month's days and one merge per month."""

    def __init__(self, nothing: Partial, days: Mapping[date, Partial]) -> None:
        self._nothing = nothing
        self._months: dict[date, _Month] = {}
        by_month: dict[date, dict[date, Partial]] = {}
        for day in sorted(days):
            by_month.setdefault(day.replace(day=1), {})[day] = days[day]
        for first, of_month in by_month.items():
            self._months[first] = _Month(nothing, of_month)
        self._firsts = list(self._months)

    def over(self, span: Span) -> Partial:
        """The partial of the span's days; of no days that of nothing."""
        return reduce(merge, (month.over(span) for month in self._in(span)), self._nothing)

    def has(self, span: Span) -> bool:
        """Whether a day of the span has a record."""
        return any(month.has(span) for month in self._in(span))

    def _in(self, span: Span) -> list["_Month"]:
        if span[1] < span[0]:
            return []
        start, end = bisect_left(self._firsts, span[0].replace(day=1)), bisect_right(self._firsts, span[1])
        return [self._months[first] for first in self._firsts[start:end]]


class _Month:
    """The days of a month with the merged partials up to each of them."""

    def __init__(self, nothing: Partial, days: Mapping[date, Partial]) -> None:
        self._nothing = nothing
        self._days = list(days)
        self._partials = list(days.values())
        self._to_date: list[Partial] = []

    def over(self, span: Span) -> Partial:
        start, end = bisect_left(self._days, span[0]), bisect_right(self._days, span[1])
        if start == 0 and end > 0:
            return self._up_to(end)
        return reduce(merge, self._partials[start:end], self._nothing)

    def has(self, span: Span) -> bool:
        return bisect_left(self._days, span[0]) < bisect_right(self._days, span[1])

    def _up_to(self, end: int) -> Partial:
        while len(self._to_date) < end:
            before = self._to_date[-1] if self._to_date else self._nothing
            self._to_date.append(merge(before, self._partials[len(self._to_date)]))
        return self._to_date[end - 1]
