"""Spans of days: how far a period has come, and the same point of an earlier one."""

from datetime import date, timedelta
from functools import lru_cache

import msgspec

from engine.calendar import WorkCalendar
from engine.periods import By, bounds, period_of
from schema_defs.metric import Compared

Span = tuple[date, date]
"""The first and the last day, both included; nothing if the last lies before the first."""


class At(msgspec.Struct, frozen=True):
    """Where a number stands: a period of the size `by`, as far as it has come."""

    span: Span
    by: By = "month"

    @property
    def day(self) -> date:
        return self.span[1]


def month_to(day: date) -> At:
    """The day's month, up to and including the day."""
    return At((day.replace(day=1), day))


def period_at(day: date, by: By, calendar: WorkCalendar) -> Span:
    """The whole period that holds the day."""
    return bounds(period_of(day, by, calendar), calendar, by)


def days_back(day: date, count: int) -> date:
    """So many days before, or the first day that there is."""
    return date.fromordinal(max(1, day.toordinal() - count))


def days_on(day: date, count: int) -> date:
    """So many days after, or the last day that there is."""
    return date.fromordinal(min(date.max.toordinal(), day.toordinal() + count))


@lru_cache(maxsize=4096)
def before(at: At, compared: Compared, calendar: WorkCalendar) -> Span:
    """The earlier period up to the same point."""
    period = period_at(at.day, at.by, calendar)
    day = days_back(period[0], 1) if compared == "last_period" else _a_year_before(period[0], at.by)
    earlier = period_at(day, at.by, calendar)
    return earlier[0], same_point(at.day, period, earlier, calendar)


def after(day: date, by: By, compared: Compared, calendar: WorkCalendar) -> date:
    """The last day whose number is compared with one that reads the day."""
    first, last = period_at(day, by, calendar)
    following = days_on(last, 1) if compared == "last_period" else _a_year_after(first, by)
    return period_at(following, by, calendar)[1]


def same_point(day: date, period: Span, earlier: Span, calendar: WorkCalendar) -> date:
    """The day of the earlier period by whose end as many working days had gone.

    A day off stands before the next working day. Once the last working day has come, and on the last day, it is the whole
    earlier period, also where that was shorter; a period without working days goes by calendar days.
    """
    gone, whole = calendar.working_days(period[0], day), calendar.working_days(*period)
    there = calendar.working_days(*earlier)
    if day >= period[1] or (whole and gone >= whole) or (there and gone >= there):
        return earlier[1]
    if not whole or not there:
        return min(earlier[1], days_on(earlier[0], (day - period[0]).days))
    eve = days_back(earlier[0], 1)
    if calendar.is_working(day):
        return calendar.add_working_days(eve, gone)
    return calendar.add_working_days(eve, gone + 1) - timedelta(days=1)


def _a_year_before(first: date, by: By) -> date:
    """Weeks keep their weekday: 52 of them before. A year before 29 February is 28 February."""
    if by == "week":
        return days_back(first, 364)
    return _in_year(first, first.year - 1)


def _a_year_after(first: date, by: By) -> date:
    if by == "week":
        return days_on(first, 364)
    # What is compared with 28 February may be 28 or 29 February.
    later = _in_year(first, first.year + 1)
    return days_on(later, 1) if by == "day" and (first.month, first.day) == (2, 28) else later


def _in_year(day: date, year: int) -> date:
    year = min(max(year, date.min.year), date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
