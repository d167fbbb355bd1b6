"""The tables of targets: those in force, and what they were."""

from tortoise import fields

from runtime.columns import key_column, name_column
from runtime.row import Row


class TargetRow(Row):
    """One number for one scope and month (`2026-03`); `value` is an exact decimal as text."""

    plan = name_column()
    metric = name_column()
    scope = name_column()
    key = key_column()
    month = fields.CharField(max_length=7)
    value = fields.CharField(max_length=64)
    release = fields.IntField()

    class Meta:
        table = "target"
        unique_together = (("tenant", "id"), ("tenant", "metric", "scope", "key", "month"))
        indexes = (("tenant", "month", "metric"),)


class PastTargetRow(Row):
    """A target that a release replaced at the moment `until`; without a value where there was none before."""

    metric = name_column()
    scope = name_column()
    key = key_column()
    month = fields.CharField(max_length=7)
    value = fields.CharField(max_length=64, null=True)
    until = fields.DatetimeField()

    class Meta:
        table = "past_target"
        unique_together = (("tenant", "id"),)
        indexes = (("tenant", "metric", "scope", "key", "month", "until"),)
