"""When everything is known: the day from whose close on no given version is still to come."""

from datetime import date, datetime, timedelta

from engine.calendar import WorkCalendar
from engine.rules.past_numbers import Given


def known_day(calendar: WorkCalendar, moment: datetime) -> date:
    """The first day at whose close the moment is over."""
    local = calendar.local(moment)
    return local.date() if local <= calendar.closing(local.date()) else local.date() + timedelta(days=1)


def last_known(given: Given, last: date) -> date:
    """The day from whose close on every version of every record is known, and every watermark; `last` at the earliest."""
    versions = (record.known_at for records in given.records.values() for record in records)
    moments = max((each for each in versions if each is not None), default=None)
    marks = (moving[-1][0] for moving in given.watermarks.values() if moving)
    return max(last, *marks, *([known_day(given.calendar, moments)] if moments else []), last)
