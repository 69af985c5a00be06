"""The path that every house begins with: reminded at the limit, told a day later, handed over."""

from django.db import migrations

# the last reaches the independent person; nobody made it, so nobody else had to agree
STANDARD = """
DO $$
DECLARE path bigint; version bigint;
BEGIN
    IF EXISTS (SELECT 1 FROM escalation_path WHERE code = 'standard') THEN RETURN; END IF;
    INSERT INTO escalation_path (code, name) VALUES ('standard', 'Standard') RETURNING id INTO path;
    INSERT INTO escalation_pathversion (path_id, n, state, sent_back)
    VALUES (path, 1, 'draft', '') RETURNING id INTO version;
    INSERT INTO escalation_pathstep (version_id, n, anchor, "limit", given, does, role) VALUES
        (version, 1, 'after', '0d', 'always', 'remind', ''),
        (version, 2, 'after', '1d', 'always', 'notify', 'head'),
        (version, 3, 'after', '3d', 'always', 'hand_over', 'independent');
    UPDATE escalation_pathversion SET state = 'published', published_at = now()
    WHERE id = version;
END $$;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("escalation", "0005_paths")]
    operations = [migrations.RunSQL(STANDARD, migrations.RunSQL.noop)]
