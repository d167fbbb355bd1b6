from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from runtime.columns import Json, Moment
from runtime.ids import new_id


class Migration(migrations.Migration):
    dependencies = [("duiqi", "m0001_tables")]

    initial = False

    operations = [
        ops.CreateModel(
            name="MovementRow",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=64)),
                ("tenant", fields.CharField(max_length=64)),
                ("metric", fields.CharField(max_length=64)),
                ("scope", fields.CharField(max_length=64)),
                ("key", fields.CharField(max_length=400)),
                ("day", fields.DateField()),
                ("delta", fields.FloatField(null=True)),
                ("reason", Json(generated=False, null=False, unique=False)),
                ("at", Moment(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "movement",
                "app": "duiqi",
                "unique_together": (("tenant", "id"), ("tenant", "metric", "scope", "key")),
                "indexes": [Index(fields=["tenant", "at"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="NumbersRow",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=64)),
                ("tenant", fields.CharField(max_length=64)),
                ("seq", fields.IntField(default=0)),
                ("changed_at", Moment(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "numbers",
                "app": "duiqi",
                "unique_together": (("tenant", "id"), ("tenant",)),
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.AddField(
            model_name="DeliveryRow",
            name="channel",
            field=fields.CharField(db_default="", max_length=64),
        ),
        ops.AddIndex(
            model_name="DeliveryRow",
            index=Index(fields=["tenant", "channel", "started_at"]),
        ),
        ops.AddField(
            model_name="JudgedDayRow",
            name="stale",
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
