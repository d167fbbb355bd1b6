"""The tables of cells and of the places whose cells must be computed again."""

from typing import Any

from tortoise import fields

from runtime.columns import Day, Json, Moment, key_column, maybe_name, name_column
from runtime.ids import new_id
from runtime.row import Row


class DirtyRow(Row):
    """A place where records changed. `mark` is new with every change, so that only what was computed is struck out.

    `since` is the first of the versions that were written with the mark; None when no record changed.
    """

    dataset = name_column()
    day = Day()
    region = key_column(default="")
    owner = key_column(default="")
    mark = name_column(default=new_id)
    marked_at = Moment()
    since = maybe_name()

    class Meta:
        table = "dirty_cell"
        unique_together = (("tenant", "id"), ("tenant", "dataset", "day", "region", "owner"))
        indexes = (("tenant", "marked_at"),)


class CellRow(Row):
    """One metric, one scope, one day: `partial` is the exact result of the day's records, `number` the month-to-date value."""

    metric = name_column()
    scope = name_column()
    key = key_column()
    day = Day()
    partial = Json[Any]()
    number = fields.FloatField(null=True)
    release = fields.IntField()
    computed_at = Moment()

    class Meta:
        table = "cell"
        unique_together = (("tenant", "id"), ("tenant", "metric", "scope", "key", "day"))
        indexes = (("tenant", "metric", "scope", "day"),)


class NumbersRow(Row):
    """How often the tenant's numbers changed: `seq` rises with every computed change, so two computers of cells notice each other."""

    seq = fields.IntField(default=0)
    changed_at = Moment()

    class Meta:
        table = "numbers"
        unique_together = (("tenant", "id"), ("tenant",))


class MovementRow(Row):
    """What moved a number last: by how much, and which records did it, in words."""

    metric = name_column()
    scope = name_column()
    key = key_column()
    day = Day()
    delta = fields.FloatField(null=True)
    reason = Json[dict[str, str]]()
    at = Moment()

    class Meta:
        table = "movement"
        unique_together = (("tenant", "id"), ("tenant", "metric", "scope", "key"))
        indexes = (("tenant", "at"),)
