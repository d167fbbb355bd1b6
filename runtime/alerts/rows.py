"""The tables of judged days, alerts, transitions, what was told to whom, and the answers."""

from typing import Any

from tortoise import fields

from runtime.columns import Day, Json, Moment, key_column, maybe_name, name_column
from runtime.row import Row


class JudgedDayRow(Row):
    """One evaluation of one scope on one day; verdicts are holds, clear, no_data. `stale`: its numbers changed since, or were late."""

    rule = name_column()
    scope = name_column()
    key = key_column()
    day = Day()
    judged = fields.BooleanField(default=True)
    verdict = maybe_name()
    values = Json[dict[str, Any]]()
    judged_at = Moment()
    stale = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "judged_day"
        unique_together = (("tenant", "id"), ("tenant", "rule", "scope", "key", "day"))
        indexes = (("tenant", "day"), ("tenant", "stale", "rule"))


class AlertRow(Row):
    """The visible object of one rule and scope. `episode` is the first holding day, `since` the day it fired."""

    rule = name_column()
    scope = name_column()
    key = key_column()
    state = name_column(default="inactive")
    episode = Day(null=True)
    since = Day(null=True)
    severity = name_column(default="warning")
    mark = maybe_name()
    updated_at = Moment()
    day = Day()
    values = Json[dict[str, Any]]()

    class Meta:
        table = "alert"
        unique_together = (("tenant", "id"), ("tenant", "rule", "scope", "key"))
        indexes = (("tenant", "state"), ("tenant", "scope", "key"))


class TransitionRow(Row):
    """One state change, kept for ever; kinds are fired, recovered, repeated, no_data, data_back."""

    rule = name_column()
    scope = name_column()
    key = key_column()
    day = Day()
    kind = name_column()
    values = Json[dict[str, Any]]()
    at = Moment()

    class Meta:
        table = "transition"
        unique_together = (("tenant", "id"),)
        indexes = (("tenant", "rule", "scope", "key", "day"), ("tenant", "at"))


class ToldRow(Row):
    """What one recipient was last told about one scope; `number` counts the notices and is never used twice."""

    rule = name_column()
    scope = name_column()
    key = key_column()
    recipient = key_column()
    channel = name_column()
    number = fields.IntField(default=0)
    what = Json[dict[str, Any]]()

    class Meta:
        table = "told"
        unique_together = (("tenant", "id"), ("tenant", "rule", "scope", "key", "recipient", "channel"))


class AcknowledgementRow(Row):
    """A person's answer to an alert; kinds are seen, reason, support."""

    alert_id = name_column()
    person = key_column()
    kind = name_column()
    reason = maybe_name()
    promised_on = Day(null=True)
    text = fields.TextField(default="")
    at = Moment()

    class Meta:
        table = "acknowledgement"
        unique_together = (("tenant", "id"),)
        indexes = (("tenant", "alert_id", "at"),)
