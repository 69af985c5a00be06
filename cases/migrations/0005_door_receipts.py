"""A receipt that somebody else gave the reporter is changed for another.

While it is changed row security has to show the row before and after: by the receipt at hand, and
by the one that comes in its place.
"""

from django.db import migrations, models

NEXT = "decode(NULLIF(current_setting('ed.receipt_next', true), ''), 'hex')"


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_programs"), ("safes", "0002_sealing")]
    operations = [
        migrations.AddField(
            model_name="concern",
            name="is_receipt_shared",
            field=models.BooleanField(default=False),
        ),
        migrations.RunSQL(
            "CREATE POLICY next_receipt ON cases_concern TO ed_web, ed_speak"
            f" USING (locator = (SELECT {NEXT})) WITH CHECK (true)",
            "DROP POLICY next_receipt ON cases_concern",
        ),
    ]
