"""When meetings are held and their numbers frozen: one occurrence a week, moved past days off."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import msgspec

from engine.calendar import WorkCalendar
from schema_defs.calendar import WEEKDAYS
from schema_defs.meeting import Meeting

WEEKS_AHEAD = 60
"""So many weeks without a working day are passed over."""
WEEKS_BACK = 3
WEEK = timedelta(weeks=1)


class Occurrence(msgspec.Struct, frozen=True):
    """One meeting of one week (named by its first day): the day it is held, and when its numbers are frozen."""

    week: date
    day: date
    freeze_at: datetime


def occurrence_in_week(meeting: Meeting, calendar: WorkCalendar, week: date) -> date | None:
    """The day of the week's meeting: its weekday, on a day off the next working day. A week without working days has none.

    `week` is the week's first day. Where the rest of the week is off too, the meeting is held after it.
    """
    if not any(calendar.is_working(week + timedelta(days=offset)) for offset in range(7)):
        return None
    return calendar.next_working(_weekday_in(meeting, week))


def days_predicted(meeting: Meeting, calendar: WorkCalendar, occurrence: Occurrence) -> bool:
    """Whether a predicted year decides the day: that of the meeting's weekday, or one that it moved into."""
    years = range(_weekday_in(meeting, occurrence.week).year, occurrence.day.year + 1)
    return any(calendar.predicted(year) for year in years)


def next_freeze(meeting: Meeting, calendar: WorkCalendar, after: datetime) -> Occurrence | None:
    """The first freeze after the moment."""
    return next((each for each in _occurrences(meeting, calendar, after) if each.freeze_at > after), None)


def reported_day(meeting: Meeting, calendar: WorkCalendar, occurrence: Occurrence) -> date:
    """The day at whose end the snapshot's numbers stand."""
    match meeting.snapshot.period if meeting.snapshot else "last_week":
        case "last_week":
            return calendar.week_start(occurrence.day) - timedelta(days=1)
        case "last_month":
            return occurrence.day.replace(day=1) - timedelta(days=1)
        case "this_week" | "month_to_date":
            return occurrence.day - timedelta(days=1)


def _weekday_in(meeting: Meeting, week: date) -> date:
    """The meeting's weekday in the week, working day or not."""
    return week + timedelta(days=(WEEKDAYS.index(meeting.at.weekday) - week.weekday()) % 7)


def _occurrences(meeting: Meeting, calendar: WorkCalendar, after: datetime) -> Iterator[Occurrence]:
    """In order, from some weeks before the moment on, since an earlier week's meeting may have moved beyond its end.

    Where two weeks' meetings fall on one day, there is one: that of the later week.
    """
    freeze_time = time.fromisoformat((meeting.snapshot.freeze if meeting.snapshot else None) or meeting.at.time)
    first = calendar.week_start(calendar.today(after)) - WEEKS_BACK * WEEK
    waiting: Occurrence | None = None
    for week in (first + count * WEEK for count in range(WEEKS_AHEAD)):
        day = occurrence_in_week(meeting, calendar, week)
        if day is None:
            continue
        if waiting is not None and waiting.day < day:
            yield waiting
        waiting = Occurrence(week, day, datetime.combine(day, freeze_time, tzinfo=calendar.tz))
    if waiting is not None:
        yield waiting
