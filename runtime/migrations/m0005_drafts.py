from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from runtime.columns import Day, Json, Moment
from runtime.ids import new_id


class Migration(migrations.Migration):
    dependencies = [("duiqi", "m0004_calendars")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ApprovalRow",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=64)),
                ("tenant", fields.CharField(max_length=64)),
                ("kind", fields.CharField(max_length=64)),
                ("name", fields.CharField(max_length=400)),
                ("digest", fields.CharField(max_length=64)),
                ("by", fields.CharField(max_length=400)),
                ("at", Moment(auto_now=False, auto_now_add=False)),
                ("note", fields.TextField(default="", unique=False)),
            ],
            options={
                "table": "approval",
                "app": "duiqi",
                "unique_together": (("tenant", "id"), ("tenant", "kind", "name", "digest", "by")),
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="DraftChangeRow",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=64)),
                ("tenant", fields.CharField(max_length=64)),
                ("kind", fields.CharField(max_length=64)),
                ("name", fields.CharField(max_length=400)),
                ("at", Moment(auto_now=False, auto_now_add=False)),
                ("by", fields.CharField(max_length=400)),
                ("what", fields.CharField(max_length=64)),
                ("before", fields.TextField(default="", unique=False)),
                ("after", fields.TextField(default="", unique=False)),
            ],
            options={
                "table": "draft_change",
                "app": "duiqi",
                "unique_together": (("tenant", "id"),),
                "indexes": [Index(fields=["tenant", "kind", "name", "at"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="DraftRow",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=64)),
                ("tenant", fields.CharField(max_length=64)),
                ("kind", fields.CharField(max_length=64)),
                ("name", fields.CharField(max_length=400)),
                ("file", fields.CharField(max_length=400)),
                ("text", fields.TextField(unique=False)),
                ("removed", fields.BooleanField(default=False)),
                ("base", fields.CharField(default="", max_length=64)),
                ("changed_by", fields.CharField(max_length=400)),
                ("changed_at", Moment(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "draft",
                "app": "duiqi",
                "unique_together": (("tenant", "id"), ("tenant", "kind", "name")),
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="PlannedReleaseRow",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=64)),
                ("tenant", fields.CharField(max_length=64)),
                ("from_day", Day()),
                ("changes", Json(generated=False, null=False, unique=False)),
                ("note", fields.TextField(default="", unique=False)),
                ("by", fields.CharField(max_length=400)),
                ("at", Moment(auto_now=False, auto_now_add=False)),
                ("state", fields.CharField(default="planned", max_length=64)),
                ("number", fields.IntField(null=True)),
                ("reason", Json(null=True, generated=False, unique=False)),
            ],
            options={
                "table": "planned_release",
                "app": "duiqi",
                "unique_together": (("tenant", "id"),),
                "indexes": [Index(fields=["tenant", "state", "from_day"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
    ]
