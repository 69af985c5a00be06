"""How many of those who were asked have read a policy, for whoever asks them."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from common.asking import at_the_gate
from policies.models import Acknowledgement
from policies.rules import Coverage, Line, protected


@transaction.atomic
def coverage(campaigns: Collection[UUID]) -> dict[UUID, Coverage]:
    """Return the figures of each campaign: one query for all, and no row of anybody.

    Whoever asks sees no acknowledgement but their own, so it is counted at the gate.
    """
    kept = Acknowledgement.objects.kept().filter(campaign__in=campaigns)
    counted = kept.values("campaign", "unit__code", "unit__name").annotate(
        asked=Count("pk"), done=Count("pk", filter=Q(done_at__isnull=False))
    )
    lines: dict[UUID, list[Line]] = defaultdict(list)
    with at_the_gate():
        for row in counted:
            code, name = row["unit__code"] or "", row["unit__name"] or "Without a unit"
            lines[row["campaign"]].append(Line(code, name, row["asked"], row["done"]))
    return {pk: protected(lines[pk]) for pk in campaigns}
