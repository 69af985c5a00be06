"""What reporters said of danger stands by itself: the office says how urgent it is, too."""

from django.db import migrations, models

# until this release nobody but the reporter said that somebody may be in danger
SAID = "UPDATE cases_concern SET is_told_at_once = true WHERE urgency = 4 AND status <> 'draft'"


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_reading_clocks")]

    operations = [
        migrations.AddField(
            model_name="concern",
            name="is_told_at_once",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(SAID, migrations.RunSQL.noop),
    ]
