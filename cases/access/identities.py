"""Who may decide a request to open a reporter's identity."""

from collections.abc import Collection
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from cases.models import IdentityRequest
from people.models import Person
from people.rules import Role


def get_request(person: Person, ref: str) -> IdentityRequest:
    """Return a request that this custodian may decide; hidden and absent give the same answer."""
    found = (
        IdentityRequest.objects.decidable_by(person)
        .select_related("safe", "vault", "category", "requested_by")
        .filter(ref=ref)
        .first()
    )
    if found is None:
        raise Http404
    return found


def require_own(person: Person, request: IdentityRequest) -> None:
    """Refuse whoever did not make this request."""
    if request.requested_by_id != person.pk:
        msg = "This is for whoever asked."
        raise PermissionDenied(msg)


def require_decider(person: Person, request: IdentityRequest) -> None:
    """Refuse whoever may not decide a request to open an identity."""
    if not IdentityRequest.objects.decidable_by(person).filter(pk=request.pk).exists():
        msg = "This is for custodians who have no part in it."
        raise PermissionDenied(msg)


def custodians() -> list[Person]:
    """Return the custodians."""
    return list(Person.objects.holding(Role.CUSTODIAN))


def keepers(request: IdentityRequest) -> list[Person]:
    """Return the custodians who may decide a request."""
    return keepers_of([request])[request.pk]


def keepers_of(requests: Collection[IdentityRequest]) -> dict[UUID, list[Person]]:
    """Return, by request, the custodians who may decide it: as many queries for one as for all."""
    found: dict[UUID, list[Person]] = {request.pk: [] for request in requests}
    persons = custodians()
    conflicts = Person.objects.conflicts(person.pk for person in persons)
    for person in persons:
        person.conflicts = conflicts[person.pk]
        decidable = IdentityRequest.objects.decidable_by(person).filter(pk__in=found)
        for pk in decidable.values_list("pk", flat=True):
            found[pk].append(person)
    return found
