"""What reporters said of danger stands by itself: the office says how urgent it is, too."""

from django.db import migrations, models

# until this release nobody but the reporter said that somebody may be in danger
SAID = "UPDATE cases_concern SET is_told_at_once = true WHERE urgency = 4 AND status <> 'draft'"

# processes of the release before file on while a house is upgraded, and name no such column
DEFAULT = "ALTER TABLE cases_concern ALTER COLUMN is_told_at_once SET DEFAULT false"


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_reading_clocks")]

    operations = [
        migrations.AddField(
            model_name="concern",
            name="is_told_at_once",
            field=models.BooleanField(default=False),
        ),
        migrations.RunSQL(DEFAULT, migrations.RunSQL.noop),
        migrations.RunSQL(SAID, migrations.RunSQL.noop),
    ]
