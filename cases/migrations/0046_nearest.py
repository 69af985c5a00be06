"""The nearest clock is written down by a function, whose plans a connection keeps; see docs/adr/0055.

It works with the rights of whoever calls it, and so sees and changes what they may. Beside what
clocks run on in row security, planning it took ten times as long as doing it, at each act anew.
"""

from django.db import migrations

NEAREST = """
CREATE FUNCTION ed_retime(concerns uuid[], cases uuid[])
RETURNS TABLE (subject uuid, due timestamptz) LANGUAGE plpgsql VOLATILE AS $$
DECLARE one uuid;
BEGIN
    -- one by one: a plan for many at once is not kept
    FOREACH one IN ARRAY concerns LOOP
        RETURN QUERY UPDATE cases_concern SET next_due_at = (
            SELECT min(t.due_at) FROM escalation_clock t
            WHERE t.state IN ('running', 'breached') AND t.subject_id IN (
                SELECT one UNION ALL SELECT k.id FROM cases_task k WHERE k.concern_id = one
            )
        ) WHERE id = one RETURNING id, next_due_at;
    END LOOP;
    FOREACH one IN ARRAY cases LOOP
        RETURN QUERY UPDATE cases_case SET next_due_at = least(
            (
                SELECT min(t.due_at) FROM escalation_clock t
                WHERE t.state IN ('running', 'breached') AND t.subject_id IN (
                    SELECT one UNION ALL SELECT k.id FROM cases_task k WHERE k.case_id = one
                )
            ),
            (SELECT min(c.next_due_at) FROM cases_concern c WHERE c.case_id = one)
        ) WHERE id = one RETURNING id, next_due_at;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0045_protection"), ("escalation", "0014_paths_instead")]
    operations = [migrations.RunSQL(NEAREST, "DROP FUNCTION ed_retime(uuid[], uuid[])")]
