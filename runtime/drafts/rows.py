"""The tables of drafts, of what was done to them, of approvals, and of releases that are planned for a day."""

from typing import Any

from tortoise import fields

from runtime.columns import Day, Json, Moment, key_column, name_column
from runtime.row import Row


class DraftRow(Row):
    """A document that differs from the live one, or is to go (`removed`).

    `base` is the version of the live document that the draft was begun on, empty where there was none.
    """

    kind = name_column()
    name = key_column()
    file = key_column()
    text = fields.TextField()
    removed = fields.BooleanField(default=False)
    base = name_column(default="")
    changed_by = key_column()
    changed_at = Moment()

    class Meta:
        table = "draft"
        unique_together = (("tenant", "id"), ("tenant", "kind", "name"))


class DraftChangeRow(Row):
    """One step of a draft. `what`: edit, remove, discard, keep (over a newer live version), release, plan, cancel."""

    kind = name_column()
    name = key_column()
    at = Moment()
    by = key_column()
    what = name_column()
    before = fields.TextField(default="")
    after = fields.TextField(default="")

    class Meta:
        table = "draft_change"
        unique_together = (("tenant", "id"),)
        indexes = (("tenant", "kind", "name", "at"),)


class ApprovalRow(Row):
    """Somebody approved exactly this change of a document: `digest` covers what it was and what it becomes."""

    kind = name_column()
    name = key_column()
    digest = fields.CharField(max_length=64)
    by = key_column()
    at = Moment()
    note = fields.TextField(default="")

    class Meta:
        table = "approval"
        unique_together = (("tenant", "id"), ("tenant", "kind", "name", "digest", "by"))


class PlannedReleaseRow(Row):
    """Changes that go live when `from_day` begins. States: planned, released, cancelled, refused (`reason` says why)."""

    from_day = Day()
    changes = Json[list[dict[str, Any]]]()
    note = fields.TextField(default="")
    by = key_column()
    at = Moment()
    state = name_column(default="planned")
    number = fields.IntField(null=True)
    reason = Json[dict[str, str]](null=True)

    class Meta:
        table = "planned_release"
        unique_together = (("tenant", "id"),)
        indexes = (("tenant", "state", "from_day"),)
