"""Windows: another metric to date, over the last days, or against the same point of an earlier period."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import assert_never

import msgspec

from engine.calendar import WorkCalendar
from engine.expression.context import Trouble
from engine.expression.values import Value, is_number
from engine.metrics.shape import Shape
from engine.metrics.span import At, Span, after, before, days_back, days_on, period_at
from engine.periods import By
from schema_defs.metric import Compared, Metric, Over, RollingDays, ShownAs

Number = Value | Decimal
Read = Callable[[Span], Number]
"""The metric that is looked at, over a span."""


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A window on the metric `of`, made ready to run."""

    name: str
    of: str
    over: Over | None
    compared: Compared | None
    shown_as: ShownAs
    shape: Shape
    calendar: WorkCalendar
    trouble: Trouble

    def value(self, at: At, read: Read) -> Number:
        """What the window shows; a comparison with something missing is missing."""
        if self.compared is None:
            return read(self.span(at))
        then = read(before(at, self.compared, self.calendar))
        if self.shown_as == "value":
            return then
        now = read(at.span)
        self.trouble.division_by_zero += self.shown_as == "ratio" and then == 0 and _is_number(now)
        return against(self.shown_as, now, then)

    def spans(self, at: At) -> tuple[Span, ...]:
        """The spans that the value is read from."""
        if self.compared is None:
            return (self.span(at),)
        then = before(at, self.compared, self.calendar)
        return (then,) if self.shown_as == "value" else (at.span, then)

    def span(self, at: At) -> Span:
        """The days that a cumulative window reaches back over, the day itself included."""
        match self.over:
            case RollingDays(days=days):
                return days_back(at.day, days - 1), at.day
            case "month" | "quarter" | "year" as size:
                return period_at(at.day, size, self.calendar)[0], at.day
            case None:
                return at.span
            case _:
                assert_never(self.over)

    def reach(self, day: date, by: By) -> date:
        """The last day on which the number may be another one because of what happened on the day."""
        if self.compared is not None:
            return after(day, by, self.compared, self.calendar)
        match self.over:
            case RollingDays(days=days):
                return days_on(day, days - 1)
            case "month" | "quarter" | "year" as size:
                return period_at(day, size, self.calendar)[1]
            case _:
                return period_at(day, by, self.calendar)[1]


def against(shown_as: ShownAs, now: Number, then: Number) -> Number:
    """What a comparison shows; missing where a side is no number, or a ratio's earlier side is 0."""
    if shown_as == "value":
        return then
    if not (_is_number(now) and _is_number(then)):
        return None
    if shown_as == "difference":
        return now - then  # type: ignore[operator, return-value]  # both are numbers of one kind
    return None if then == 0 else float(now) / float(then)  # type: ignore[arg-type]


def window_of(metric: Metric, shape: Shape, calendar: WorkCalendar) -> Window:
    """The window that a metric's document describes."""
    assert metric.of is not None
    return Window(
        name=metric.name,
        of=metric.of,
        over=metric.over,
        compared=metric.compared,
        shown_as=metric.shown_as,
        shape=shape,
        calendar=calendar,
        trouble=Trouble(),
    )


def keeps_growing(metric: Metric) -> bool:
    """Whether the window grows over the month as its metric does: it begins with the month, or is the earlier one's course."""
    return metric.over == "month" or (metric.compared is not None and metric.shown_as == "value")


def _is_number(value: Number) -> bool:
    return isinstance(value, Decimal) or is_number(value)
