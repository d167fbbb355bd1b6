"""The tables of records, of the pulls that brought them, and of what was wrong with them."""

from typing import Any

from tortoise import fields

from runtime.columns import Day, Json, MaybeMoment, Moment, key_column, maybe_key, maybe_name, name_column
from runtime.row import Row


class RecordRow(Row):
    """One version of one record: known from `known_at` until `superseded_at`. A deletion at the source is a version too.

    `key` is the canonical JSON of the key's values; `credit` lists [person, share] pairs of split credit.
    `returns_of`: of a return the key of the record that came back, written as `key` (`[]` where it names none).
    """

    dataset = name_column()
    key = key_column()
    version = fields.IntField()
    day = Day()
    at = MaybeMoment()
    owner = maybe_key()
    credit = Json[list[list[Any]] | None](null=True)
    region = maybe_key()
    values = Json[dict[str, Any]]()
    void = fields.BooleanField(default=False)
    deleted = fields.BooleanField(default=False)
    known_at = Moment()
    superseded_at = MaybeMoment()
    source = maybe_name()
    run_id = maybe_name()
    hash = fields.CharField(max_length=64)
    returns_of = maybe_key()

    class Meta:
        table = "record_version"
        unique_together = (("tenant", "id"), ("tenant", "dataset", "key", "version"))
        indexes = (("tenant", "dataset", "day", "region"), ("tenant", "dataset", "returns_of"))


class SyncRunRow(Row):
    """One reading of one file of a source. States: running, done, failed; `message` says why it failed.

    `watermark`: the data were complete up to then while this was the source's last reading that brought anything.
    """

    source = maybe_name()
    dataset = name_column()
    state = name_column(default="running")
    started_at = Moment()
    finished_at = MaybeMoment()
    read = fields.IntField(default=0)
    kept = fields.IntField(default=0)
    changed = fields.IntField(default=0)
    quarantined = fields.IntField(default=0)
    total = fields.IntField(null=True)
    file = maybe_key()
    message = Json[dict[str, str] | None](null=True)
    watermark = MaybeMoment()

    class Meta:
        table = "sync_run"
        unique_together = (("tenant", "id"),)
        indexes = (("tenant", "dataset", "started_at"),)


class QuarantinedRow(Row):
    """A raw row as it was given, which could not be read; `reasons` lists what is wrong, in both languages."""

    run_id = name_column()
    dataset = name_column()
    line = fields.IntField()
    given = Json[dict[str, Any]]()
    reasons = Json[list[dict[str, str]]]()
    resolved_at = MaybeMoment()

    class Meta:
        table = "quarantined_row"
        unique_together = (("tenant", "id"), ("tenant", "run_id", "line"))
        indexes = (("tenant", "dataset", "resolved_at"),)


class SourceStateRow(Row):
    """Where a source's next pull starts, and up to when its data are complete."""

    source = name_column()
    cursor = Json[Any](null=True)
    watermark = MaybeMoment()
    fingerprint = fields.CharField(max_length=200, default="")
    last_run = maybe_name()

    class Meta:
        table = "source_state"
        unique_together = (("tenant", "id"), ("tenant", "source"))


class WatermarkRow(Row):
    """Up to when a source's data were complete, as known at the close of a day; `known_at` is when it moved there last."""

    source = name_column()
    day = Day()
    watermark = Moment()
    known_at = Moment()

    class Meta:
        table = "source_watermark"
        unique_together = (("tenant", "id"), ("tenant", "source", "day"))
