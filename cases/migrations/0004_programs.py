"""What a program sees of concerns: those that became a case, and nothing that hangs on them.

A program with `cases:read` is told which concerns a case came from: reference, kind and channel.
Messages, files, notes and triages stay closed to programs, whatever a view forgets.
"""

import importlib

from django.db import migrations

before = importlib.import_module("cases.migrations.0003_row_security")
CONCERN = f"""
    {before.CONCERN}
    OR (case_id IS NOT NULL AND status <> 'draft' AND (SELECT ed_is_client()))
"""
CLOSED = ("cases_message", "cases_attachment", "cases_note", "cases_triage")


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_row_security")]
    operations = [
        migrations.RunSQL(
            f"ALTER POLICY reach ON cases_concern USING ({CONCERN})",
            f"ALTER POLICY reach ON cases_concern USING ({before.CONCERN})",
        ),
        *(
            migrations.RunSQL(
                f"CREATE POLICY people_only ON {table} AS RESTRICTIVE TO {before.OFFICE}"
                " USING (NOT (SELECT ed_is_client()) OR (SELECT ed_receipt()) IS NOT NULL)"
                " WITH CHECK (true)",
                f"DROP POLICY people_only ON {table}",
            )
            for table in CLOSED
        ),
    ]
