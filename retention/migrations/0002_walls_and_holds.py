"""Row security around holds and disposals, and in the database itself: held is held, two are two.

An erasure is begun by a row in `safes_erasure`. Here that row is refused where a hold stands, and
where no second person approved. A draft that nobody sent needs neither, nor a share of an identity whose
time is over; what a restore brought back was decided before.
"""

from django.db import migrations

OFFICE = "ed_web, ed_speak"
MACHINES = "ed_worker, ed_watchdog, ed_owner"
THING = """
    EXISTS (SELECT 1 FROM cases_case c WHERE c.id = {table}.case_id)
    OR EXISTS (SELECT 1 FROM cases_concern c WHERE c.id = {table}.concern_id)
"""
WALL = """
    NOT EXISTS (
        SELECT 1 FROM cases_wall w WHERE w.blind = (SELECT ed_blind())
        AND (w.case_id = {table}.case_id OR w.concern_id = {table}.concern_id)
    )
"""
REACH = {
    "retention_hold": THING.format(table="retention_hold"),
    "retention_disposal": "(SELECT ed_holds('independent')) OR "
    + THING.format(table="retention_disposal"),
    "retention_tombstone": """
        NOT is_walled OR proposed_by_id = (SELECT ed_person())
        OR approved_by_id = (SELECT ed_person())
    """,
}
WALLED = ("retention_hold", "retention_disposal")


def closed(table: str) -> str:
    barrier = (
        f"CREATE POLICY wall ON {table} AS RESTRICTIVE TO {OFFICE}"
        f" USING ({WALL.format(table=table)}) WITH CHECK (true);"
        if table in WALLED
        else ""
    )
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY machines ON {table} TO {MACHINES} USING (true) WITH CHECK (true);
        CREATE POLICY reach ON {table} TO {OFFICE} USING ({REACH[table]}) WITH CHECK (true);
        {barrier}
    """


def opened(table: str) -> str:
    return f"""
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        DROP POLICY IF EXISTS wall ON {table};
        DROP POLICY reach ON {table};
        DROP POLICY machines ON {table};
    """


GUARD = """
CREATE FUNCTION retention_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_replayed THEN RETURN NEW; END IF;
    IF NEW.ground = 'drafts' THEN
        IF EXISTS (
            SELECT 1 FROM safes_safe s WHERE s.id = ANY (NEW.safes) AND s.kind <> 'opening'
            AND NOT EXISTS (
                SELECT 1 FROM cases_concern k WHERE k.safe_id = s.id AND k.status = 'draft'
            )
        ) THEN RAISE EXCEPTION 'this was sent: two people decide what is erased'; END IF;
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT 1 FROM retention_hold h
        LEFT JOIN cases_concern k ON k.id = h.concern_id
        JOIN cases_case c ON c.id = h.case_id OR c.id = k.case_id
        WHERE h.lifted_at IS NULL AND c.safe_id = ANY (NEW.safes)
    ) OR EXISTS (
        SELECT 1 FROM retention_hold h JOIN cases_concern k ON k.id = h.concern_id
        WHERE h.lifted_at IS NULL AND k.safe_id = ANY (NEW.safes)
    ) THEN RAISE EXCEPTION 'a legal hold stands'; END IF;
    IF NOT EXISTS (
        SELECT 1 FROM retention_disposal d WHERE d.id = NEW.id AND d.safe_id = ANY (NEW.safes)
        AND d.state = 'erasing' AND d.decided_by_id IS NOT NULL
    ) THEN RAISE EXCEPTION 'two people decide what is erased'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER retention_guard BEFORE INSERT ON safes_erasure
    FOR EACH ROW EXECUTE FUNCTION retention_guard();
"""
UNGUARD = "DROP TRIGGER retention_guard ON safes_erasure; DROP FUNCTION retention_guard();"


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0001_rules_holds_disposals"),
        ("cases", "0008_erasures"),
        ("safes", "0003_erasures"),
        ("people", "0002_who_asks"),
    ]
    operations = [
        *(migrations.RunSQL(closed(table), opened(table)) for table in REACH),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
