"""A year of the calendar as people look at it: what each day is, by whom, and whether the year is predicted."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

import msgspec

from engine.calendar import WorkCalendar
from engine.periods import days_of as days_between
from engine.statutory import FIRST_OFFICIAL_YEAR, LAST_OFFICIAL_YEAR
from engine.year_plans import TableDay

State = Literal["official", "imported", "predicted"]
AHEAD = 2
"""So many years after the last known plan are listed."""


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """`off` are the weekdays off, `make_up` the days worked at weekends, `corrections` the table's days outside a whole plan."""

    year: int
    state: State
    working_days: int
    off: int
    make_up: int
    corrections: int = 0


def years_of(calendar: WorkCalendar, days: Sequence[TableDay]) -> list[Year]:
    """Every year with an official plan, of this version or of the table, and the next two."""
    plans = {plan.year for plan in calendar.document.years}
    known = [FIRST_OFFICIAL_YEAR, LAST_OFFICIAL_YEAR, *plans]
    return [year_of(calendar, year, days) for year in range(min(known), max(known) + AHEAD + 1)]


def year_of(calendar: WorkCalendar, year: int, days: Iterable[TableDay]) -> Year:
    """What the year comes to."""
    is_planned = any(plan.year == year for plan in calendar.document.years)
    state: State = "predicted" if calendar.predicted(year) else "imported" if is_planned else "official"
    every = days_between(date(year, 1, 1), date(year, 12, 31))
    return Year(
        year=year,
        state=state,
        working_days=calendar.working_days(every[0], every[-1]),
        off=sum(1 for day in every if day.weekday() < 5 and not calendar.is_working(day)),
        make_up=sum(1 for day in every if day.weekday() >= 5 and calendar.is_working(day)),
        corrections=0 if is_planned else sum(1 for each in days if each.day.year == year),
    )
