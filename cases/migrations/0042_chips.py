"""Keep more filters with a view, and read the cases of one category from an index."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0041_telling"),
        ("people", "0016_forms_scopes"),
        ("safes", "0004_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="savedview",
            name="cases_savedview_once",
        ),
        migrations.AddField(
            model_name="savedview",
            name="age",
            field=models.CharField(
                blank=True,
                choices=[
                    ("7", "7 days and more"),
                    ("30", "30 days and more"),
                    ("90", "90 days and more"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="due",
            field=models.CharField(
                blank=True,
                choices=[
                    ("over", "Clock run out"),
                    ("soon", "Due in 48 h"),
                    ("none", "No clock runs"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="is_unread",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="savedview",
            name="urgency",
            field=models.PositiveSmallIntegerField(
                choices=[(1, "Low"), (2, "Normal"), (3, "High"), (4, "Someone may be in danger")],
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="whose",
            field=models.CharField(
                blank=True,
                choices=[("mine", "Mine"), ("nobody", "Nobody's yet")],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.F("category"),
                models.OrderBy(models.F("urgency"), descending=True),
                models.OrderBy(models.F("next_due_at"), nulls_last=True),
                models.OrderBy(models.F("ref"), descending=True),
                condition=models.Q(("status", "open")),
                name="cases_case_category_by_need",
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                models.F("person"),
                models.F("category"),
                models.OrderBy(models.F("urgency"), descending=True),
                models.OrderBy(models.F("next_due_at"), nulls_last=True),
                models.OrderBy(models.F("ref"), descending=True),
                condition=models.Q(("is_open", True), ("left_at", None)),
                name="cases_member_category_by_need",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                fields=(
                    "person",
                    "show",
                    "category",
                    "channel",
                    "unit",
                    "urgency",
                    "due",
                    "age",
                    "is_unread",
                    "whose",
                ),
                name="cases_savedview_once",
                nulls_distinct=False,
            ),
        ),
    ]
