"""The calendar of a year as a page: its months day by day, what the table changed and who did it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from engine.calendar import WorkCalendar
from engine.periods import days_of as days_between
from engine.periods import month_bounds, months_between
from engine.statutory import NAMES as HOLIDAY_NAMES
from engine.statutory import official_make_up, official_off
from engine.year_plans import DayKind
from runtime.board.viewer import Viewer
from runtime.calendars.rows import CalendarDayRow
from runtime.calendars.table import StoredDay, days_of, history_of
from runtime.calendars.year import Year, year_of, years_of
from runtime.releases.prepared import Prepared

__all__ = ["HOLIDAY_NAMES", "CalendarView", "build_calendar", "calendar_view"]

MAY_EDIT = ("author", "it")
SHOWN = 30
DayMark = Literal["work", "weekend", "off", "make_up"]


class CalendarDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the year; `changed`: the table or the document says otherwise than the plan that this version knows."""

    day: date
    mark: DayMark
    name: str = ""
    changed: bool = False


class CalendarMonth(msgspec.Struct, frozen=True, kw_only=True):
    """A month in weeks of seven places; None where the week reaches into another month."""

    month: str
    weeks: tuple[tuple[CalendarDay | None, ...], ...]
    working_days: int


class CalendarChange(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of a day, by whom and when; `over`: something newer was said."""

    day: date
    kind: DayKind
    name: str
    source: str
    by: str
    at: datetime
    over: bool


class CalendarView(msgspec.Struct, frozen=True, kw_only=True):
    year: Year
    years: tuple[int, ...]
    months: tuple[CalendarMonth, ...]
    weekdays: tuple[int, ...]
    """0 is Monday, in the order of the calendar's weeks."""
    has_country: bool
    changes: tuple[CalendarChange, ...] = ()
    may_edit: bool = False
    today: date


async def build_calendar(configured: Prepared, viewer: Viewer, now: datetime, year: int | None) -> CalendarView | None:
    """The calendar of a year, by default this one; None for a year that is not listed."""
    today = configured.calendar.today(now)
    chosen, days = today.year if year is None else year, await days_of(configured.tenant)
    history = (await history_of(configured.tenant, chosen))[:SHOWN] if 1 < chosen < 9999 else []
    return calendar_view(configured.calendar, chosen, today, days, history, may_edit=viewer.has(*MAY_EDIT))


def calendar_view(
    calendar: WorkCalendar,
    chosen: int,
    today: date,
    days: Sequence[StoredDay],
    history: Sequence[CalendarDayRow],
    *,
    may_edit: bool,
) -> CalendarView | None:
    """The page of one year; None for a year that is not listed."""
    years = tuple(each.year for each in years_of(calendar, [day.plain for day in days]))
    if chosen not in years:
        return None
    first = calendar.week_start(date(chosen, 1, 1)).weekday()
    return CalendarView(
        year=year_of(calendar, chosen, [day.plain for day in days]),
        years=years,
        months=tuple(
            _month(calendar, month, {each.day: each for each in days})
            for month in months_between(f"{chosen}-01", f"{chosen}-12")
        ),
        weekdays=tuple((first + offset) % 7 for offset in range(7)),
        has_country=calendar.document.country is not None,
        changes=tuple(_change(calendar, row) for row in history),
        may_edit=may_edit,
        today=today,
    )


def _month(calendar: WorkCalendar, month: str, table: Mapping[date, StoredDay]) -> CalendarMonth:
    first, last = month_bounds(month)
    start = calendar.week_start(first)
    weeks = []
    while start <= last:
        week = days_between(start, start + timedelta(days=6))
        weeks.append(tuple(_day(calendar, day, table) if first <= day <= last else None for day in week))
        start += timedelta(days=7)
    return CalendarMonth(month=month, weeks=tuple(weeks), working_days=calendar.working_days(first, last))


def _day(calendar: WorkCalendar, day: date, table: Mapping[date, StoredDay]) -> CalendarDay:
    works, is_weekday, said = calendar.is_working(day), day.weekday() < 5, table.get(day)
    mark: DayMark = ("work" if is_weekday else "make_up") if works else ("off" if is_weekday else "weekend")
    official = _OFFICIAL.get(day, "")
    if calendar.document.country is None:
        return CalendarDay(day=day, mark=mark)
    return CalendarDay(
        day=day,
        mark="off" if mark == "weekend" and (said.kind == "off" if said else bool(official)) else mark,
        name=(said.name or official) if said else official,
        changed=said is not None or day in calendar.document.holidays or day in calendar.document.working_days,
    )


_OFFICIAL = official_off() | official_make_up()


def _change(calendar: WorkCalendar, row: CalendarDayRow) -> CalendarChange:
    return CalendarChange(
        day=row.day, kind=row.kind, name=row.name, source=row.source, by=row.by,  # type: ignore[arg-type]  # of the kinds
        at=calendar.local(row.known_at), over=row.superseded_at is not None,
    )  # fmt: skip
