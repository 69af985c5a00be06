"""The end of a guest's time on a case: told a week before, and done by itself."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from uuid import UUID

from cases import notices
from cases.actions.removal import take_off
from cases.lifecycle import GUEST_NOTICE
from cases.models import Case, Concern, Member
from ledger import actions as ledger
from ledger.rules import SYSTEM
from ledger.verbs import Verb


def ends_due(*, now: datetime) -> Iterator[tuple[UUID, Callable[[], bool]]]:
    """Yield what is to be done about guests, by the id of their case.

    Gate and row security end a guest's time at its moment; what is done here takes their keys, and
    tells whoever leads before it comes.
    """
    guests = Member.objects.standing().filter(until__isnull=False)
    for pk, case in list(guests.filter(until__lte=now).values_list("pk", "case")):
        yield case, partial(_end, case, pk, now=now)
    soon = guests.filter(until__lte=now + GUEST_NOTICE, until__gt=now, end_told_at=None)
    for pk, case in list(soon.values_list("pk", "case")):
        yield case, partial(_tell, case, pk, now=now)


def _end(case_id: UUID, pk: UUID, *, now: datetime) -> bool:
    case = Case.objects.locked(case_id)
    concerns = Concern.objects.held_of(case)
    member = Member.objects.standing().select_related("person").filter(pk=pk).first()
    if member is None or member.until is None or member.until > now:
        return False
    take_off(case, concerns, [member.person], by=SYSTEM, successor=None, now=now)
    subject = f"case:{case.pk}"
    ledger.record(Verb.PLACE_ENDED, by=SYSTEM, at=now, subject=subject, function=member.function)
    return True


def _tell(case_id: UUID, pk: UUID, *, now: datetime) -> bool:
    case = Case.objects.locked(case_id)
    member = Member.objects.standing().select_related("person").filter(pk=pk).first()
    if member is None or member.until is None or member.end_told_at is not None:
        return False
    member.end_told_at = now
    member.save(update_fields=["end_told_at"])
    ledger.post(notices.guest_ends(case.ref, case.lead, member.pk, member.until, now=now))
    return True
