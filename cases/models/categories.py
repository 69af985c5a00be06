"""What concerns are about, and what of them is deleted on record alone."""

from collections.abc import Sequence

import pgtrigger
from django.db import models

from safes.models import only_on_record

# a signed record goes with its case, and never alone
ITS_CASE = "e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_case c WHERE c.id = OLD.case_id)"
ITS_CONCERN = (
    "e.safes @> (SELECT ARRAY[k.safe_id] FROM cases_concern k WHERE k.id = OLD.concern_id)"
)
WITH_ITS_CASE = only_on_record(ITS_CASE)


# what is signed stays as it is. It goes along with its case where that becomes a part of another
FOLLOWS = """
    IF to_jsonb(NEW) - 'case_id' = to_jsonb(OLD) - 'case_id' AND (EXISTS (
        SELECT 1 FROM cases_case c WHERE c.id = OLD.case_id AND c.part_of_id = NEW.case_id
    ) OR OTHERWISE) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;
"""


def signed(
    name: str = "signed",
    *,
    when: pgtrigger.Condition | None = None,
    otherwise: str = "false",
    beside: Sequence[str] = (),
) -> pgtrigger.Trigger:
    """Return a trigger that keeps a row as it was signed, whatever case it follows.

    `when` says from when on; `otherwise` is SQL that says where else it may go along, `beside`
    which columns may change with that.
    """
    along = "".join(f" - '{column}'" for column in ("case_id", *beside))
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=when,
        func=FOLLOWS.replace(" - 'case_id'", along).replace("OTHERWISE", otherwise),
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
