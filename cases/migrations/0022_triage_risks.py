"""Signs that were marked, how triage weighed a concern, and what protects people."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


# whoever sees the case sees how it was weighed and what protects people; whoever sees the concern
# sees what was marked in it; programs are told of none of it
TABLES = {
    "cases_assessment": ("cases_case", "case_id"),
    "cases_safeguard": ("cases_case", "case_id"),
    "cases_mark": ("cases_concern", "concern_id"),
}
CLOSE = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY machines ON {table} TO ed_worker, ed_watchdog, ed_owner
    USING (true) WITH CHECK (true);
CREATE POLICY reach ON {table} TO ed_web, ed_speak
    USING (EXISTS (SELECT 1 FROM {of} seen WHERE seen.id = {table}.{column}))
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
CLOSED = "".join(
    CLOSE.format(table=table, of=of, column=column) for table, (of, column) in TABLES.items()
)
OPENED = "".join(OPEN.format(table=table) for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0021_casework"),
        ("policies", "0005_triage_indicators"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "likelihood",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Unlikely"),
                            (2, "Possible"),
                            (3, "Likely"),
                            (4, "All but certain"),
                        ]
                    ),
                ),
                (
                    "impact",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Minor"), (2, "Moderate"), (3, "Serious"), (4, "Grave")]
                    ),
                ),
                (
                    "consent",
                    models.CharField(
                        choices=[
                            ("not_yet", "Not reviewed yet"),
                            ("reviewed", "Reviewed"),
                            ("none", "There is none to review"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "committee",
                    models.CharField(
                        choices=[
                            ("not_asked", "Not asked"),
                            ("asked", "Asked"),
                            ("not_needed", "Not needed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("overrode", models.BooleanField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="cases.case",
                    ),
                ),
                (
                    "triage",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessment",
                        to="cases.triage",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "concern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="cases.concern",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.indicator",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Safeguard",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pause_work", "The work is paused"),
                            ("intermediary", "A neutral intermediary"),
                            ("second_person", "Nobody meets them alone"),
                            ("safe_contact", "A safe way to reach them"),
                            ("contact", "Somebody else is in contact"),
                            ("leave", "Leave, or another place of work"),
                            ("access", "Access taken from somebody"),
                            ("other", "Something else"),
                        ],
                        max_length=20,
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="safeguards",
                        to="cases.case",
                    ),
                ),
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
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="safeguard",
                        to="cases.task",
                    ),
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assessment",
            trigger=pgtrigger.compiler.Trigger(
                name="signed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="c725251b61c774c4d77e87a76a6002f72cdf2968",
                    operation="UPDATE",
                    pgid="pgtrigger_signed_57b4d",
                    table="cases_assessment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assessment",
            trigger=pgtrigger.compiler.Trigger(
                name="goes_on_record",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NOT EXISTS (SELECT 1 FROM safes_erasure e WHERE NOT e.is_finished AND (e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_case c WHERE c.id = OLD.case_id))) THEN\n        RAISE EXCEPTION 'it is erased on record, or not at all';\n    END IF;\n    RETURN OLD;\n",
                    hash="089eded21a1fa3761ef6945c804b8878844e5a25",
                    operation="DELETE",
                    pgid="pgtrigger_goes_on_record_de58d",
                    table="cases_assessment",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="mark",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_back_at", None)),
                fields=("concern", "indicator"),
                name="cases_mark_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="mark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_back_at", None), ("taken_back_by", None)),
                    models.Q(("taken_back_at__isnull", False), ("taken_back_by__isnull", False)),
                    _connector="OR",
                ),
                name="cases_mark_taken_back_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="safeguard",
            index=models.Index(fields=["case"], name="cases_safeguard_case"),
        ),
        migrations.AddConstraint(
            model_name="safeguard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", None)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="cases_safeguard_ended_by_somebody",
            ),
        ),
        migrations.RunSQL(CLOSED, OPENED),
    ]
