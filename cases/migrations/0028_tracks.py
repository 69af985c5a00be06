"""How a case is worked, and what is kept of coaching and mediation."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


# whoever sees the case sees how it is worked and that sessions were held; programs see none of it
TABLES = ("cases_trackchange", "cases_meeting", "cases_agreement")
CLOSE = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY machines ON {table} TO ed_worker, ed_watchdog, ed_owner
    USING (true) WITH CHECK (true);
CREATE POLICY reach ON {table} TO ed_web, ed_speak
    USING (EXISTS (SELECT 1 FROM cases_case seen WHERE seen.id = {table}.case_id))
    WITH CHECK (true);
CREATE POLICY people_only ON {table} AS RESTRICTIVE TO ed_web, ed_speak
    USING (NOT (SELECT ed_is_client())) WITH CHECK (true);
"""
OPEN = """
DROP POLICY people_only ON {table};
DROP POLICY reach ON {table};
DROP POLICY machines ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
CLOSED = "".join(CLOSE.format(table=table) for table in TABLES)
OPENED = "".join(OPEN.format(table=table) for table in TABLES)
# what has a phase is investigated; of the rest nothing else is known than that it is not
KNOWN = "UPDATE cases_case SET track = 'investigation' WHERE phase <> 'none'"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0027_entrances"),
        ("people", "0016_forms_scopes"),
        ("safes", "0004_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("advice", "Advice"),
                            ("coaching", "Coaching"),
                            ("mediation", "Mediation"),
                            ("investigation", "Investigation"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "agreed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("reporter", "Whoever told it"),
                                ("subject", "Whom it is about"),
                                ("affected", "Affected"),
                                ("supervisor", "A supervisor"),
                                ("guide", "A coach or mediator"),
                                ("other", "Somebody else"),
                            ],
                            max_length=12,
                        ),
                        size=None,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("advice", "Advice"),
                            ("coaching", "Coaching"),
                            ("mediation", "Mediation"),
                            ("investigation", "Investigation"),
                        ],
                        max_length=14,
                    ),
                ),
                ("held_on", models.DateField()),
                (
                    "present",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("reporter", "Whoever told it"),
                                ("subject", "Whom it is about"),
                                ("affected", "Affected"),
                                ("supervisor", "A supervisor"),
                                ("guide", "A coach or mediator"),
                                ("other", "Somebody else"),
                            ],
                            max_length=12,
                        ),
                        size=None,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TrackChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("advice", "Advice"),
                            ("coaching", "Coaching"),
                            ("mediation", "Mediation"),
                            ("investigation", "Investigation"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "track",
                    models.CharField(
                        choices=[
                            ("advice", "Advice"),
                            ("coaching", "Coaching"),
                            ("mediation", "Mediation"),
                            ("investigation", "Investigation"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "power",
                    models.CharField(
                        choices=[
                            ("not_asked", "Not looked at yet"),
                            ("equal", "No"),
                            ("unequal", "Yes"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("needed", "An investigation is needed"),
                            ("graver", "It is graver than it looked"),
                            ("unequal", "One depends on the other"),
                            ("wished", "Those concerned ask for it"),
                            ("failed", "It was tried, and did not help"),
                            ("not_needed", "No investigation is needed"),
                            ("mistake", "It was chosen by mistake"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="power",
            field=models.CharField(
                choices=[("not_asked", "Not looked at yet"), ("equal", "No"), ("unequal", "Yes")],
                default="not_asked",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="track",
            field=models.CharField(
                choices=[
                    ("advice", "Advice"),
                    ("coaching", "Coaching"),
                    ("mediation", "Mediation"),
                    ("investigation", "Investigation"),
                ],
                default="advice",
                max_length=14,
            ),
        ),
        migrations.AddField(
            model_name="triage",
            name="power",
            field=models.CharField(
                choices=[("not_asked", "Not looked at yet"), ("equal", "No"), ("unequal", "Yes")],
                default="not_asked",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="triage",
            name="track",
            field=models.CharField(
                blank=True,
                choices=[
                    ("advice", "Advice"),
                    ("coaching", "Coaching"),
                    ("mediation", "Mediation"),
                    ("investigation", "Investigation"),
                ],
                default="",
                max_length=14,
            ),
        ),
        migrations.AlterField(
            model_name="task",
            name="kind",
            field=models.CharField(
                choices=[
                    ("task", "Task"),
                    ("safeguard_review", "Review of safeguards"),
                    ("check_in", "Check-in"),
                    ("referral", "Referral"),
                    ("corrective_action", "Corrective action"),
                    ("flag_review", "Review of a red flag"),
                    ("approve_closing", "Decide on a closing"),
                    ("follow_up", "Follow-up of an agreement"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("track", "investigation"), ("phase", "none"), _connector="XOR"),
                name="cases_case_investigated_in_phases",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("track", "mediation"), _negated=True),
                    ("power", "equal"),
                    _connector="OR",
                ),
                name="cases_case_mediates_between_equals",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="follow_up",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements",
                to="cases.task",
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="meetings",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="trackchange",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="trackchange",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="track_changes",
                to="cases.case",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                fields=("case", "version"), name="cases_agreement_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["coaching", "mediation"])),
                name="cases_agreement_coaches_or_mediates",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreement",
            trigger=pgtrigger.compiler.Trigger(
                name="signed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="c31613dbd09bd8f1521c43c637c412cc1db277c8",
                    operation="UPDATE",
                    pgid="pgtrigger_signed_88035",
                    table="cases_agreement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreement",
            trigger=pgtrigger.compiler.Trigger(
                name="goes_on_record",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NOT EXISTS (SELECT 1 FROM safes_erasure e WHERE NOT e.is_finished AND (e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_case c WHERE c.id = OLD.case_id))) THEN\n        RAISE EXCEPTION 'it is erased on record, or not at all';\n    END IF;\n    RETURN OLD;\n",
                    hash="065febb6265b6a1ee534035d510265c98c90af8d",
                    operation="DELETE",
                    pgid="pgtrigger_goes_on_record_8759e",
                    table="cases_agreement",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["case", "held_on"], name="cases_meeting_case"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["coaching", "mediation"])),
                name="cases_meeting_coaches_or_mediates",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meeting",
            trigger=pgtrigger.compiler.Trigger(
                name="signed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="1b0d2c46dbe5e18cbc948be6227f96ee91d1e858",
                    operation="UPDATE",
                    pgid="pgtrigger_signed_3b319",
                    table="cases_meeting",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meeting",
            trigger=pgtrigger.compiler.Trigger(
                name="goes_on_record",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NOT EXISTS (SELECT 1 FROM safes_erasure e WHERE NOT e.is_finished AND (e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_case c WHERE c.id = OLD.case_id))) THEN\n        RAISE EXCEPTION 'it is erased on record, or not at all';\n    END IF;\n    RETURN OLD;\n",
                    hash="56041926292685db4e095486cb01d1ea1413847b",
                    operation="DELETE",
                    pgid="pgtrigger_goes_on_record_9521c",
                    table="cases_meeting",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="trackchange",
            index=models.Index(fields=["case", "at"], name="cases_trackchange_case"),
        ),
        migrations.AddConstraint(
            model_name="trackchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("track", "mediation"), _negated=True),
                    ("power", "equal"),
                    _connector="OR",
                ),
                name="cases_trackchange_mediates_between_equals",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trackchange",
            trigger=pgtrigger.compiler.Trigger(
                name="signed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="8fca2031f6c2d73901e47de6f6aefb4d0b6ecc7e",
                    operation="UPDATE",
                    pgid="pgtrigger_signed_5f395",
                    table="cases_trackchange",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trackchange",
            trigger=pgtrigger.compiler.Trigger(
                name="goes_on_record",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NOT EXISTS (SELECT 1 FROM safes_erasure e WHERE NOT e.is_finished AND (e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_case c WHERE c.id = OLD.case_id))) THEN\n        RAISE EXCEPTION 'it is erased on record, or not at all';\n    END IF;\n    RETURN OLD;\n",
                    hash="c810b13134596c458b0e3c9f0d750e6f37ceac2e",
                    operation="DELETE",
                    pgid="pgtrigger_goes_on_record_5e89f",
                    table="cases_trackchange",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(CLOSED, OPENED),
    ]
