"""What concerns are about, and what of them is deleted on record alone."""

from django.db import models

from safes.models import only_on_record

# a signed record goes with its case, and never alone
WITH_ITS_CASE = only_on_record(
    "e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_case c WHERE c.id = OLD.case_id)"
)


ON_RECORD = only_on_record("OLD.safe_id = ANY (e.safes)")


class Category(models.Model):
    """What a concern is about; the site's own."""

    code = models.SlugField(primary_key=True)
    label = models.CharField(max_length=80)
    hint = models.CharField(max_length=160, blank=True)
    is_grave = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Privacy:
        plain = {"code", "label", "hint", "is_grave", "is_active", "position"}

    def __str__(self) -> str:
        return self.label
