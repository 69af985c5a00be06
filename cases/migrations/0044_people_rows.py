"""Row security by function: nothing after the end of a guest's time, and no area but one's own.

Few see less of a case than whoever investigates it: their cases are asked for once a statement,
from an index of such places alone. See docs/adr/0053.
"""

from django.db import migrations

# whoever worked on a case before functions were goes on as they did
KEEP = """
UPDATE cases_member SET areas = CASE function
        WHEN 'lead' THEN ARRAY['core', 'concerns', 'evidence', 'support', 'legal']
        ELSE ARRAY['core', 'concerns', 'evidence', 'support']
    END
"""
# processes of the release before bring people in while a house is upgraded, and name no such column
DEFAULTS = """
ALTER TABLE cases_member
    ALTER COLUMN areas SET DEFAULT ARRAY['core', 'concerns', 'evidence', 'support']
"""

# The cases of which somebody may not see an area. An approver is kept away by gate
# and keys alone: what they decide is written to reporters, whose rows the act has to find.
KEPT = """
CREATE FUNCTION ed_kept_cases(area text) RETURNS SETOF uuid LANGUAGE plpgsql STABLE ROWS 1 AS $$
DECLARE was text := coalesce(current_setting('ed.gate', true), '');
BEGIN
    PERFORM set_config('ed.gate', 'open', true);
    RETURN QUERY SELECT m.case_id FROM cases_member m
        WHERE m.person_id = ed_person() AND m.left_at IS NULL
        AND NOT m.areas @> ARRAY['core', 'concerns', 'evidence', 'support']::varchar(10)[]
        AND NOT area = ANY (m.areas) AND m.function <> 'approver'
        AND (m.until IS NULL OR m.until > statement_timestamp());
    PERFORM set_config('ed.gate', was, true);
END $$;
"""
# Asked of few rows: of what most of a team may not see, and planned once a connection.
SEES_AREA = """
CREATE FUNCTION ed_sees_area(one uuid, area text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM cases_member m
        WHERE m.person_id = ed_person() AND m.case_id = one AND m.left_at IS NULL
        AND (m.until IS NULL OR m.until > statement_timestamp())
        AND area = ANY (m.areas)
    );
END $$;
CREATE FUNCTION ed_sees_compartment(one uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM cases_compartment seen WHERE seen.safe_id = one);
END $$;
"""
MINE = """
    EXISTS (
        SELECT 1 FROM cases_member m
        WHERE m.person_id = (SELECT ed_person()) AND m.case_id = {case} AND m.left_at IS NULL
        {let_in}
        OFFSET 0
    )
"""
LET_IN = "AND (m.until IS NULL OR m.until > statement_timestamp())"
HEARS = f"{LET_IN} AND ('concerns' = ANY (m.areas) OR m.function = 'approver')"
CASE = """
    (SELECT ed_holds('head'))
    OR (SELECT ed_is_client())
    OR {on_team}
    OR id IN (SELECT ed_given_cases())
    OR ((SELECT ed_receipt()) IS NOT NULL AND id IN (SELECT ed_receipt_cases()))
""".format(on_team=MINE.format(case="cases_case.id", let_in=LET_IN))
CASE_BEFORE = """
    (SELECT ed_holds('head'))
    OR (SELECT ed_is_client())
    OR {on_team}
    OR id IN (SELECT ed_given_cases())
    OR ((SELECT ed_receipt()) IS NOT NULL AND id IN (SELECT ed_receipt_cases()))
""".format(on_team=MINE.format(case="cases_case.id", let_in=""))
CONCERN = """
    locator = (SELECT ed_receipt())
    OR (status <> 'draft' AND (
        (
            (
                (SELECT ed_holds('head'))
                OR (status = 'received' AND (SELECT ed_holds('officer')))
                OR owner_id = (SELECT ed_person())
                OR handed_to_id = (SELECT ed_person())
            )
            AND (case_id IS NULL OR case_id NOT IN (SELECT ed_kept_cases('concerns')))
        )
        OR {on_team}
        OR (case_id IS NOT NULL AND (SELECT ed_is_client()))
    ))
""".format(on_team=MINE.format(case="cases_concern.case_id", let_in=HEARS))
CONCERN_BEFORE = """
    locator = (SELECT ed_receipt())
    OR (status <> 'draft' AND (
        (SELECT ed_holds('head'))
        OR (status = 'received' AND (SELECT ed_holds('officer')))
        OR owner_id = (SELECT ed_person())
        OR handed_to_id = (SELECT ed_person())
        OR {on_team}
        OR (case_id IS NOT NULL AND (SELECT ed_is_client()))
    ))
""".format(on_team=MINE.format(case="cases_concern.case_id", let_in=""))
MEMBER = """
    (SELECT ed_at_gate())
    OR (
        person_id = (SELECT ed_person()) AND left_at IS NULL {until}
        AND (SELECT ed_behind()) IS NOT NULL AND case_id NOT IN (SELECT ed_walled_cases())
    )
    OR ed_sees_case(case_id)
"""
SET_POLICIES = """
    ALTER POLICY reach ON cases_case USING ({case});
    ALTER POLICY reach ON cases_concern USING ({concern});
    ALTER POLICY reach ON cases_member USING ({member});
"""
NOW = SET_POLICIES.format(
    case=CASE,
    concern=CONCERN,
    member=MEMBER.format(until="AND (until IS NULL OR until > statement_timestamp())"),
)
BEFORE = SET_POLICIES.format(
    case=CASE_BEFORE, concern=CONCERN_BEFORE, member=MEMBER.format(until="")
)

OFFICE = "ed_web, ed_speak"
KEPT_FROM = "case_id NOT IN (SELECT ed_kept_cases('{area}'))"


def _of_kinds(area: str, kinds: str) -> str:
    return f"(document NOT IN ({kinds}) OR {KEPT_FROM.format(area=area)})"


# the area of every row of these tables
OF_AREA = {
    "cases_exhibit": "evidence",
    "cases_custody": "evidence",
    "cases_bears": "evidence",
    "cases_interview": "evidence",
    "cases_minutes": "evidence",
    "cases_reply": "evidence",
    "cases_statement": "evidence",
    "cases_safeguard": "support",
    "cases_authorisation": "support",
}
CLOSED = {table: KEPT_FROM.format(area=area) for table, area in OF_AREA.items()} | {
    "cases_attachment": "case_id IS NULL OR " + KEPT_FROM.format(area="evidence"),
    "cases_note": "kind <> 'advice' OR ed_sees_area(case_id, 'legal')",
    # a copy lies where what it was made of does, a bundle tells of every area that stands on it
    "cases_redaction": _of_kinds("evidence", "'minutes', 'statement', 'file'")
    + " AND "
    + _of_kinds("concerns", "'concern', 'message'"),
    "cases_bundle": " AND ".join(
        f"('{area}' <> ALL (areas) OR {KEPT_FROM.format(area=area)})"
        for area in ("concerns", "evidence", "support")
    ),
}
CLOSE = "".join(
    f"""
    CREATE POLICY area ON {table} AS RESTRICTIVE TO {OFFICE} USING ({seen}) WITH CHECK (true);
    """
    for table, seen in CLOSED.items()
)
OPEN = "".join(f"DROP POLICY area ON {table};" for table in CLOSED)

# whoever is on the case sees the compartments of their areas; outside of the team those who see it
COMPARTMENT = """
ALTER TABLE cases_compartment ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases_compartment FORCE ROW LEVEL SECURITY;
CREATE POLICY machines ON cases_compartment TO ed_worker, ed_watchdog, ed_owner
    USING (true) WITH CHECK (true);
CREATE POLICY reach ON cases_compartment TO ed_web, ed_speak USING (
    (SELECT ed_at_gate())
    OR ed_sees_area(case_id, area)
    OR (
        ed_sees_case(case_id)
        AND NOT EXISTS (
            SELECT 1 FROM cases_member m
            WHERE m.person_id = (SELECT ed_person()) AND m.case_id = cases_compartment.case_id
            AND m.left_at IS NULL
            OFFSET 0
        )
    )
) WITH CHECK (true);
CREATE POLICY people_only ON cases_compartment AS RESTRICTIVE TO ed_web, ed_speak
    USING ((SELECT ed_at_gate()) OR NOT (SELECT ed_is_client())
        OR (SELECT ed_receipt()) IS NOT NULL) WITH CHECK (true);
"""
COMPARTMENT_BEFORE = """
DROP POLICY people_only ON cases_compartment;
DROP POLICY reach ON cases_compartment;
DROP POLICY machines ON cases_compartment;
ALTER TABLE cases_compartment NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cases_compartment DISABLE ROW LEVEL SECURITY;
"""
# a policy beside those that stand: a safe is seen by whoever sees its compartment
SAFES = {
    "safes_safe": "safes_safe.id",
    "safes_grant": "safes_grant.safe_id",
    "safes_missinggrant": "safes_missinggrant.safe_id",
    "safes_sealed": "safes_sealed.safe_id",
    # redacted copies and bundles of what was filed
    "files_stream": "files_stream.safe_id",
}
SEEN = "".join(
    f"""
    CREATE POLICY set_apart ON {table} TO {OFFICE}
        USING (ed_sees_compartment({safe})) WITH CHECK (true);
    """
    for table, safe in SAFES.items()
)
UNSEEN = "".join(f"DROP POLICY set_apart ON {table};" for table in SAFES)


class Migration(migrations.Migration):
    dependencies = [("cases", "0043_people"), ("files", "0003_order")]

    operations = [
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        migrations.RunSQL(
            KEPT + SEES_AREA,
            "DROP FUNCTION ed_sees_compartment(uuid); DROP FUNCTION ed_sees_area(uuid, text);"
            " DROP FUNCTION ed_kept_cases(text)",
        ),
        migrations.RunSQL(NOW, BEFORE),
        migrations.RunSQL(CLOSE, OPEN),
        migrations.RunSQL(COMPARTMENT, COMPARTMENT_BEFORE),
        migrations.RunSQL(SEEN, UNSEEN),
    ]
