"""The tables of the outbox and of the attempts to deliver."""

from tortoise import fields

from runtime.columns import Json, MaybeMoment, Moment, key_column, name_column
from runtime.row import Row


class NotificationRow(Row):
    """One message to one recipient, committed with what caused it. States: waiting, sending, sent, failed, dead, held.

    `key` is the stable idempotency key: tenant, rule, scope, scope key, recipient, channel, notice number.
    """

    key = fields.CharField(max_length=64)
    rule = name_column()
    scope = name_column()
    scope_key = key_column()
    notice = name_column()
    recipient = key_column()
    channel = name_column()
    title = fields.TextField()
    body = fields.TextField()
    link = fields.TextField(default="")
    lang = name_column(default="zh", db_default="zh")
    at_mobiles = Json[list[str]]()
    state = name_column(default="waiting")
    not_before = Moment()
    attempts = fields.IntField(default=0)
    lease_until = MaybeMoment()
    created_at = Moment()
    sent_at = MaybeMoment()
    last_error = Json[dict[str, str] | None](null=True)

    class Meta:
        table = "notification"
        unique_together = (("tenant", "id"), ("tenant", "key"))
        indexes = (("tenant", "state", "not_before"), ("tenant", "recipient", "created_at"))


class DeliveryRow(Row):
    """One attempt, written before the call. Without `finished_at` nobody knows whether it arrived.

    `unreached` are the addresses that the channel could not use.
    """

    notification_id = name_column()
    channel = name_column(db_default="")
    number = fields.IntField()
    started_at = Moment()
    finished_at = MaybeMoment()
    outcome = name_column(default="started")
    answer = fields.TextField(default="")
    unreached = Json[list[str] | None](null=True)

    class Meta:
        table = "delivery"
        unique_together = (("tenant", "id"), ("tenant", "notification_id", "number"))
        indexes = (("tenant", "channel", "started_at"),)
