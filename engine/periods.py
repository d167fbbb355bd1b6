"""Periods and their names: a day `2026-03-02`, a week by its first day, a month `2026-03`, a quarter `2026-Q1`, a year `2026`.

Quarters and years are fiscal, named by the calendar year in which the fiscal year starts; with a fiscal year that starts in
January, the default, they are the calendar's.
"""

import re
from datetime import date, timedelta
from typing import Literal, assert_never

import numpy as np

from engine.calendar import WorkCalendar
from engine.expression.columns.column import EPOCH, Array
from schema_defs.errors import UsageError
from schema_defs.text import Said

By = Literal["day", "week", "month", "quarter", "year"]

_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def month_of(day: date) -> str:
    """The name of the day's month, such as `2026-03`."""
    return f"{day.year:04d}-{day.month:02d}"


def month_bounds(month: str) -> tuple[date, date]:
    """The first and last day of a month such as `2026-03`."""
    first = date.fromisoformat(f"{month}-01")
    return first, _month_after(first, 1) - timedelta(days=1)


def months_between(first: str, last: str) -> tuple[str, ...]:
    """The months from `first` to `last`, both included."""
    day, months = month_bounds(first)[0], []
    while (month := month_of(day)) <= last:
        months.append(month)
        day = _month_after(day, 1)
    return tuple(months)


def months_of_year(year: int, calendar: WorkCalendar) -> tuple[str, ...]:
    """The twelve months of the (fiscal) year."""
    first = date(year, calendar.fiscal_year_starts, 1)
    return tuple(month_of(_month_after(first, offset)) for offset in range(12))


def period_of(day: date, by: By, calendar: WorkCalendar) -> str:
    """The name of the period of that size which holds the day."""
    match by:
        case "day":
            return day.isoformat()
        case "week":
            return calendar.week_start(day).isoformat()
        case "month":
            return month_of(day)
        case "quarter":
            quarter = (day.month - calendar.fiscal_year_starts) % 12 // 3 + 1
            return f"{calendar.fiscal_year(day):04d}-Q{quarter}"
        case "year":
            return f"{calendar.fiscal_year(day):04d}"
        case _:
            assert_never(by)


def bounds(period: str, calendar: WorkCalendar, by: By | None = None) -> tuple[date, date]:
    """The first and last day of a named period; a date is a day, or with `by="week"` the week that it is in."""
    if found := _QUARTER.fullmatch(period):
        first = _month_after(date(int(found[1]), calendar.fiscal_year_starts, 1), 3 * (int(found[2]) - 1))
        return first, _month_after(first, 3) - timedelta(days=1)
    if _MONTH.fullmatch(period):
        return month_bounds(period)
    if len(period) == 4 and period.isdigit():
        first = date(int(period), calendar.fiscal_year_starts, 1)
        return first, _month_after(first, 12) - timedelta(days=1)
    day = _date_of(period)
    if by == "week":
        first = calendar.week_start(day)
        return first, first + timedelta(days=6)
    return day, day


def days_of(first: date, last: date) -> list[date]:
    """Every calendar day from `first` to `last`, both included."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def _month_after(first: date, count: int) -> date:
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def _date_of(period: str) -> date:
    try:
        return date.fromisoformat(period)
    except ValueError:
        raise UsageError(
            Said(
                zh=f"'{period}' 不是期间；可写 2026-03-02、2026-03、2026-Q1 或 2026",
                en=f"'{period}' is no period; write 2026-03-02, 2026-03, 2026-Q1 or 2026",
            )
        ) from None


def month_start(days: Array) -> Array:
    """The first day of the month of each of many days (as date.toordinal)."""
    return (days - EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(
        np.int64
    ) + EPOCH
