"""The table of what people did."""

from typing import Any

from runtime.columns import Json, Moment, key_column, name_column
from runtime.row import Row


class AuditRow(Row):
    """Who did what to which object, when; `detail` holds old and new."""

    at = Moment()
    who = key_column()
    what = name_column()
    object = key_column(default="")
    detail = Json[dict[str, Any]]()

    class Meta:
        table = "audit_entry"
        unique_together = (("tenant", "id"),)
        indexes = (("tenant", "at"), ("tenant", "object"))
