"""Walls before holds and disposals are asked at the gate, and what a disposal needs is seen.

The second person decides on what they need not see: they add to its safe, and read what was said
of the disposal alone; see docs/adr/0013.
"""

from django.db import migrations

STANDS = """
    CASE WHEN (SELECT ed_person()) IS NULL AND NOT (SELECT ed_is_client()) THEN true
    ELSE (SELECT ed_behind()) IS NOT NULL
        AND (case_id IS NULL OR case_id NOT IN (SELECT ed_walled_cases()))
        AND (concern_id IS NULL OR concern_id NOT IN (SELECT ed_walled_concerns()))
    END
"""
STOOD = """
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
STONE_BEFORE = """
    NOT is_walled OR proposed_by_id = (SELECT ed_person())
    OR approved_by_id = (SELECT ed_person())
"""
OFFICE = (
    "(SELECT ed_holds('officer')) OR (SELECT ed_holds('head')) OR (SELECT ed_holds('independent'))"
)
STONE = f"({OFFICE}) AND ({STONE_BEFORE})"
# As a function it is planned once, and not with every query that asks a safe.
FUNCTION = """
CREATE FUNCTION ed_disposals() RETURNS TABLE (id uuid, safe_id uuid) LANGUAGE plpgsql STABLE
ROWS 100 AS $$
BEGIN
    RETURN QUERY SELECT d.id, d.safe_id FROM retention_disposal d;
END $$;
"""
DECIDES = "(SELECT ed_holds('independent')) AND {} IN (SELECT d.{} FROM ed_disposals() d)"
POLICIES = {
    "safes_safe": DECIDES.format("id", "safe_id"),
    "safes_grant": DECIDES.format("safe_id", "safe_id")
    + " AND (person_id = (SELECT ed_person()) OR holder_safe_id IN (SELECT ed_own_safes()))",
    "safes_sealed": DECIDES.format('"row"', "id"),
}
PEOPLE_ONLY = (
    "AS RESTRICTIVE TO ed_web, ed_speak USING (NOT (SELECT ed_is_client())) WITH CHECK (true)"
)


class Migration(migrations.Migration):
    dependencies = [("retention", "0003_walls"), ("cases", "0010_rows")]
    operations = [
        *(
            migrations.RunSQL(
                f"ALTER POLICY wall ON {table} USING ({STANDS})",
                f"ALTER POLICY wall ON {table} USING ({STOOD.format(table=table)})",
            )
            for table in ("retention_hold", "retention_disposal")
        ),
        migrations.RunSQL(
            f"ALTER POLICY reach ON retention_tombstone USING ({STONE})",
            f"ALTER POLICY reach ON retention_tombstone USING ({STONE_BEFORE})",
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION ed_disposals();"),
        *(
            migrations.RunSQL(
                f"CREATE POLICY disposals ON {table} TO ed_web USING ({reach}) WITH CHECK (true)",
                f"DROP POLICY disposals ON {table}",
            )
            for table, reach in POLICIES.items()
        ),
        *(
            migrations.RunSQL(
                f"CREATE POLICY people_only ON {table} {PEOPLE_ONLY}",
                f"DROP POLICY people_only ON {table}",
            )
            for table in ("retention_hold", "retention_disposal", "retention_tombstone")
        ),
    ]
