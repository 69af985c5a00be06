"""Names that custodians of an earlier day keep alone are handed on to whoever comes later."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from cases import access
from cases.models import Concern, IdentityRequest, Member
from ledger import actions as ledger
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people import actions as people
from people.models import Person
from people.rules import Conflicts, Role
from safes import access as opening
from safes import actions as safes
from safes.models import Grant, MissingGrant
from safes.rules import Opener

# in one request: a page that hands names on opens within a second
AT_ONCE = 200


@transaction.atomic
def find_names_due(*, now: datetime) -> int:
    """Note which names custodians should be able to open and cannot; return how many.

    Whose key counts; of what was filed until the day they came, since filing seals to them from
    then on and knows whom it leaves out. Never behind a wall, and never to whoever came near what
    was told: nobody comes by both shares.
    """
    coming = Person.objects.holding(Role.CUSTODIAN).filter(
        is_locked=False, custodian_since__isnull=False
    )
    attested = opening.attested_keys(coming)
    able = [person for person in coming if person.pk in attested]
    conflicts = Person.objects.conflicts(person.pk for person in able)
    return sum(_note_due(person, conflicts[person.pk], now=now) for person in able)


def _note_due(person: Person, conflicts: Conflicts, *, now: datetime) -> int:
    found = [
        concern
        for concern in _not_held_by(person)
        if not access.is_met(conflicts, concern.walls.all())
        and not (concern.case and access.is_met(conflicts, concern.case.walls.all()))
    ]
    for concern in found:
        if concern.identity_safe is not None:
            safes.miss(concern.identity_safe, [person], now=now)
    if found:
        ledger.record(
            Verb.NAMES_DUE, by=SYSTEM, at=now, subject=f"person:{person.pk}", count=len(found)
        )
    return len(found)


def _not_held_by(person: Person) -> list[Concern]:
    """Return the older concerns whose name somebody holds no share of, and came no nearer to."""
    own = Q(person=person)
    share = OuterRef("identity_safe")
    told = Q(safe=OuterRef("safe")) | Q(safe__opens__safe=OuterRef("safe"))
    asked = IdentityRequest.objects.filter(concern=OuterRef("pk"), requested_by=person)
    found = (
        Concern.objects.filter(identity_safe__isnull=False, filed_on__lte=person.custodian_since)
        .exclude(Exists(Grant.objects.filter(own, safe=share)))
        .exclude(Exists(MissingGrant.objects.filter(own, safe=share)))
        .exclude(Exists(Grant.objects.filter(told, own)))
        .exclude(Exists(MissingGrant.objects.filter(told, own)))
        .exclude(Exists(Member.objects.filter(own, case=OuterRef("case"))))
        .exclude(Exists(asked))
        .exclude(Q(owner=person) | Q(handed_to=person))
    )
    related = found.select_related("identity_safe", "case")
    return list(related.prefetch_related("walls", "case__walls").order_by("pk"))


@transaction.atomic
def hand_on_names(*, by: Person, opener: Opener, now: datetime) -> int:
    """Seal what waits for custodians to them, with the key of one who has it; return how much.

    Nobody is asked: two people made them a custodian, and two approved their key.
    """
    given = safes.seal_due(opener, of=by, to=access.custodians(), at_most=AT_ONCE)
    for person, count in given.items():
        ledger.record(
            Verb.NAMES_HANDED_ON, by=by.actor, at=now, subject=f"person:{person.pk}", count=count
        )
    if given:
        # whoever kept a share, behind a wall, because nobody else had it, gives it up now
        people.recheck(now=now)
    return sum(given.values())
