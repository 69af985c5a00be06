"""Walls before holds and disposals are asked of who comes; the old question is gone (ADR 12)."""

from django.db import migrations

WALLED = ("retention_hold", "retention_disposal")
STANDS = """
    CASE WHEN (SELECT ed_person()) IS NULL AND NOT (SELECT ed_is_client()) THEN true
    ELSE (SELECT ed_behind()) IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM cases_wall w
        WHERE (w.case_id = {table}.case_id OR w.concern_id = {table}.concern_id)
        AND w.blind = ANY ((SELECT ed_behind())::bytea[])
        AND w.since <= ((SELECT ed_behind_until())::date[])[
            array_position((SELECT ed_behind())::bytea[], w.blind)
        ]
    ) END
"""
STOOD = """
    NOT EXISTS (
        SELECT 1 FROM cases_wall w WHERE w.blind = (SELECT ed_blind())
        AND (w.case_id = {table}.case_id OR w.concern_id = {table}.concern_id)
    )
"""
BLIND = """
CREATE FUNCTION ed_blind() RETURNS bytea LANGUAGE sql STABLE
    RETURN decode(NULLIF(current_setting('ed.blind', true), ''), 'hex');
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0002_walls_and_holds"), ("cases", "0009_walls")]
    operations = [
        *(
            migrations.RunSQL(
                f"ALTER POLICY wall ON {table} USING ({STANDS.format(table=table)})",
                f"ALTER POLICY wall ON {table} USING ({STOOD.format(table=table)})",
            )
            for table in WALLED
        ),
        # whatever else would still ask it has to fail, and not to let through
        migrations.RunSQL("DROP FUNCTION ed_blind()", BLIND),
    ]
