"""When everything is known: the day from whose close on no given version is still to come."""

from datetime import date, datetime, timedelta

from engine.calendar import WorkCalendar
from engine.records.version_table import NEVER, Versions, VersionTable
from engine.rules.past_numbers import Given


def known_day(calendar: WorkCalendar, moment: datetime) -> date:
    """The first day at whose close the moment is over."""
    local = calendar.local(moment)
    return local.date() if local <= calendar.closing(local.date()) else local.date() + timedelta(days=1)


def last_known(given: Given, last: date) -> date:
    """The day from whose close on every version of every record is known, and every watermark; `last` at the earliest."""
    known = (day for versions in given.records.values() if (day := _last_of(versions, given.calendar)))
    marks = (moving[-1][0] for moving in given.watermarks.values() if moving)
    return max((last, *known, *marks))


def _last_of(versions: Versions, calendar: WorkCalendar) -> date | None:
    """The first day at whose close all the versions are known."""
    if isinstance(versions, VersionTable):
        bounds = [*versions.since.tolist(), *(each for each in versions.until.tolist() if each < NEVER)]
        return date.fromordinal(max(bounds)) if bounds else None
    moment = max((record.known_at for record in versions if record.known_at is not None), default=None)
    return known_day(calendar, moment) if moment else None
