"""What people were told at milestones, and by when they hear again."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

# Whoever sees a case sees what its parties were told, whoever sees a concern what its reporter was;
# with a receipt, what they were told and nothing that waits. No program does.
CLOSED = """
ALTER TABLE cases_telling ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases_telling FORCE ROW LEVEL SECURITY;
CREATE POLICY machines ON cases_telling TO ed_worker, ed_watchdog, ed_owner
    USING (true) WITH CHECK (true);
CREATE POLICY reach ON cases_telling TO ed_web USING (
    (SELECT ed_person()) IS NOT NULL
    AND EXISTS (SELECT 1 FROM cases_case seen WHERE seen.id = cases_telling.case_id)
) WITH CHECK (true);
CREATE POLICY of_concern ON cases_telling TO ed_web, ed_speak USING (
    ((SELECT ed_person()) IS NOT NULL OR cases_telling.state = 'told')
    AND EXISTS (SELECT 1 FROM cases_concern seen WHERE seen.id = cases_telling.concern_id)
) WITH CHECK (true);
CREATE POLICY people_only ON cases_telling AS RESTRICTIVE TO ed_web, ed_speak
    USING (NOT (SELECT ed_is_client()) OR (SELECT ed_receipt()) IS NOT NULL) WITH CHECK (true);
"""
OPENED = """
DROP POLICY people_only ON cases_telling;
DROP POLICY of_concern ON cases_telling;
DROP POLICY reach ON cases_telling;
DROP POLICY machines ON cases_telling;
ALTER TABLE cases_telling NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cases_telling DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0040_slips"),
        ("policies", "0006_scripts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                    ("response", "Answer of whom it is about"),
                    ("interview", "Interview"),
                    ("approve_telling", "Read what is to be told"),
                    ("tell", "Tell somebody, as promised"),
                    ("authorisation", "Answer whether the work may go on"),
                    ("approve_terms", "Decide on terms of reference"),
                    ("plan_step", "Step of the plan"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Telling",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "milestone",
                    models.CharField(
                        choices=[
                            ("acknowledged", "We have it"),
                            ("begun", "It is being looked into"),
                            ("update", "How it goes"),
                            ("delay", "It takes longer"),
                            ("hearing", "They are to be heard"),
                            ("outcome", "What came of it"),
                            ("closed", "It is closed"),
                            ("reopened", "It is taken up again"),
                        ],
                        max_length=14,
                    ),
                ),
                ("is_changed", models.BooleanField(default=False)),
                ("needs_approval", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for another person"),
                            ("approved", "Approved, and to be told"),
                            ("told", "Told"),
                            ("refused", "Sent back"),
                            ("withdrawn", "Taken back"),
                            ("waived", "Not told"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("declined", "They do not want to hear of it"),
                            ("unreachable", "They cannot be reached"),
                            ("not_yet", "They may not be told yet"),
                            ("harm", "It would put somebody in danger"),
                            ("nothing", "Nothing of it concerns them any more"),
                        ],
                        max_length=12,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "means",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("here", "Their own channel here"),
                            ("letter", "A letter"),
                            ("email", "E-mail"),
                            ("phone", "By telephone"),
                            ("in_person", "In person"),
                            ("trusted", "Through somebody they trust"),
                        ],
                        max_length=10,
                    ),
                ),
                ("told_on", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
                ("kept_on", models.DateField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tellings",
                        to="cases.case",
                    ),
                ),
                (
                    "concern",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tellings",
                        to="cases.concern",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="telling",
                        to="cases.message",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tellings",
                        to="cases.party",
                    ),
                ),
                (
                    "promise",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="promised_in",
                        to="cases.task",
                    ),
                ),
                (
                    "script",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.script",
                    ),
                ),
                (
                    "task",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="telling",
                        to="cases.task",
                    ),
                ),
                (
                    "told_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case"], name="cases_telling_case"),
                    models.Index(fields=["concern"], name="cases_telling_concern"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("case", None), ("concern__isnull", False), ("party", None)),
                            models.Q(
                                ("case__isnull", False), ("concern", None), ("party__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="cases_telling_to_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("needs_approval", False),
                            models.Q(("state__in", ["approved", "told"]), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("made_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="cases_telling_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "told"),
                                ("told_by__isnull", False),
                                ("told_on__isnull", False),
                                models.Q(("means", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "told"), _negated=True),
                                ("kept_on", None),
                                ("means", ""),
                                ("promise", None),
                                ("told_by", None),
                                ("told_on", None),
                            ),
                            _connector="OR",
                        ),
                        name="cases_telling_told_on_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("script", None),
                                ("state", "waived"),
                                models.Q(("why", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "waived"), _negated=True),
                                ("script__isnull", False),
                                ("why", ""),
                            ),
                            _connector="OR",
                        ),
                        name="cases_telling_or_why_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", False),
                            models.Q(("kept_on", None), ("promise", None)),
                            _connector="OR",
                        ),
                        name="cases_telling_promises_a_day",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("waiting", "approved"))),
                        fields=("concern", "milestone"),
                        name="cases_telling_reporter_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("waiting", "approved"))),
                        fields=("party", "milestone"),
                        name="cases_telling_party_once",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="telling",
            trigger=pgtrigger.compiler.Trigger(
                name="ended",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state NOT IN ('waiting', 'approved'))",
                    func="\n    IF to_jsonb(NEW) - 'case_id' - 'kept_on' = to_jsonb(OLD) - 'case_id' - 'kept_on' AND (EXISTS (\n        SELECT 1 FROM cases_case c WHERE c.id = OLD.case_id AND c.part_of_id = NEW.case_id\n    ) OR NEW.case_id IS NOT DISTINCT FROM OLD.case_id) THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;\n",
                    hash="bc769292f6b95f4ccf32b6b9e498c167b578f35c",
                    operation="UPDATE",
                    pgid="pgtrigger_ended_1bf5a",
                    table="cases_telling",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="telling",
            trigger=pgtrigger.compiler.Trigger(
                name="goes_on_record",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NOT EXISTS (SELECT 1 FROM safes_erasure e WHERE NOT e.is_finished AND (e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_case c WHERE c.id = OLD.case_id) OR e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_concern c WHERE c.id = OLD.concern_id))) THEN\n        RAISE EXCEPTION 'it is erased on record, or not at all';\n    END IF;\n    RETURN OLD;\n",
                    hash="383ba2a2621de85764a8cc6c604b62b3a1dd50e5",
                    operation="DELETE",
                    pgid="pgtrigger_goes_on_record_1403f",
                    table="cases_telling",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(CLOSED, OPENED),
    ]
