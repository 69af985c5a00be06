"""Clocks of concerns, cases and requests of before their kinds were known."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from cases.duties.owners import in_charge
from cases.lifecycle import (
    ANSWER,
    FIRST_MESSAGE,
    INTERIM,
    INVESTIGATED,
    INVESTIGATION,
    ORIGINAL,
    UNSEAL,
    WORKED_ON,
    RequestState,
)
from cases.models import Case, Concern, IdentityRequest, Message, OriginalRequest
from cases.rules import gravity
from common import days
from escalation.duties import Missing, without


def of_concerns(*, now: datetime, most: int) -> Sequence[Missing]:
    """Return, of concerns that are worked on, the first message to write, or the next update.

    Also the answer for which a reporter waits: the newest message is theirs.
    """
    written = Exists(Message.objects.filter(concern=OuterRef("pk"), author__isnull=False))
    open_ones = Concern.objects.filter(status__in=WORKED_ON)
    waiting = Message.objects.unanswered(open_ones)
    asked = {
        FIRST_MESSAGE: open_ones.exclude(written),
        INTERIM: open_ones.filter(written),
        ANSWER: open_ones.filter(pk__in=waiting.values("concern")),
    }
    found: list[Missing] = []
    for kind, concerns in asked.items():
        some = without(kind, concerns).select_related("case__lead", "owner", "handed_to", "unit")
        found += [_of_concern(one, kind, now=now) for one in some[: most - len(found)]]
    return found


def _of_concern(concern: Concern, kind: str, *, now: datetime) -> Missing:
    return Missing(
        concern.pk,
        kind,
        # of an anonymous reporter no hour is kept
        days.midnight(days.day_of(now)) if concern.is_anonymous else now,
        concern.urgency,
        in_charge(concern),
        concern.unit,
        filed_as=concern.kind,
    )


def of_cases(*, now: datetime, most: int) -> Sequence[Missing]:
    """Return, of open cases, the whole time until they are closed, and their phase's."""
    open_ones = Case.objects.open()
    asked = {INVESTIGATION: open_ones}
    asked |= {phase: open_ones.filter(phase=phase) for phase in INVESTIGATED}
    found: list[Missing] = []
    for kind, cases in asked.items():
        some = without(kind, cases).select_related("lead", "unit")
        found += [_of_case(one, kind, now=now) for one in some[: most - len(found)]]
    return found


def _of_case(case: Case, kind: str, *, now: datetime) -> Missing:
    level = gravity(urgency=case.urgency, severity=case.severity)
    return Missing(case.pk, kind, now, level, case.lead, case.unit)


def of_requests(*, now: datetime, most: int) -> Sequence[Missing]:
    """Return the decisions on identities for which somebody waits."""
    waiting = IdentityRequest.objects.filter(state=RequestState.ASKED)
    some = without(UNSEAL, waiting).select_related("concern")[:most]
    return [Missing(one.pk, UNSEAL, now, one.concern.urgency) for one in some]


def of_originals(*, now: datetime, most: int) -> Sequence[Missing]:
    """Return the originals for which somebody waits."""
    waiting = OriginalRequest.objects.waiting(now)
    some = without(ORIGINAL, waiting).select_related(
        "attachment__concern__unit", "attachment__case__unit"
    )[:most]
    abouts = [(one.pk, one.attachment.about) for one in some]
    return [Missing(pk, ORIGINAL, now, of.urgency, unit=of.unit) for pk, of in abouts]
