"""Lines, ties and delegations, and how row security learns whose walls stand before who asks.

`ed.behind` and `ed.behind_until` are two arrays that belong together: a blind index, and the last
day on which its cause held. Both are NULL where nobody said who asks.
"""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION ed_behind() RETURNS bytea[] LANGUAGE sql STABLE
    RETURN NULLIF(current_setting('ed.behind', true), '')::bytea[];
CREATE FUNCTION ed_behind_until() RETURNS date[] LANGUAGE sql STABLE
    RETURN NULLIF(current_setting('ed.behind_until', true), '')::date[];
"""
# nobody knows since when: for ever
TODAYS_LINE = """
INSERT INTO people_reportingline (id, person_id, manager_id, since)
SELECT gen_random_uuid(), id, manager_id, '0001-01-01' FROM people_person
WHERE manager_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_signin"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recheck",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("accepted_on", models.DateField(null=True)),
                (
                    "delegate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stands_in",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="delegations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("delegate")), _negated=True),
                        name="people_delegation_is_to_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="people_delegation_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportingLine",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                (
                    "manager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)),
                        fields=("person",),
                        name="people_reportingline_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="people_reportingline_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tie",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                (
                    "about",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ties",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)),
                        fields=("person", "about"),
                        name="people_tie_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("about")), _negated=True),
                        name="people_tie_is_with_another",
                    ),
                ],
            },
        ),
        migrations.RunSQL(TODAYS_LINE, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, "DROP FUNCTION ed_behind_until(); DROP FUNCTION ed_behind();"),
    ]
