"""Give each policy a key by which clocks know it."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policies", "0002_paths")]
    operations = [
        migrations.AddField("policy", "key", models.UUIDField(null=True, editable=False)),
        migrations.RunSQL(
            "UPDATE policies_policy SET key = gen_random_uuid()", migrations.RunSQL.noop
        ),
        migrations.AlterField(
            "policy",
            "key",
            models.UUIDField(default=uuid.uuid4, unique=True, editable=False),
        ),
    ]
