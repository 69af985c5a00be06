"""How concerns and cases stand to each other. Pure."""

from django.db.models import TextChoices


class LinkKind(TextChoices):
    """What one concern or case is to another."""

    RELATED = "related", "Related"
    DUPLICATE = "duplicate", "Duplicate of"
    SPLIT_FROM = "split_from", "Split from"
    RETALIATION = "retaliation", "Sign of retaliation in"
    UNRELATED = "unrelated", "Not related"


# what is said of one holds of the other as well
SYMMETRIC = frozenset({LinkKind.RELATED, LinkKind.UNRELATED})
# how it reads from the other end, where that is another word
FROM_THE_OTHER = {
    LinkKind.DUPLICATE: "Has a duplicate",
    LinkKind.SPLIT_FROM: "Was split: what was taken out",
    LinkKind.RETALIATION: "Has a sign of retaliation",
}
# what a person says; that something was split, splitting says
SAID = (LinkKind.RELATED, LinkKind.DUPLICATE, LinkKind.RETALIATION, LinkKind.UNRELATED)
