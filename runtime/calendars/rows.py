"""The table of the official plans of days off, in two times."""

from tortoise import fields

from runtime.columns import Day, MaybeMoment, Moment, key_column, name_column
from runtime.row import Row


class CalendarDayRow(Row):
    """What the table says of one day, known from `known_at` until `superseded_at`. `kind` is off, make_up or ordinary.

    `source` is the file that it came from, or `correction`; `by` is who brought it.
    """

    country = name_column()
    day = Day()
    kind = name_column()
    name = fields.TextField(default="")
    source = key_column()
    by = key_column()
    known_at = Moment()
    superseded_at = MaybeMoment()

    class Meta:
        table = "calendar_day"
        unique_together = (("tenant", "id"),)
        indexes = (("tenant", "country", "day"),)
