"""What waits to be told to a reporter goes with what they take back."""

from django.db import migrations

# With a receipt, of what was taken back, what waits: whoever takes it back takes this back as well.
OPENED = """
CREATE POLICY taken_back ON cases_telling TO ed_web, ed_speak USING (
    (SELECT ed_receipt()) IS NOT NULL
    AND cases_telling.state IN ('waiting', 'approved', 'withdrawn')
    AND EXISTS (
        SELECT 1 FROM cases_concern seen
        WHERE seen.id = cases_telling.concern_id AND seen.status = 'withdrawn' OFFSET 0
    )
) WITH CHECK (cases_telling.state = 'withdrawn');
"""
CLOSED = "DROP POLICY taken_back ON cases_telling"


class Migration(migrations.Migration):
    dependencies = [("audits", "0005_policies_once"), ("cases", "0047_kept_afterwards")]

    operations = [migrations.RunSQL(OPENED, CLOSED)]
