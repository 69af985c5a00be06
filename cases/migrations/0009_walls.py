"""Walls keep the subject alone, and its day; who is behind is asked of who comes (ADR 12).

Before somebody who did not say whose walls stand before them, everything is closed.
"""

from django.db import migrations, models

STANDS = """
    CASE WHEN (SELECT ed_person()) IS NULL AND NOT (SELECT ed_is_client()) THEN true
    ELSE (SELECT ed_behind()) IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM cases_wall w WHERE w.{kind}_id = cases_{kind}.id
        AND w.blind = ANY ((SELECT ed_behind())::bytea[])
        AND w.since <= ((SELECT ed_behind_until())::date[])[
            array_position((SELECT ed_behind())::bytea[], w.blind)
        ]
    ) END
"""
ASKED = """
    CASE WHEN (SELECT ed_person()) IS NULL AND NOT (SELECT ed_is_client()) THEN true
    ELSE (SELECT ed_behind()) IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM cases_wall w WHERE w.concern_id = cases_identityrequest.concern_id
        AND w.blind = ANY ((SELECT ed_behind())::bytea[])
        AND w.since <= ((SELECT ed_behind_until())::date[])[
            array_position((SELECT ed_behind())::bytea[], w.blind)
        ]
    ) END
"""
ASKED_BEFORE = """
    NOT EXISTS (
        SELECT 1 FROM cases_wall w WHERE w.concern_id = cases_identityrequest.concern_id
        AND w.blind = (SELECT ed_blind())
    )
"""
STOOD = """
    NOT EXISTS (
        SELECT 1 FROM cases_wall w
        WHERE w.{kind}_id = cases_{kind}.id AND w.blind = (SELECT ed_blind())
    )
"""
# rows that stood before go by the day of filing; a case by that of its oldest concern
SINCE = """
ALTER TABLE cases_wall DISABLE TRIGGER USER;
UPDATE cases_wall w SET since = coalesce(c.filed_on, '0001-01-01')
    FROM cases_concern c WHERE c.id = w.concern_id;
UPDATE cases_wall w SET since = coalesce(
    (SELECT min(c.filed_on) FROM cases_concern c WHERE c.case_id = w.case_id), '0001-01-01'
) WHERE w.case_id IS NOT NULL;
ALTER TABLE cases_wall ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_erasures"), ("people", "0004_walls")]
    operations = [
        migrations.AddField(
            model_name="wall",
            name="since",
            field=models.DateField(default="0001-01-01"),
            preserve_default=False,
        ),
        migrations.RunSQL(SINCE, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="wall",
            name="why",
            field=models.CharField(
                max_length=10,
                choices=[
                    ("subject", "It is about them"),
                    ("below", "They report to whom it is about"),
                    ("recused", "They stepped off"),
                ],
            ),
        ),
        migrations.AddIndex(
            model_name="wall", index=models.Index(fields=["blind"], name="cases_wall_blind")
        ),
        # references are in no order any more
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["-opened_at", "-ref"], name="cases_case_opened"),
        ),
        *(
            migrations.RunSQL(
                f"ALTER POLICY wall ON cases_{kind} USING ({STANDS.format(kind=kind)})",
                f"ALTER POLICY wall ON cases_{kind} USING ({STOOD.format(kind=kind)})",
            )
            for kind in ("concern", "case")
        ),
        migrations.RunSQL(
            f"ALTER POLICY wall ON cases_identityrequest USING ({ASKED})",
            f"ALTER POLICY wall ON cases_identityrequest USING ({ASKED_BEFORE})",
        ),
    ]
