"""Play who keeps which views of the queue, and which of them the office shares."""

from datetime import datetime, timedelta

from cases import actions
from cases.models import Category, ClockState, SavedView, Show
from ethicsdesk.demo.organisation import Organisation

# who keeps them, which part of the work, of which category, how its clock stands, and whether the
# office shares it
KEPT = [
    ("amara.okafor", Show.TRIAGE, "coercion", "", True),
    ("amara.okafor", Show.CLOSED, "", "", False),
    ("henrik.dahl", Show.OPEN, "coercion", "", True),
    ("henrik.dahl", Show.ALL, "", ClockState.OVER, True),
]


def play(made: Organisation, *, now: datetime) -> None:
    """Keep some views, one after the other."""
    for n, (name, show, category, due, is_shared) in enumerate(KEPT):
        view = SavedView(
            person=made.people[name],
            show=show,
            category=Category.objects.get(pk=category) if category else None,
            due=due,
        )
        actions.keep_view(view, is_shared=is_shared, now=now - timedelta(days=9, minutes=-n))
