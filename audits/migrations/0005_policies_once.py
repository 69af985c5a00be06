"""Let PostgreSQL plan what a policy asks once, and not twice, at every depth; see docs/adr/0055.

`EXISTS (SELECT …)` is planned as one look for each row, and again as a set of all rows that are seen.
What is asked has policies of its own, which are planned with it: four depths down, sixteen times.
`OFFSET 0` leaves the look for each row alone. It changes no answer.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ASKED = "EXISTS ("
ONCE = " OFFSET 0"
THEIRS = """
SELECT quote_ident(p.polname), p.polrelid::regclass::text, pg_get_expr(p.polqual, p.polrelid)
FROM pg_policy p WHERE pg_get_expr(p.polqual, p.polrelid) LIKE %s
"""


def asked_once(condition: str) -> str:
    """Return a policy's condition in which every `EXISTS (…)` ends with `OFFSET 0`."""
    begin = condition.rfind(ASKED)
    while begin >= 0:
        end, depth = begin + len(ASKED), 1
        while depth:
            depth += {"(": 1, ")": -1}.get(condition[end], 0)
            end += 1
        asks = condition[begin : end - 1].rstrip()
        if not asks.endswith(ONCE):
            condition = condition[:begin] + asks + ONCE + condition[end - 1 :]
        begin = condition.rfind(ASKED, 0, begin)
    return condition


def plan_once(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 - the signature is Django's
    """Say it in every policy that stands."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(THEIRS, [f"%{ASKED}%"])
        for policy, table, condition in cursor.fetchall():
            once = asked_once(condition)
            if once != condition:
                cursor.execute(f"ALTER POLICY {policy} ON {table} USING ({once})")


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0004_mend_reopened"),
        ("cases", "0046_nearest"),
        ("escalation", "0015_experts"),
        ("files", "0003_order"),
        ("people", "0017_experts"),
        ("policies", "0007_experts"),
        ("questionnaires", "0001_initial"),
        ("retention", "0004_rows"),
        ("safes", "0004_rows"),
    ]
    operations = [migrations.RunPython(plan_once, migrations.RunPython.noop)]
