"""Campaigns ask people to acknowledge a policy; who was asked is shown to themselves alone."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

# Whoever was asked sees their own row, and its clock; figures are counted at the gate.
CLOSED = """
ALTER TABLE policies_acknowledgement ENABLE ROW LEVEL SECURITY;
ALTER TABLE policies_acknowledgement FORCE ROW LEVEL SECURITY;
CREATE POLICY machines ON policies_acknowledgement TO ed_worker, ed_watchdog, ed_owner
    USING (true) WITH CHECK (true);
CREATE POLICY reach ON policies_acknowledgement TO ed_web
    USING (
        person_id = (SELECT ed_person())
        OR (SELECT NULLIF(current_setting('ed.gate', true), '') IS NOT NULL)
    )
    WITH CHECK (person_id = (SELECT ed_person()));
CREATE POLICY readers ON escalation_clock TO ed_web
    USING (subject_kind = 'acknowledgement' AND EXISTS (
        SELECT 1 FROM policies_acknowledgement seen
        WHERE seen.id = escalation_clock.subject_id OFFSET 0
    ));
"""
OPENED = """
DROP POLICY readers ON escalation_clock;
DROP POLICY reach ON policies_acknowledgement;
DROP POLICY machines ON policies_acknowledgement;
ALTER TABLE policies_acknowledgement NO FORCE ROW LEVEL SECURITY;
ALTER TABLE policies_acknowledgement DISABLE ROW LEVEL SECURITY;
"""
# What nobody has read is no danger to anybody: its path reminds, week by week, and alarms nobody.
# Nobody made it, so nobody else had to agree.
REMINDERS = """
DO $$
DECLARE path bigint; version bigint;
BEGIN
    IF EXISTS (SELECT 1 FROM escalation_path WHERE code = 'reading') THEN RETURN; END IF;
    INSERT INTO escalation_path (code, name) VALUES ('reading', 'Reading policies')
    RETURNING id INTO path;
    INSERT INTO escalation_pathversion (path_id, n, state, sent_back)
    VALUES (path, 1, 'draft', '') RETURNING id INTO version;
    INSERT INTO escalation_pathstep (version_id, n, anchor, "limit", given, does, role) VALUES
        (version, 1, 'before', '2d', 'always', 'remind', ''),
        (version, 2, 'after', '0d', 'always', 'remind', ''),
        (version, 3, 'after', '7d', 'always', 'remind', ''),
        (version, 4, 'after', '14d', 'always', 'remind', '');
    UPDATE escalation_pathversion SET state = 'published', published_at = now()
    WHERE id = version;
END $$;
INSERT INTO escalation_standard (kind, level, "limit", path_id)
SELECT kind, 0, '14d', p.id FROM escalation_path p, unnest(ARRAY['acknowledgement', 'campaign']) kind
WHERE p.code = 'reading';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0012_due"),
        ("policies", "0003_duties_key"),
        ("escalation", "0010_more_urgent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "units",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("officer", "Ethics officer"),
                                ("head", "Head of the ethics office"),
                                ("independent", "Independent person"),
                                ("custodian", "Identity custodian"),
                                ("leadership", "Leadership"),
                                ("auditor", "Auditor"),
                                ("administrator", "Administrator"),
                                ("policy_owner", "Policy owner"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("limit", models.CharField(max_length=24)),
                ("is_material", models.BooleanField()),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="policies.policy",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="policies.policyversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acknowledgements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.policyversion",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acknowledgements",
                        to="policies.campaign",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("policy",),
                name="policies_campaign_one_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("units", []), ("roles", []), _connector="OR"),
                name="policies_campaign_units_or_roles",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_by", None), ("ended_at__isnull", False), _connector="OR"
                ),
                name="policies_campaign_ended_has_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="acknowledgement",
            index=models.Index(
                condition=models.Q(("done_at", None), ("released_at", None)),
                fields=["campaign"],
                name="policies_acknowledgement_owed",
            ),
        ),
        migrations.AddConstraint(
            model_name="acknowledgement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("released_at", None)),
                fields=("person", "version"),
                name="policies_acknowledgement_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="acknowledgement",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_at", None), ("released_at", None), _connector="OR"),
                name="policies_acknowledgement_done_or_released",
            ),
        ),
        migrations.RunSQL(CLOSED, OPENED),
        # the way back leaves the path: clocks may have run on it, and a version is never deleted
        migrations.RunSQL(
            REMINDERS,
            "DELETE FROM escalation_standard WHERE kind IN ('acknowledgement', 'campaign')",
        ),
    ]
