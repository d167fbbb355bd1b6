from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from runtime.ids import new_id


class Migration(migrations.Migration):
    dependencies = [("duiqi", "m0001_tables")]

    initial = False

    operations = [
        ops.CreateModel(
            name="PastTargetRow",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=64)),
                ("tenant", fields.CharField(max_length=64)),
                ("metric", fields.CharField(max_length=64)),
                ("scope", fields.CharField(max_length=64)),
                ("key", fields.CharField(max_length=400)),
                ("month", fields.CharField(max_length=7)),
                ("value", fields.CharField(null=True, max_length=64)),
                ("until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "past_target",
                "app": "duiqi",
                "unique_together": (("tenant", "id"),),
                "indexes": [Index(fields=["tenant", "metric", "scope", "key", "month", "until"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
    ]
