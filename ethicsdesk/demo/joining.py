"""A second person tells of what is worked on already; its case is merged into the first."""

from datetime import datetime, timedelta

from cases import actions
from cases.lifecycle import Given, Kind, Level, Mode
from cases.models import Case, Category, Concern
from ethicsdesk.demo.organisation import Organisation
from people.models import Unit
from safes.rules import Receipt

LEADS = "ruth.lindqvist"
TOPIC, UNIT = "coercion", "care-at-home"
# how long ago it was told, and how long ago somebody saw that it is one matter
TOLD, SEEN = timedelta(days=6), timedelta(days=2)
NARRATIVE = (
    "The son of a client says he will send her pills back unless my colleague comes on her free "
    "day. She told me on the bus and cried. She does not know that I write this."
)
REASON = (
    "The same client, the same son, the same three weeks: a colleague told what she had heard from "
    "the first reporter. Both stay protected, and neither is told of the other."
)


def _first() -> Case | None:
    """Return the case that is worked on already."""
    found = Case.objects.open().filter(category=TOPIC, unit__code=UNIT, lead__username=LEADS)
    return found.order_by("opened_at", "ref").first()


def tell(made: Organisation, now: datetime) -> None:
    """File it, and let whoever leads the first case triage it into one of its own."""
    first = _first()
    if first is None:
        return
    concern = actions.file_concern(
        receipt=Receipt.new(),
        filing=actions.Filing(
            kind=Kind.REPORT,
            category=Category.objects.get(pk=TOPIC),
            mode=Mode.ANONYMOUS,
            narrative=NARRATIVE,
            unit=Unit.objects.get(code=UNIT),
        ),
        now=now,
    )
    lead = made.people[LEADS]
    actions.triage(
        Concern.objects.get(pk=concern.pk),
        by=lead,
        opener=made.openers[LEADS],
        category=Category.objects.get(pk=TOPIC),
        urgency=Level.HIGH,
        severity=Level.HIGH,
        in_danger=False,
        reason="Told by somebody who was not there. Ask first whether it is the case we know.",
        lead=lead,
        given=Given.KNOWS_IT,
        now=now + timedelta(hours=2),
    )


def merge(made: Organisation, now: datetime) -> None:
    """Merge it into the first, since it is one matter."""
    first = _first()
    if first is None:
        return
    later = Case.objects.open().filter(category=TOPIC, unit__code=UNIT, lead__username=LEADS)
    case = later.exclude(pk=first.pk).order_by("-opened_at").first()
    if case is None:
        return
    lead = made.people[LEADS]
    actions.merge(
        case,
        into=first,
        by=lead,
        opener=made.openers[LEADS],
        bring=[],
        reason=REASON,
        now=now,
    )
