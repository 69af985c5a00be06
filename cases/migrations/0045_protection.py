"""Who is protected: the risk for each, check-ins, what makes it good; a link that nobody said."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

# whoever sees the case, or the concern of a reporter, sees it, and no program does
CLOSED = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY machines ON {table} TO ed_worker, ed_watchdog, ed_owner
    USING (true) WITH CHECK (true);
CREATE POLICY reach ON {table} TO ed_web USING (
    (SELECT ed_person()) IS NOT NULL
    AND EXISTS (SELECT 1 FROM cases_case seen WHERE seen.id = {table}.case_id OFFSET 0)
) WITH CHECK (true);
CREATE POLICY area ON {table} AS RESTRICTIVE TO ed_web
    USING (case_id IS NULL OR case_id NOT IN (SELECT ed_kept_cases('support')))
    WITH CHECK (true);
"""
OPENED = """
DROP POLICY area ON {table};
DROP POLICY reach ON {table};
DROP POLICY machines ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
OF_REPORTERS = """
CREATE POLICY of_concern ON {table} TO {who} USING (
    {asks}
    EXISTS (SELECT 1 FROM cases_concern seen WHERE seen.id = {table}.concern_id OFFSET 0)
) WITH CHECK (true);
"""
NOT_OF_REPORTERS = "DROP POLICY of_concern ON {table};"
PEOPLE_ONLY = """
CREATE POLICY people_only ON {table} AS RESTRICTIVE TO ed_web, ed_speak
    USING (NOT (SELECT ed_is_client()) OR (SELECT ed_receipt()) IS NOT NULL) WITH CHECK (true);
"""
ANYBODY = "DROP POLICY people_only ON {table};"
BY_PERSON = "(SELECT ed_person()) IS NOT NULL AND"


def closed(table: str, *, reporters: str = "", asks: str = "") -> migrations.RunSQL:
    """Return row security for a table; `reporters`: who sees what is of a reporter."""
    forward, back = [CLOSED.format(table=table)], [OPENED.format(table=table)]
    if reporters:
        forward.append(OF_REPORTERS.format(table=table, who=reporters, asks=asks))
        back.insert(0, NOT_OF_REPORTERS.format(table=table))
    forward.append(PEOPLE_ONLY.format(table=table))
    back.insert(0, ANYBODY.format(table=table))
    return migrations.RunSQL("".join(forward), "".join(back))


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0044_people_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "since",
                    models.CharField(
                        choices=[
                            ("report", "Since it was told"),
                            ("closing", "Since it was closed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("due_on", models.DateField()),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no", "Nothing has happened"),
                            ("yes", "Something has happened"),
                            ("unreached", "They could not be reached"),
                        ],
                        max_length=10,
                    ),
                ),
                ("answered_on", models.DateField(null=True)),
                (
                    "asking",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("here", "Their own channel here"),
                            ("phone", "By telephone"),
                            ("in_person", "In person"),
                            ("email", "By e-mail, at a private address"),
                            ("trusted", "Through somebody they trust"),
                            ("not", "They do not want to be asked"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(null=True)),
                ("called_off_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Remedy",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reinstated", "They have their work or contract back"),
                            ("transfer", "A transfer or other work is taken back"),
                            ("record", "A warning or appraisal is taken out or corrected"),
                            ("pay", "Pay, bonus or rank is given back"),
                            ("compensation", "What they lost or suffered is compensated"),
                            ("apology", "Somebody apologises to them"),
                            ("stopped", "What was threatened or begun is stopped"),
                            ("support", "They are supported, as they wish"),
                            ("other", "Something else"),
                        ],
                        max_length=12,
                    ),
                ),
                ("due_on", models.DateField()),
                ("at", models.DateTimeField()),
                ("done_on", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RetaliationRisk",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "point",
                    models.CharField(
                        choices=[
                            ("report", "When it was told"),
                            ("begun", "When the investigation begins"),
                            ("during", "While it is worked on"),
                            ("outcome", "At the outcome"),
                            ("after", "After closing"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "signs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("threatened", "They were threatened, or made to pay before"),
                                ("is_manager", "Whom it is about decides on their work"),
                                ("is_known", "Whom it is about knows who told it"),
                                ("inferred", "Who told it can be guessed: few people knew"),
                                (
                                    "insecure",
                                    "Their contract is temporary, or their stay depends on it",
                                ),
                                ("small_unit", "They work closely together, in a small unit"),
                                (
                                    "powerful",
                                    "Whom it is about has much power or many friends here",
                                ),
                                ("alone", "They have nobody here to turn to"),
                                ("hostile", "Others take sides against them"),
                            ],
                            max_length=12,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("low", "Low"), ("medium", "Medium"), ("high", "High")],
                        max_length=10,
                    ),
                ),
                (
                    "asking",
                    models.CharField(
                        choices=[
                            ("here", "Their own channel here"),
                            ("phone", "By telephone"),
                            ("in_person", "In person"),
                            ("email", "By e-mail, at a private address"),
                            ("trusted", "Through somebody they trust"),
                            ("not", "They do not want to be asked"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AlterField(
            model_name="link",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("by__isnull", False),
                    models.Q(("concern__isnull", False), ("kind", "retaliation")),
                    _connector="OR",
                ),
                name="cases_link_said_by_somebody",
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="case",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="check_ins",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="concern",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="check_ins",
                to="cases.concern",
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="party",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="check_ins",
                to="cases.party",
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="task",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="check_in",
                to="cases.task",
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="remedies",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="done_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="task",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="remedy", to="cases.task"
            ),
        ),
        migrations.AddField(
            model_name="retaliationrisk",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="retaliationrisk",
            name="case",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="risks",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="retaliationrisk",
            name="concern",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="risks",
                to="cases.concern",
            ),
        ),
        migrations.AddField(
            model_name="retaliationrisk",
            name="party",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="risks",
                to="cases.party",
            ),
        ),
        migrations.AddIndex(
            model_name="checkin",
            index=models.Index(fields=["case"], name="cases_checkin_case"),
        ),
        migrations.AddIndex(
            model_name="checkin",
            index=models.Index(fields=["concern"], name="cases_checkin_concern"),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case", None), ("concern__isnull", False), ("party", None)),
                    models.Q(("case__isnull", False), ("concern", None), ("party__isnull", False)),
                    _connector="OR",
                ),
                name="cases_checkin_of_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_on", None), ("at", None)),
                    models.Q(
                        models.Q(("answer", ""), _negated=True), ("answered_on__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="cases_checkin_answered_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("at", None), ("by", None)),
                    models.Q(("at__isnull", False), ("by__isnull", False)),
                    _connector="OR",
                ),
                name="cases_checkin_recorded_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.UniqueConstraint(
                condition=models.Q(("at", None), ("called_off_at", None), ("task__isnull", False)),
                fields=("concern",),
                name="cases_checkin_reporter_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.UniqueConstraint(
                condition=models.Q(("at", None), ("called_off_at", None), ("task__isnull", False)),
                fields=("party",),
                name="cases_checkin_party_once",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checkin",
            trigger=pgtrigger.compiler.Trigger(
                name="recorded",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.at IS NOT NULL OR OLD.called_off_at IS NOT NULL)",
                    func="\n    IF to_jsonb(NEW) - 'case_id' = to_jsonb(OLD) - 'case_id' AND (EXISTS (\n        SELECT 1 FROM cases_case c WHERE c.id = OLD.case_id AND c.part_of_id = NEW.case_id\n    ) OR false) THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;\n",
                    hash="4de04bc3f076c8de43e41ae112df292fe95b01d1",
                    operation="UPDATE",
                    pgid="pgtrigger_recorded_11467",
                    table="cases_checkin",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checkin",
            trigger=pgtrigger.compiler.Trigger(
                name="goes_on_record",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NOT EXISTS (SELECT 1 FROM safes_erasure e WHERE NOT e.is_finished AND (e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_case c WHERE c.id = OLD.case_id) OR e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_concern c WHERE c.id = OLD.concern_id))) THEN\n        RAISE EXCEPTION 'it is erased on record, or not at all';\n    END IF;\n    RETURN OLD;\n",
                    hash="b173880994db0be6c0525de0396c254a96754e50",
                    operation="DELETE",
                    pgid="pgtrigger_goes_on_record_5e14d",
                    table="cases_checkin",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="remedy",
            index=models.Index(fields=["case"], name="cases_remedy_case"),
        ),
        migrations.AddConstraint(
            model_name="remedy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_by", None), ("done_on", None)),
                    models.Q(("done_by__isnull", False), ("done_on__isnull", False)),
                    _connector="OR",
                ),
                name="cases_remedy_done_by_somebody",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="remedy",
            trigger=pgtrigger.compiler.Trigger(
                name="kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.done_on IS NOT NULL)",
                    func="\n    IF to_jsonb(NEW) - 'case_id' = to_jsonb(OLD) - 'case_id' AND (EXISTS (\n        SELECT 1 FROM cases_case c WHERE c.id = OLD.case_id AND c.part_of_id = NEW.case_id\n    ) OR false) THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;\n",
                    hash="c978b9c4c85c32c0c273f2806bd6b8815b36024f",
                    operation="UPDATE",
                    pgid="pgtrigger_kept_5be07",
                    table="cases_remedy",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="remedy",
            trigger=pgtrigger.compiler.Trigger(
                name="goes_on_record",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NOT EXISTS (SELECT 1 FROM safes_erasure e WHERE NOT e.is_finished AND (e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_case c WHERE c.id = OLD.case_id))) THEN\n        RAISE EXCEPTION 'it is erased on record, or not at all';\n    END IF;\n    RETURN OLD;\n",
                    hash="3369bf8254287a31979db4dce707ece1cff3b3e0",
                    operation="DELETE",
                    pgid="pgtrigger_goes_on_record_dbee4",
                    table="cases_remedy",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="retaliationrisk",
            index=models.Index(fields=["case"], name="cases_risk_case"),
        ),
        migrations.AddIndex(
            model_name="retaliationrisk",
            index=models.Index(fields=["concern"], name="cases_risk_concern"),
        ),
        migrations.AddConstraint(
            model_name="retaliationrisk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case", None), ("concern__isnull", False), ("party", None)),
                    models.Q(("case__isnull", False), ("concern", None), ("party__isnull", False)),
                    _connector="OR",
                ),
                name="cases_risk_of_somebody",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="retaliationrisk",
            trigger=pgtrigger.compiler.Trigger(
                name="signed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF to_jsonb(NEW) - 'case_id' = to_jsonb(OLD) - 'case_id' AND (EXISTS (\n        SELECT 1 FROM cases_case c WHERE c.id = OLD.case_id AND c.part_of_id = NEW.case_id\n    ) OR false) THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;\n",
                    hash="b516442b3474efc823581d91b590babbe3024d1f",
                    operation="UPDATE",
                    pgid="pgtrigger_signed_a85d1",
                    table="cases_retaliationrisk",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="retaliationrisk",
            trigger=pgtrigger.compiler.Trigger(
                name="goes_on_record",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NOT EXISTS (SELECT 1 FROM safes_erasure e WHERE NOT e.is_finished AND (e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_case c WHERE c.id = OLD.case_id) OR e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_concern c WHERE c.id = OLD.concern_id))) THEN\n        RAISE EXCEPTION 'it is erased on record, or not at all';\n    END IF;\n    RETURN OLD;\n",
                    hash="3c52d879250a18553049ab0e13ade92c8847e40a",
                    operation="DELETE",
                    pgid="pgtrigger_goes_on_record_ea441",
                    table="cases_retaliationrisk",
                    when="BEFORE",
                ),
            ),
        ),
        # what the office weighed is never seen with a receipt; when they are asked, is
        closed("cases_retaliationrisk", reporters="ed_web", asks=BY_PERSON),
        closed("cases_checkin", reporters="ed_web, ed_speak"),
        closed("cases_remedy"),
    ]
