from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from runtime.columns import Day, MaybeMoment, Moment
from runtime.ids import new_id


class Migration(migrations.Migration):
    dependencies = [("duiqi", "m0003_returns")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CalendarDayRow",
            fields=[
                ("id", fields.CharField(primary_key=True, default=new_id, unique=True, db_index=True, max_length=64)),
                ("tenant", fields.CharField(max_length=64)),
                ("country", fields.CharField(max_length=64)),
                ("day", Day()),
                ("kind", fields.CharField(max_length=64)),
                ("name", fields.TextField(default="", unique=False)),
                ("source", fields.CharField(max_length=400)),
                ("by", fields.CharField(max_length=400)),
                ("known_at", Moment(auto_now=False, auto_now_add=False)),
                ("superseded_at", MaybeMoment(null=True)),
            ],
            options={
                "table": "calendar_day",
                "app": "duiqi",
                "unique_together": (("tenant", "id"),),
                "indexes": [Index(fields=["tenant", "country", "day"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
    ]
