"""Make a bundle of a case that is worked on, as its lead does before a hearing."""

from datetime import datetime, timedelta

from cases import actions
from cases.lifecycle.purposes import Purpose
from cases.models import Case
from cases.reports import Asked
from ethicsdesk.demo.organisation import Organisation

MADE = timedelta(hours=3)


def play(made: Organisation, *, now: datetime) -> None:
    """Make one of the first open case in which something is alleged."""
    found = Case.objects.open().filter(allegations__isnull=False).order_by("opened_at")
    case = found.select_related("lead", "safe", "category", "unit").distinct().first()
    if case is None:
        raise AssertionError
    actions.make_bundle(
        case,
        by=case.lead,
        opener=made.openers[case.lead.username],
        asked=Asked(
            Purpose.COURT, "Labour court, counsel of the firm", has_reporters=False, has_files=True
        ),
        now=now - MADE,
    )
