"""Take everything of a concern or case from somebody, and see that its work goes on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from cases import access, notices
from cases.actions import identities
from cases.actions.places import give_place, open_apart, safes_of_team
from cases.duties import note_doer, note_owner
from cases.lifecycle import areas_of
from cases.models import Case, CaseUserObjectPermission, Concern, Member, Task, Wall
from common.asking import at_the_gate
from ledger import actions as ledger
from ledger.rules import Actor
from people.models import Person
from people.rules import Role
from safes import actions as safes
from safes.models import Grant, MissingGrant, Safe, State

# where somebody may hold something: the rows, the way to the case or concern, the way to a person
CASE_HOLDERS = [
    (Grant.objects.all(), "safe__case", "person"),
    (MissingGrant.objects.all(), "safe__case", "person"),
    (Grant.objects.all(), "safe__compartment__case", "person"),
    (MissingGrant.objects.all(), "safe__compartment__case", "person"),
    (Member.objects.standing(), "case", "person"),
    (CaseUserObjectPermission.objects.all(), "content_object", "user"),
]
# the last one's share of a name stays, since the name would be lost for ever
_WITH_OTHERS = Grant.objects.filter(
    Exists(
        Grant.objects.filter(safe=OuterRef("safe"), person__isnull=False).exclude(
            person=OuterRef("person")
        )
    )
)
CONCERN_HOLDERS = [
    (Grant.objects.all(), "safe__concern", "person"),
    (MissingGrant.objects.all(), "safe__concern", "person"),
    (_WITH_OTHERS, "safe__identity_of", "person"),
    (MissingGrant.objects.all(), "safe__identity_of", "person"),
    (Concern.objects.all(), "pk", "owner"),
    (Concern.objects.all(), "pk", "handed_to"),
]


def holders_of_case(case: Case, concerns: Sequence[Concern]) -> list[Person]:
    """Return everybody who holds or is to get anything of a case."""
    own = {concern.pk: CONCERN_HOLDERS for concern in concerns}
    return _holders({case.pk: CASE_HOLDERS, **own})


def holders_of_concern(concern: Concern) -> list[Person]:
    """Return everybody who holds or is to get anything of a concern."""
    return _holders({concern.pk: CONCERN_HOLDERS})


def _holders(places: Mapping[UUID, Sequence[tuple[Any, str, str]]]) -> list[Person]:
    """Return everybody who stands in any of these rows of these things."""
    ids: set[UUID] = set()
    # what is set apart is kept from most of those who ask
    with at_the_gate():
        for thing_id, found in places.items():
            for rows, thing, person in found:
                near = rows.filter(**{thing: thing_id, f"{person}__isnull": False})
                ids.update(near.values_list(person, flat=True))
    return list(Person.objects.filter(pk__in=ids))


def put_down(tasks: Iterable[Task]) -> None:
    """Let tasks wait openly for somebody who does them."""
    for task in tasks:
        task.assignee = None
        task.save(update_fields=["assignee"])
        note_doer(task)


def take_off(
    case: Case | None,
    concerns: Sequence[Concern],
    gone: Sequence[Person],
    *,
    by: Actor,
    successor: Person | None,
    now: datetime,
) -> None:
    """Take everything from these persons, begin new epochs, and see that somebody goes on.

    The case's safes come first: they hold the next grants on its concerns by their newest keys.
    """
    if not gone:
        return
    outer = safes_of_team(case) if case is not None else []
    for safe in [*outer, *(concern.safe for concern in concerns)]:
        safes.remove(safe, gone)
    identities.shut(concerns, gone, by=by, now=now)
    # before the team changes: whoever steps off sees the rows through their place on it
    ids = [concern.pk for concern in concerns]
    put_down(Task.objects.open().of(case, ids).filter(assignee__in=gone))
    Concern.objects.filter(pk__in=ids, owner__in=gone).update(owner=None)
    Concern.objects.filter(pk__in=ids, handed_to__in=gone).update(handed_to=None)
    if case is None:
        for concern in concerns:
            see_to_concern(concern, now=now)
        _note_owners(ids)
        return
    is_passed = _choose_lead(case, gone, successor)
    _note_owners(ids)
    CaseUserObjectPermission.objects.filter(content_object=case, user__in=gone).delete()
    with at_the_gate():
        # whoever takes themselves off does not see the team any more
        Member.objects.standing().filter(case=case, person__in=gone).update(left_at=now)
        if case.lead not in gone:
            let_lead(case, case.lead, now=now)
    if is_passed:
        open_apart(case, case.lead, now=now)


def _choose_lead(case: Case, gone: Sequence[Person], successor: Person | None) -> bool:
    """Let somebody else lead where the lead goes; return whether somebody was there to."""
    if case.lead not in gone:
        return False
    lead = successor or _next_lead(case, gone)
    if lead is None:
        return False
    case.lead = lead
    case.save(update_fields=["lead"])
    return True


def _note_owners(concern_ids: Iterable[UUID]) -> None:
    """Write down on the clocks of concerns who answers for them now."""
    for concern in Concern.objects.filter(pk__in=list(concern_ids)).select_related("case"):
        note_owner(concern)


def _next_lead(case: Case, gone: Sequence[Person]) -> Person | None:
    """Return who leads after somebody was taken off: who is longest on the team, or next in line.

    Whoever waits with a dormant grant is woken; that takes no key of anybody's. Where nobody is
    left at all, the clocks of the case reach the independent persons.
    """
    # whoever sees a part of it alone leads nothing, and a guest does not stay
    team = Member.objects.standing().investigating().filter(case=case).exclude(person__in=gone)
    walls = list(case.walls.all())
    found = team.select_related("person").order_by("since", "pk")
    persons = [member.person for member in found]
    free = access.without_walled(persons, walls)
    return free[0] if free else woken(case.safe, walls)


def woken(safe: Safe, walls: Sequence[Wall]) -> Person | None:
    """Return the next in line who holds a dormant grant, now active: independent, then head."""
    holding = Q(grant__safe=safe, grant__state=State.DORMANT)
    for role in (Role.INDEPENDENT, Role.HEAD):
        waiting = Person.objects.holding(role).filter(holding).distinct()
        for person in access.without_walled(waiting, walls):
            if safes.activate(safe, person):
                return person
    return None


def let_lead(case: Case, lead: Person, *, now: datetime) -> None:
    """Make somebody the lead on the team, whether they were on it or not; a lead sees all of it."""
    function = Member.Function.LEAD
    give_place(case, lead, function, now=now)
    team = Member.objects.standing().filter(case=case, person=lead)
    team.update(function=function, areas=areas_of(function), until=None)


def see_to_concern(concern: Concern, *, now: datetime) -> None:
    """Wake the next in line where nobody is left who can open a concern."""
    safe = Safe.objects.get(pk=concern.safe_id)
    held = Grant.objects.filter(safe=safe, epoch=safe.epoch, state=State.ACTIVE)
    if held.filter(person__isnull=False).exists():
        return
    person = woken(safe, list(concern.walls.all()))
    if person is not None:
        Concern.objects.filter(pk=concern.pk).update(handed_to=person)
        _note_owners([concern.pk])
        ledger.post(notices.concern_filed(concern, [person], now=now))
