from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("duiqi", "m0002_past_targets")]

    initial = False

    operations = [
        ops.AddField(
            model_name="RecordRow",
            name="returns_of",
            field=fields.CharField(null=True, max_length=400),
        ),
        ops.AddIndex(
            model_name="RecordRow",
            index=Index(fields=["tenant", "dataset", "returns_of"]),
        ),
    ]
