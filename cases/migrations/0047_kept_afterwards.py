"""A promise is kept by what somebody is told after it was made."""

from django.conf import settings
from django.db import migrations, models

# What was kept by something of the days before: its task ended then, and no day is known on which
# they heard again, so it is kept on the day of the promise itself.
MENDED = "UPDATE cases_telling SET kept_on = told_on WHERE kept_on < told_on"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0046_nearest"),
        ("policies", "0006_scripts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(MENDED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="telling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kept_on", None), ("kept_on__gte", models.F("told_on")), _connector="OR"
                ),
                name="cases_telling_kept_afterwards",
            ),
        ),
    ]
