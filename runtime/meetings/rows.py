"""The table of snapshots."""

from typing import Any

from tortoise import fields

from runtime.columns import Day, Json, MaybeMoment, Moment, key_column, maybe_name, name_column
from runtime.row import Row


class SnapshotRow(Row):
    """A board frozen at a release and a watermark. States: waiting, done, failed. `code` is short, for people to say aloud."""

    kind = name_column()
    board = name_column()
    meeting = maybe_name()
    period = Json[dict[str, str]]()
    release = fields.IntField()
    watermark = MaybeMoment()
    as_of = Day()
    content = Json[dict[str, Any]]()
    content_hash = fields.CharField(max_length=64, default="")
    pdf_hash = fields.CharField(max_length=64, default="")
    pdf = fields.BinaryField(null=True)
    state = name_column(default="waiting")
    requested_by = key_column()
    created_at = Moment()
    code = name_column()

    class Meta:
        table = "snapshot"
        unique_together = (("tenant", "id"), ("tenant", "code"))
        indexes = (("tenant", "board", "created_at"),)
