"""What the policies in force promise, for the pages of escalation paths."""

from collections.abc import Mapping
from datetime import datetime

from common.days import day_of
from escalation.parts import Use
from policies.models import PolicyVersion, Promise


def promised(now: datetime) -> Mapping[str, list[Use]]:
    """Return, by the code of a path, what is promised on it today, the shortest limit first."""
    in_force = PolicyVersion.objects.in_force(day_of(now))
    promises = Promise.objects.filter(version__in=in_force).select_related("path")
    found: dict[str, list[Use]] = {}
    for one in promises.order_by("months", "days", "working_days"):
        found.setdefault(one.path.code, []).append(Use(one.get_kind_display(), one.limit))
    return found
