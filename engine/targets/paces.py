"""What plans expect by the end of a day: the one place where the running system and the backtest get it."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from engine.calendar import WorkCalendar
from engine.metrics.history import History
from engine.metrics.shape import Shape
from engine.org import COMPANY
from engine.pace import DayShape, day_shape, pace_share
from engine.periods import days_of, month_bounds, month_of
from engine.targets.months import a_year_before
from schema_defs.plan import Plan

ShapeOf = Callable[[str, str], DayShape | None]
"""By metric and month: how the same month of the year before came in."""


class Paces:
    """The share of the month's target that a plan expects by the end of a day; each is computed once."""

    def __init__(self, calendar: WorkCalendar, shapes: Mapping[str, Shape], shape_of: ShapeOf) -> None:
        self._calendar = calendar
        self._shapes = shapes
        self._shape_of = shape_of
        self._shares: dict[tuple[str, date], float] = {}

    def share(self, plan: Plan, day: date) -> float:
        """0 to 1; of a rate, and of a target that is declared, 1 from the first day."""
        if (plan.name, day) not in self._shares:
            self._shares[plan.name, day] = self._share(plan, day)
        return self._shares[plan.name, day]

    def _share(self, plan: Plan, day: date) -> float:
        shape = self._shape_of(plan.metric, month_of(day)) if plan.pace == "history" else None
        is_rate = plan.value is not None or self._shapes[plan.metric].is_rate
        return pace_share(self._calendar, month_of(day), day, plan.pace, is_rate, shape)


def shape_before(history: History, calendar: WorkCalendar, metric: str, month: str) -> DayShape | None:
    """How the same month of the year before came in for the company, as known when this month began.

    `history` is the company's, with the records of that month.
    """
    known, before = known_for_shape(month), a_year_before(month)
    values = {day: history.on_day(metric, COMPANY, day, known) or 0.0 for day in days_of(*month_bounds(before))}
    return day_shape(values, calendar, before)


def known_for_shape(month: str) -> date:
    """The day at whose close the month's historic shape was known, and stays."""
    return month_bounds(month)[0] - timedelta(days=1)
