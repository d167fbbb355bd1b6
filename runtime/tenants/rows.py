"""The table of tenants."""

from tortoise import fields

from runtime.columns import Moment, name_column
from runtime.row import Row


class TenantRow(Row):
    """One organisation; its own row has `tenant` equal to `key`. States: active, suspended."""

    key = name_column()
    label = fields.CharField(max_length=200)
    state = name_column(default="active")
    created_at = Moment()

    class Meta:
        table = "tenant"
        unique_together = (("tenant", "id"), ("tenant", "key"))
