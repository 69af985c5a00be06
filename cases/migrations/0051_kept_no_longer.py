"""A bundle is kept no longer than was said; at the door a text is taken back, and nothing else."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


# policies that let something be are joined by OR, and so are their checks
ALONE = """
CREATE POLICY taken_back_alone ON cases_telling AS RESTRICTIVE FOR UPDATE TO ed_speak
    USING ((SELECT ed_receipt()) IS NOT NULL) WITH CHECK (state = 'withdrawn');
"""
ANYTHING = "DROP POLICY taken_back_alone ON cases_telling"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0050_copies_go_with_their_concern"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="bundle",
            trigger=pgtrigger.compiler.Trigger(
                name="no_longer",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."until" > (OLD."until"))',
                    func="RAISE EXCEPTION 'a bundle is kept for no longer than was said';",
                    hash="df7aa52df1440121cfc20d88c95546e8f2e6a677",
                    operation="UPDATE",
                    pgid="pgtrigger_no_longer_aa6fb",
                    table="cases_bundle",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(ALONE, ANYTHING),
    ]
