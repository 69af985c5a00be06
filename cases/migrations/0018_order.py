"""Everybody on a team has a place in the order of lists, and who is on a team is asked by the row.

The policies of cases and concerns asked for the set of all cases on whose team somebody ever was,
in each query anew: that is what a page among many cases took. They ask the one row now. That was a
circle (0010), which is cut on its other side: a member who is not yours is asked for by a function.
See docs/adr/0037.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# -- where each case stands, beside whoever is on it -------------------------------------------

FILL = """
UPDATE cases_member SET is_open = c.status = 'open', urgency = c.urgency,
    next_due_at = c.next_due_at, closed_at = c.closed_at, ref = c.ref,
    category_id = c.category_id, unit_id = c.unit_id
FROM cases_case c WHERE c.id = cases_member.case_id
"""
# processes of the release before bring people in while a house is upgraded, and name no such column
DEFAULTS = """
ALTER TABLE cases_member ALTER COLUMN is_open SET DEFAULT true,
    ALTER COLUMN urgency SET DEFAULT 2, ALTER COLUMN ref SET DEFAULT '';
"""

# -- who is on a team ---------------------------------------------------------------------------

SEES = """
CREATE FUNCTION ed_sees_case(one uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM cases_case seen WHERE seen.id = one);
END $$;
CREATE FUNCTION ed_sees_concern(one uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM cases_concern seen WHERE seen.id = one);
END $$;
"""
SEES_BEFORE = "DROP FUNCTION ed_sees_concern(uuid); DROP FUNCTION ed_sees_case(uuid);"
# what a clock runs on beside concerns and cases: seldom, so it need not be planned with every list
ASKED = """
    WHEN '{kind}' THEN RETURN EXISTS (SELECT 1 FROM {table} seen WHERE seen.id = one);
"""
SUBJECTS = {
    "task": "cases_task",
    "request": "cases_identityrequest",
    "original": "cases_originalrequest",
}
SEES_SUBJECT = """
CREATE FUNCTION ed_sees_subject(kind text, one uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE kind {asked} ELSE RETURN false;
    END CASE;
END $$;
""".format(asked="".join(ASKED.format(kind=kind, table=of) for kind, of in SUBJECTS.items()))
TEAM_CASES = """
CREATE FUNCTION ed_team_cases() RETURNS SETOF uuid LANGUAGE plpgsql STABLE ROWS 100 AS $$
DECLARE was text := coalesce(current_setting('ed.gate', true), '');
BEGIN
    PERFORM set_config('ed.gate', 'open', true);
    RETURN QUERY SELECT m.case_id FROM cases_member m
        WHERE m.person_id = ed_person() AND m.left_at IS NULL;
    PERFORM set_config('ed.gate', was, true);
END $$;
"""
# What somebody is on, and no wall hides, is theirs; of all else the case itself is asked.
MEMBER = """
    (SELECT ed_at_gate())
    OR (
        person_id = (SELECT ed_person()) AND left_at IS NULL
        AND (SELECT ed_behind()) IS NOT NULL AND case_id NOT IN (SELECT ed_walled_cases())
    )
    OR ed_sees_case(case_id)
"""
MEMBER_BEFORE = """
    (SELECT ed_at_gate())
    OR EXISTS (SELECT 1 FROM cases_case seen WHERE seen.id = cases_member.case_id)
"""
# Each list asks whether a wall stands before a row, and few do: what is asked of a wall is planned
# once a connection, and no more with every list.
WALL = """
    (SELECT ed_at_gate())
    OR (concern_id IS NOT NULL AND ed_sees_concern(concern_id))
    OR (case_id IS NOT NULL AND ed_sees_case(case_id))
"""
WALL_BEFORE = """
    (SELECT ed_at_gate())
    OR EXISTS (SELECT 1 FROM cases_concern seen WHERE seen.id = cases_wall.concern_id)
    OR EXISTS (SELECT 1 FROM cases_case seen WHERE seen.id = cases_wall.case_id)
"""
# OFFSET 0: or else the set of all their cases is made for every list again, however short it is
ON_TEAM = """
    EXISTS (
        SELECT 1 FROM cases_member m
        WHERE m.person_id = (SELECT ed_person()) AND m.case_id = {case} AND m.left_at IS NULL
        OFFSET 0
    )
"""
CASE = """
    (SELECT ed_holds('head'))
    OR (SELECT ed_is_client())
    OR {on_team}
    OR id IN (SELECT ed_given_cases())
    OR ((SELECT ed_receipt()) IS NOT NULL AND id IN (SELECT ed_receipt_cases()))
"""
CONCERN = """
    locator = (SELECT ed_receipt())
    OR (status <> 'draft' AND (
        (SELECT ed_holds('head'))
        OR (status = 'received' AND (SELECT ed_holds('officer')))
        OR owner_id = (SELECT ed_person())
        OR handed_to_id = (SELECT ed_person())
        OR {on_team}
        OR (case_id IS NOT NULL AND (SELECT ed_is_client()))
    ))
"""


SUBJECT = "EXISTS (SELECT 1 FROM {} seen WHERE seen.id = escalation_clock.subject_id OFFSET 0)"
CLOCK = """
    subject_kind = 'policy'
    OR (subject_kind = 'concern' AND {concern})
    OR (subject_kind = 'case' AND {case})
    OR {others}
""".format(
    concern=SUBJECT.format("cases_concern"),
    case=SUBJECT.format("cases_case"),
    others="{others}",
)
CLOCK_NOW = CLOCK.format(
    others="(subject_kind IN ('task', 'request', 'original')"
    " AND ed_sees_subject(subject_kind, subject_id))"
)
CLOCK_BEFORE = CLOCK.format(
    others=" OR ".join(
        f"(subject_kind = '{kind}' AND {SUBJECT.format(of)})" for kind, of in SUBJECTS.items()
    )
)


def reach(member: str, wall: str, clock: str, case: str, concern: str) -> str:
    """Return the SQL that sets the policies; `case` and `concern` ask who is on a team."""
    return f"""
        ALTER POLICY reach ON cases_member USING ({member});
        ALTER POLICY reach ON cases_wall USING ({wall});
        ALTER POLICY reach ON escalation_clock USING ({clock});
        ALTER POLICY reach ON cases_case USING ({CASE.format(on_team=case)});
        ALTER POLICY reach ON cases_concern USING ({CONCERN.format(on_team=concern)});
    """


NOW = reach(
    MEMBER,
    WALL,
    CLOCK_NOW,
    ON_TEAM.format(case="cases_case.id"),
    ON_TEAM.format(case="cases_concern.case_id"),
)
BEFORE = reach(
    MEMBER_BEFORE,
    WALL_BEFORE,
    CLOCK_BEFORE,
    "id IN (SELECT ed_team_cases())",
    "case_id IN (SELECT ed_team_cases())",
)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0017_clients"),
        ("people", "0015_gaps_account_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="member",
            name="is_open",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="member",
            name="next_due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="member",
            name="ref",
            field=models.CharField(default="", max_length=16),
        ),
        migrations.AddField(
            model_name="member",
            name="urgency",
            field=models.PositiveSmallIntegerField(
                choices=[(1, "Low"), (2, "Normal"), (3, "High"), (4, "Someone may be in danger")],
                default=2,
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="category",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.category",
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="unit",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.unit",
            ),
        ),
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                models.F("person"),
                models.OrderBy(models.F("urgency"), descending=True),
                models.OrderBy(models.F("next_due_at"), nulls_last=True),
                models.OrderBy(models.F("ref"), descending=True),
                condition=models.Q(("is_open", True), ("left_at", None)),
                name="cases_member_by_need",
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=models.Q(("is_open", False), ("left_at", None)),
                fields=["person", "-closed_at", "-ref"],
                name="cases_member_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=models.Q(("is_open", True), ("left_at", None)),
                fields=["person", "-since"],
                name="cases_member_since",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="case",
            trigger=pgtrigger.compiler.Trigger(
                name="keeps_places",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."next_due_at" IS DISTINCT FROM (NEW."next_due_at") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."urgency" IS DISTINCT FROM (NEW."urgency"))',
                    declare="DECLARE was text DEFAULT coalesce(current_setting('ed.gate', true), '');",
                    func="\n    PERFORM set_config('ed.gate', 'open', true);\n    IF (NEW.status, NEW.urgency, NEW.closed_at, NEW.category_id, NEW.unit_id) IS NOT DISTINCT FROM\n            (OLD.status, OLD.urgency, OLD.closed_at, OLD.category_id, OLD.unit_id) THEN\n        UPDATE cases_member SET next_due_at = NEW.next_due_at\n        WHERE case_id = NEW.id AND left_at IS NULL;\n    ELSE\n        UPDATE cases_member SET is_open = NEW.status = 'open', urgency = NEW.urgency,\n            next_due_at = NEW.next_due_at, closed_at = NEW.closed_at,\n            category_id = NEW.category_id, unit_id = NEW.unit_id\n        WHERE case_id = NEW.id AND left_at IS NULL;\n    END IF;\n    PERFORM set_config('ed.gate', was, true);\n    RETURN NULL;\n",
                    hash="c9878770111a92572df8ee9c973a54456be99964",
                    operation="UPDATE",
                    pgid="pgtrigger_keeps_places_99514",
                    table="cases_case",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="member",
            trigger=pgtrigger.compiler.Trigger(
                name="takes_place",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE stands record;",
                    func="\n    SELECT c.status, c.urgency, c.next_due_at, c.closed_at, c.ref, c.category_id, c.unit_id\n    INTO stands FROM cases_case c WHERE c.id = NEW.case_id;\n    IF FOUND THEN\n        NEW.is_open = stands.status = 'open';\n        NEW.urgency = stands.urgency;\n        NEW.next_due_at = stands.next_due_at;\n        NEW.closed_at = stands.closed_at;\n        NEW.ref = stands.ref;\n        NEW.category_id = stands.category_id;\n        NEW.unit_id = stands.unit_id;\n    END IF;\n    RETURN NEW;\n",
                    hash="02c490807ea9a7495c66124ab0c5b66e0d36e9ee",
                    operation="INSERT",
                    pgid="pgtrigger_takes_place_aabcf",
                    table="cases_member",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(SEES, SEES_BEFORE),
        migrations.RunSQL(SEES_SUBJECT, "DROP FUNCTION ed_sees_subject(text, uuid)"),
        migrations.RunSQL(NOW, BEFORE),
        migrations.RunSQL("DROP FUNCTION ed_team_cases()", TEAM_CASES),
    ]
