"""A promise names a path, and a clock that starts takes the version that is newest then."""

import django.db.models.deletion
from django.db import migrations, models

PATHS = """
ALTER TABLE policies_promise DISABLE TRIGGER USER;
UPDATE policies_promise p SET named_id = v.path_id
FROM escalation_pathversion v WHERE v.id = p.path_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE policies_promise ENABLE TRIGGER USER;
"""
VERSIONS = """
ALTER TABLE policies_promise DISABLE TRIGGER USER;
UPDATE policies_promise p SET path_id = (
    SELECT v.id FROM escalation_pathversion v
    WHERE v.path_id = p.named_id AND v.state = 'published' ORDER BY v.n DESC LIMIT 1
);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE policies_promise ENABLE TRIGGER USER;
"""


def named(to: str, *, null: bool) -> "models.ForeignKey[object, object]":
    """Return the field that names a path, or a version of one."""
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, to=f"escalation.{to}", null=null
    )


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_initial"), ("escalation", "0005_paths")]
    operations = [
        migrations.AddField("promise", "named", named("path", null=True)),
        # so that the way back finds a column that may be empty
        migrations.AlterField("promise", "path", named("pathversion", null=True)),
        migrations.RunSQL(PATHS, VERSIONS),
        migrations.RemoveField("promise", "path"),
        migrations.RenameField("promise", "named", "path"),
        migrations.AlterField("promise", "path", named("path", null=False)),
    ]
