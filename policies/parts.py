"""What policies promise, for the pages of escalation paths."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from common.days import day_of
from escalation.parts import Use
from escalation.rules.kinds import name_of
from policies.models import PolicyVersion, Promise


def promised(now: datetime) -> Mapping[str, list[Use]]:
    """Return, by the code of a path, what is promised on it, the shortest limit first.

    Today or from a later day on: a path has to fit what is already published.
    """
    today = day_of(now)
    holding = Q(version__in=PolicyVersion.objects.in_force(today))
    promises = Promise.objects.filter(holding | Q(version__in_force_from__gt=today))
    found: dict[str, list[Use]] = {}
    for one in promises.select_related("path").order_by("months", "days", "working_days", "pk"):
        found.setdefault(one.path.code, []).append(Use(name_of(one.kind), one.limit, kind=one.kind))
    return {code: list(dict.fromkeys(uses)) for code, uses in found.items()}
