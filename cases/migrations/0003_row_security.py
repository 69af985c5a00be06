"""The wall and the reach again, in the database: what `visible_to` forgets, it does not give.

Workers see the metadata of every row, and no ciphertext at all (ethicsdesk/grants.py). Writing is
for the actions to refuse; what they may not see, they cannot change.
"""

from django.db import migrations

OFFICE = "ed_web, ed_speak"
MACHINES = "ed_worker, ed_watchdog, ed_owner"


def closed(table: str, reach: str, wall: str | None) -> str:
    """Return the SQL that closes a table to all but those whom `reach` names."""
    barrier = (
        f"CREATE POLICY wall ON {table} AS RESTRICTIVE TO {OFFICE} USING ({wall}) WITH CHECK (true);"
        if wall
        else ""
    )
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY machines ON {table} TO {MACHINES} USING (true) WITH CHECK (true);
        CREATE POLICY reach ON {table} TO {OFFICE} USING ({reach}) WITH CHECK (true);
        {barrier}
    """


def opened(table: str) -> str:
    """Return the SQL that undoes `closed`."""
    return f"""
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        DROP POLICY IF EXISTS wall ON {table};
        DROP POLICY reach ON {table};
        DROP POLICY machines ON {table};
    """


CONCERN = """
    locator = (SELECT ed_receipt())
    OR (status <> 'draft' AND (
        (SELECT ed_holds('head'))
        OR (status = 'received' AND (SELECT ed_holds('officer')))
        OR owner_id = (SELECT ed_person())
        OR handed_to_id = (SELECT ed_person())
        OR EXISTS (
            SELECT 1 FROM cases_member m WHERE m.case_id = cases_concern.case_id
            AND m.person_id = (SELECT ed_person()) AND m.left_at IS NULL
        )
    ))
"""
CONCERN_WALL = """
    NOT EXISTS (
        SELECT 1 FROM cases_wall w
        WHERE w.concern_id = cases_concern.id AND w.blind = (SELECT ed_blind())
    )
"""
CASE = """
    (SELECT ed_holds('head'))
    OR (SELECT ed_is_client())
    OR EXISTS (
        SELECT 1 FROM cases_member m WHERE m.case_id = cases_case.id
        AND m.person_id = (SELECT ed_person()) AND m.left_at IS NULL
    )
    OR EXISTS (
        SELECT 1 FROM cases_caseuserobjectpermission p
        WHERE p.content_object_id = cases_case.id AND p.user_id = (SELECT ed_person())
    )
    OR ((SELECT ed_receipt()) IS NOT NULL AND EXISTS (
        SELECT 1 FROM cases_concern c
        WHERE c.case_id = cases_case.id AND c.locator = (SELECT ed_receipt())
    ))
"""
CASE_WALL = """
    NOT EXISTS (
        SELECT 1 FROM cases_wall w
        WHERE w.case_id = cases_case.id AND w.blind = (SELECT ed_blind())
    )
"""
OF_CONCERN = "EXISTS (SELECT 1 FROM cases_concern c WHERE c.id = {table}.concern_id)"
OF_CASE = "EXISTS (SELECT 1 FROM cases_case c WHERE c.id = {table}.case_id)"

TABLES = {
    "cases_concern": (CONCERN, CONCERN_WALL),
    "cases_case": (CASE, CASE_WALL),
    "cases_message": (OF_CONCERN.format(table="cases_message"), None),
    "cases_attachment": (OF_CONCERN.format(table="cases_attachment"), None),
    "cases_note": (OF_CASE.format(table="cases_note"), None),
    "cases_triage": (OF_CASE.format(table="cases_triage"), None),
}


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_initial"), ("people", "0002_who_asks")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE cases_case_number", "DROP SEQUENCE cases_case_number"),
        *(
            migrations.RunSQL(closed(table, reach, wall), opened(table))
            for table, (reach, wall) in TABLES.items()
        ),
    ]
