"""The catalogue of indicators, and the signs it begins with."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import migrations, models


# The first catalogue: code, sign, why it matters, source, urgency (1 low to 4 danger), what to do.
# The office changes it in the browser, one person proposing and another publishing.
FIRST = [
    (
        "violence",
        "Violence, or fear of it at any moment",
        "Whoever is hurt or expects to be cannot wait for a decision of ours.",
        "ILO, Indicators of forced labour (2012): violence",
        4,
        ["call_emergency", "pause_work", "safe_contact"],
    ),
    (
        "threat",
        "Somebody is threatened",
        "A threat of harm, loss or exposure takes a free choice away, and may be carried out.",
        "ILO, Indicators of forced labour (2012): intimidation and threats",
        3,
        ["pause_work", "safe_contact"],
    ),
    (
        "condition",
        "Something they need depends on saying yes",
        "Pay, care or a place that is given only for a yes makes the yes worth little.",
        "Belmont Report (1979), part C.1: voluntariness",
        3,
        ["authorise", "intermediary"],
    ),
    (
        "abrupt_change",
        "They changed suddenly",
        "A sudden change of mind, mood or habit without a reason of its own may have one of others.",
        "Care and support statutory guidance (England), chapter 14",
        2,
        ["second_person"],
    ),
    (
        "consent_differs",
        "What they agree to does not hold together",
        "An answer that changes with the day or with who is in the room may not be their own.",
        "Declaration of Helsinki (2013), paragraph 26",
        3,
        ["pause_work", "second_person"],
    ),
    (
        "wishes_overridden",
        "What they had written down is passed over",
        "Wishes that were set down in time are there for the moment in which others decide.",
        "UN Convention on the Rights of Persons with Disabilities, article 12(4)",
        3,
        ["pause_work", "authorise"],
    ),
    (
        "isolation",
        "They are kept away from others",
        "Whoever sees nobody else can ask nobody for help, and nobody sees what happens.",
        "ILO, Indicators of forced labour (2012): isolation",
        3,
        ["second_person", "safe_contact"],
    ),
    (
        "spoken_for",
        "Somebody always answers for them",
        "Nobody knows what they want as long as they are not heard alone.",
        "Care and support statutory guidance (England), chapter 14",
        2,
        ["intermediary", "safe_contact"],
    ),
    (
        "papers_or_money",
        "Somebody else holds their money or papers",
        "Without papers or money they cannot leave, whatever they are told they may do.",
        "ILO, Indicators of forced labour (2012): retention of identity documents",
        3,
        ["intermediary", "safe_contact"],
    ),
    (
        "debt",
        "A debt ties them to whoever asks",
        "A debt that cannot be paid off makes every later request an order.",
        "ILO, Indicators of forced labour (2012): debt bondage",
        3,
        ["intermediary"],
    ),
    (
        "fear",
        "They fear one person",
        "Fear of somebody by name says who must not be near, and that more may lie behind it.",
        "Home Office (UK), Controlling or coercive behaviour: statutory guidance (2023)",
        3,
        ["safe_contact", "second_person"],
    ),
    (
        "secrecy",
        "They were told to keep it to themselves",
        "Whoever asks for silence knows that others would say no.",
        "Home Office (UK), Controlling or coercive behaviour: statutory guidance (2023)",
        2,
        ["safe_contact"],
    ),
    (
        "no_time",
        "They have to decide at once",
        "Without time to think and to ask somebody, an agreement is hardly one.",
        "Belmont Report (1979), part C.1: comprehension",
        2,
        ["pause_work"],
    ),
    (
        "gifts",
        "Gifts or favours go with the request",
        "What is given at the right moment is expected to be given back.",
        "ISO 37001:2016, 8.7",
        2,
        ["authorise"],
    ),
    (
        "retaliation",
        "Harm is hinted at for speaking up",
        "Whoever pays for speaking will not speak again, and others see it.",
        "Directive (EU) 2019/1937, article 19",
        3,
        ["safe_contact"],
    ),
    (
        "dependence",
        "They depend on whoever asks",
        "Whoever needs the one who asks, for work, care or marks, can hardly refuse.",
        "Declaration of Helsinki (2013), paragraph 27",
        2,
        ["intermediary"],
    ),
    (
        "asked_again",
        "They said no, and are asked again",
        "A no that is not taken as one becomes pressure with every time.",
        "ICH E6(R2), 4.8.3",
        3,
        ["pause_work", "authorise"],
    ),
]


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's signature
    """Write the first version of each."""
    at = datetime(2026, 11, 22, tzinfo=UTC)
    indicator = apps.get_model("policies", "Indicator")
    indicator.objects.bulk_create(
        indicator(
            code=code, n=1, position=position, label=label, why=why, source=source,
            urgency=urgency, remedies=remedies, state="published", made_at=at, decided_at=at,
        )
        for position, (code, label, why, source, urgency, remedies) in enumerate(FIRST, start=1)
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0004_acks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Indicator",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("code", models.SlugField(max_length=40)),
                ("n", models.PositiveIntegerField()),
                ("position", models.PositiveSmallIntegerField()),
                ("label", models.CharField(max_length=120)),
                ("why", models.CharField(max_length=300)),
                ("source", models.CharField(max_length=160)),
                (
                    "urgency",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Low"),
                            (2, "Normal"),
                            (3, "High"),
                            (4, "Someone may be in danger"),
                        ]
                    ),
                ),
                (
                    "remedies",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("pause_work", "Pause the work"),
                                ("authorise", "Let a supervisor authorise what goes on"),
                                ("intermediary", "Bring in a neutral intermediary"),
                                ("second_person", "Let nobody meet them alone"),
                                ("safe_contact", "Reach them by a safe way only"),
                                ("call_emergency", "Call the emergency services"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("is_offered", models.BooleanField(default=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for a second person"),
                            ("published", "Published"),
                            ("dropped", "Dropped"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("code", "n"), name="policies_indicator_n"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("code",),
                        name="policies_indicator_one_waits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(("decided_by", None), ("made_by", None)),
                            models.Q(
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("made_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="policies_indicator_published_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("state", "proposed")),
                            models.Q(
                                models.Q(("state", "proposed"), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="policies_indicator_decided_at_some_time",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="published",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"state\" = 'published')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="54c823e4e626515f82a1709fcd3d1c35ef0a11bc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_published_e66b4",
                    table="policies_indicator",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
