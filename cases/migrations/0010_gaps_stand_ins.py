"""Whoever stands in for a custodian sees requests to open an identity; the gate asks for the day."""

from django.db import migrations

BEFORE = """
    (SELECT ed_holds('custodian'))
    OR EXISTS (SELECT 1 FROM cases_concern c WHERE c.id = cases_identityrequest.concern_id)
"""
STANDS_IN = """
    OR EXISTS (
        SELECT 1 FROM people_delegation d JOIN people_person p ON p.id = d.person_id
        WHERE d.delegate_id = (SELECT ed_person()) AND d.accepted_on IS NOT NULL
        AND p.is_active AND 'custodian' = ANY (p.roles)
    )
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_walls"), ("people", "0004_walls")]
    operations = [
        migrations.RunSQL(
            f"ALTER POLICY reach ON cases_identityrequest USING ({BEFORE} {STANDS_IN})",
            f"ALTER POLICY reach ON cases_identityrequest USING ({BEFORE})",
        ),
    ]
