"""Two holds on one ground stand side by side: one matter may be in two lawsuits.

Those that stayed with a merged case, since one on their ground stood there already, go along now.
"""

from django.db import migrations

ALONG = """
    UPDATE retention_hold SET case_id = c.part_of_id FROM cases_case c
    WHERE c.id = retention_hold.case_id AND c.part_of_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0004_rows"), ("cases", "0038_joining")]
    operations = [
        migrations.RemoveConstraint(model_name="hold", name="retention_hold_once"),
        migrations.RunSQL(ALONG, migrations.RunSQL.noop),
    ]
