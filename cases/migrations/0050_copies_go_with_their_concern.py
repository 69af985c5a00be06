"""A redacted copy goes with its case, or with what it was made of, and is numbered over all."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

# whoever makes a copy numbers it after those of what they do not see
SEEN = """
    EXISTS (SELECT 1 FROM cases_case seen WHERE seen.id = cases_redaction.case_id OFFSET 0)
    AND (
        cases_redaction.concern_id IS NULL
        OR EXISTS (
            SELECT 1 FROM cases_concern told WHERE told.id = cases_redaction.concern_id OFFSET 0
        )
    )
"""
REACH = "ALTER POLICY reach ON cases_redaction USING ({});"
AT_GATE = REACH.format(f"(SELECT ed_at_gate()) OR ({SEEN})")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0049_purposes"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="redaction",
            name="goes_on_record",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="redaction",
            trigger=pgtrigger.compiler.Trigger(
                name="goes_on_record",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NOT EXISTS (SELECT 1 FROM safes_erasure e WHERE NOT e.is_finished AND (e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_case c WHERE c.id = OLD.case_id) OR e.safes @> (SELECT ARRAY[k.safe_id] FROM cases_concern k WHERE k.id = OLD.concern_id))) THEN\n        RAISE EXCEPTION 'it is erased on record, or not at all';\n    END IF;\n    RETURN OLD;\n",
                    hash="985a87c16c67812a844cc0226031cf8179fa840c",
                    operation="DELETE",
                    pgid="pgtrigger_goes_on_record_fabd1",
                    table="cases_redaction",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(AT_GATE, REACH.format(SEEN)),
    ]
