"""The table of snapshots."""

from typing import Any

from tortoise import fields

from runtime.columns import Day, Json, MaybeMoment, Moment, key_column, maybe_name, name_column
from runtime.row import Row


class SnapshotRow(Row):
    """A board frozen at a release and a watermark; written once and never changed.

    `content` is a `Frozen` as JSON; `title` (a list of one text), `visible_to` (roles; empty: everybody) and the PDF's size repeat what the list
    of snapshots needs of it. `requested_by` names what asked for it, such as `meeting:weekly:2026-06-08`; one asks once.
    `code` is short, for people to say aloud.
    """

    kind = name_column()
    board = name_column()
    meeting = maybe_name()
    title = Json[list[Any]]()
    visible_to = Json[list[str]]()
    release = fields.IntField()
    watermark = MaybeMoment()
    as_of = Day()
    content = Json[dict[str, Any]]()
    content_hash = fields.CharField(max_length=64)
    pdf = fields.BinaryField()
    pdf_hash = fields.CharField(max_length=64)
    pdf_bytes = fields.IntField()
    requested_by = key_column()
    created_at = Moment()
    code = name_column()

    class Meta:
        table = "snapshot"
        unique_together = (("tenant", "id"), ("tenant", "code"), ("tenant", "requested_by"))
        indexes = (("tenant", "board", "created_at"),)
