"""Row security wherever a row belongs to a concern or a case; see docs/adr/0013.

The policies of concerns and cases ask who is on a team, who was given a case and who is walled off,
and those tables ask back whether somebody may see the concern or the case. PostgreSQL refuses such
a circle, so the first question goes through functions that open a gate for as long as they run.
They run with the rights of whoever asks, and return what is known of that person alone.
"""

import uuid

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

OFFICE = "ed_web, ed_speak"
MACHINES = "ed_worker, ed_watchdog, ed_owner"

GATE = """
CREATE FUNCTION ed_at_gate() RETURNS boolean LANGUAGE sql STABLE
    RETURN NULLIF(current_setting('ed.gate', true), '') IS NOT NULL;
"""
WALLS_BEFORE_ME = """
    SELECT w.{kind}_id FROM cases_wall w
    WHERE w.{kind}_id IS NOT NULL AND w.blind = ANY (ed_behind())
    AND w.since <= (ed_behind_until())[array_position(ed_behind(), w.blind)]
"""


def asked_at_the_gate(name: str, query: str) -> tuple[str, str]:
    """Return the SQL that makes and drops a function for which the tables of the gate are open."""
    forward = f"""
        CREATE FUNCTION {name}() RETURNS SETOF uuid LANGUAGE plpgsql STABLE ROWS 100 AS $$
        DECLARE was text := coalesce(current_setting('ed.gate', true), '');
        BEGIN
            PERFORM set_config('ed.gate', 'open', true);
            RETURN QUERY {query};
            PERFORM set_config('ed.gate', was, true);
        END $$;
    """
    return forward, f"DROP FUNCTION {name}();"


def asked_as_ever(name: str, query: str, rows: int) -> tuple[str, str]:
    """Return the SQL that makes and drops a function that is planned once for all that ask it."""
    forward = f"""
        CREATE FUNCTION {name}() RETURNS SETOF uuid LANGUAGE plpgsql STABLE ROWS {rows} AS $$
        BEGIN
            RETURN QUERY {query};
        END $$;
    """
    return forward, f"DROP FUNCTION {name}();"


FUNCTIONS = [
    (GATE, "DROP FUNCTION ed_at_gate();"),
    asked_at_the_gate(
        "ed_team_cases",
        "SELECT m.case_id FROM cases_member m"
        " WHERE m.person_id = ed_person() AND m.left_at IS NULL",
    ),
    asked_at_the_gate(
        "ed_given_cases",
        "SELECT p.content_object_id FROM cases_caseuserobjectpermission p"
        " WHERE p.user_id = ed_person()",
    ),
    asked_at_the_gate("ed_walled_concerns", WALLS_BEFORE_ME.format(kind="concern")),
    asked_at_the_gate("ed_walled_cases", WALLS_BEFORE_ME.format(kind="case")),
    # safes whose key somebody holds or is to be given
    asked_at_the_gate(
        "ed_own_safes",
        "SELECT g.safe_id FROM safes_grant g WHERE g.person_id = ed_person()"
        " UNION ALL SELECT m.safe_id FROM safes_missinggrant m WHERE m.person_id = ed_person()",
    ),
    asked_at_the_gate(
        "ed_identity_safes",
        "SELECT g.safe_id FROM safes_grant g JOIN safes_safe s ON s.id = g.safe_id"
        " WHERE g.person_id = ed_person() AND s.kind = 'identity'",
    ),
    asked_as_ever(
        "ed_receipt_cases",
        "SELECT c.case_id FROM cases_concern c"
        " WHERE c.locator = ed_receipt() AND c.case_id IS NOT NULL",
        rows=1,
    ),
    # whoever sees a request sees what was opened by it
    asked_as_ever(
        "ed_opening_safes",
        "SELECT r.opening_id FROM cases_identityrequest r WHERE r.opening_id IS NOT NULL",
        rows=10,
    ),
    # and both safes to which the reasons are sealed
    asked_as_ever(
        "ed_asked_safes",
        "SELECT r.safe_id FROM cases_identityrequest r"
        " UNION ALL SELECT r.vault_id FROM cases_identityrequest r",
        rows=100,
    ),
]

# -- concerns and cases: what they were, asked once a query instead of once a row -----------------

CONCERN_BEFORE = """
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
    OR (case_id IS NOT NULL AND status <> 'draft' AND (SELECT ed_is_client()))
"""
CONCERN = """
    locator = (SELECT ed_receipt())
    OR (status <> 'draft' AND (
        (SELECT ed_holds('head'))
        OR (status = 'received' AND (SELECT ed_holds('officer')))
        OR owner_id = (SELECT ed_person())
        OR handed_to_id = (SELECT ed_person())
        OR case_id IN (SELECT ed_team_cases())
        OR (case_id IS NOT NULL AND (SELECT ed_is_client()))
    ))
"""
CASE_BEFORE = """
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
CASE = """
    (SELECT ed_holds('head'))
    OR (SELECT ed_is_client())
    OR id IN (SELECT ed_team_cases())
    OR id IN (SELECT ed_given_cases())
    OR ((SELECT ed_receipt()) IS NOT NULL AND id IN (SELECT ed_receipt_cases()))
"""
# Before somebody who did not say whose walls stand before them, everything is closed.
WALL = """
    CASE WHEN (SELECT ed_person()) IS NULL AND NOT (SELECT ed_is_client()) THEN true
    ELSE (SELECT ed_behind()) IS NOT NULL AND {column} NOT IN (SELECT ed_walled_{kind}s()) END
"""
WALL_BEFORE = """
    CASE WHEN (SELECT ed_person()) IS NULL AND NOT (SELECT ed_is_client()) THEN true
    ELSE (SELECT ed_behind()) IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM cases_wall w WHERE w.{kind}_id = {column}
        AND w.blind = ANY ((SELECT ed_behind())::bytea[])
        AND w.since <= ((SELECT ed_behind_until())::date[])[
            array_position((SELECT ed_behind())::bytea[], w.blind)
        ]
    ) END
"""
# the column that a wall is asked about, and around what it stands
WALLED = {
    "cases_concern": ("cases_concern.id", "concern"),
    "cases_case": ("cases_case.id", "case"),
    "cases_identityrequest": ("cases_identityrequest.concern_id", "concern"),
}
# policy, table, how it is now, how it was
ALTERED = [
    ("reach", "cases_concern", CONCERN, CONCERN_BEFORE),
    ("reach", "cases_case", CASE, CASE_BEFORE),
    *(
        (
            "wall",
            table,
            WALL.format(column=column, kind=kind),
            WALL_BEFORE.format(column=column, kind=kind),
        )
        for table, (column, kind) in WALLED.items()
    ),
]

# -- what hangs on them -----------------------------------------------------------------------


SEEN = "EXISTS (SELECT 1 FROM {table} seen WHERE {condition})"


def seen(table: str, condition: str) -> str:
    """Return the condition that somebody sees a row of another table: its own policies decide.

    Columns of the row that asks are named with their table: `seen` may have one of the same name.
    """
    return SEEN.format(table=table, condition=condition)


def either(*conditions: str) -> str:
    """Return that one of these holds."""
    return " OR ".join(f"({condition})" for condition in conditions)


AT_GATE = "(SELECT ed_at_gate())"
# whoever keeps identities keeps away from the concern, and is refused by the keys that they hold
KEEPS = "(SELECT ed_holds('custodian')) AND {} IN (SELECT ed_own_safes())"
UNWALLED = (
    "(SELECT ed_behind()) IS NOT NULL AND subject_id NOT IN (SELECT ed_walled_concerns())"
    " AND subject_id NOT IN (SELECT ed_walled_cases())"
)


def of_safe(safe: str) -> str:
    """Return the condition that somebody sees the concern or case of which a safe is.

    An identity is for custodians as well, who need not see the concern.
    """
    return either(
        seen("cases_concern", f"seen.safe_id = {safe}"),
        seen("cases_case", f"seen.safe_id = {safe}"),
        seen("cases_concern", f"seen.identity_safe_id = {safe}"),
        f"{safe} IN (SELECT ed_opening_safes())",
        f"(SELECT ed_holds('custodian')) AND {safe} IN (SELECT ed_identity_safes())",
    )


UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


# who reads what was done to a concern or case: who sees it, and auditors who are not walled off
OF_SUBJECT = """
    WHEN subject ~ '^{kind}:{uuid}$' THEN
        EXISTS (
            SELECT 1 FROM cases_{kind} seen WHERE seen.id = right(ledger_entry.subject, 36)::uuid
        )
        OR ((SELECT ed_holds('auditor')) AND (SELECT ed_behind()) IS NOT NULL
            AND right(ledger_entry.subject, 36)::uuid NOT IN (SELECT ed_walled_{kind}s())
            AND subject NOT IN (
                SELECT unnest(e.subjects) FROM safes_erasure e WHERE e.is_walled
            ))
"""
SUBJECT = """
    CASE {concern} {case}
    ELSE subject NOT LIKE 'concern:%' AND subject NOT LIKE 'case:%' END
""".format(**{kind: OF_SUBJECT.format(kind=kind, uuid=UUID) for kind in ("concern", "case")})

TABLES = {
    "cases_member": either(AT_GATE, seen("cases_case", "seen.id = cases_member.case_id")),
    "cases_wall": either(
        AT_GATE,
        seen("cases_concern", "seen.id = cases_wall.concern_id"),
        seen("cases_case", "seen.id = cases_wall.case_id"),
    ),
    "cases_caseuserobjectpermission": either(
        AT_GATE,
        seen("cases_case", "seen.id = cases_caseuserobjectpermission.content_object_id"),
    ),
    "cases_casegroupobjectpermission": seen(
        "cases_case", "seen.id = cases_casegroupobjectpermission.content_object_id"
    ),
    "safes_safe": either(
        AT_GATE,
        of_safe("safes_safe.id"),
        KEEPS.format("safes_safe.id"),
        "safes_safe.id IN (SELECT ed_asked_safes())",
    ),
    "safes_grant": either(
        AT_GATE,
        of_safe("safes_grant.safe_id"),
        KEEPS.format("safes_grant.safe_id"),
        # what a key of theirs opens in its turn
        KEEPS.format("safes_grant.holder_safe_id"),
    ),
    "safes_missinggrant": either(
        AT_GATE,
        of_safe("safes_missinggrant.safe_id"),
        KEEPS.format("safes_missinggrant.safe_id"),
    ),
    "safes_sealed": either(AT_GATE, of_safe("safes_sealed.safe_id")),
    # who read walled entries while they could is not known any more, so auditors are told
    "safes_erasure": "(SELECT ed_holds('auditor'))",
    "files_stream": either("files_stream.safe_id IS NULL", of_safe("files_stream.safe_id")),
    "files_chunk": seen("files_stream", "seen.id = files_chunk.stream_id"),
    "files_loan": seen("files_stream", "seen.id = files_loan.stream_id"),
    "escalation_clock": either(
        seen("cases_concern", "seen.id = escalation_clock.subject_id"),
        seen("cases_case", "seen.id = escalation_clock.subject_id"),
    ),
    "escalation_steptaken": seen("escalation_clock", "seen.id = escalation_steptaken.clock_id"),
    "ledger_entry": SUBJECT,
    # coded facts are read by workers alone
    "ledger_detail": "false",
    "ledger_outbox": "(SELECT ed_holds('administrator'))",
}
# An auditor sees the triage of a case and its clocks, and not what was filed. Who looks after the
# house sees that clocks are behind, and a program those of which it may know.
CLOCKS_OF_OTHERS = either(
    seen("cases_triage", "seen.concern_id = escalation_clock.subject_id"),
    f"((SELECT ed_is_client()) OR (SELECT ed_holds('administrator'))) AND {UNWALLED}",
)
# A program is told of cases and clocks, and of nothing that hangs on them.
PEOPLE_ONLY = (
    f"AS RESTRICTIVE TO {OFFICE} USING ({AT_GATE} OR NOT (SELECT ed_is_client())"
    " OR (SELECT ed_receipt()) IS NOT NULL) WITH CHECK (true)"
)
CLOSED_TO_PROGRAMS = TABLES.keys() - {"escalation_clock"}
# the cleaner sees what is lent to it, and writes what it makes of it
LENT = """
    EXISTS (
        SELECT 1 FROM files_stream s JOIN files_loan l ON l.stream_id = s.id
        WHERE s.safe_id = safes_safe.id
    )
"""
CLEANER = {
    "safes_safe": f"FOR SELECT TO ed_cleaner USING ({LENT})",
    "safes_sealed": "FOR INSERT TO ed_cleaner WITH CHECK (true)",
    "ledger_entry": "FOR INSERT TO ed_cleaner WITH CHECK (true)",
    "ledger_detail": "FOR INSERT TO ed_cleaner WITH CHECK (true)",
}
# these had row security for the cleaner's sake alone
OPEN_BEFORE = ("files_stream", "files_chunk", "files_loan")
EVERYBODY = "ed_web, ed_speak, ed_worker, ed_owner"


def closed(table: str, reach: str) -> str:
    """Return the SQL that closes a table to all but those whom `reach` names."""
    is_closed_to_programs = table in CLOSED_TO_PROGRAMS
    forced = f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    """
    return f"""
        {f"DROP POLICY everybody ON {table};" if table in OPEN_BEFORE else forced}
        CREATE POLICY machines ON {table} TO {MACHINES} USING (true) WITH CHECK (true);
        CREATE POLICY reach ON {table} TO {OFFICE} USING ({reach}) WITH CHECK (true);
        {f"CREATE POLICY people_only ON {table} {PEOPLE_ONLY};" if is_closed_to_programs else ""}
        {f"CREATE POLICY cleaner ON {table} {CLEANER[table]};" if table in CLEANER else ""}
    """


def opened(table: str) -> str:
    """Return the SQL that undoes `closed`."""
    everybody = f"CREATE POLICY everybody ON {table} TO {EVERYBODY} USING (true) WITH CHECK (true);"
    unforced = f"""
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
    """
    return f"""
        {f"DROP POLICY cleaner ON {table};" if table in CLEANER else ""}
        DROP POLICY IF EXISTS people_only ON {table};
        DROP POLICY reach ON {table};
        DROP POLICY machines ON {table};
        {everybody if table in OPEN_BEFORE else unforced}
    """


# A number would have to be asked back from a row that its writer may not see yet, and would tell
# everybody how many there are.
MEMBER_KEY = """
ALTER TABLE cases_member ALTER COLUMN id DROP IDENTITY;
ALTER TABLE cases_member ALTER COLUMN id TYPE uuid USING gen_random_uuid();
"""
MEMBER_KEY_BEFORE = """
ALTER TABLE cases_member DROP COLUMN id;
ALTER TABLE cases_member ADD COLUMN id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_walls"),
        ("escalation", "0001_initial"),
        ("files", "0002_row_security"),
        ("ledger", "0001_initial"),
        ("people", "0004_walls"),
        ("safes", "0003_erasures"),
    ]
    operations = [
        migrations.RunSQL(
            MEMBER_KEY,
            MEMBER_KEY_BEFORE,
            state_operations=[
                migrations.AlterField(
                    "member",
                    "id",
                    models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False),
                )
            ],
        ),
        *(migrations.RunSQL(forward, backward) for forward, backward in FUNCTIONS),
        *(
            migrations.RunSQL(
                f"ALTER POLICY {policy} ON {table} USING ({now})",
                f"ALTER POLICY {policy} ON {table} USING ({before})",
            )
            for policy, table, now, before in ALTERED
        ),
        *(
            migrations.RunSQL(closed(table, reach), opened(table))
            for table, reach in TABLES.items()
        ),
        migrations.RunSQL(
            f"CREATE POLICY people_only ON cases_identityrequest {PEOPLE_ONLY}",
            "DROP POLICY people_only ON cases_identityrequest",
        ),
        migrations.RunSQL(
            f"CREATE POLICY others ON escalation_clock TO ed_web USING ({CLOCKS_OF_OTHERS})"
            " WITH CHECK (true)",
            "DROP POLICY others ON escalation_clock",
        ),
        # it asks at the gate: whoever decides does not see who holds what
        pgtrigger.migrations.RemoveTrigger(
            model_name="identityrequest",
            name="apart",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="identityrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="apart",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."decided_by_id" IS NOT NULL)',
                    declare="DECLARE was text DEFAULT coalesce(current_setting('ed.gate', true), '');",
                    func="\n    IF TG_OP = 'UPDATE' AND OLD.decided_by_id IS NOT DISTINCT FROM NEW.decided_by_id THEN\n        RETURN NEW;\n    END IF;\n    PERFORM set_config('ed.gate', 'open', true);\n    IF EXISTS (\n        SELECT 1 FROM safes_grant g\n        WHERE g.person_id = NEW.decided_by_id AND (\n            g.safe_id = NEW.safe_id\n            OR g.safe_id IN (SELECT holder_safe_id FROM safes_grant WHERE safe_id = NEW.safe_id)\n        )\n    ) THEN\n        RAISE EXCEPTION 'whoever decides holds a key to the concern' USING ERRCODE = '23514';\n    END IF;\n    PERFORM set_config('ed.gate', was, true);\n    RETURN NEW;\n",
                    hash="e8a0886bb921d2eca713830778dfafb234efdfd9",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_apart_e37f3",
                    table="cases_identityrequest",
                    when="BEFORE",
                ),
            ),
        ),
    ]
