"""Working days between two days, fast for any distance."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from engine.expression.errors import EvaluationError
from schema_defs.text import Said

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""A calendar is asked day by day, so the years that it can be asked for are bounded."""

_MONDAY = date(1, 1, 1).toordinal()


class WorkingDays:
    """Counts working days of a calendar, one year at a time and each year once; without a calendar, Monday to Friday."""

    def __init__(self, is_working: Callable[[date], bool] | None) -> None:
        self._is_working = is_working
        self._years: dict[int, list[int]] = {}

    def between(self, after: date, until: date) -> float:
        """The number of working days after `after` up to and including `until`; 0 when `until` is not later."""
        if until <= after:
            return 0.0
        if self._is_working is None:
            return float(_weekdays_up_to(until) - _weekdays_up_to(after))
        return float(self._up_to(until) - self._up_to(after) + self._whole_years(after.year, until.year))

    def _whole_years(self, first: int, last: int) -> int:
        return sum(len(self._year(year)) for year in range(first, last))

    def _up_to(self, day: date) -> int:
        return bisect_right(self._year(day.year), day.toordinal())

    def _year(self, year: int) -> list[int]:
        if year not in self._years:
            self._years[year] = self._days_of(year)
        return self._years[year]

    def _days_of(self, year: int) -> list[int]:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise EvaluationError("limit", _beyond(year))
        assert self._is_working is not None
        ordinals = range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
        return [ordinal for ordinal in ordinals if self._is_working(date.fromordinal(ordinal))]


@lru_cache(maxsize=64)
def working_days_of(is_working: Callable[[date], bool] | None) -> WorkingDays:
    """The counts of one calendar are shared by all who ask it: a far date costs its hundreds of years only once."""
    return WorkingDays(is_working)


def _weekdays_up_to(day: date) -> int:
    weeks, rest = divmod(day.toordinal() - _MONDAY + 1, 7)
    return weeks * 5 + min(rest, 5)


def _beyond(year: int) -> Said:
    return Said(
        zh=f"工作日只能从 {FIRST_YEAR} 年算到 {LAST_YEAR} 年，这里是 {year} 年",
        en=f"working days are known from {FIRST_YEAR} to {LAST_YEAR}, not for {year}",
    )
