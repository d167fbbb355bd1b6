"""The board of a tenant that has none yet."""

from datetime import datetime

from engine.calendar import WorkCalendar, calendar_of
from engine.periods import month_bounds, month_of
from runtime.board.view import BoardView
from runtime.board.viewer import Viewer
from schema_defs.calendar import Calendar


def empty_board(viewer: Viewer, now: datetime, calendar: WorkCalendar | None = None, release: int = 0) -> BoardView:
    """A board without sections: the page says what to do next. Without a calendar the default one tells the day."""
    calendar = calendar or calendar_of(Calendar(name="default"))
    day = calendar.today(now)
    first, last = month_bounds(month_of(day))
    return BoardView(
        name="",
        title={"zh": "作战室", "en": "War room"},
        organisation=viewer.organisation,
        scope_label=viewer.organisation,
        day=day,
        month=month_of(day),
        working_day=calendar.working_days(first, day),
        working_days=calendar.working_days(first, last),
        days_predicted=calendar.predicted(first.year),
        complete_up_to=None,
        release=release,
        sections=(),
    )
