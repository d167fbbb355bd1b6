"""The table of releases."""

from tortoise import fields

from runtime.columns import Json, Moment, key_column
from runtime.row import Row


class ReleaseRow(Row):
    """An immutable, numbered set of all documents of a tenant. `documents` lists kind, name, file and text of each."""

    number = fields.IntField()
    hash = fields.CharField(max_length=64)
    documents = Json[list[dict[str, str]]]()
    note = fields.TextField(default="")
    published_by = key_column()
    published_at = Moment()
    live = fields.BooleanField(default=False)

    class Meta:
        table = "release"
        unique_together = (("tenant", "id"), ("tenant", "number"))
        indexes = (("tenant", "live"),)
