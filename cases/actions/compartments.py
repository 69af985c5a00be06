"""Set an area of a case apart in a safe of its own, so that a function opens what it may see alone.

Used inside the acts that let somebody in, change a function or write what few may read.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from cases import access
from cases.access.documents import documents_in
from cases.actions.places import pass_on, safes_of_team
from cases.lifecycle import Area
from cases.models import Case, CheckIn, Compartment, Concern, Member, RetaliationRisk
from common.asking import at_the_gate
from common.errors import RuleError
from files import actions as files
from people.models import Person
from people.rules import Role
from safes import access as opening
from safes import actions as safes
from safes.actions import Holder
from safes.models import Grant, Safe, State
from safes.rules import Opener

LOCKED = (
    "Unlock what is sealed to you first: what others may not see moves into a safe of its own, "
    "and that takes your key. Nothing was changed."
)
# by which the reporter called it: it is a part of what was filed
SUMMARY = "summary"


def set_apart(case: Case, area: Area, *, opener: Opener | None, now: datetime) -> Safe:
    """Return the compartment's safe of an area, made now if there is none.

    Those on the case who see the area hold it, and who waits with a dormant key to the case waits
    with one to it. What was filed moves: the safe of the case opens no concern from then on.
    """
    with at_the_gate():
        standing = access.compartment_of(case, area)
    if standing is not None:
        return standing.safe
    if opener is None or opening.key_of(opener, case.safe) is None:
        raise RuleError(LOCKED)
    holders, keyless = _holders(case, area)
    fresh = safes.make_safe(f"case_{area.value}", holders=holders)
    Compartment(case=case, area=area, safe=fresh.safe, made_at=now).save(force_insert=True)
    safes.miss(fresh.safe, keyless, now=now)
    if area == Area.CONCERNS:
        _move_concerns(case, fresh.safe, opener=opener)
    return fresh.safe


def _holders(case: Case, area: Area) -> tuple[list[Holder], list[Person]]:
    """Return who opens an area, who waits with a dormant key, and who has none to seal it to."""
    with at_the_gate():
        team = Member.objects.standing().filter(case=case).select_related("person")
        places = {one.person_id: one for one in team}
        own = Grant.objects.filter(safe=case.safe, epoch=case.safe.epoch, person__isnull=False)
        held = {one.person: one.state for one in own.select_related("person") if one.person}
    wanted: dict[State, list[Person]] = {State.ACTIVE: [], State.DORMANT: []}
    for place in places.values():
        if area in place.areas:
            wanted[State.ACTIVE].append(place.person)
    wanted[State.DORMANT] += [
        person
        for person, state in held.items()
        if person.pk not in places
        and state == State.DORMANT
        and person.holds(Role.HEAD, Role.INDEPENDENT)
    ]
    active, keyless = safes.holders_of(wanted[State.ACTIVE])
    dormant, _ = safes.holders_of(wanted[State.DORMANT], State.DORMANT)
    return [*active, *dormant], keyless


def _move_concerns(case: Case, into: Safe, *, opener: Opener) -> None:
    """Let the compartment open what was filed, and the safe of the case no longer."""
    concerns = list(Concern.objects.held_of(case))
    for concern in concerns:
        pass_on(concern.safe, opener=opener, holders=[Holder.of_safe(into)])
        safes.let_go(concern.safe, of=case.safe)
    where = (case.pk, SUMMARY)
    called = opening.open_items(opener, [where]).get(where)
    if called is not None:
        case.safe.items.filter(row=case.pk, field=SUMMARY).delete()
        safes.add(into, row=case.pk, items={SUMMARY: called}, key=opening.key_of(opener, into))
    if watched := reporters_watched(concerns):
        safes.pour(case.safe, into=into, opener=opener, rows=watched)
    # what was made of it: redacted copies, and bundles that tell of it
    copies = case.redactions.filter(document__in=documents_in(Area.CONCERNS))
    bundles = case.bundles.filter(areas__contains=[Area.CONCERNS.value])
    made = [*copies.values_list("pk", flat=True), *bundles.values_list("pk", flat=True)]
    papers = bundles.values_list("paper", flat=True)
    if made:
        safes.pour(case.safe, into=into, opener=opener, rows=made)
        files.pour(case.safe, into=into, opener=opener, rows=[*made, *papers])
    copies.update(safe=into)


def reporters_watched(concerns: Collection[Concern]) -> list[UUID]:
    """Return what holds words of how reporters are watched over, which lie with what they filed."""
    kinds = (RetaliationRisk, CheckIn)
    found = (
        kind.objects.filter(concern__in=concerns).values_list("pk", flat=True) for kind in kinds
    )
    return [pk for keys in found for pk in keys]


def keep_to(
    case: Case,
    concerns: Sequence[Concern],
    person: Person,
    areas: Collection[str],
    *,
    opener: Opener | None,
    now: datetime,
) -> None:
    """Take from somebody every key to an area of a case that they may not see, and to its concerns.

    An area that would open to them with the case itself is set apart first. Legal advice is apart
    from its first word on.
    """
    if Area.CONCERNS not in areas:
        set_apart(case, Area.CONCERNS, opener=opener, now=now)
    for safe in safes_of_team(case)[1:]:
        if _area_of(case, safe) not in areas:
            _take(safe, person)
    if Area.CONCERNS not in areas:
        for concern in concerns:
            _take(concern.safe, person)


def _area_of(case: Case, safe: Safe) -> str:
    with at_the_gate():
        return Compartment.objects.get(case=case, safe=safe).area


def _take(safe: Safe, person: Person) -> None:
    """Take somebody's key, and begin a new epoch only where they had one."""
    with at_the_gate():
        has_one = Grant.objects.filter(safe=safe, person=person).exists()
    if has_one:
        safes.remove(safe, [person])
    else:
        safes.take_from(safe, [person])
