"""The catalogue of scripts, and the texts it begins with."""

import uuid
from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

MILESTONES = [
    "acknowledged", "begun", "update", "delay", "hearing", "outcome", "closed", "reopened",
]  # fmt: skip
SAFE = "Nobody may punish you for this. If somebody does, or if you fear it, tell us at once."
HERE = "You can write to us here at any time."
# The first catalogue: to whom, when, who reads it before it goes, and the text. The office changes
# it in the browser, one person proposing and another publishing.
FIRST = [
    (
        "reporter",
        "acknowledged",
        "never",
        f"""Thank you. What you told us has arrived, and a person has read it.

We now look at what it needs and who is best placed to look after it.
You hear from us by {{until}}.

{SAFE} {HERE}""",
    ),
    (
        "reporter",
        "begun",
        "never",
        f"""We have begun to look into what you told us.

We speak with those who can know something of it, and we do not say that you told us.
You hear from us by {{until}}, also if there is nothing new to say by then.

{SAFE} {HERE}""",
    ),
    (
        "reporter",
        "update",
        "changed",
        """We are still working on what you told us.

[What was done so far, as far as it can be told, and what comes next.]

You hear from us by {until}.""",
    ),
    (
        "reporter",
        "delay",
        "changed",
        """It takes longer than we said. That is not because of anything you did or left out.

We go on working on it.
You hear from us by {until}.""",
    ),
    (
        "reporter",
        "outcome",
        "always",
        f"""We have come to the end of looking into what you told us.

[What was found, and what is done about it, as far as it can be told without exposing anybody.]

If you think that we missed something, tell us. {SAFE}
You hear from us by {{until}}.""",
    ),
    (
        "reporter",
        "closed",
        "changed",
        f"""What you told us is closed now. Thank you for having told us.

Your receipt still opens this page. {SAFE}""",
    ),
    (
        "reporter",
        "reopened",
        "changed",
        """We look again into what you told us, since something new has come to light.

You need not do anything.
You hear from us by {until}.""",
    ),
    (
        "affected",
        "begun",
        "changed",
        """We look into something that may concern you. Our reference is {reference}.

You have done nothing wrong. You need not speak with us, and you may have somebody with you if you do.
You hear from us by {until}.""",
    ),
    (
        "affected",
        "update",
        "changed",
        """We are still working on the matter that concerns you. Our reference is {reference}.

[What was done so far, as far as it can be told, and what comes next.]

You hear from us by {until}.""",
    ),
    (
        "affected",
        "delay",
        "changed",
        """The matter that concerns you takes longer than we said. Our reference is {reference}.

That is not because of anything you did. We go on working on it.
You hear from us by {until}.""",
    ),
    (
        "affected",
        "hearing",
        "changed",
        """We would like to hear from you about the matter that concerns you. Our reference is {reference}.

You decide whether, where and how: by telephone, in writing, or where you feel safe. You may bring somebody you trust.
You hear from us by {until}.""",
    ),
    (
        "affected",
        "outcome",
        "always",
        """We have come to the end of looking into the matter that concerns you. Our reference is {reference}.

[What was found, and what is done so that it does not happen again, as far as it can be told.]

If you need help, or if anything happens to you because of it, tell us at once.
You hear from us by {until}.""",
    ),
    (
        "affected",
        "closed",
        "changed",
        """The matter that concerned you is closed. Our reference is {reference}.

If anything happens to you because of it, tell us at once: we then look at it again.""",
    ),
    (
        "affected",
        "reopened",
        "changed",
        """We look again into the matter that concerned you. Our reference is {reference}.

You need not do anything.
You hear from us by {until}.""",
    ),
    (
        "subject",
        "hearing",
        "changed",
        """We look into something that concerns your work. Our reference is {reference}.

Nothing has been found. Before anything is, you are told what it is about and you can answer, and you may have somebody with you.
Please do not ask who spoke with us, and do nothing that anybody could take for pressure.
You hear from us by {until}.""",
    ),
    (
        "subject",
        "update",
        "changed",
        """We are still working on the matter that concerns your work. Our reference is {reference}.

[What comes next.]

You hear from us by {until}.""",
    ),
    (
        "subject",
        "delay",
        "changed",
        """The matter that concerns your work takes longer than we said. Our reference is {reference}.

Nothing has been found so far. We go on working on it.
You hear from us by {until}.""",
    ),
    (
        "subject",
        "outcome",
        "always",
        """We have come to the end of looking into the matter that concerns your work. Our reference is {reference}.

[What was found of each point that was put to you, on what it rests, and what follows from it.]

You can ask that it is looked at again, with your reasons.
Please do nothing that anybody could take for a punishment for having spoken.
You hear from us by {until}.""",
    ),
    (
        "subject",
        "closed",
        "changed",
        """The matter that concerned your work is closed. Our reference is {reference}.

Please do nothing that anybody could take for a punishment for having spoken.""",
    ),
    (
        "subject",
        "reopened",
        "changed",
        """We look again into the matter that concerned your work. Our reference is {reference}.

Before anything is found, you can answer to what is new.
You hear from us by {until}.""",
    ),
]


def seed(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's signature
    """Write the first version of each."""
    at = datetime(2026, 11, 23, tzinfo=UTC)
    script = apps.get_model("policies", "Script")
    script.objects.bulk_create(
        script(
            code=f"{audience}-{milestone}-en", n=1, audience=audience, milestone=milestone,
            language="en", position=MILESTONES.index(milestone), text=text, approval=approval,
            state="published", made_at=at, decided_at=at,
        )
        for audience, milestone, approval, text in FIRST
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0005_triage_indicators"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Script",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("code", models.SlugField()),
                ("n", models.PositiveIntegerField()),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("reporter", "The reporter"),
                            ("affected", "Somebody affected"),
                            ("subject", "Whom it is about"),
                        ],
                        max_length=10,
                    ),
                ),
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
                ("language", models.CharField(default="en", max_length=12)),
                ("position", models.PositiveSmallIntegerField()),
                ("text", models.TextField()),
                (
                    "approval",
                    models.CharField(
                        choices=[
                            ("never", "Nobody: whoever sends it signs it alone"),
                            ("changed", "Another person, where the text was changed"),
                            ("always", "Another person, always"),
                        ],
                        max_length=10,
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
                    models.UniqueConstraint(fields=("code", "n"), name="policies_script_n"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("code",),
                        name="policies_script_one_waits",
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
                        name="policies_script_published_by_another",
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
                        name="policies_script_decided_at_some_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("milestone", "outcome"), _negated=True),
                            ("approval", "always"),
                            _connector="OR",
                        ),
                        name="policies_script_outcome_by_two",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="script",
            trigger=pgtrigger.compiler.Trigger(
                name="published",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"state\" = 'published')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="4226eee1dc79a2463b0f044b1e62ea3c08f56cc2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_published_14c5a",
                    table="policies_script",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
