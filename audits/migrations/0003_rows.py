"""Facts name their subjects until these are erased: workers alone read them; see docs/adr/0013."""

from django.db import migrations

CLOSE = """
    ALTER TABLE audits_fact ENABLE ROW LEVEL SECURITY;
    ALTER TABLE audits_fact FORCE ROW LEVEL SECURITY;
    CREATE POLICY machines ON audits_fact TO ed_worker, ed_watchdog, ed_owner
        USING (true) WITH CHECK (true);
    CREATE POLICY reach ON audits_fact TO ed_web, ed_speak USING (false) WITH CHECK (false);
"""
OPEN = """
    DROP POLICY reach ON audits_fact;
    DROP POLICY machines ON audits_fact;
    ALTER TABLE audits_fact NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE audits_fact DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0002_forgetting")]
    operations = [migrations.RunSQL(CLOSE, OPEN)]
