from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from runtime.columns import Day, Moment
from runtime.ids import new_id


class Migration(migrations.Migration):
    dependencies = [("duiqi", "m0005_drafts")]

    initial = False

    operations = [
        ops.CreateModel(
            name="WatermarkRow",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=64)),
                ("tenant", fields.CharField(max_length=64)),
                ("source", fields.CharField(max_length=64)),
                ("day", Day()),
                ("watermark", Moment(auto_now=False, auto_now_add=False)),
                ("known_at", Moment(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "source_watermark",
                "app": "duiqi",
                "unique_together": (("tenant", "id"), ("tenant", "source", "day")),
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
    ]
