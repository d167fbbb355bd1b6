"""Working days, working hours and the tenant's zone, as one value made from the `calendar` document."""

from bisect import bisect_left
from calendar import isleap
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from engine.statutory import is_official, works_in_china
from schema_defs.calendar import WEEKDAYS, Calendar

_MOMENT = timedelta(microseconds=1)


class WorkCalendar:
    """The tenant's calendar; answers are computed once per year and kept."""

    def __init__(self, document: Calendar) -> None:
        self.document = document
        self.tz = ZoneInfo(document.time_zone)
        self.day_closes = time.fromisoformat(document.day_closes)
        self.opens, self.shuts = (time.fromisoformat(text) for text in document.working_hours)
        self.fiscal_year_starts: int = document.fiscal_year_starts
        self._first_weekday = WEEKDAYS.index(document.week_starts)
        self._holidays = frozenset(document.holidays)
        self._extra = frozenset(document.working_days)
        self._plans = {plan.year: (frozenset(plan.off), frozenset(plan.make_up)) for plan in document.years}
        self._years: dict[int, list[int]] = {}

    def is_working(self, day: date) -> bool:
        """Whether people work on the day: the document's corrections first, then its plans of years, then the country's."""
        if day in self._holidays:
            return False
        if day in self._extra:
            return True
        if day.year in self._plans:
            off, make_up = self._plans[day.year]
            return day in make_up or (day.weekday() < 5 and day not in off)
        return works_in_china(day) if self.document.country == "CN" else day.weekday() < 5

    def working_days(self, first: date, last: date) -> int:
        """How many working days lie between the two days, both included; 0 if `last` is before `first`."""
        if last < first:
            return 0
        whole = sum(len(self._of(year)) for year in range(first.year, last.year + 1))
        before = bisect_left(self._of(first.year), first.toordinal())
        after = len(self._of(last.year)) - bisect_left(self._of(last.year), last.toordinal() + 1)
        return whole - before - after

    def next_working(self, day: date) -> date:
        """The day itself if it is a working day, else the first working day after it."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after the day (before it if negative); the day itself for 0."""
        step = timedelta(days=1 if count > 0 else -1)
        for _ in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def week_start(self, day: date) -> date:
        """The first day of the week that the day belongs to."""
        return day - timedelta(days=(day.weekday() - self._first_weekday) % 7)

    def predicted(self, year: int) -> bool:
        """Whether the year's days off are predicted: no whole official plan of it is known. Single days are no plan."""
        return self.document.country is not None and not is_official(year) and year not in self._plans

    def fiscal_year(self, day: date) -> int:
        """The fiscal year of the day, named by the calendar year in which it starts."""
        return day.year if day.month >= self.fiscal_year_starts else day.year - 1

    def local(self, moment: datetime) -> datetime:
        """The moment on the tenant's clock; a moment without a zone is taken to be there already."""
        return moment.replace(tzinfo=self.tz) if moment.tzinfo is None else moment.astimezone(self.tz)

    def today(self, moment: datetime) -> date:
        """The tenant's date at the moment."""
        return self.local(moment).date()

    def closing(self, day: date) -> datetime:
        """When the day's verdict is taken, in the tenant's zone."""
        return datetime.combine(day, self.day_closes, self.tz)

    def in_working_hours(self, moment: datetime) -> bool:
        """Whether messages go out at the moment: on a working day, from opening to the end, both included."""
        local = self.local(moment)
        return self.is_working(local.date()) and self.opens <= local.time() <= self.shuts

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself inside working hours, else the next opening; in the tenant's zone."""
        local = self.local(moment)
        if self.in_working_hours(local):
            return local
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        return self._opening(self.next_working(day))

    def working_hours_between(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two moments; zero if `end` is not after `start`."""
        start, end = self.local(start), self.local(end)
        total, day = timedelta(), start.date()
        while day <= end.date():
            if self.is_working(day):
                opening, closing = max(self._opening(day), start), min(self._shutting(day), end)
                total += max(closing.astimezone(UTC) - opening.astimezone(UTC), timedelta())
            day += timedelta(days=1)
        return total

    def after_working_hours(self, moment: datetime, span: timedelta) -> datetime:
        """The moment when `span` of working time has passed, in the tenant's zone; a span of zero is the next opening."""
        now = self.next_opening(moment)
        while (left := self._until_shut(now)) < span:
            span -= left
            now = self.next_opening(self._shutting(now.date()) + _MOMENT)
        return (now.astimezone(UTC) + span).astimezone(self.tz)

    def _opening(self, day: date) -> datetime:
        return datetime.combine(day, self.opens, self.tz)

    def _shutting(self, day: date) -> datetime:
        return datetime.combine(day, self.shuts, self.tz)

    def _until_shut(self, moment: datetime) -> timedelta:
        return self._shutting(moment.date()).astimezone(UTC) - moment.astimezone(UTC)

    def _of(self, year: int) -> list[int]:
        """The ordinals of the year's working days, ascending."""
        if year not in self._years:
            first = date(year, 1, 1)
            days = (first + timedelta(days=offset) for offset in range(366 if isleap(year) else 365))
            self._years[year] = [day.toordinal() for day in days if self.is_working(day)]
        return self._years[year]


class WatchedCalendar(WorkCalendar):
    """A calendar that remembers of which years it was asked whether people work."""

    def __init__(self, document: Calendar) -> None:
        super().__init__(document)
        self.asked: set[int] = set()

    def is_working(self, day: date) -> bool:
        self.asked.add(day.year)
        return super().is_working(day)


def calendar_of(document: Calendar) -> WorkCalendar:
    """The calendar of a `calendar` document; documents that differ in their label only share one."""
    return _calendar_of(msgspec.structs.replace(document, label=None))


@lru_cache(maxsize=256)
def _calendar_of(document: Calendar) -> WorkCalendar:
    return WorkCalendar(document)
