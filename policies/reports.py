"""How many of those who were asked have read a version of a policy, for whoever asks them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from common.asking import at_the_gate
from policies.models import Acknowledgement
from policies.rules import Coverage, protected
from policies.rules.coverage import Unit, released


@transaction.atomic
def coverage(versions: Collection[int], *, now: datetime) -> dict[int, Coverage]:
    """Return the figures of each version: one query for all, and no row of anybody.

    Whoever was asked and what was read since the week began is counted from the next one on: of
    figures of two moments whoever joined in between could be told.

    All campaigns for a version count together, also whoever left or is asked no more: else what is
    told of one could be taken from what is told of another, and an end would make everything read.
    Whoever asks sees no acknowledgement but their own, so it is counted at the gate.
    """
    until = released(now)
    each = Acknowledgement.objects.of_each().filter(version__in=versions, asked_at__lt=until)
    counted = (
        Acknowledgement.objects.filter(pk__in=each.values("pk"))
        .values("version", "unit__code", "unit__name")
        .annotate(asked=Count("pk"), done=Count("pk", filter=Q(done_at__lt=until)))
    )
    units: dict[int, list[Unit]] = defaultdict(list)
    with at_the_gate():
        for row in counted:
            code, name = row["unit__code"] or "", row["unit__name"] or "Without a unit"
            units[row["version"]].append(Unit(code, name, row["asked"], row["done"]))
    return {pk: protected(units[pk]) for pk in versions}
