"""The table of jobs: the truth about all work that is due, running or done."""

from typing import Any

from tortoise import fields

from runtime.columns import Json, MaybeMoment, Moment, key_column, name_column
from runtime.row import Row


class JobRow(Row):
    """A piece of work, committed with what caused it. States: queued, running, done, failed (tried again later), dead.

    `slot` is the key while the job waits and the id afterwards: of one kind and key one job waits at most, while another may run.
    """

    kind = name_column()
    key = key_column(default="")
    slot = key_column()
    args = Json[dict[str, Any]]()
    state = name_column(default="queued")
    attempts = fields.IntField(default=0)
    run_after = Moment()
    lease_until = MaybeMoment()
    heartbeat_at = MaybeMoment()
    result = Json[Any](null=True)
    error = fields.TextField(null=True)
    progress = Json[dict[str, Any] | None](null=True)
    created_at = Moment()
    finished_at = MaybeMoment()

    class Meta:
        table = "job"
        unique_together = (("tenant", "id"), ("tenant", "kind", "slot"))
        indexes = (("tenant", "state", "run_after"),)
