"""A bundle and a redacted copy are made for what stands in one list."""

from django.db import migrations, models

PURPOSES = [
    ("referral", "Referral to another body"),
    ("court", "Court or counsel"),
    ("regulator", "Regulator or other authority"),
    ("hand_over", "Hand-over to a colleague"),
    ("own_record", "The office's own record"),
    ("party", "A party to the case"),
    ("other", "Somebody else"),
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0048_taken_back")]

    operations = [
        migrations.AlterField(
            model_name="bundle",
            name="purpose",
            field=models.CharField(choices=PURPOSES, max_length=12),
        ),
        migrations.AlterField(
            model_name="redaction",
            name="purpose",
            field=models.CharField(choices=PURPOSES, max_length=10),
        ),
    ]
