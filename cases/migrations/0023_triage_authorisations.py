"""Whether whoever answers for the work was asked if it may go on."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# whoever sees the case sees that it was asked; programs are told of none of it
CLOSED = """
ALTER TABLE cases_authorisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases_authorisation FORCE ROW LEVEL SECURITY;
CREATE POLICY machines ON cases_authorisation TO ed_worker, ed_watchdog, ed_owner
    USING (true) WITH CHECK (true);
CREATE POLICY reach ON cases_authorisation TO ed_web, ed_speak
    USING (EXISTS (SELECT 1 FROM cases_case seen WHERE seen.id = cases_authorisation.case_id))
    WITH CHECK (true);
CREATE POLICY people_only ON cases_authorisation AS RESTRICTIVE TO ed_web, ed_speak
    USING (NOT (SELECT ed_is_client())) WITH CHECK (true);
"""
OPENED = """
DROP POLICY people_only ON cases_authorisation;
DROP POLICY reach ON cases_authorisation;
DROP POLICY machines ON cases_authorisation;
ALTER TABLE cases_authorisation NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cases_authorisation DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0022_triage_risks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Authorisation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField()),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("waits", "Waits for an answer"),
                            ("granted", "Authorised"),
                            ("refused", "Refused"),
                            ("withdrawn", "Not needed any more"),
                        ],
                        default="waits",
                        max_length=10,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
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
                        related_name="authorisations",
                        to="cases.case",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="authorisation",
                        to="cases.task",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case"], name="cases_authorisation_case")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", "waits"), ("answered_at", None), ("answered_by", None)
                            ),
                            models.Q(
                                models.Q(("answer", "waits"), _negated=True),
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="cases_authorisation_answered_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("person", None),
                            models.Q(("person", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="cases_authorisation_asked_of_another",
                    ),
                ],
            },
        ),
        migrations.RunSQL(CLOSED, OPENED),
    ]
