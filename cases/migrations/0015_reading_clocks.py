"""Who was asked to read a policy is told to nobody else: nor to administrators and programs."""

from django.db import migrations

TRIAGE = (
    "EXISTS (SELECT 1 FROM cases_triage seen"
    " WHERE seen.concern_id = escalation_clock.subject_id OFFSET 0)"
)
WHO_TELLS_TIME = "((SELECT ed_is_client()) OR (SELECT ed_holds('administrator')))"
UNWALLED = (
    "(SELECT ed_behind()) IS NOT NULL AND subject_id NOT IN (SELECT ed_walled_concerns())"
    " AND subject_id NOT IN (SELECT ed_walled_cases())"
    " AND subject_id NOT IN (SELECT ed_walled_tasks())"
)


def altered(*kept: str) -> str:
    """Return the SQL by which whoever tells the time sees all clocks but of these subjects."""
    kinds = ", ".join(f"'{kind}'" for kind in kept)
    return f"""
        ALTER POLICY others ON escalation_clock USING (({TRIAGE}) OR (
            {WHO_TELLS_TIME} AND {UNWALLED} AND subject_kind NOT IN ({kinds})
        ));
    """


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_phases")]
    operations = [
        migrations.RunSQL(
            altered("request", "original", "acknowledgement"), altered("request", "original")
        )
    ]
